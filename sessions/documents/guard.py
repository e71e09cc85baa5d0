"""Checks that nothing of a source text is lost on its way to the page.

These faults stop a text before it is published. They are no faults of the parser: a
wording that was accepted before a check was written stays live and readable, so the
parser, which every page of patients needs, never refuses a text for them.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from sessions.documents import blocks as b
from sessions.documents.alignment import Lost, align
from sessions.documents.document import Document
from sessions.documents.faults import DocumentError, Fault
from sessions.documents.front_matter import FrontMatter, split_front_matter
from sessions.documents.letters import letter_faults, lost_letters
from sessions.documents.parser import MAX_CHARACTERS, parse_once, with_plain_ends
from sessions.documents.shown import read_shown
from sessions.documents.stray_marks import PLAIN, plain_marks, stray_marks
from sessions.documents.taken_signs import taken_signs
from sessions.documents.yaml_lines import read_yaml
from sessions.documents.yaml_losses import yaml_losses

HERE = "\0"
"""Stands where the lost words begin."""
REMEDIES = (
    (
        rf"[\s>*+-]*\[?{HERE}.*\]:",
        r"A line that begins with [words]: is no text. Write \[ for the bracket; write "
        "a link as [words](/risks/).",
    ),
    (
        rf"[\s>*+\d.)-]*(?:```|~~~)[`~\s]*{HERE}",
        "Words behind ``` are left out. Put them below it.",
    ),
    (
        rf".*\|\s*{HERE}",
        "This row has more cells than the first row of its table. Take one out; for a "
        r"| in a cell write \|.",
    ),
    (
        rf"\s*##\s.*\]\({HERE}",
        "A ## heading holds no link. Put the link in the text below it.",
    ),
    (rf".*\]\([^)]*{HERE}", "A link has no title. Write these words in the text."),
    (rf".*\]\[{HERE}", "Write the address behind the words: [words](/risks/)."),
    (rf".*\]?{HERE}\]?{{", "Write the mark as [words]{.quoted}."),
)
NEEDS_A_LOOK = re.compile(rf"{PLAIN.pattern}|^position:|^reviewed:\s*\S", re.MULTILINE)
NUMBER = re.compile(r"[0-9]+")


def read_whole(text: str) -> Document:
    """The document in `text`. Raises DocumentError for its faults, and its losses."""
    faults = list(source_faults(text))
    try:
        document = parse_once(text)
    except DocumentError as error:
        raise DocumentError([*error.faults, *faults]) from error
    if faults:
        raise DocumentError(faults)
    return document


@lru_cache(maxsize=256)
def source_faults(text: str) -> tuple[Fault, ...]:
    """A fault for each part of a text that the page would not show as it is meant.

    Of a text that cannot be parsed, only the letters and the front matter are checked.
    """
    if len(text) > MAX_CHARACTERS:
        return ()
    text = with_plain_ends(text)
    faults = [*letter_faults(text)]
    try:
        header, body, first_line = split_front_matter(text)
    except DocumentError:
        return tuple(faults)
    faults += yaml_losses(header, first_line=2)
    try:
        document = parse_once(text)
    except DocumentError:
        return tuple(sorted(set(faults)))
    faults += _front_matter(header, document.front_matter)
    faults += _body(body, first_line, document)
    return tuple(sorted(set(faults)))


def _body(body: str, first_line: int, document: Document) -> Iterator[Fault]:
    shown = read_shown(document)
    alignment = align(body, first_line, shown)
    for lost in alignment.lost:
        words = lost.words[:60]
        message = f'"{words}" would be lost on the page. {_remedy(lost)}'
        yield Fault(lost.line, message)
    if alignment.surplus and not alignment.lost:
        message = (
            f'The page would show "{alignment.surplus[:60]}" where the text does not '
            "say it. Write the lines around it in a plainer way."
        )
        yield Fault(first_line, message)
    yield from stray_marks(shown, alignment)
    yield from taken_signs(document, body.split("\n"), first_line)
    yield from lost_letters(body, first_line)
    for block in document.walk():
        if isinstance(block, b.More) and (message := plain_marks(block.summary)):
            yield Fault(block.line, message)


def _remedy(lost: Lost) -> str:
    if NUMBER.fullmatch(lost.words) and not lost.before.strip("> *+-"):
        return "A list counts up by one from its first number. Number its lines so."
    if not lost.before.strip() and re.fullmatch("-{1,2}|[*+]", lost.words):
        return "Put words behind it, or leave the line out."
    for pattern, remedy in REMEDIES:
        if re.match(pattern, f"{lost.before}{HERE}{lost.words}"):
            return remedy
    sign = re.search(r"[*_`#<>&\[\]\\]", lost.words)
    if sign is None:
        return "Write it on a line of its own, without marks around it."
    return rf"Write \{sign[0]} for the sign itself, or say it in words."


def _front_matter(header: str, front_matter: FrontMatter) -> Iterator[Fault]:
    if not NEEDS_A_LOOK.search(header):
        return
    data, lines = read_yaml(header, [], first_line=2)
    for path, value in _texts(data, ()):
        if message := plain_marks(value):
            yield Fault(lines.get(path, 1), message)
    position = data.get("position")
    if position is not None and position != str(front_matter.position):
        message = (
            f'"position: {position}" is read as {front_matter.position}. Write it so.'
        )
        yield Fault(lines["position",], message)
    reviewed = front_matter.reviewed
    if reviewed and reviewed.next <= reviewed.on:
        message = (
            f"The next check, {reviewed.next}, is not after the last one, "
            f"{reviewed.on}. Correct one of the days."
        )
        yield Fault(lines.get(("reviewed", "next"), 1), message)


def _texts(
    value: Any, path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """(path, text) of each text in YAML data."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*path, index))
