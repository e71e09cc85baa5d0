"""Parses CommonMark with the blocks of `containers` into a Document."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate, pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.attrs import attrs_plugin
from mdit_py_plugins.container import container_plugin

from sessions.documents import blocks as b
from sessions.documents.containers import build_container, read_condition
from sessions.documents.document import URGENCIES, Document, Section
from sessions.documents.faults import DocumentError, Fault
from sessions.documents.front_matter import read_with_lines, split_front_matter
from sessions.documents.inlines import HTML_FAULT, TASK_END, InlineReader
from sessions.documents.yaml_lines import Lines

MAX_CHARACTERS = 100_000
MAX_DEPTH = 18  # markdown-it drops words silently where blocks nest 20 deep
NEVER_FOLDED = ("emergency", "department", "urgent", "routine", "warning", "tasks")
TASK_START = re.compile(r"\[([ xX])\][ \u00a0]")
# The anchor of a section may be given in its heading: ## Obtener ayuda {#get-help}
ANCHOR = re.compile(r"\s+\{#([a-z0-9]+(?:-[a-z0-9]+)*)\}$")
TASK_DAYS = re.compile(r"day=(-?\d{1,3})(?:\.\.(-?\d{1,3}))?$")
TASK_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*$")


def markdown(*, plain: bool = False) -> MarkdownIt:
    """The markdown-it parser. With `plain` it has none of the extensions used here.

    It recognises HTML, so that HTML can be refused. It accepts every link address:
    markdown-it would leave a link with a bad one as text, and InlineReader reports it.
    """
    reader = MarkdownIt("commonmark")
    if not plain:
        reader.enable("table")
        attrs_plugin(reader, after=(), spans=True)
        container_plugin(reader, "block", validate=lambda *_: True)
        reader.validateLink = lambda url: True  # type: ignore[method-assign]
    return reader


def parse_document(text: str) -> Document:
    """The document in `text`.

    Raises DocumentError that holds every fault of the front matter and the body.
    """
    if len(text) > MAX_CHARACTERS:
        message = (
            f"The text has {len(text):,} characters; the limit is {MAX_CHARACTERS:,}. "
            "Split it into pages."
        )
        raise DocumentError([Fault(1, message)])
    text = with_plain_ends(text)
    header, body, first_line = split_front_matter(text)
    faults: list[Fault] = []
    front_matter = None
    lines: Lines = {}
    try:
        front_matter, lines = read_with_lines(header)
    except DocumentError as error:
        faults.extend(error.faults)
    parser = _Parser(body, first_line)
    introduction, sections = parser.parse()
    faults.extend(parser.faults)
    if faults or front_matter is None:
        raise DocumentError(faults)
    return Document(front_matter, introduction, sections, lines)


parse_once = lru_cache(maxsize=1024)(parse_document)
"""`parse_document` with a cache of the last 1,024 texts."""


def with_plain_ends(text: str) -> str:
    """The text without BOM, and with LF as line end."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def slugify(title: str) -> str:
    """`What it may feel like` as `what-it-may-feel-like`."""
    ascii_title = unicodedata.normalize("NFKD", title).encode("ascii", "ignore")
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_title.decode().lower()).strip("-")
    return slug or "section"


class _Parser:
    """Parses one body. Faults are collected in `faults`, never raised."""

    def __init__(self, body: str, first_line: int):
        self.lines = body.split("\n")
        self.first_line = first_line
        self.faults: list[Fault] = []
        self.level = 2  # of the last heading read
        self.inline_reader = InlineReader(self.fault)
        for number, line in enumerate(self.lines, start=first_line):
            if any(unicodedata.category(c) == "Cc" and c != "\t" for c in line):
                message = "This line holds a control character. Type the line again."
                self.faults.append(Fault(number, message))

    def fault(self, line: int, message: str) -> None:
        self.faults.append(Fault(line, message))

    def parse(self) -> tuple[b.Blocks, tuple[Section, ...]]:
        tokens = markdown().parse("\n".join(self.lines))
        introduction: list[b.Block] = []
        sections: list[Section] = []
        if self.is_too_deep(tokens):
            return (), ()
        anchors = dict(self.take_anchors(tokens))
        root = SyntaxTreeNode(tokens)
        current = introduction
        for node in root.children:
            if node.type == "heading" and node.tag == "h2":
                heading = self.inlines(node)
                title = b.plain_text(heading)
                anchor = anchors.get(self.line(node), "")
                slug = anchor or self.slug_of(title, self.line(node))
                if any(section.slug == slug for section in sections):
                    what = f'have the anchor "#{slug}"' if anchor else ""
                    what = what or f'are called "{title}"'
                    message = f"Two sections {what}. Rename one."
                    self.fault(self.line(node), message)
                self.check_heading_text(node, title)
                current = []
                sections.append(Section(title, slug, (), self.line(node)))
                self.level = 2
            else:
                current.extend(self.block(node, within=()))
            if sections:
                last = sections[-1]
                sections[-1] = Section(last.title, last.slug, tuple(current), last.line)
        blocks = (*introduction, *(block for s in sections for block in s.blocks))
        self.check_unique(blocks)
        return tuple(introduction), tuple(sections)

    def slug_of(self, title: str, line: int) -> str:
        """The anchor made from a title. Reports a title that gives no anchor."""
        slug = slugify(title)
        is_made_up = slug == "section" and title.strip().lower() != slug
        if is_made_up and any(character.isalpha() for character in title):
            message = f'"{title}" needs an anchor after it, such as {{#get-help}}.'
            self.fault(line, message)
        return slug

    def take_anchors(self, tokens: list[Token]) -> Iterator[tuple[int, str]]:
        """Removes the anchors given in headings; yields the line and anchor of each."""
        for opening, inline in pairwise(tokens):
            if opening.tag != "h2" or opening.level or not inline.children:
                continue
            last = inline.children[-1]
            if anchor := ANCHOR.search(last.content):
                last.content = last.content[: anchor.start()]
                yield self.first_line + (opening.map or [0])[0], anchor[1]

    def is_too_deep(self, tokens: list[Token]) -> bool:
        """Whether blocks or inlines nest deeper than MAX_DEPTH; reports the first."""
        depth = line = 0
        for token in tokens:
            line = token.map[0] if token.map else line
            depth += token.nesting
            inner = accumulate(child.nesting for child in token.children or ())
            if depth + max(inner, default=0) > MAX_DEPTH:
                message = "This is nested too deeply. Remove a level of nesting."
                self.fault(self.first_line + line, message)
                return True
        return False

    def check_level(self, line: int, level: int) -> None:
        if level == 1:
            self.fault(
                line,
                "A page has one main heading, its title: in the front matter. "
                "Use ## for a section.",
            )
        elif level > self.level + 1:
            message = f"This heading skips a level. Use {'#' * (self.level + 1)} here."
            self.fault(line, message)

    def check_heading_text(self, node: SyntaxTreeNode, title: str) -> None:
        if not title.strip():
            self.fault(self.line(node), "This heading is empty. Write it after the #.")

    def check_unique(self, blocks: b.Blocks) -> None:
        """A task id, and a care card of each urgency, may occur once on a page.

        A task is defined or shown there, never both.
        So may the id of a line of a card, unless the lines are for other countries.
        """
        seen: dict[tuple[str, str], int] = {}
        for block in b.walk(blocks):
            match block:
                case b.Task():
                    key, remedy = ("task id", block.id), "Give this task its own."
                case b.TaskReference():
                    key, remedy = ("task id", block.id), "Show each line once."
                case b.Sign():
                    country = " for ".join(["", *block.condition.country])
                    key, remedy = ("line id", block.id + country), "Write another."
                case b.CareCard():
                    key, remedy = ("care card", block.urgency), "Put its lines there."
                case _:
                    continue
            if key in seen:
                message = f'The {key[0]} "{key[1]}" is also used on line {seen[key]}.'
                self.fault(block.line, f"{message} {remedy}")
            seen.setdefault(key, block.line)

    def line(self, node: SyntaxTreeNode) -> int:
        return self.first_line + (node.map[0] if node.map else 0)

    # --- blocks ---

    def block_list(
        self, nodes: list[SyntaxTreeNode], within: tuple[str, ...]
    ) -> b.Blocks:
        return tuple(block for n in nodes for block in self.block(n, within))

    def block(self, node: SyntaxTreeNode, within: tuple[str, ...]) -> b.Blocks:
        """The blocks for one node. `within`: the blocks around it, outermost first."""
        line = self.line(node)
        match node.type:
            case "paragraph":
                return (b.Paragraph(line=line, inlines=self.inlines(node)),)
            case "heading":
                return self.heading(node, within)
            case "bullet_list" | "ordered_list":
                return self.list_block(node, within)
            case "blockquote":
                inner = self.block_list(node.children, (*within, "quote"))
                return (b.Quote(line=line, blocks=inner),)
            case "fence" | "code_block":
                return (b.CodeBlock(line=line, text=node.content),)
            case "hr":
                return (b.Rule(line=line),)
            case "table":
                return (self.table(node),)
            case "container_block":
                return self.container(node, within)
            case "html_block":
                self.fault(line, HTML_FAULT)
        return ()

    def heading(self, node: SyntaxTreeNode, within: tuple[str, ...]) -> b.Blocks:
        line = self.line(node)
        level = int(node.tag[1])
        if within and level <= 2:
            message = (
                "A section heading (##) cannot stand inside a block. Close the block "
                "before it, or use ###."
            )
            self.fault(line, message)
        elif level > 4:
            self.fault(line, "Headings go down to ####. Use a shorter outline.")
        else:
            self.check_level(line, level)
        self.level = level
        inlines = self.inlines(node)
        self.check_heading_text(node, b.plain_text(inlines))
        return (b.Heading(line=line, level=level, inlines=inlines),)

    def list_block(self, node: SyntaxTreeNode, within: tuple[str, ...]) -> b.Blocks:
        line = self.line(node)
        starts = [TASK_START.match(_first_words(item)) for item in node.children]
        if node.type == "bullet_list" and any(starts):
            return self.task_list(node, within, starts)
        if within and within[-1] in URGENCIES and any(map(_ends_in_id, node.children)):
            signs = (self.sign(item) for item in node.children)
            return (b.SignList(line=line, signs=tuple(filter(None, signs))),)
        items = tuple(
            self.block_list(item.children, (*within, "list")) for item in node.children
        )
        if node.type == "bullet_list":
            return (b.BulletList(line=line, items=items),)
        start = int(node.attrs.get("start", 1))
        return (b.OrderedList(line=line, items=items, start=start),)

    def task_list(
        self,
        node: SyntaxTreeNode,
        within: tuple[str, ...],
        starts: list[re.Match[str] | None],
    ) -> b.Blocks:
        if any(name != "only" for name in within):
            self.fault(self.line(node), "Tasks can stand only in a section or `only`.")
        tasks = []
        for item, start in zip(node.children, starts, strict=True):
            if start is None:
                message = "Every line of a task list begins with [ ]. Add it here."
                self.fault(self.line(item), message)
            elif task := self.task(item, within, ticked=start[1] != " "):
                tasks.append(task)
        return (b.TaskList(line=self.line(node), tasks=tuple(tasks)),)

    def task(
        self, item: SyntaxTreeNode, within: tuple[str, ...], *, ticked: bool
    ) -> b.Task | None:
        line = self.line(item)
        if ticked:
            self.fault(line, "A task starts without a tick: write [ ] before it.")
        paragraph, *rest = item.children
        inlines = self.inline_reader.read(paragraph, line, task=True)
        last = inlines[-1] if inlines else None
        end = TASK_END.search(last.text) if isinstance(last, b.Text) else None
        if end is None:
            message = "A task needs an id at its end, such as {#book-a-ride day=-7}."
            self.fault(line, message)
            return None
        inlines = _strip_box_and_id(inlines, end)
        if not b.plain_text(inlines).strip():
            self.fault(line, "This task has no words. Write them after the [ ].")
        if not TASK_ID.match(end["id"]):
            message = (
                f'The task id "{end["id"]}" is not valid. Use a to z, 0 to 9 and -.'
            )
            self.fault(line, message)
        first_day, last_day = self.days(line, end["arguments"])
        details = self.block_list(rest, (*within, "list"))
        return b.Task(
            line=line,
            id=end["id"],
            inlines=inlines,
            first_day=first_day,
            last_day=last_day,
            details=details,
        )

    def sign(self, item: SyntaxTreeNode) -> b.Sign | None:
        """A line of a care card: its words, and behind them its id and condition."""
        line = self.line(item)
        paragraph, *rest = item.children
        inlines = self.inline_reader.read(paragraph, line, task=True)
        last = inlines[-1] if inlines else None
        end = TASK_END.search(last.text) if isinstance(last, b.Text) else None
        if end is None or not TASK_ID.match(end["id"]):
            message = "Every line of this list ends in its id, such as {#chest-pain}."
            self.fault(line, message)
            return None
        if rest:
            message = "A line of a card is one sentence. Put the rest on another page."
            self.fault(self.line(rest[0]), message)
        inlines = _strip_box_and_id(inlines, end)
        if not b.plain_text(inlines).strip():
            self.fault(line, "This line has no words. Write them before its id.")
        remedy = "Write the condition like {#fever country=us}."
        condition = read_condition(end["arguments"], line, self.fault, remedy)
        if condition is None:
            return None
        return b.Sign(line=line, id=end["id"], inlines=inlines, condition=condition)

    def days(self, line: int, arguments: str) -> tuple[int | None, int | None]:
        if not arguments.strip():
            return None, None
        match = TASK_DAYS.match(arguments.strip())
        if match is None:
            message = (
                f'"{arguments.strip()}" is not understood. Write day=-7 for a week '
                "before, or day=-7..-1 for a span."
            )
            self.fault(line, message)
            return None, None
        first, last = int(match[1]), int(match[2] or match[1])
        if first > last:
            message = f"The span ends before it starts. Write day={last}..{first}."
            self.fault(line, message)
        return first, last

    def table(self, node: SyntaxTreeNode) -> b.Table:
        head, *bodies = node.children
        header_cells = head.children[0].children
        rows = [row for body in bodies for row in body.children]
        return b.Table(
            line=self.line(node),
            alignments=tuple(_alignment(cell) for cell in header_cells),
            header=tuple(self.inlines(cell, node) for cell in header_cells),
            rows=tuple(
                tuple(self.inlines(cell, row) for cell in row.children) for row in rows
            ),
        )

    def container(self, node: SyntaxTreeNode, within: tuple[str, ...]) -> b.Blocks:
        line = self.line(node)
        name, _, arguments = node.info.strip().partition(" ")
        if not name:
            message = (
                "This ::: closes nothing. An outer block needs more colons than the "
                "blocks inside it (:::: around :::)."
            )
            self.fault(line, message)
            return self.block_list(node.children, within)
        if not self.is_closed(node):
            self.fault(line, f"The block `{name}` never ends. Add a line ::: after it.")
        outside = [outer for outer in within if outer not in ("only", "more")]
        if outside:
            message = (
                f"A block cannot stand inside `{outside[-1]}`. Only `only` and `more` "
                "may hold other blocks; close this one first."
            )
            self.fault(line, message)
        elif len(within) > 1 and name in ("only", "more"):
            self.fault(line, "Blocks nest two levels deep at most. Take this one out.")
        if "more" in within and name in NEVER_FOLDED:
            message = (
                f"A `{name}` block must never be folded away. Move it out of `more`."
            )
            self.fault(line, message)
        inner = self.block_list(node.children, (*within, name))
        return build_container(name, arguments.strip(), line, inner, self.fault)

    def is_closed(self, node: SyntaxTreeNode) -> bool:
        assert node.map is not None
        end = node.map[1]
        around = node.parent
        if around and not around.is_root and around.map and end >= around.map[1]:
            return False  # what follows closes the block around this one
        markup = node.markup
        closing = self.lines[end].strip() if end < len(self.lines) else ""
        return len(closing) >= len(markup) and set(closing) == {":"}

    def inlines(
        self, node: SyntaxTreeNode, row: SyntaxTreeNode | None = None
    ) -> b.Inlines:
        """The inlines of `node`. A table cell has no line of its own: pass its row."""
        return self.inline_reader.read(node, self.line(row or node))


def _first_words(item: SyntaxTreeNode) -> str:
    paragraph = item.children[0] if item.children else None
    if paragraph is None or paragraph.type != "paragraph":
        return ""
    return str(paragraph.children[0].content)


def _ends_in_id(item: SyntaxTreeNode) -> bool:
    return TASK_END.search(_first_words(item)) is not None


def _strip_box_and_id(inlines: b.Inlines, end: re.Match[str]) -> b.Inlines:
    """The inlines of a task without its [ ] and without its {#id}."""
    last = inlines[-1]
    assert isinstance(last, b.Text)
    words = [*inlines[:-1], b.Text(last.text[: end.start()])]
    first = words[0]
    if isinstance(first, b.Text):
        words[0] = b.Text(TASK_START.sub("", first.text, count=1))
    if isinstance(words[-1], b.Text):
        words[-1] = b.Text(words[-1].text.rstrip())
    return tuple(w for w in words if not (isinstance(w, b.Text) and not w.text))


def _alignment(cell: SyntaxTreeNode) -> str:
    """The alignment as a word: CSP forbids the `style=` that markdown-it writes."""
    style = str(cell.attrs.get("style", ""))
    names = {"left": "start", "center": "center", "right": "end"}
    return names.get(style.removeprefix("text-align:"), "")
