"""A page as plain lines in reading order, for reviewers and for the word diff."""

from collections.abc import Iterator
from dataclasses import dataclass

from sessions.documents import Document, DocumentError, parse_document
from sessions.documents import blocks as b
from sessions.documents.front_matter import Condition
from sessions.guide.pathway import KEY_FACT_QUESTIONS

LABELS: dict[type[b.Block], str] = {
    b.Do: "Do",
    b.Dont: "Do not",
    b.Warning: "Important",
}
URGENCIES = {
    "emergency": "Call the emergency number now",
    "department": "Emergency department now",
    "urgent": "Clinic today",
    "routine": "Can wait",
}


@dataclass(frozen=True)
class Line:
    """One heading, paragraph, item or row of a page, as plain text.

    `kind` is title, heading, label, item, text or source; `depth` is the number of
    blocks and lists around it.
    """

    kind: str
    text: str
    depth: int = 0


def page_lines(document: Document) -> tuple[Line, ...]:
    """All lines of a page, with the parts for every answer and the front matter."""
    return tuple(_page_lines(document))


def text_lines(text: str) -> tuple[tuple[Line, ...], bool]:
    """The lines of the page, and True; the lines of the source, and False, if the text
    cannot be parsed."""
    try:
        return page_lines(parse_document(text)), True
    except DocumentError:
        return tuple(Line("source", line) for line in text.split("\n")), False


def _page_lines(document: Document) -> Iterator[Line]:
    front = document.front_matter
    yield Line("title", front.title)
    yield Line("text", front.summary)
    if front.message:
        yield Line("text", front.message)
    if front.applies.items():
        yield Line("label", f"A stage only for: {_for_whom(front.applies)}")
    for name, variants in front.key_facts or ():
        if not variants:
            continue
        yield Line("label", str(KEY_FACT_QUESTIONS[name]))
        for variant in variants:
            whom = _for_whom(variant.when)
            yield Line("text", f"{variant.text}{f' (for: {whom})' * bool(whom)}", 1)
    yield from _lines(document.introduction, 0)
    for section in document.sections:
        yield Line("heading", section.title)
        yield from _lines(section.blocks, 0)
    if front.sources:
        yield Line("label", "Rests on")
        yield from (Line("item", source, 1) for source in front.sources)


def _lines(blocks: b.Blocks, depth: int) -> Iterator[Line]:
    for block in blocks:
        yield from _block_lines(block, depth)


def _block_lines(block: b.Block, depth: int) -> Iterator[Line]:
    match block:
        case b.Heading():
            yield Line("heading", _words(block.inlines), depth)
        case b.BulletList() | b.OrderedList():
            for item in block.items:
                yield from _item_lines(item, depth)
        case b.Task():
            yield Line("item", f"{_words(block.inlines)}{_days(block)}", depth)
            yield from _lines(block.details, depth + 1)
        case b.TaskReference():
            yield Line("item", f"Line of the checklist: {block.id}", depth)
        case b.Sign():
            whom = _for_whom(block.condition)
            suffix = f" (for: {whom})" if whom else ""
            yield Line("item", f"{_words(block.inlines)}{suffix}", depth)
        case b.Table():
            for row in (block.header, *block.rows):
                yield Line("text", " | ".join(map(_words, row)), depth)
        case b.ClaimReference():
            yield Line("label", f"Claim from the register: {block.name}", depth)
        case b.Odds():
            count = "Nobody knows how many" if block.count is None else block.count
            yield Line("label", f"{count} in {block.out_of}", depth)
            yield Line("text", _words(block.inlines), depth)
        case b.Picture():
            yield Line("label", f"Picture: {block.name}", depth)
            yield Line("text", _words(block.caption), depth)
            yield Line("text", f"It shows: {_words(block.alternative)}", depth)
        case _:
            label = _label(block)
            if label:
                yield Line("label", label, depth)
            yield from (Line("text", _words(run), depth) for run in block.runs())
            yield from _lines(block.parts(), depth + bool(label))


def _item_lines(item: b.Blocks, depth: int) -> Iterator[Line]:
    first, rest = item[:1], item[1:]
    if first and isinstance(first[0], b.Paragraph):
        yield Line("item", _words(first[0].inlines), depth)
        yield from _lines(rest, depth + 1)
    else:
        yield from _lines(item, depth + 1)


def _days(task: b.Task) -> str:
    if task.first_day is None:
        return ""
    if task.first_day == task.last_day:
        return f" (day {task.first_day})"
    return f" (day {task.first_day} to {task.last_day})"


def _label(block: b.Block) -> str:
    match block:
        case b.CareCard():
            return URGENCIES[block.urgency]
        case b.More():
            return block.summary
        case b.Only():
            return f"Only for: {_for_whom(block.condition)}"
    return LABELS.get(type(block), "")


def _for_whom(condition: Condition) -> str:
    return ", ".join(f"{key} {value}" for key, value in condition.items())


def _words(inlines: b.Inlines) -> str:
    """The text. The URL of a link follows it, so that reviewers can check it."""
    words = []
    for inline in inlines:
        match inline:
            case b.Text(text) | b.Code(text) | b.Explained(text=text):
                words.append(text)
            case b.LineBreak():
                words.append(" ")
            case b.Link(href, children):
                words.append(f"{_words(children)} [{href}]")
            case _:
                words.append(_words(inline.children))
    return "".join(words)
