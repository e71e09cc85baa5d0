"""Renders documents: one template for each block, every string escaped."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, reduce
from pathlib import Path
from typing import Any

import nh3
from django import template
from django.contrib.staticfiles import finders
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from sessions.documents import Document
from sessions.documents import blocks as b
from sessions.documents.common_questions import CommonQuestion
from sessions.documents.register import Claim, Source
from sessions.guide.dates import TaskDay
from sessions.guide.help import ALL_SIGNS
from sessions.guide.reading import Reading
from sessions.guide.snapshot import ClinicDetails

register = template.Library()
# Text is escaped, so this matches nothing but tags.
_HEADING = re.compile(r"(</?h)([2-4])(?=[ >])")

# A second defence beside escaping: whatever a template lets through, only these pass.
_ATTRIBUTES = {
    "*": {"class", "id"},
    "a": {"href", "rel"},
    "img": {"src", "alt", "width", "height", "loading"},
    "ol": {"start"},
    "th": {"scope"},
    "input": {"type", "id", "value"},
    "label": {"for"},
    "svg": {"viewBox", "aria-hidden", "focusable"},
    "path": {"d", "stroke-dasharray"},
    "button": {"type", "popovertarget"},
    "span": {"popover"},
    "section": {"aria-labelledby"},
}
_TAGS = {
    "a", "blockquote", "br", "button", "code", "dd", "details", "div", "dl", "dt", "em",
    "figcaption", "figure", "h2", "h3", "h4", "hr", "img", "input", "label", "li", "ol",
    "p", "path", "pre", "section", "span", "strong", "summary", "svg", "table", "tbody",
    "td", "th", "thead", "tr", "ul",
}  # fmt: skip


def clean(html: str, part: str = "") -> SafeString:
    """The HTML without tags and attributes that no block uses.

    In a `part`, one page of a sheet with several, headings are one level lower, under
    the part's title. Its ids and anchors begin with its name, so that they are unique.
    """
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_anchors_within(part) if part else None,
        generic_attribute_prefixes={"data-"},
        url_schemes={"tel"},
        link_rel=None,
    )
    if part:
        cleaned = _HEADING.sub(lambda m: f"{m[1]}{int(m[2]) + 1}", cleaned)
    return SafeString(cleaned)


def _anchors_within(part: str) -> Callable[[str, str, str], str | None]:
    def within(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "id":
            return f"{part}--{value}"
        if attribute == "href" and value.startswith("#"):
            return f"#{part}--{value[1:]}"
        # Unnamed sections are no landmarks. Twenty named "In short" would not help.
        return None if attribute == "aria-labelledby" else value

    return within


@register.simple_tag
def document(doc: Document, reading: Reading, on_paper: bool = False) -> SafeString:
    """The introduction and all sections of a document."""
    card = _card_on_paper(doc, reading) if on_paper else ""
    doc = doc.without_cards() if card else doc
    start = card + draw_blocks(doc.introduction, reading, on_paper)
    return format_html("{}{}", clean(start), sections(doc, reading, on_paper))


@register.simple_tag
def sections(doc: Document, reading: Reading, on_paper: bool = False) -> SafeString:
    """All sections of a document, without its introduction."""
    context = {
        "document": doc,
        "reading": reading,
        "on_paper": on_paper,
        "help_href": reading.address(ALL_SIGNS),
    }
    return clean(get_template("blocks/sections.html").render(context))


@register.simple_tag
def part_document(doc: Document, reading: Reading, part: str) -> SafeString:
    """A document on paper as one part of a sheet; see `clean`."""
    card = _card_on_paper(doc, reading)
    doc = doc.without_cards() if card else doc
    context = {"document": doc, "reading": reading, "on_paper": True, "is_part": True}
    start = card + draw_blocks(doc.introduction, reading, on_paper=True)
    return clean(start + get_template("blocks/sections.html").render(context), part)


def _card_on_paper(doc: Document, reading: Reading) -> str:
    """The help card under its heading, for the page that holds it; else nothing."""
    if not doc.has_signs:
        return ""
    context = {"reading": reading, "cards": doc.cards(), "on_paper": True}
    return get_template("components/help_card.html").render(context)


@register.simple_tag
def blocks(of: b.Blocks, reading: Reading, on_paper: bool = False) -> SafeString:
    """Blocks outside a section, such as an introduction or the help cards."""
    return clean(draw_blocks(of, reading, on_paper))


@register.simple_tag
def draw_blocks(
    blocks: b.Blocks, reading: Reading, on_paper: bool = False
) -> SafeString:
    """Blocks one after another. Only the templates of blocks use this."""
    return format_html_join(
        "\n", "{}", ((_draw(block, reading, on_paper),) for block in blocks)
    )


@register.simple_tag
def draw_item(blocks: b.Blocks, reading: Reading, on_paper: bool = False) -> SafeString:
    """The blocks of a list item; its first paragraph needs no `<p>`."""
    first, rest = blocks[:1], blocks[1:]
    if first and isinstance(first[0], b.Paragraph):
        line = words(first[0].inlines, reading, on_paper)
        return format_html("{}{}", line, draw_blocks(rest, reading, on_paper))
    return draw_blocks(blocks, reading, on_paper)


def _draw(block: b.Block, reading: Reading, on_paper: bool) -> str:
    context = {"block": block, "reading": reading, "on_paper": on_paper}
    return get_template(f"blocks/{block.template}.html").render(context)


@register.simple_tag
def words(inlines: b.Inlines, reading: Reading, on_paper: bool = False) -> SafeString:
    """Inline text. Links inside the guide get the reader's answers.

    One to a page about an area that is not the reader's is plain words.

    A term of the glossary is a button that opens its meaning. On paper it is plain
    text, and the sheet lists the terms at its end.
    """
    pieces = (_word(inline, reading, on_paper) for inline in inlines)
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _word(inline: b.Inline, reading: Reading, on_paper: bool) -> str:
    def inside(children: b.Inlines) -> SafeString:
        return words(children, reading, on_paper)

    match inline:
        case b.Strong(children):
            return format_html("<strong>{}</strong>", inside(children))
        case b.Emphasis(children):
            return format_html("<em>{}</em>", inside(children))
        case b.Code(text):
            return format_html("<code>{}</code>", text)
        case b.LineBreak():
            return SafeString("<br>")
        case b.Mark(_, children):
            return inside(children)
        case b.Link(href, children):
            if reading.is_for_others(href):
                return inside(children)
            address = href if href.startswith("tel:") else reading.address(href)
            return format_html('<a href="{}">{}</a>', address, inside(children))
        case b.Explained(term, text):
            return text if on_paper else _explained(term, text)
        case b.Text(text):
            return text
    raise TypeError(f"{inline} is not an inline.")


def _explained(term: b.Term, text: str) -> str:
    """A button that opens the meaning of a term, without a script."""
    return format_html(
        '<button type="button" class="term" popovertarget="word-{slug}">{text}</button>'
        '<span class="meaning" popover="auto" id="word-{slug}">'
        "<strong>{title}.</strong> {meaning}</span>",
        slug=term.slug,
        text=text,
        title=term.title,
        meaning=term.meaning,
    )


@register.simple_tag
def page_link(reading: Reading, address: str) -> str:
    """The URL of a path inside the guide, with the reader's answers."""
    return reading.address(address)


@register.simple_tag
def guide_url(reading: Reading, name: str, *args: str) -> str:
    """The URL of a view of the guide, with the reader's answers."""
    return reading.address(reverse(f"sessions:{name}", args=args))


@register.simple_tag
def condition_label(block: b.Only | CommonQuestion, reading: Reading) -> str:
    """For whom an `only` block or a question is: `Hand or Joint; Your fat`."""
    parts: dict[str, list[str]] = {}
    for key, value in block.condition.items():
        if reading.may_be(key, value):
            parts.setdefault(key, []).append(reading.labels[key].get(value, value))
    return "; ".join(reduce(_or, names) for names in parts.values())


def _or(one: str, other: str) -> str:
    return gettext("%(one)s or %(other)s") % {"one": one, "other": other}


@register.inclusion_tag("components/help_bar.html")
def help_bar(reading: Reading, href: str) -> dict[str, Any]:
    """The help bar. `href` is where the whole card stands; on paper there is none."""
    return {"reading": reading, "href": href and reading.address(href)}


@register.simple_tag
def task_day(block: b.Task, reading: Reading) -> TaskDay | None:
    """The task's own day, for a reader who gave the procedure day."""
    return reading.procedure.task_day(block) if reading.procedure else None


@dataclass(frozen=True)
class TaskLine:
    """A task with its section, and its `only` block if it is not for everyone."""

    task: b.Task
    section: str
    only: b.Only | None
    is_in_first_list: bool


@register.simple_tag
def tasks_of(name: str, reading: Reading) -> tuple[TaskLine, ...]:
    """Every task of a page that may fit the reader; none of a withdrawn page."""
    page = reading.page(name)
    doc = reading.document_of(page) if page else None
    if doc is None:
        return ()
    lists = (
        (section.title, tasks, only)
        for section in doc.sections
        for tasks, only in _task_lists(section.blocks)
    )
    return tuple(
        TaskLine(task, section, only, is_in_first_list=index == 0)
        for index, (section, tasks, only) in enumerate(lists)
        for task in tasks.tasks
    )


def _task_lists(
    blocks: b.Blocks, only: b.Only | None = None
) -> Iterator[tuple[b.TaskList, b.Only | None]]:
    for block in blocks:
        if isinstance(block, b.TaskList):
            yield block, only
        else:
            frame = block if isinstance(block, b.Only) else only
            yield from _task_lists(block.parts(), frame)


@register.filter
def claim_of(block: b.ClaimReference, reading: Reading) -> Claim | None:
    """The claim that a block names; None where the register has no such claim."""
    return reading.snapshot.claim(block.name)


@register.filter
def sources_of(claim: Claim | None, reading: Reading) -> list[Source]:
    """What the claim rests on."""
    return reading.snapshot.sources_of_claim(claim) if claim else []


@register.simple_tag
def emergency_number(clinic: ClinicDetails) -> str:
    """The number to call in an emergency, for use inside a sentence."""
    if not clinic.emergency_number:
        return clinic.emergency_text
    return format_html('<a href="tel:{0}">{0}</a>', clinic.emergency_number)


@register.simple_tag
def tier_name(urgency: str, reading: Reading, number: str) -> str:
    """What to do about the signs of a tier of the help card."""
    is_uk = reading.clinic.country == "uk"
    match urgency:
        case "emergency":
            before, after = gettext("Call %(number)s now").split("%(number)s")
            return format_html("{}{}{}", before, number, after)
        case "department":
            return gettext("A&E now") if is_uk else gettext("Emergency department now")
        case "urgent" if is_uk:
            return gettext("Clinic today (no answer: A&E)")
        case "urgent":
            return gettext("Clinic today (no answer: emergency department)")
        case _:
            return gettext("Can wait")


@register.filter
def plain(inlines: b.Inlines) -> str:
    """The text without markup, for an attribute."""
    return b.plain_text(inlines)


@register.simple_tag
def picture_url(block: b.Picture) -> str:
    return static(f"img/{block.name}.svg")


@register.simple_tag
def picture_size(block: b.Picture) -> tuple[str, str]:
    """Width and height of a drawing, so that the page does not jump as it loads."""
    return _view_box(block.name)


@lru_cache(maxsize=128)
def _view_box(name: str) -> tuple[str, str]:
    path = finders.find(f"img/{name}.svg")
    drawing = Path(path).read_text(encoding="utf-8") if path else ""
    match = re.search(r'viewBox="0 0 (\d+) (\d+)"', drawing)
    return (match[1], match[2]) if match else ("640", "480")


@dataclass(frozen=True)
class People:
    """Outlines of small figures, as SVG path data, in rows of ten or fifty."""

    width: int
    height: int
    counted: str
    others: str


@register.simple_tag
def people(block: b.Odds, on_paper: bool = False) -> People:
    """The figures for `count` people out of `out_of`, counted ones first.

    Where nobody knows the count, all of them are others.
    """
    per_row = 50 if on_paper or block.out_of > 100 else 20
    step_x, step_y = 16, 30
    figure = "a4 4 0 1 1 8 0a4 4 0 1 1-8 0m-1 14v-5a3 3 0 0 1 3-3h4a3 3 0 0 1 3 3v5z"
    spots = [
        f"M{3 + index % per_row * step_x} {7 + index // per_row * step_y}{figure}"
        for index in range(block.out_of)
    ]
    counted = block.count or 0
    return People(
        width=per_row * step_x,
        height=block.out_of // per_row * step_y,
        counted="".join(spots[:counted]),
        others="".join(spots[counted:]),
    )
