"""Runs of text that are read as one: a lead and its list, the cells of a row."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from sessions.documents import blocks as b
from sessions.documents.document import Document
from sessions.documents.kinds import reads_on

Joined = tuple[str, str, int]


def joined_runs(document: Document, without: Iterable[str] = ()) -> Iterator[Joined]:
    """(lead, text, line) of runs that patients read as one.

    That is a paragraph or heading with each item of the list below it, a paragraph with
    the one before it, a fold or task with its details, and the cells of a row.
    """
    marks = tuple(without)
    yield from _of_blocks("", document.introduction, marks)
    for section in document.sections:
        yield from _of_blocks(section.title, section.blocks, marks)


def _of_blocks(lead: str, blocks: b.Blocks, marks: tuple[str, ...]) -> Iterator[Joined]:
    """The joined runs of blocks. `lead` is what stands before the first."""
    heading = lead
    for block in blocks:
        first = _first_run(block, marks)
        if isinstance(block, b.Table):
            yield from _of_table(block, marks)
        elif isinstance(block, b.BulletList | b.OrderedList):
            above = heading if reads_on(heading) else lead
            yield from _of_items(above, block.items, marks)
        elif isinstance(block, b.Task):
            yield from _of_blocks(first, block.details, marks)
        else:
            if lead and first:
                yield lead, first, block.line
            inner = _lead_inside(block) or lead
            yield from _of_blocks(inner, block.parts(), marks)
        heading = first if isinstance(block, b.Heading) else heading
        lead = first or lead


def _lead_inside(block: b.Block) -> str:
    """What patients read before the first words inside a block, if it says so."""
    if isinstance(block, b.More):
        return block.summary
    return "Do not" if isinstance(block, b.Dont) else ""


def _of_items(
    lead: str, items: tuple[b.Blocks, ...], marks: tuple[str, ...]
) -> Iterator[Joined]:
    for item in items:
        first = _first_run(item[0], marks) if item else ""
        if lead and first:
            yield lead, first, item[0].line
        yield from _of_blocks(first, item[1:], marks)


def _of_table(table: b.Table, marks: tuple[str, ...]) -> Iterator[Joined]:
    for row in table.rows:
        cells = [b.plain_text(cell, marks) for cell in row]
        yield from ((a, c, table.line) for a, c in pairwise(cells))
        for heading, cell in zip(table.header, cells, strict=True):
            yield b.plain_text(heading, marks), cell, table.line


def _first_run(block: b.Block, marks: tuple[str, ...]) -> str:
    return next((b.plain_text(run, marks) for run in block.runs()), "")
