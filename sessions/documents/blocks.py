"""Every kind of block and inline that a document can hold, as frozen values."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from sessions.documents.front_matter import Condition

# --- inlines: text inside a line -----------------------------------------------------


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Code:
    text: str


@dataclass(frozen=True)
class LineBreak:
    text: ClassVar[str] = " "


@dataclass(frozen=True)
class Strong:
    children: Inlines


@dataclass(frozen=True)
class Emphasis:
    children: Inlines


@dataclass(frozen=True)
class Link:
    """A link inside the guide (`/risks/`, `#get-help`) or to a telephone number."""

    href: str
    children: Inlines


@dataclass(frozen=True)
class Mark:
    """Text with a mark that the checks read: `quoted` or `not-outcome`."""

    kind: str
    children: Inlines


@dataclass(frozen=True)
class Term:
    """A word with its plain meaning. `slug` is its anchor on the glossary page."""

    slug: str
    title: str
    meaning: str
    forms: tuple[str, ...]


@dataclass(frozen=True)
class Explained:
    """The first use of a term. `glossary.explain` adds it; the parser never does."""

    term: Term
    text: str


Inline = Text | Code | LineBreak | Strong | Emphasis | Link | Mark | Explained
Inlines = tuple[Inline, ...]


def walk_inlines(inlines: Inlines) -> Iterator[Inline]:
    """Every inline, outer before inner, in reading order."""
    for inline in inlines:
        yield inline
        if isinstance(inline, Strong | Emphasis | Link | Mark):
            yield from walk_inlines(inline.children)


def plain_text(inlines: Inlines, without_marks: Iterable[str] = ()) -> str:
    """The text without markup. Text under a mark in `without_marks` is left out."""
    skipped = frozenset(without_marks)
    words = []
    for inline in inlines:
        if isinstance(inline, Text | Code | LineBreak | Explained):
            words.append(inline.text)
        elif not (isinstance(inline, Mark) and inline.kind in skipped):
            words.append(plain_text(inline.children, skipped))
    return "".join(words)


# --- blocks ------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Block:
    """One block. `line` is where it starts in the source, counted from 1."""

    template: ClassVar[str]
    line: int

    def parts(self) -> Blocks:
        """The blocks inside this one."""
        return ()

    def runs(self) -> tuple[Inlines, ...]:
        """The text of this block itself, not of blocks inside it, in reading order."""
        return ()


Blocks = tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class Paragraph(Block):
    template = "paragraph"
    inlines: Inlines

    def runs(self) -> tuple[Inlines, ...]:
        return (self.inlines,)


@dataclass(frozen=True, kw_only=True)
class Heading(Block):
    """A heading inside a section (level 3 or 4); level 2 starts a Section."""

    template = "heading"
    level: int
    inlines: Inlines

    def runs(self) -> tuple[Inlines, ...]:
        return (self.inlines,)


@dataclass(frozen=True, kw_only=True)
class _List(Block):
    items: tuple[Blocks, ...]

    def parts(self) -> Blocks:
        return tuple(block for item in self.items for block in item)


@dataclass(frozen=True, kw_only=True)
class BulletList(_List):
    template = "bullet_list"


@dataclass(frozen=True, kw_only=True)
class OrderedList(_List):
    template = "ordered_list"
    start: int


@dataclass(frozen=True, kw_only=True)
class Task(Block):
    """One line of the checklist. Its `id` is permanent; offsets are days from day 0."""

    template = "task"
    id: str  # noqa: A003
    inlines: Inlines
    first_day: int | None
    last_day: int | None
    details: Blocks
    is_short: bool = False
    """The details are not drawn, as on a short sheet; `version` still covers them."""

    def parts(self) -> Blocks:
        return self.details

    def runs(self) -> tuple[Inlines, ...]:
        return (self.inlines,)

    @property
    def version(self) -> str:
        """Digest of the text: a stored tick shows whether the task changed since."""
        words = [self.inlines, *(run for b in walk(self.details) for run in b.runs())]
        text = "\n".join(plain_text(run) for run in words)
        return hashlib.sha256(text.encode()).hexdigest()[:10]


@dataclass(frozen=True, kw_only=True)
class TaskList(Block):
    template = "task_list"
    tasks: tuple[Task, ...]

    def parts(self) -> Blocks:
        return self.tasks


@dataclass(frozen=True, kw_only=True)
class TaskReference(Block):
    """One line of the checklist by its id. Its words stand in the checklist alone."""

    template = "task_reference"
    id: str  # noqa: A003


@dataclass(frozen=True, kw_only=True)
class TaskReferences(Block):
    """Lines of the checklist that another page shows."""

    template = "task_references"
    references: tuple[TaskReference, ...]

    def parts(self) -> Blocks:
        return self.references


@dataclass(frozen=True, kw_only=True)
class Sign(Block):
    """One line of a care card, for the readers of its condition. Its id is permanent.

    It is drawn without a label: its words say for whom it is.
    """

    template = "sign"
    id: str  # noqa: A003
    inlines: Inlines
    condition: Condition

    def runs(self) -> tuple[Inlines, ...]:
        return (self.inlines,)


@dataclass(frozen=True, kw_only=True)
class SignList(Block):
    template = "sign_list"
    signs: tuple[Sign, ...]

    def parts(self) -> Blocks:
        return self.signs

    @property
    def areas(self) -> frozenset[str]:
        """The areas that have lines of their own here."""
        return frozenset(area for sign in self.signs for area in sign.condition.area)


@dataclass(frozen=True, kw_only=True)
class Quote(Block):
    template = "quote"
    blocks: Blocks

    def parts(self) -> Blocks:
        return self.blocks


@dataclass(frozen=True, kw_only=True)
class CodeBlock(Block):
    template = "code_block"
    text: str

    def runs(self) -> tuple[Inlines, ...]:
        return ((Text(self.text),),)


@dataclass(frozen=True, kw_only=True)
class Rule(Block):
    template = "rule"


@dataclass(frozen=True, kw_only=True)
class Table(Block):
    """A table; `alignments` holds "", "start", "center" or "end" for each column."""

    template = "table"
    alignments: tuple[str, ...]
    header: tuple[Inlines, ...]
    rows: tuple[tuple[Inlines, ...], ...]

    def runs(self) -> tuple[Inlines, ...]:
        return self.header + tuple(cell for row in self.rows for cell in row)

    def labelled_rows(self) -> list[list[tuple[Inlines, Inlines, str, bool]]]:
        """Rows of (column heading, cell, alignment, is first), for narrow screens."""
        return [
            [
                (heading, cell, alignment, index == 0)
                for index, (heading, cell, alignment) in enumerate(
                    zip(self.header, row, self.alignments, strict=True)
                )
            ]
            for row in self.rows
        ]

    def labelled_header(self) -> list[tuple[Inlines, str]]:
        return list(zip(self.header, self.alignments, strict=True))


@dataclass(frozen=True, kw_only=True)
class Container(Block):
    blocks: Blocks

    def parts(self) -> Blocks:
        return self.blocks


@dataclass(frozen=True, kw_only=True)
class CareCard(Container):
    """One tier of the help card. `urgency` is one of `containers.URGENCIES`."""

    template = "care_card"
    urgency: str


@dataclass(frozen=True, kw_only=True)
class Do(Container):
    template = "do"


@dataclass(frozen=True, kw_only=True)
class Dont(Container):
    template = "dont"


@dataclass(frozen=True, kw_only=True)
class Warning(Container):  # noqa: A001
    template = "warning"


@dataclass(frozen=True, kw_only=True)
class Steps(Container):
    template = "steps"


@dataclass(frozen=True, kw_only=True)
class More(Container):
    """Details: collapsed on screen under `summary`, open on paper."""

    template = "more"
    summary: str


@dataclass(frozen=True, kw_only=True)
class Question(Container):
    """A heading and its answer: folded on screen. `folds.folded` makes it.

    `id` is its anchor. The parser never makes one: on paper there is no fold.
    """

    template = "question"
    id: str  # noqa: A003
    heading: Heading

    def parts(self) -> Blocks:
        return (self.heading, *self.blocks)


@dataclass(frozen=True, kw_only=True)
class Only(Container):
    """Blocks for some readers.

    They are shown with a label to readers whose answers do not decide the condition.
    """

    template = "only"
    condition: Condition


@dataclass(frozen=True, kw_only=True)
class ClaimReference(Block):
    template = "claim"
    name: str


@dataclass(frozen=True, kw_only=True)
class Odds(Block):
    """`count` people out of `out_of` (100 or 1,000), with the same in words.

    `count` is None where the number is not known: then all figures are dashed.
    """

    template = "odds"
    count: int | None
    out_of: int
    inlines: Inlines

    def runs(self) -> tuple[Inlines, ...]:
        return (self.inlines,)


@dataclass(frozen=True, kw_only=True)
class Picture(Block):
    """A drawing from `static/img/`, with its caption.

    `alternative` describes the drawing for people who cannot see it.
    """

    template = "picture"
    name: str
    caption: Inlines
    alternative: Inlines

    def runs(self) -> tuple[Inlines, ...]:
        return (self.caption, self.alternative)


def walk(blocks: Blocks) -> Iterator[Block]:
    """Every block, outer before inner, in reading order."""
    for block in blocks:
        yield block
        yield from walk(block.parts())
