"""Signs of the source that a mark takes away, although they may be meant as words.

`> 101 °F` is a quotation to CommonMark, and four spaces make a line code.
"""

import re
from collections.abc import Iterator, Sequence
from html import unescape

from sessions.documents import blocks as b
from sessions.documents.document import Document
from sessions.documents.faults import Fault

BEFORE_LETTERS = " \n*_\"'“‘«([¿¡"
FENCE = re.compile(r"[\s>*+\d.)-]*(?P<fence>`{3,}|~{3,})")
PLUS = re.compile(r"[\s>]*(?:(?:[-*]|[0-9]+[.)])\s+)*\+\s")
ONE_STAR = re.compile(r" ?\*\s")
ONE_NUMBER = re.compile(
    r"[\s>]*(?:[-*]\s+|[0-9]+[.)]\s+)*?-\s+[^\w\s*_\"'“‘(\[`\\&:]?[0-9½¼¾⅓]"
)
QUOTE_FAULT = (
    "A line that begins with > is drawn as a quotation, without the sign. For more "
    r"than, say so in words or write \>. A quotation begins with a capital letter."
)
UNDERLINED = (
    "The line of dashes below these words makes them a heading. Put an empty line "
    "between them, or begin the heading with ##."
)
ESCAPED_TWICE = re.compile(r"&amp;#?\w+;")
SPACES = "\u00a0\u2000-\u200a\u202f\u205f\u3000"
NO_BREAK = re.compile(
    rf"[\s>]*(?:[-*+]\s+)*(?:\#{{1,6}}|[-*+]|[0-9]{{1,9}}[.)]|:{{3,}})[{SPACES}]"
)


def taken_signs(
    document: Document, lines: Sequence[str], first_line: int
) -> Iterator[Fault]:
    """A fault for each sign that a mark takes away, and for each block of code unmeant.

    `lines` are those of the body; the first has the number `first_line`.
    """
    code: set[int] = set()
    for section in document.sections:
        if not lines[section.line - first_line].lstrip().startswith("#"):
            yield Fault(section.line, UNDERLINED)
    for block in document.walk():
        source = lines[block.line - first_line]
        match block:
            case b.Quote() if not _is_quotation(block):
                yield Fault(block.line, QUOTE_FAULT)
            case b.BulletList(items=((_,),)) if _is_sign(source):
                message = (
                    "One line alone that begins so is drawn as a list, without its "
                    r"sign. For the sign itself put a backslash before it: \- or \*."
                )
                yield Fault(block.line, message)
            case b.Table():
                yield from _rows(block, lines, first_line)
            case b.CodeBlock():
                end = block.line + block.text.count("\n") + 1
                code.update(range(block.line, end + 1))
                if message := _code(block, lines, first_line):
                    yield Fault(block.line, message)
    for number, line in enumerate(lines, start=first_line):
        if number not in code and (message := _line(line)):
            yield Fault(number, message)


def _is_sign(source: str) -> bool:
    """Whether the - or * of a list of one line may be a minus, or mark a footnote."""
    return bool(ONE_STAR.match(source) or ONE_NUMBER.match(source))


def _is_quotation(quote: b.Quote) -> bool:
    """Whether it begins as a sentence does, or holds code."""
    for block in b.walk(quote.blocks):
        if isinstance(block, b.CodeBlock):
            return True
        for run in block.runs():
            first = b.plain_text(run).lstrip(BEFORE_LETTERS)[:1]
            return first.isalpha() and not first.islower()
    return False


def _rows(table: b.Table, lines: Sequence[str], first_line: int) -> Iterator[Fault]:
    """A fault for each line below a table that became a row of it by mistake."""
    for number, _ in enumerate(table.rows, start=table.line + 2):
        if len(table.header) > 1 and "|" not in lines[number - first_line]:
            message = (
                "This line is drawn as a row of the table above it. Put an empty line "
                "before it."
            )
            yield Fault(number, message)


def _code(block: b.CodeBlock, lines: Sequence[str], first_line: int) -> str:
    fence = FENCE.match(lines[block.line - first_line])
    if fence is None:
        return (
            "A line that begins with four spaces or a tab is drawn as code, and no "
            "mark in it is known. Take them away."
        )
    end = block.line - first_line + 1 + block.text.count("\n")
    closing = lines[end].strip("> \t") if end < len(lines) else ""
    sign = fence["fence"][0]
    if set(closing) == {sign} and len(closing) >= len(fence["fence"]):
        return ""
    return (
        f"Everything below is drawn as code, headings too: this {fence['fence']} never "
        f"ends. Put a line {fence['fence']} where it does, or take it away."
    )


def _line(line: str) -> str:
    starts_with_mark = not line[:1].isalpha()
    if starts_with_mark and NO_BREAK.match(line):
        return (
            "A no-break space stands behind the mark at the beginning of this line. "
            "Delete it, and type a plain space."
        )
    if "\t" in line:
        return "This line holds a tab. Delete it, and type a space where one is needed."
    if starts_with_mark and PLUS.match(line):
        return (
            "A line that begins with + is drawn as a list, without the sign. Begin a "
            r"line of a list with -; for a plus write \+."
        )
    if twice := ESCAPED_TWICE.search(line):
        return f'Patients would see "{unescape(twice[0])}" here. Type the sign itself.'
    return ""
