"""In which words two texts differ as patients read them, or in which lines. Pure."""

import re
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import TypeVar

from sessions.wordings.page_lines import Line, text_lines

CONTEXT = 2
# From this share of words on, a line was rewritten and not replaced by another.
ALIKE = 0.3
TOKEN = re.compile(r"\s*\S+")
Item = TypeVar("Item", bound=Hashable)


@dataclass(frozen=True)
class Piece:
    """Words that stand in both texts ("same"), or were "added" or "removed"."""

    change: str
    text: str

    @property
    def is_added(self) -> bool:
        return self.change == "added"

    @property
    def is_removed(self) -> bool:
        return self.change == "removed"


@dataclass(frozen=True)
class ComparedLine:
    kind: str
    depth: int
    pieces: tuple[Piece, ...]

    @property
    def is_same(self) -> bool:
        return all(piece.change == "same" for piece in self.pieces)


@dataclass(frozen=True)
class Stretch:
    """Lines one after another. A long one that is the same is folded away."""

    lines: tuple[ComparedLine, ...]
    is_folded: bool = False


@dataclass(frozen=True)
class Comparison:
    """Everything of the newer text, and what of the older is gone, in reading order.

    `is_of_source` tells that one of them cannot be read as a page, so that the texts
    are compared as they were typed.
    """

    stretches: tuple[Stretch, ...]
    is_of_source: bool = False
    has_same_source: bool = False

    @property
    def is_same(self) -> bool:
        return all(line.is_same for s in self.stretches for line in s.lines)


@dataclass(frozen=True)
class SourceLines:
    """Some lines of one text as it was typed, counted from 1."""

    first: int
    texts: Sequence[str]

    @property
    def place(self) -> str:
        last = self.first + len(self.texts) - 1
        return f"line {last}" if last == self.first else f"lines {self.first} to {last}"

    @property
    def numbered(self) -> list[tuple[int, str]]:
        return list(enumerate(self.texts, start=self.first))


@dataclass(frozen=True)
class Passage:
    """A stretch in which two texts are the same, or are not."""

    is_same: bool
    mine: SourceLines
    theirs: SourceLines


def passages(mine: Sequence[str], theirs: Sequence[str]) -> Iterator[Passage]:
    """The lines of two texts from the top to the bottom, as they were typed."""
    my_line = their_line = 1
    for is_same, ours, others in _runs(mine, theirs):
        yield Passage(
            is_same, SourceLines(my_line, ours), SourceLines(their_line, others)
        )
        my_line, their_line = my_line + len(ours), their_line + len(others)


def compare_texts(old: str, new: str) -> Comparison:
    """The two texts as patients read them, with every word added or removed."""
    (before, is_page), (after, is_page_too) = text_lines(old), text_lines(new)
    is_of_source = not (is_page and is_page_too)
    if is_of_source:
        before = tuple(Line("source", line) for line in old.split("\n"))
        after = tuple(Line("source", line) for line in new.split("\n"))
    return Comparison(
        stretches=tuple(_folded(list(_compared(before, after)))),
        is_of_source=is_of_source,
        has_same_source=old == new,
    )


def _compared(
    before: tuple[Line, ...], after: tuple[Line, ...]
) -> Iterator[ComparedLine]:
    for is_same, old, new in _runs(before, after):
        if is_same:
            yield from (_whole(line, "same") for line in new)
        else:
            yield from _changed(old, new)


def _runs(
    before: Sequence[Item], after: Sequence[Item]
) -> Iterator[tuple[bool, Sequence[Item], Sequence[Item]]]:
    """(is the same, what stands in the one, what in the other), in order."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, i, end_i, j, end_j in matcher.get_opcodes():
        yield tag == "equal", before[i:end_i], after[j:end_j]


def _changed(before: Sequence[Line], after: Sequence[Line]) -> Iterator[ComparedLine]:
    """Lines that were rewritten, among those that went or came, in order."""
    i = j = 0
    for pair_i, pair_j in _rewritten(before, after):
        yield from (_whole(line, "removed") for line in before[i:pair_i])
        yield from (_whole(line, "added") for line in after[j:pair_j])
        yield _by_words(before[pair_i], after[pair_j])
        i, j = pair_i + 1, pair_j + 1
    yield from (_whole(line, "removed") for line in before[i:])
    yield from (_whole(line, "added") for line in after[j:])


def _rewritten(before: Sequence[Line], after: Sequence[Line]) -> list[tuple[int, int]]:
    """Which line became which: the pairs, in order, that share the most words."""
    best = [[0.0] * (len(after) + 1) for _ in range(len(before) + 1)]
    likeness = [[_likeness(old, new) for new in after] for old in before]
    for i in reversed(range(len(before))):
        for j in reversed(range(len(after))):
            paired = likeness[i][j] and likeness[i][j] + best[i + 1][j + 1]
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    pairs = []
    i = j = 0
    while i < len(before) and j < len(after):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return pairs


def _likeness(old: Line, new: Line) -> float:
    """The share of their words that both hold; 0 where they are not of one kind."""
    if (old.kind, old.depth) != (new.kind, new.depth):
        return 0
    before, after = Counter(old.text.split()), Counter(new.text.split())
    shared, every = (before & after).total(), (before | after).total()
    return shared / every if every and shared / every >= ALIKE else 0


def _by_words(old: Line, new: Line) -> ComparedLine:
    before, after = TOKEN.findall(old.text), TOKEN.findall(new.text)
    pieces = []
    for is_same, removed, added in _runs(before, after):
        if is_same:
            pieces.append(Piece("same", "".join(added)))
            continue
        for change, words in (("removed", removed), ("added", added)):
            if words:
                pieces.append(Piece(change, "".join(words)))
    return ComparedLine(new.kind, new.depth, tuple(pieces))


def _whole(line: Line, change: str) -> ComparedLine:
    return ComparedLine(line.kind, line.depth, (Piece(change, line.text),))


def _folded(lines: list[ComparedLine]) -> Iterator[Stretch]:
    """What changed with some lines round it, and the rest folded away."""
    runs = [(same, tuple(run)) for same, run in groupby(lines, lambda x: x.is_same)]
    for index, (is_same, run) in enumerate(runs):
        start = CONTEXT if index else 0
        end = len(run) - (CONTEXT if index < len(runs) - 1 else 0)
        if not is_same or end - start <= 1:
            yield Stretch(run)
            continue
        if start:
            yield Stretch(run[:start])
        yield Stretch(run[start:end], is_folded=True)
        if end < len(run):
            yield Stretch(run[end:])
