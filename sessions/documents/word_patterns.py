"""The phrases of the rules about kinds of sentence, as patterns of words.

| Written | Finds |
|---|---|
| `stop~` | stop, stops, stopped, stopping, and other usual endings |
| `prednis*`, `*gliflozin` | each word that begins, or ends, so |
| `come/came off` | come off, came off |
| `leave ... out` | up to five words between |
| `NUMBER mg` | 500 mg, two mg, half mg |
| `^take` | take as the first word of a sentence, or after a comma or colon |
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sessions.documents.phrases import folded

ANY_LETTERS, ENDINGS, GAP, NUMBER, FIRST = "*", "~", "...", "NUMBER", "^"
LONGEST_GAP = 5
WORD = re.compile(r"\*?(?:[^\W\d_]+|\d+(?:[.,]\d+)*|%)[*~]?|NUMBER")
NUMBERS = frozenset(
    (
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve", "fifteen", "twenty", "thirty", "forty", "fifty", "sixty",
        "seventy", "eighty", "ninety", "hundred", "half", "several", "few", "couple",
        "dozen",
    )
)  # fmt: skip


def is_number(word: str) -> bool:
    return word[0].isdigit() or word in NUMBERS


@dataclass(frozen=True)
class Element:
    """One word of a pattern. With `is_gap` it is up to five words of any kind."""

    words: frozenset[str] = frozenset()
    beginnings: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    is_any_number: bool = False
    is_gap: bool = False

    def fits(self, word: str) -> bool:
        return (
            word in self.words
            or (self.is_any_number and is_number(word))
            or word.startswith(self.beginnings)
            or word.endswith(self.endings)
        )


@dataclass(frozen=True)
class Pattern:
    elements: tuple[Element, ...]
    is_first: bool = False

    def end(
        self, words: Sequence[str], breaks: Sequence[int], start: int
    ) -> int | None:
        """The place after the last word, if the pattern fits the words at `start`."""
        if self.is_first and start and not breaks[start]:
            return None
        return _end(self.elements, words, breaks, start, start)


def _end(
    elements: tuple[Element, ...],
    words: Sequence[str],
    breaks: Sequence[int],
    start: int,
    at: int,
) -> int | None:
    """As `Pattern.end`, for the elements that are left, from `at`."""
    if not elements:
        return at
    first, rest = elements[0], elements[1:]
    longest = LONGEST_GAP if first.is_gap else 0
    for place in range(at, at + longest + 1):
        if place >= len(words) or (place > start and breaks[place]):
            return None
        if first.is_gap:
            end = _end(rest, words, breaks, start, place)
        else:
            fits = first.fits(words[place])
            end = _end(rest, words, breaks, start, place + 1) if fits else None
        if end is not None:
            return end
    return None


def with_endings(word: str) -> frozenset[str]:
    """A word with the usual English endings. Some of them are no words; no harm."""
    ends = {word, f"{word}s", f"{word}es", f"{word}ed", f"{word}ing", f"{word}d"}
    if word.endswith("e"):
        ends.add(f"{word[:-1]}ing")
    elif word.endswith("y"):
        ends |= {f"{word[:-1]}ies", f"{word[:-1]}ied"}
    elif word[-1] not in "aiouwx":
        ends |= {f"{word}{word[-1]}ed", f"{word}{word[-1]}ing"}
    return frozenset(ends)


def _element(part: str) -> Element:
    if part == GAP:
        return Element(is_gap=True)
    words: set[str] = set()
    beginnings, endings, any_number = [], [], False
    for one in part.split("/"):
        word = folded(one).strip(ANY_LETTERS + ENDINGS)
        if one == NUMBER:
            any_number = True
        elif one.startswith(ANY_LETTERS):
            endings.append(word)
        elif one.endswith(ANY_LETTERS):
            beginnings.append(word)
        else:
            words |= with_endings(word) if one.endswith(ENDINGS) else {word}
    return Element(frozenset(words), tuple(beginnings), tuple(endings), any_number)


def _parts(phrase: str) -> list[str]:
    """The words of a phrase. A hyphen is the same as a space."""
    plain = " ".join(phrase.removeprefix(FIRST).replace("-", " ").split())
    return plain.split(" ")


@lru_cache(maxsize=8192)
def pattern(phrase: str) -> Pattern:
    """The pattern of a phrase that `fault_of` finds nothing wrong with."""
    return Pattern(tuple(map(_element, _parts(phrase))), phrase.startswith(FIRST))


def fault_of(phrase: str) -> str:
    """What is wrong with the way a phrase is written, or ""."""
    parts = _parts(phrase)
    if parts[0] == GAP or parts[-1] == GAP or parts.count(GAP) > 2:
        return "Write words before and after ..., and ... twice at most"
    for part in parts:
        if part != GAP and not all(map(WORD.fullmatch, part.split("/"))):
            return f'"{part}" is no word. Write words alone, and * or ~ at an end'
    return ""


Span = tuple[int, int]


class WordLists:
    """Lists of phrases by name, and the patterns by what each can begin with."""

    def __init__(self, lists: Mapping[str, Iterable[str]]):
        self.names = tuple(lists)
        self.by_word: dict[str, list[tuple[str, Pattern]]] = {}
        self.by_number: list[tuple[str, Pattern]] = []
        self.by_part: list[tuple[str, Pattern]] = []
        for name, phrases in lists.items():
            for phrase in phrases:
                self._add(name, pattern(phrase))
        firsts = [found.elements[0] for _, found in self.by_part]
        self.beginnings = tuple(part for one in firsts for part in one.beginnings)
        self.endings = tuple(part for one in firsts for part in one.endings)

    def _add(self, name: str, found: Pattern) -> None:
        first = found.elements[0]
        if first.beginnings or first.endings:
            self.by_part.append((name, found))
        if first.is_any_number:
            self.by_number.append((name, found))
        for word in first.words:
            self.by_word.setdefault(word, []).append((name, found))

    def spans(
        self, words: Sequence[str], breaks: Sequence[int]
    ) -> dict[str, list[Span]]:
        """For each list, (first word, word after the last) of each phrase, in order."""
        found: dict[str, set[Span]] = {name: set() for name in self.names}
        for start, word in enumerate(words):
            for name, one in self._that_begin_with(word):
                end = one.end(words, breaks, start)
                if end is not None:
                    found[name].add((start, end))
        return {name: sorted(spans) for name, spans in found.items()}

    def _that_begin_with(self, word: str) -> list[tuple[str, Pattern]]:
        found = self.by_word.get(word, [])
        if self.by_number and is_number(word):
            found = [*found, *self.by_number]
        if word.startswith(self.beginnings) or word.endswith(self.endings):
            found = [*found, *self.by_part]
        return found
