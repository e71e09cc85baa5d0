"""Finds the body of a source text in what its Document shows, sign by sign.

Each sign of the source is either shown, in the same order, or is a mark in its place
(see `source_marks`). Whatever is neither is lost. The parser's own tokens are not used:
they cannot say what the parser dropped.

A mark may also be shown as it is typed, so that a place in the source can have several
places in the Document. All of them are followed until the signs after it decide.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import NamedTuple

from sessions.documents.shown import Shown
from sessions.documents.source_marks import (
    ORDINARY,
    PREFIX,
    TOKEN,
    WHOLE_LINE,
    closes_heading,
    is_delimiter,
)

MOST_PLACES = 16
"""How many places are followed at once. More happen in texts made of marks alone."""

WORD = re.compile(r"\S+")
SPACES = re.compile(r"\s*")
RUNS = {sign: re.compile(f"{re.escape(sign)}*") for sign in "*_`"}


class Trail(NamedTuple):
    """How a place was reached: what happened last, and the trail before that."""

    kind: str
    offset: int
    line: int
    before: "Trail | None"


Places = dict[int, Trail | None]
"""Offsets in the shown text up to which the source may have been followed."""


@dataclass(frozen=True, order=True)
class Lost:
    """Words or signs of one line of the source that are not shown."""

    line: int
    source: str
    start: int
    end: int

    @property
    def words(self) -> str:
        return self.source[self.start : self.end].strip()

    @property
    def before(self) -> str:
        """What stands in front of them on the line."""
        return self.source[: self.start]


@dataclass
class Alignment:
    """What is lost, and where the lines of the source are in the shown text.

    `line_starts` holds (offset, line); `escaped` the offsets of signs that the source
    has behind a backslash or as an entity; `surplus` is what no source says.
    """

    lost: list[Lost] = field(default_factory=list)
    line_starts: list[tuple[int, int]] = field(default_factory=list)
    escaped: set[int] = field(default_factory=set)
    surplus: str = ""


def align(body: str, first_line: int, shown: Shown) -> Alignment:
    """Aligns the body of a text with what is shown of it."""
    aligner = _Aligner(shown)
    for number, line in enumerate(body.split("\n"), start=first_line):
        if stripped := line.strip():
            aligner.read(number, stripped)
    return aligner.result()


class _Aligner:
    def __init__(self, shown: Shown):
        self.shown = shown
        self.text = shown.text
        self.places: Places = {0: None}
        self.found = Alignment()
        self.number = 0
        self.line = ""

    def read(self, number: int, line: str) -> None:
        """Follows one line of the source. It has no spaces around it."""
        self.number, self.line = number, line
        self.places = {
            (at := self.after_spaces(place)): Trail("line", at, number, trail)
            for place, trail in self.places.items()
        }
        self.catch_up()
        if len(self.places) == 1 and ORDINARY.fullmatch(line):
            place, trail = next(iter(self.places.items()))
            if self.text.startswith(line, place) and self.is_reached(place):
                self.places = {place + len(line): trail}
                return
        start = 0 if WHOLE_LINE.fullmatch(line) else self.read_prefix()
        if WHOLE_LINE.fullmatch(line, start):
            self.places = {**self.shows(line[start:]), **self.places}
        else:
            self.read_tokens(start)

    def catch_up(self) -> None:
        """Goes on at the block that starts on this line, if no place is there yet.

        After something was lost, or shown without a source, later lines so are judged
        by themselves.
        """
        start = self.shown.first.get(self.number)
        if start is None or start in self.places:
            return
        if all(start not in self.ways(place) for place in self.places):
            place = max(self.places)
            if place < start:
                self.found.surplus = self.text[place:start].strip()
                trail = Trail("line", start, self.number, self.places[place])
                self.places = {start: trail}

    def shows(self, line: str) -> Places:
        """The places behind a line that is shown as it is typed."""
        places = self.places
        for words in line.split():
            places = self.behind(places, words)
        return places

    # --- marks at the beginning of a line ---

    def read_prefix(self) -> int:
        """Follows the marks at the beginning of the line. Returns where they end."""
        start, depth = 0, 0
        while (match := PREFIX.match(self.line, start)) and depth < 20:
            if match["skip"]:
                self.may_skip(match["skip"])
            else:
                self.need_number(match["number"], start)
                self.may_skip(match["dot"])
            start, depth = match.end(), depth + 1
        return start

    # --- marks inside a line ---

    def read_tokens(self, start: int) -> None:
        for match in TOKEN.finditer(self.line, start):
            token = match[0]
            match match.lastgroup:
                case "escape":
                    self.may_be(match, token[1])
                case "entity":
                    self.may_be(match, unescape(token) or "\ufffd")
                case "address":
                    self.may_be(match, token[1:-1])
                case "id" | "mark" | "skip":
                    self.may_skip(token)
                case "run" if is_delimiter(self.line, *match.span()):
                    self.may_skip_some(token)
                case "closing" if closes_heading(self.line, token):
                    self.may_skip(token)
                case _:
                    self.need(token, match.start())

    # --- steps from places to places ---

    def need(self, token: str, start: int) -> None:
        """Follows something that is never a mark; where it is not shown, it is lost."""
        if places := self.behind(self.places, token.rstrip()):
            self.places = places
            return
        for word in WORD.finditer(token):
            if places := self.behind(self.places, word[0]):
                self.places = places
            else:
                self.lose(word[0], start + word.start())

    def lose(self, token: str, start: int) -> None:
        """Notes a sign as lost, together with those lost before it on the line."""
        lost, end = self.found.lost, start + len(token)
        if lost and lost[-1].line == self.number:
            start = lost.pop().start
        lost.append(Lost(self.number, self.line, start, end))

    def need_number(self, number: str, start: int) -> None:
        """Follows the number of a list item; `1` is not the beginning of `10`."""
        whole = {
            end: trail
            for end, trail in self.behind(self.places, number).items()
            if not self.text[end : end + 1].isdigit()
        }
        if whole:
            self.places = whole
        else:
            self.lose(number, start)

    def may_skip(self, token: str) -> None:
        self.go(self.behind(self.places, token), self.places)

    def may_skip_some(self, run: str) -> None:
        """Follows a run of one sign: some of it may be shown and the rest be marks."""
        reached: Places = {}
        for place, trail in self.places.items():
            for at in self.ways(place):
                end = min(_end_of(RUNS[run[0]], self.text, at), at + len(run))
                last = end if self.is_reached(at) else at
                few = MOST_PLACES // 2
                for offset in (*range(last, at, -1)[:few], *range(at, last)[:few]):
                    reached.setdefault(offset, trail)
        self.go(reached, self.places)

    def may_be(self, match: re.Match[str], meant: str) -> None:
        """Follows an escape or an entity: it shows what it means, or is code."""
        token = match[0]
        if not meant.strip():
            self.may_skip(token)
            return
        means: Places = {}
        for end, trail in self.behind(self.places, meant).items():
            for at in range(end - len(meant), end):
                trail = Trail("escape", at, self.number, trail)
            means[end] = trail
        both = {**self.behind(self.places, token), **means}
        if both:
            self.go(both, {})
        else:
            self.need(token, match.start())

    def go(self, first: Places, others: Places) -> None:
        """Sets the places, with those of `first` before others of the same offset."""
        places = {**others, **first}
        if len(places) > MOST_PLACES:
            offsets = sorted(places)
            kept = [*offsets[: MOST_PLACES // 2], *offsets[-MOST_PLACES // 2 :]]
            places = {offset: places[offset] for offset in kept}
        self.places = places

    def behind(self, places: Places, token: str) -> Places:
        """The places behind `token`, from those at which it is shown."""
        return {
            at + len(token): trail
            for place, trail in places.items()
            for at in self.ways(place)
            if self.text.startswith(token, at) and self.is_reached(at)
        }

    def ways(self, place: int) -> Iterator[int]:
        """Where the text goes on: behind spaces, and also behind an aside."""
        at = self.after_spaces(place)
        yield at
        while (end := self.shown.asides.get(at)) is not None:
            at = self.after_spaces(end)
            yield at

    def after_spaces(self, place: int) -> int:
        return _end_of(SPACES, self.text, place)

    def is_reached(self, place: int) -> bool:
        """False for what stands on a later line of the source."""
        return self.shown.line_at(place) <= self.number

    # --- the end ---

    def result(self) -> Alignment:
        """What was found, by the place at which all is shown, or else the last one."""
        ends = {place: max(self.ways(place)) == len(self.text) for place in self.places}
        place = max(ends, key=lambda place: (ends[place], place))
        if not ends[place]:
            self.found.surplus = self.text[place:].strip()
        trail = self.places[place]
        while trail is not None:
            if trail.kind == "line":
                self.found.line_starts.append((trail.offset, trail.line))
            else:
                self.found.escaped.add(trail.offset)
            trail = trail.before
        self.found.line_starts.reverse()
        return self.found


def _end_of(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Where what the pattern finds at `start` ends."""
    match = pattern.match(text, start)
    return match.end() if match else start
