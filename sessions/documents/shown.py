"""What a Document shows of its body, as one text with the source line of each part."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import NamedTuple

from sessions.documents import blocks as b
from sessions.documents.document import Document

MASK = "\0"
"""Stands for a character in which no mark is looked for. Texts never hold it."""


class Part(NamedTuple):
    """A text, and the line where its block or row starts.

    No mark is looked for in one that `is_exact`: code, or what the site writes. One
    that `is_aside` need not be in the source: the number of a list item, and the
    address of a link.
    """

    text: str
    line: int
    is_exact: bool = False
    is_aside: bool = False


@dataclass
class Shown:
    """The parts in one string, `text`, in which an offset says where something is.

    `asides` holds the end by the start of each aside, `exact` the start and the end of
    each exact part (see Part), and `first` the first offset of each line.
    """

    text: str = ""
    starts: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    asides: dict[int, int] = field(default_factory=dict)
    exact: list[tuple[int, int]] = field(default_factory=list)
    first: dict[int, int] = field(default_factory=dict)

    def line_at(self, offset: int) -> int:
        """The line where the part at an offset starts; 0 before the first part."""
        index = bisect_right(self.starts, offset) - 1
        return self.lines[index] if index >= 0 else 0

    def masked(self, more: set[int]) -> str:
        """`text` with MASK for exact parts and at the offsets in `more`."""
        letters = list(self.text)
        for start, end in self.exact:
            letters[start:end] = MASK * (end - start)
        for offset in more:
            letters[offset] = MASK
        return "".join(letters)


def read_shown(document: Document) -> Shown:
    """Everything that the body of a document shows, in reading order."""
    shown = Shown()
    texts: list[str] = []
    offset = 0
    for part in _document(document):
        end = offset + len(part.text)
        shown.starts.append(offset)
        shown.lines.append(part.line)
        shown.first.setdefault(part.line, offset)
        if part.is_aside:
            shown.asides[offset] = end
        if part.is_exact:
            shown.exact.append((offset, end))
        texts.append(part.text)
        offset = end
    shown.text = "".join(texts)
    return shown


def _document(document: Document) -> Iterator[Part]:
    yield from _blocks(document.introduction)
    for section in document.sections:
        yield Part(f"{section.title}\n", section.line)
        yield from _blocks(section.blocks)


def _blocks(blocks: b.Blocks) -> Iterator[Part]:
    for block in blocks:
        yield from _block(block)


def _block(block: b.Block) -> Iterator[Part]:
    match block:
        case b.OrderedList():
            for number, item in zip(count(block.start), block.items, strict=False):
                line = item[0].line if item else block.line
                yield Part(f"{number}\n", line, is_exact=True, is_aside=True)
                yield from _blocks(item)
        case b.Steps():  # They are counted from 1, whatever number comes first.
            for part in block.blocks:
                if isinstance(part, b.OrderedList):
                    part = replace(part, start=1)
                yield from _block(part)
        case b.CodeBlock():
            yield Part(block.text, block.line, is_exact=True)
        case b.TaskReference():
            yield Part(f"{block.id}\n", block.line, is_exact=True)
        case b.Table():
            for cell in block.header:
                yield from _run(cell, block.line)
            for line, row in enumerate(block.rows, start=block.line + 2):
                for cell in row:
                    yield from _run(cell, line)
        case _:
            if isinstance(block, b.More):
                yield Part(f"{block.summary}\n", block.line, is_exact=True)
            for run in block.runs():
                yield from _run(run, block.line)
            yield from _blocks(block.parts())


def _run(run: b.Inlines, line: int) -> Iterator[Part]:
    yield from _inlines(run, line)
    yield Part("\n", line)


def _inlines(inlines: b.Inlines, line: int) -> Iterator[Part]:
    for inline in inlines:
        match inline:
            case b.Text(text):
                yield Part(text, line)
            case b.Code(text):
                yield Part(text, line, is_exact=True)
            case b.LineBreak():
                yield Part("\n", line)
            case b.Explained(text=text):
                yield Part(text, line)
            case b.Link():
                yield from _inlines(inline.children, line)
                yield Part(inline.href, line, is_exact=True, is_aside=True)
            case _:
                yield from _inlines(inline.children, line)
