"""Word diffs and line diffs of two texts. Pure: no database and no requests."""

import re
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import TypeVar

from sessions.wordings.page_lines import Line, text_lines

CONTEXT_LINES = 2
# Lines that share at least 30 % of their words count as one edited line.
MIN_SIMILARITY = 0.3
TOKEN = re.compile(r"\s*\S+")
Item = TypeVar("Item", bound=Hashable)


@dataclass(frozen=True)
class Piece:
    """Words of one line: `change` is "same" (in both texts), "added" or "removed"."""

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
class LineRun:
    """Consecutive lines of a diff. If `is_folded`, they are unchanged and collapsed."""

    lines: tuple[ComparedLine, ...]
    is_folded: bool = False


@dataclass(frozen=True)
class Comparison:
    """The diff of two texts in reading order: the newer one, and what was removed.

    `is_of_source`: one of them cannot be parsed, so their sources are compared.
    """

    runs: tuple[LineRun, ...]
    is_of_source: bool = False
    has_same_source: bool = False

    @property
    def is_same(self) -> bool:
        return all(line.is_same for run in self.runs for line in run.lines)


@dataclass(frozen=True)
class SourceLines:
    """Consecutive lines of the source of one text. Numbers start with 1."""

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
    """Lines that are the same in two sources, or differ: both versions of them."""

    is_same: bool
    mine: SourceLines
    theirs: SourceLines


def passages(mine: Sequence[str], theirs: Sequence[str]) -> Iterator[Passage]:
    """The line diff of two sources, from the first line to the last."""
    my_line = their_line = 1
    for is_same, my_texts, their_texts in _matched(mine, theirs):
        yield Passage(
            is_same,
            SourceLines(my_line, my_texts),
            SourceLines(their_line, their_texts),
        )
        my_line, their_line = my_line + len(my_texts), their_line + len(their_texts)


def compare_texts(old: str, new: str) -> Comparison:
    """The word diff of two texts, as patients read them."""
    (before, is_page), (after, is_page_too) = text_lines(old), text_lines(new)
    is_of_source = not (is_page and is_page_too)
    if is_of_source:
        before = tuple(Line("source", line) for line in old.split("\n"))
        after = tuple(Line("source", line) for line in new.split("\n"))
    return Comparison(
        runs=tuple(_fold_unchanged(list(_compared(before, after)))),
        is_of_source=is_of_source,
        has_same_source=old == new,
    )


def _compared(
    before: tuple[Line, ...], after: tuple[Line, ...]
) -> Iterator[ComparedLine]:
    for is_same, old, new in _matched(before, after):
        if is_same:
            yield from (_unsplit(line, "same") for line in new)
        else:
            yield from _changed(old, new)


def _matched(
    before: Sequence[Item], after: Sequence[Item]
) -> Iterator[tuple[bool, Sequence[Item], Sequence[Item]]]:
    """(is_same, items of `before`, items of `after`) for each run, in order."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, i, end_i, j, end_j in matcher.get_opcodes():
        yield tag == "equal", before[i:end_i], after[j:end_j]


def _changed(before: Sequence[Line], after: Sequence[Line]) -> Iterator[ComparedLine]:
    """The diff of lines that differ: edited lines by words, others as a whole."""
    i = j = 0
    for pair_i, pair_j in _edited_pairs(before, after):
        yield from (_unsplit(line, "removed") for line in before[i:pair_i])
        yield from (_unsplit(line, "added") for line in after[j:pair_j])
        yield _word_diff(before[pair_i], after[pair_j])
        i, j = pair_i + 1, pair_j + 1
    yield from (_unsplit(line, "removed") for line in before[i:])
    yield from (_unsplit(line, "added") for line in after[j:])


def _edited_pairs(
    before: Sequence[Line], after: Sequence[Line]
) -> list[tuple[int, int]]:
    """Pairs (index before, index after) of edited lines, in order.

    Dynamic programming finds the pairs with the highest sum of similarities.
    """
    best = [[0.0] * (len(after) + 1) for _ in range(len(before) + 1)]
    similarity = [[_similarity(old, new) for new in after] for old in before]
    for i in reversed(range(len(before))):
        for j in reversed(range(len(after))):
            paired = similarity[i][j] and similarity[i][j] + best[i + 1][j + 1]
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


def _similarity(old: Line, new: Line) -> float:
    """The share of words in common; 0 below MIN_SIMILARITY or for different kinds."""
    if (old.kind, old.depth) != (new.kind, new.depth):
        return 0
    before, after = Counter(old.text.split()), Counter(new.text.split())
    shared, every = (before & after).total(), (before | after).total()
    return shared / every if every and shared / every >= MIN_SIMILARITY else 0


def _word_diff(old: Line, new: Line) -> ComparedLine:
    before, after = TOKEN.findall(old.text), TOKEN.findall(new.text)
    pieces = []
    for is_same, removed, added in _matched(before, after):
        if is_same:
            pieces.append(Piece("same", "".join(added)))
            continue
        for change, words in (("removed", removed), ("added", added)):
            if words:
                pieces.append(Piece(change, "".join(words)))
    return ComparedLine(new.kind, new.depth, tuple(pieces))


def _unsplit(line: Line, change: str) -> ComparedLine:
    return ComparedLine(line.kind, line.depth, (Piece(change, line.text),))


def _fold_unchanged(lines: list[ComparedLine]) -> Iterator[LineRun]:
    """Folds unchanged lines, but for CONTEXT_LINES on each side of a change."""
    runs = [(same, tuple(run)) for same, run in groupby(lines, lambda x: x.is_same)]
    for index, (is_same, run) in enumerate(runs):
        start = CONTEXT_LINES if index else 0
        end = len(run) - (CONTEXT_LINES if index < len(runs) - 1 else 0)
        if not is_same or end - start <= 1:
            yield LineRun(run)
            continue
        if start:
            yield LineRun(run[:start])
        yield LineRun(run[start:end], is_folded=True)
        if end < len(run):
            yield LineRun(run[end:])
