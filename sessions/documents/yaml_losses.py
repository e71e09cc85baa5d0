"""Finds what YAML takes out of a text in silence: notes, tags, anchors and escapes."""

import re
from typing import Any

import yaml

from sessions.documents.faults import Fault
from sessions.documents.letters import letter_faults
from sessions.documents.yaml_lines import MAX_YAML_DEPTH, Lines, Loader, read_yaml

INDICATORS = re.compile(r"[\s\-?:,\[\]{}]*")
NOTE = re.compile(r"#.*")
A_NOTE = re.compile(r"#(?:[\s#=*-]|$)")
BLOCK_START = re.compile(r"[|>][+-]?\s*")
ESCAPE = re.compile(r"\\(.|\n)")
KEPT_ESCAPES = '"\\'


def read_data(source: str, faults: list[Fault]) -> tuple[Any, Lines]:
    """`read_yaml` for a file of data; whatever YAML would lose is among `faults`.

    Notes on lines of their own may stand between entries.
    """
    data, lines = read_yaml(source, faults)
    faults += yaml_losses(source, may_hold_notes=True)
    faults += letter_faults(source)
    return data, lines


def yaml_losses(
    source: str, first_line: int = 1, *, may_hold_notes: bool = False
) -> list[Fault]:
    """A fault for each line of which YAML would lose something. Empty for no YAML."""
    finder = _Finder(source, first_line, may_hold_notes)
    try:
        finder.find()
    except (yaml.YAMLError, ValueError, OverflowError):
        return []  # read_yaml reports it.
    return sorted(finder.faults.values())


class _Finder:
    """Goes through a YAML text once. `faults` holds the first fault of each line."""

    def __init__(self, source: str, first_line: int, may_hold_notes: bool):
        self.source = source
        self.first_line = first_line
        self.may_hold_notes = may_hold_notes
        self.faults: dict[int, Fault] = {}
        self.end = 0  # of the last value
        self.continued: tuple[int, int] | None = None
        """The last line and the indent of the last value of several lines."""

    def fault(self, offset: int, message: str) -> None:
        line = self.first_line + self.source.count("\n", 0, offset)
        self.faults.setdefault(line, Fault(line, message))

    def find(self) -> None:
        depth = 0
        for event in yaml.parse(self.source, Loader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_YAML_DEPTH:
                return  # read_yaml reports it.
            assert event.start_mark is not None and event.end_mark is not None
            start, end = event.start_mark.index, event.end_mark.index
            self.properties(event, start)
            if isinstance(event, yaml.ScalarEvent) and end > start:
                self.between(start)
                self.value(event, start, end)
                self.end = end
        self.between(len(self.source))

    def properties(self, event: yaml.Event, start: int) -> None:
        """Tags and anchors, which may stand before a value."""
        if getattr(event, "tag", None) or getattr(event, "anchor", None):
            word = self.source[start:].split(maxsplit=1)[0]
            self.fault(start, _taken(word))

    def value(self, event: yaml.ScalarEvent, start: int, end: int) -> None:
        raw = self.source[start:end]
        first, _, rest = raw.partition("\n")
        if raw[0] in "|>" and not BLOCK_START.fullmatch(first):
            message = (
                f'YAML takes "{first.strip()}" out. Leave only the | or > on this line.'
            )
            self.fault(start, message)
        if event.style == '"':
            for escape in ESCAPE.finditer(raw):
                if escape[1] not in KEPT_ESCAPES:
                    message = (
                        f'The backslash takes the place of a sign in "{escape[0]}". '
                        "Write \\\\ for a backslash, and every other sign as it is."
                    )
                    self.fault(start + escape.start(), message.replace("\n", " "))
        if rest:
            last = rest.rstrip().rpartition("\n")[2]
            line = self.source.count("\n", 0, start + len(raw.rstrip()))
            self.continued = line, _width(last)

    def between(self, end: int) -> None:
        """What stands between two values: indicators, and perhaps a note."""
        start = self.end
        for piece in self.source[start:end].split("\n"):
            note = NOTE.search(piece)
            before = piece[: note.start()] if note else piece
            if lost := INDICATORS.sub("", before):
                self.fault(start, _taken(lost))
            if note and not self.is_meant(start + note.start(), note[0]):
                self.fault(start + note.start(), self.note_message(note[0]))
            start += len(piece) + 1

    def note_message(self, note: str) -> str:
        message = f'YAML takes "{note[:60]}" for a note, and it would be lost. '
        if self.may_hold_notes:
            message += "Put a note on a line of its own, with a space behind the #. "
        return message + "For a # in a value put quotation marks around all of it."

    def is_meant(self, offset: int, note: str) -> bool:
        """Whether a note stands on a line of its own, and cannot belong to a value."""
        before, after = self.source[:offset], self.source[offset:]
        indent = before.rpartition("\n")[2]
        if not self.may_hold_notes or indent.strip() or not A_NOTE.match(note):
            return False
        line, least = self.continued or (None, 0)
        if line == before.count("\n") - 1 and len(indent) >= least:
            return False
        around = _width(_last_line(before)), _width(_next_line(after))
        return len(indent) <= max(around)


def _taken(words: str) -> str:
    return f'YAML takes "{words[:60]}" out. Put the whole value in quotation marks.'


def _last_line(text: str) -> str:
    """The last line with more than a note on it, of the lines that are complete."""
    lines = reversed(text.split("\n")[:-1])
    return next((line for line in lines if not _is_note(line)), "")


def _next_line(text: str) -> str:
    """The next line with more than a note on it."""
    return next((line for line in text.split("\n")[1:] if not _is_note(line)), "")


def _width(line: str) -> int:
    """How far a line is indented."""
    return len(line) - len(line.lstrip())


def _is_note(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")
