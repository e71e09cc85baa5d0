"""Signs that look like marks of the format, but are shown to patients as they are."""

import re
from collections.abc import Iterator
from html.entities import html5
from itertools import pairwise
from typing import NamedTuple

from sessions.documents.alignment import Alignment
from sessions.documents.faults import Fault
from sessions.documents.shown import Shown


class Stray(NamedTuple):
    """What is found, and what to do about it. The message names what was found."""

    pattern: re.Pattern[str]
    remedy: str


ANYWHERE = (
    Stray(
        re.compile(r"\*\*"),
        "Close it where the bold words end, and put a space or a full stop behind it. "
        r"For the signs themselves write \*\*.",
    ),
    Stray(
        re.compile(r"(?<!\w)__(?=[^\W_])|(?<=[^\W_])__(?!\w)"),
        r"Write bold words as **words**. For the signs themselves write \_\_.",
    ),
    Stray(
        re.compile(r"(?<!\w)_(?=[^\W_])|(?<=[^\W_])_(?!\w)"),
        r"Close it where the words end, or write \_ for the sign itself.",
    ),
    Stray(re.compile("~~"), r"Nothing is struck out here. Take the signs away."),
    Stray(re.compile("`"), r"Take it away, or put one like it behind the words too."),
    Stray(
        re.compile(r"\]\(|\]\s+\((?=[/#]|tel:)|\([/#][^()\s]*\)\["),
        "Write a link like [words](/risks/), without a space between the brackets.",
    ),
    Stray(re.compile(r"\]\["), "Write the address there: [words](/risks/)."),
    Stray(re.compile(r"\[\^"), "There are no footnotes. Write it in the text."),
    Stray(re.compile(r"!\["), "Write ::: picture NAME on a line of its own."),
    Stray(re.compile(r"==\w[^=]*=="), "Take the signs away, or write **words**."),
    Stray(
        re.compile(r":?-{2,}:?\s*\|"),
        "A table needs as many cells here as in the line above it, and an empty line "
        "before that.",
    ),
)

AT_LINE_START = (
    Stray(
        re.compile(r"#{2,6}|#(?!\d)"),
        r"A heading begins with ## and a space. For the sign itself write \#.",
    ),
    Stray(
        re.compile(r"-(?=[^\W\d_]|[\"'“‘(\[*])|\+(?=[^\W\d_])|[-*+](?=\s)"),
        r"A line of a list begins with - and a space. For the sign itself write \-.",
    ),
    Stray(
        re.compile("[•●○◦▪▫■□‣⁃∙·➢➤►❖◆]"),
        "A line of a list begins with - and a space. Write that in place of it.",
    ),
    Stray(
        re.compile(r"\d{1,3}[.)](?=[^\W\d_])"),
        "A line of a numbered list has a space behind the number: 1. Call.",
    ),
    Stray(
        re.compile(r"[:：]+"),
        "A block begins with three colons, a space and its name: ::: warning.",
    ),
    Stray(
        re.compile(r"\[[ xX_]?\]"),
        "A task begins with - [ ] and a space, and ends with its {#id}.",
    ),
    Stray(
        re.compile(r"\|"),
        r"A table needs a line |---|---| under its first line. For a | write \|.",
    ),
    Stray(
        re.compile(r">|[=~-]{3,}"),
        "Begin the line without spaces, and put an empty line before it, or take the "
        "sign away.",
    ),
)

INSIDE_A_LINE = Stray(
    re.compile(r"(?<=\s)\*(?=[^\W\d_])"),
    r"Close it where the words end, or write \* for the sign itself.",
)
"""At the beginning of a line it may be a footnote."""

IN_A_ROW = (
    Stray(
        re.compile(r"\*(?=\w)|[–—―−‐‑](?=\s|\w)"),
        "Each line of a list begins with - and a space. Write that in place of it.",
    ),
    Stray(
        re.compile(r"\d{1,3}[.)](?=\s)"),
        "A list needs an empty line before it, and begins with 1.",
    ),
)
"""Found where two lines in a row begin so: one alone may be a footnote or a dash."""

SIGNS = re.compile(r"[*_`~\[\]=&]|--")
"""One of these is in all that is found inside a line."""

PLAIN = re.compile(
    r"\*\*|(?<!\w)\*\w[^*]*\*(?!\w)|(?<!\w)__?\w[^_]*__?(?!\w)|`|~~"
    r"|\]\(|\]\{|\\[*_`\[\]#>|~-]|&(?:#\d+|#[xX][0-9a-fA-F]+|[a-zA-Z]{2,31});"
)
ENTITY = re.compile(
    r"&(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|nbsp|amp|deg|[lg]t(?![a-z])|[a-z][a-z0-9]{1,9})"
)


def stray_marks(shown: Shown, alignment: Alignment) -> Iterator[Fault]:
    """A fault for each mark that is shown, unless it is escaped or in code."""
    text = shown.masked(alignment.escaped)
    lines = _line_starts(alignment)
    marked = [start for start in lines if not text[start[0] : start[0] + 1].isalpha()]
    for offset, number in marked:
        for stray in AT_LINE_START:
            if match := stray.pattern.match(text, offset):
                yield Fault(number, _message(match[0], stray.remedy))
                break
    yield from _in_a_row(text, marked)
    if SIGNS.search(text):
        yield from _inside(text, lines)


def _inside(text: str, lines: list[tuple[int, int]]) -> Iterator[Fault]:
    """A fault for each mark that is shown anywhere in a line."""
    starts = {offset for offset, _ in lines}
    for match in INSIDE_A_LINE.pattern.finditer(text):
        if match.start() not in starts:
            message = _message(match[0], INSIDE_A_LINE.remedy)
            yield Fault(_line_of(match.start(), lines), message)
    for stray in ANYWHERE:
        for match in stray.pattern.finditer(text):
            message = _message(match[0], stray.remedy)
            yield Fault(_line_of(match.start(), lines), message)
    for match in ENTITY.finditer(text):
        if match[1][0] == "#" or match[1] in html5:
            message = _message(match[0], "Type the sign itself.")
            yield Fault(_line_of(match.start(), lines), message)


def plain_marks(text: str) -> str:
    """What is wrong with a text in which no mark is known; empty if nothing is."""
    match = PLAIN.search(text)
    if match is None:
        return ""
    return _message(match[0], "No mark is known here. Write plain words.")


def _message(sign: str, remedy: str) -> str:
    return f'Patients would see "{sign.strip()[:40]}" here. {remedy}'


def _line_starts(alignment: Alignment) -> list[tuple[int, int]]:
    """(offset, line) of the lines that show something, in order."""
    starts = alignment.line_starts
    return [
        this
        for this, following in pairwise([*starts, (-1, 0)])
        if this[0] != following[0]
    ]


def _line_of(offset: int, lines: list[tuple[int, int]]) -> int:
    line = lines[0][1]
    for start, number in lines:
        if start > offset:
            break
        line = number
    return line


def _in_a_row(text: str, lines: list[tuple[int, int]]) -> Iterator[Fault]:
    for stray in IN_A_ROW:
        found = [
            (number, match[0])
            for offset, number in lines
            if (match := stray.pattern.match(text, offset))
        ]
        near = {
            number
            for one, other in pairwise(found)
            if other[0] - one[0] <= 2
            for number in (one[0], other[0])
        }
        for number, sign in found:
            if number in near:
                yield Fault(number, _message(sign, stray.remedy))
