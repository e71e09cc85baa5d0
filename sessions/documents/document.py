"""A parsed text, and the parts of it that a given reader is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby

from sessions.documents.blocks import (
    Block,
    Blocks,
    CareCard,
    Link,
    More,
    Only,
    Question,
    Sign,
    SignList,
    Task,
    TaskList,
    TaskReferences,
    walk,
    walk_inlines,
)
from sessions.documents.front_matter import Condition, Facts, FrontMatter, line_of
from sessions.documents.yaml_lines import Lines

URGENCIES = ("emergency", "department", "urgent", "routine")
"""The tiers of the help card, the most urgent first."""
WHAT_CAN_GO_WRONG = "what-can-go-wrong"


@dataclass(frozen=True)
class Section:
    """A level 2 heading and the blocks under it. `slug` is its anchor.

    `help` says what the site draws after it: "bar", "card" or nothing. `with_help` sets
    it, and `with_tasks` sets `shows_tasks`; the parser does not.
    """

    title: str
    slug: str
    blocks: Blocks
    line: int
    help: str = ""  # noqa: A003
    help_cards: Blocks = ()
    shows_tasks: bool = False
    """Whether it shows lines of the checklist by their ids."""

    @property
    def is_get_help(self) -> bool:
        """True for the section that says whom to call."""
        return self.slug == "get-help"


@dataclass(frozen=True)
class TaskLine:
    """A task, and the condition of the `only` block around it: empty for everyone."""

    task: Task
    condition: Condition


@dataclass(frozen=True)
class Document:
    """Front matter, the blocks before the first section, and the sections."""

    front_matter: FrontMatter
    introduction: Blocks
    sections: tuple[Section, ...]
    lines: Lines = field(default_factory=dict, compare=False, repr=False)
    """The line of each key of the front matter."""

    @property
    def title(self) -> str:
        return self.front_matter.title

    def walk(self) -> Iterator[Block]:
        """Every block of the document in reading order."""
        yield from walk(self.introduction)
        for section in self.sections:
            yield from walk(section.blocks)

    def conditions(self) -> Iterator[tuple[int, Condition]]:
        """(line, condition) of `applies`, key facts, `only` blocks, lines of cards."""
        yield line_of(("applies",), self.lines), self.front_matter.applies
        for name, variants in self.front_matter.key_facts or ():
            for index, variant in enumerate(variants):
                yield line_of(("key_facts", name, index), self.lines), variant.when
        for block in self.walk():
            if isinstance(block, Only | Sign):
                yield block.line, block.condition

    @property
    def has_get_help(self) -> bool:
        """True where the text itself has the section for the help cards."""
        return any(section.is_get_help for section in self.sections)

    @property
    def help_section(self) -> Section | None:
        """The section that is about what can go wrong, or whom to call."""
        found = self.section(WHAT_CAN_GO_WRONG)
        return found or next((s for s in self.sections if s.is_get_help), None)

    def with_help(self, what: str, cards: Blocks = ()) -> Document:
        """The document with the help bar or the help card after its `help_section`.

        One without such a section has it behind the last.
        """
        place = self.help_section or next(reversed(self.sections), None)
        sections = (
            replace(s, help=what, help_cards=cards) if s is place else s
            for s in self.sections
        )
        return replace(self, sections=tuple(sections))

    @property
    def has_signs(self) -> bool:
        """True where a care card has lines with ids."""
        return any(isinstance(block, Sign) for block in self.walk())

    def cards(self) -> Blocks:
        """The care cards, the most urgent first."""
        found = [block for block in self.walk() if isinstance(block, CareCard)]
        return tuple(sorted(found, key=lambda card: URGENCIES.index(card.urgency)))

    def without_cards(self) -> Document:
        """The document without its care cards, and sections that held nothing else."""

        def rest(blocks: Blocks) -> Blocks:
            return tuple(block for block in blocks if not isinstance(block, CareCard))

        kept = (replace(s, blocks=rest(s.blocks)) for s in self.sections)
        return replace(
            self,
            introduction=rest(self.introduction),
            sections=tuple(
                section
                for section, whole in zip(kept, self.sections, strict=True)
                if section.blocks or not whole.blocks
            ),
        )

    def without_help(self) -> Document:
        """The document without its "Get help" section: on paper that comes last."""
        rest = tuple(s for s in self.sections if not s.is_get_help)
        return replace(self, sections=rest)

    def without_sections(self) -> Document:
        """The front matter and the introduction alone."""
        return replace(self, sections=())

    def section(self, slug: str) -> Section | None:
        return next((s for s in self.sections if s.slug == slug), None)

    def tasks(self) -> tuple[Task, ...]:
        return tuple(block for block in self.walk() if isinstance(block, Task))

    @property
    def has_folded_questions(self) -> bool:
        """True where `folds.folded` found questions."""
        return any(isinstance(block, Question) for block in self.walk())

    def task_lines(self) -> dict[str, TaskLine]:
        """Every task by its id, with the condition that it stands under."""
        blocks = (*self.introduction, *(b for s in self.sections for b in s.blocks))
        return {line.task.id: line for line in _task_lines(blocks, Condition())}

    def with_tasks(self, lines: Mapping[str, TaskLine]) -> Document:
        """The document with the lines that it names by their ids.

        A line that is not there is left out, as is a section that loses all its blocks.
        """

        def full(blocks: Blocks) -> Blocks:
            return _with_tasks(blocks, lines, Condition())

        kept = []
        for section in self.sections:
            blocks = full(section.blocks)
            shows = blocks != section.blocks and _has_tasks(blocks)
            kept.append(replace(section, blocks=blocks, shows_tasks=shows))
        return replace(
            self,
            introduction=full(self.introduction),
            sections=tuple(
                section
                for section, whole in zip(kept, self.sections, strict=True)
                if section.blocks or section.is_get_help or not whole.blocks
            ),
        )

    def links(self) -> tuple[tuple[int, str], ...]:
        """(line of the block, address) of every link."""
        return tuple(
            (block.line, inline.href)
            for block in self.walk()
            for run in block.runs()
            for inline in walk_inlines(run)
            if isinstance(inline, Link)
        )

    def without_more(self) -> Document:
        """The short version: without `more` blocks and without the details of tasks."""

        def shorten(block: Block) -> Block:
            if isinstance(block, Only):
                return replace(block, blocks=short(block.blocks))
            if isinstance(block, TaskList):
                tasks = (replace(task, is_short=True) for task in block.tasks)
                return replace(block, tasks=tuple(tasks))
            return block

        def short(blocks: Blocks) -> Blocks:
            return tuple(shorten(b) for b in blocks if not isinstance(b, More))

        sections = (replace(s, blocks=short(s.blocks)) for s in self.sections)
        return replace(
            self,
            introduction=short(self.introduction),
            sections=tuple(s for s in sections if s.blocks or s.is_get_help),
        )

    def narrowed(self, key: str, value: str) -> Document:
        """Only the content of `only` blocks whose condition names this value.

        An example of key and value is ("cells", "prepared").
        """

        def special(blocks: Blocks) -> Blocks:
            return tuple(
                part
                for block in blocks
                if isinstance(block, Only) and value in getattr(block.condition, key)
                for part in block.blocks
            )

        sections = (replace(s, blocks=special(s.blocks)) for s in self.sections)
        return replace(
            self,
            introduction=special(self.introduction),
            sections=tuple(s for s in sections if s.blocks or s.is_get_help),
        )

    def tailored(self, facts: Facts) -> Document:
        """The document for a reader of whom these facts are known.

        An `only` block for other readers is dropped. One for this reader is replaced by
        the blocks inside it. One whose condition depends on an unknown fact stays, and
        is drawn with a label. A section that loses all its blocks is dropped too.
        """

        def keep(blocks: Blocks) -> Blocks:
            return tuple(kept for block in blocks for kept in _tailor(block, facts))

        kept = [replace(s, blocks=keep(s.blocks)) for s in self.sections]
        return replace(
            self,
            introduction=keep(self.introduction),
            sections=tuple(
                section
                for section, whole in zip(kept, self.sections, strict=True)
                if section.blocks or section.is_get_help or not whole.blocks
            ),
        )


def _task_lines(blocks: Blocks, condition: Condition) -> Iterator[TaskLine]:
    for block in blocks:
        if isinstance(block, Task):
            yield TaskLine(block, condition)
        else:
            inner = block.condition if isinstance(block, Only) else condition
            yield from _task_lines(block.parts(), inner)


def _has_tasks(blocks: Blocks) -> bool:
    return any(isinstance(block, Task) for block in walk(blocks))


def _with_tasks(
    blocks: Blocks, lines: Mapping[str, TaskLine], around: Condition
) -> Blocks:
    """The blocks with a list for each run of lines that are for the same readers."""
    full: list[Block] = []
    for block in blocks:
        if isinstance(block, Only):
            inner = _with_tasks(block.blocks, lines, block.condition)
            full += [replace(block, blocks=inner)] if inner else []
        elif isinstance(block, TaskReferences):
            named = [lines[r.id] for r in block.references if r.id in lines]
            for condition, run in groupby(named, lambda line: line.condition):
                tasks = TaskList(line=block.line, tasks=tuple(x.task for x in run))
                is_for_all = condition in (Condition(), around)
                only = Only(line=block.line, condition=condition, blocks=(tasks,))
                full.append(tasks if is_for_all else only)
        else:
            full.append(block)
    return tuple(full)


def _tailor(block: Block, facts: Facts) -> Blocks:
    if isinstance(block, Only):
        inner = tuple(kept for part in block.blocks for kept in _tailor(part, facts))
        applies = block.condition.applies(facts)
        if applies is False or not inner:
            return ()
        return inner if applies else (replace(block, blocks=inner),)
    if isinstance(block, More | CareCard):
        inner = tuple(kept for part in block.blocks for kept in _tailor(part, facts))
        return (replace(block, blocks=inner),) if inner else ()
    if isinstance(block, SignList):
        facts = _area_or_any(block, facts)
        signs = [s for s in block.signs if s.condition.applies(facts) is not False]
        return (replace(block, signs=tuple(signs)),) if signs else ()
    return (block,)


def _area_or_any(signs: SignList, facts: Facts) -> Facts:
    """The facts; without the area if that one has no lines of its own here.

    So a reader whose area nobody wrote for is shown the signs of every area.
    """
    area = facts.get("area") or frozenset()
    possible = frozenset([area]) if isinstance(area, str) else area
    if possible <= signs.areas:
        return facts
    return {**facts, "area": frozenset()}
