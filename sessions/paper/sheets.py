"""Renders sheets, from templates for paper that are not those of the web pages."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import override

from sessions.documents import Document
from sessions.documents.glossary import Terms, by_title, explain, explain_blocks
from sessions.guide.reading import Reading
from sessions.guide.snapshot import Choice, ClinicDetails, LivePage
from sessions.models.sheets import GUIDE, SHEETS, spaced_code
from sessions.paper.page_setup import MarginText, PageSetup, page_rules
from sessions.paper.sheet_links import back_address, link_groups
from sessions.paper.whole_guide import HELP, explain_parts, guide_parts

ANY_PAGE = "paper/page_sheet.html"
OTHER_AREA = "paper/other_area_sheet.html"
TEMPLATES = {
    "checklist": "paper/checklist_sheet.html",
    "questions": "paper/questions_sheet.html",
    "visit": "paper/visit_sheet.html",
    "diary": "paper/diary_sheet.html",
    GUIDE: "paper/guide_sheet.html",
}
# Of these pages only the introduction is printed; their templates add the rest.
INTRODUCTION_ALONE = {"diary", "visit"}
# Scripts that fill in a sheet with what the browser stores.
SCRIPTS = {
    "checklist": ("js/dates.js", "js/ticks.js"),
    "visit": ("js/dates.js", "js/ticks.js", "js/visit.js"),
    "diary": ("js/diary.js",),
}
TICKS = ("js/ticks.js",)
STYLES = {"diary": ("css/diary.css",)}


@dataclass(frozen=True)
class Sheet:
    """One rendered sheet with its margin text. `html` is an `<article>`."""

    kind: str
    title: str
    description: str
    html: SafeString
    margin_text: MarginText
    is_withdrawn: bool


def render_sheet(
    reading: Reading,
    kind: str,
    setup: PageSetup,
    *,
    on_its_own: bool = True,
    has_card: bool = True,
) -> str:
    """A sheet as an HTML document. Raises Http404 for a page that never existed.

    `kind` is the name of a page, or "guide". Without `on_its_own` it has no links above
    it and no scripts, so nothing that the browser stores is filled in.
    """
    setup = setup.with_default_format(reading.clinic.paper)
    with override(reading.catalog_language):
        sheet = make_sheet(reading, kind, setup, has_card=has_card)
        tools = _tools(reading, kind, setup) if on_its_own else {}
        rules = page_rules(sheet.margin_text, setup)
        return _render_document(reading, [sheet], setup, rules, tools)


def _tools(reading: Reading, kind: str, setup: PageSetup) -> dict[str, Any]:
    """The template context for the links above a sheet, and for its scripts.

    A translation has no scripts, because they write English. It has no link back,
    because its page does not exist on the web.
    """
    choices = () if reading.elsewhere else link_groups(reading, kind, setup)
    if reading.is_translation:
        return {"has_tools": True, "choices": choices}
    return {
        "has_tools": True,
        "scripts": SCRIPTS.get(kind, TICKS),
        "choices": choices,
        "back": back_address(reading, kind),
    }


def render_sheets(reading: Reading, kinds: Sequence[str], setup: PageSetup) -> str:
    """Several sheets in one HTML document, for a browser to print in one go."""
    setup = setup.with_default_format(reading.clinic.paper)
    names = [f"sheet-{number}" for number in range(1, len(kinds) + 1)]
    with override(reading.catalog_language):
        sheets = [
            make_sheet(reading, kind, setup, name, has_card=has_card)
            for kind, name, has_card in zip(
                kinds, names, with_card(reading, kinds), strict=True
            )
        ]
        rules = "".join(
            page_rules(sheet.margin_text, setup, name)
            for sheet, name in zip(sheets, names, strict=True)
        )
        return _render_document(reading, sheets, setup, rules, {})


def with_card(reading: Reading, kinds: Sequence[str]) -> list[bool]:
    """For each sheet of a set, whether it has the help card, which comes once.

    It is on the help page and in the whole guide; without those, on the last sheet.
    """
    page = reading.page(HELP)
    is_there = page is not None and reading.document_of(page) is not None
    own = [kind == GUIDE or (kind == HELP and is_there) for kind in kinds]
    last = len(kinds) - 1
    return own if any(own) else [number == last for number in range(len(kinds))]


def make_sheet(
    reading: Reading,
    kind: str,
    setup: PageSetup,
    name: str = "",
    *,
    has_card: bool = True,
) -> Sheet:
    """The sheet of a page or of the whole guide.

    `name` tells it from other sheets in one HTML document; a single sheet has none.
    Raises Http404 for a page that never existed.
    """
    page = reading.page(kind)
    margin_text = MarginText(
        version=_version_words(page),
        code=_code_words(reading, kind),
        contact=_contact_words(reading.clinic),
        help=_help_words(reading.clinic, kind),
    )
    context = {
        "reading": reading,
        "kind": kind,
        "name": name,
        "help": margin_text.help,
        "has_card": has_card,
        "is_short": setup.is_short,
        "behind": _behind_lines(reading, kind),
    }
    if kind == GUIDE:
        return _guide(reading, margin_text, setup, context)
    if page is None:
        raise Http404
    if area := reading.other_area(page):
        return _other_area_sheet(reading, area, margin_text, context)
    return _page_sheet(reading, page, margin_text, setup, context)


def _page_sheet(
    reading: Reading,
    page: LivePage,
    margin_text: MarginText,
    setup: PageSetup,
    context: dict[str, Any],
) -> Sheet:
    document = reading.document_of(page)
    template = TEMPLATES.get(page.name, ANY_PAGE)
    if document is None:
        template = "paper/withdrawn_sheet.html"
    elif setup.is_short:
        document = document.without_more()
    place = reading.pathway.place_of(page.stage)
    context |= {
        "page": page,
        "key_facts": place.step.key_facts if place else (),
        "is_not_needed": place is not None and not place.step.is_needed,
        **_explained(reading, page.name, document),
    }
    html = render_to_string(template, context)
    withdrawn = document is None
    return Sheet(page.name, page.title, page.summary, html, margin_text, withdrawn)


def _other_area_sheet(
    reading: Reading, area: Choice, margin_text: MarginText, context: dict[str, Any]
) -> Sheet:
    """Says for whom the page is, to a reader whose area is another."""
    context |= {"area": area, "help_cards": reading.help_cards}
    html = render_to_string(OTHER_AREA, context)
    title = _("This page is for another area")
    margin_text = replace(margin_text, version="")
    return Sheet(context["kind"], title, "", html, margin_text, is_withdrawn=False)


def _explained(
    reading: Reading, kind: str, document: Document | None
) -> dict[str, Any]:
    """The template context for the document, its help section and its list of terms.

    The first use of each term is marked in the document and in the help. The help is
    printed after the list, so terms that only the help uses are not listed.
    """
    glossary = reading.snapshot.glossary
    terms: Terms = {}
    help_section = document.section(HELP) if document else None
    if document is not None:
        document = document.without_help()
        if kind in INTRODUCTION_ALONE:
            document = document.without_sections()
        document, terms = explain(document, glossary)
    help_blocks = help_section.blocks if help_section else ()
    help_blocks, seen = explain_blocks(help_blocks, glossary, terms)
    return {
        "document": document,
        "terms": by_title(terms),
        "help_blocks": help_blocks,
        "help_cards": explain_blocks(reading.help_cards, glossary, seen)[0],
    }


def _guide(
    reading: Reading, margin_text: MarginText, setup: PageSetup, context: dict[str, Any]
) -> Sheet:
    parts = guide_parts(reading, is_short=setup.is_short)
    last = [p for p in parts[-1:] if p.page.name == HELP and p.document]
    glossary = reading.snapshot.glossary
    parts, terms = explain_parts(parts[:-1] if last else parts, glossary)
    last, seen = explain_parts(last, glossary, terms)
    context |= {
        "parts": parts,
        "help_part": last[0] if last else None,
        "terms": by_title(terms),
        "help_cards": explain_blocks(reading.help_cards, glossary, seen)[0],
    }
    html = render_to_string(TEMPLATES[GUIDE], context)
    title, words = _("The whole guide"), _("All pages of the guide that fit you.")
    return Sheet(GUIDE, title, words, html, margin_text, is_withdrawn=False)


def _render_document(
    reading: Reading,
    sheets: list[Sheet],
    setup: PageSetup,
    rules: str,
    tools: dict[str, Any],
) -> str:
    context = {
        "reading": reading,
        "sheets": sheets,
        "title": sheets[0].title if len(sheets) == 1 else _("Sheets"),
        "styles": [css for s in sheets for css in STYLES.get(s.kind, ())],
        "rules": SafeString(rules),
        "paper": setup,
        **tools,
    }
    return render_to_string("paper/document.html", context)


def _version_words(page: LivePage | None) -> str:
    """The version of the text, for the margin of every page."""
    if page is None:
        return _("The whole guide.")
    return f"{page.checked_line} {page.behind_line}".strip()


def _behind_lines(reading: Reading, kind: str) -> list[str]:
    """The `behind_line` of each page on the sheet that has one."""
    names = SHEETS.get(kind, (kind,))
    pages = [page for name in names if (page := reading.page(name))]
    behind = [page for page in pages if page.behind_line]
    if len(names) == 1:
        return [page.behind_line for page in behind]
    return [f"{page.title}: {page.behind_line}" for page in behind]


def _code_words(reading: Reading, kind: str) -> str:
    code = reading.snapshot.sheet_codes.get(kind, "")
    words = _("Code %(code)s") % {"code": spaced_code(code)}
    return words if code else ""


def _contact_words(clinic: ClinicDetails) -> str:
    if clinic.telephone:
        return _("Your clinic: %(telephone)s") % {"telephone": clinic.telephone}
    return _("Your clinic: the number on your appointment letter")


def _help_words(clinic: ClinicDetails, kind: str) -> tuple[str, ...]:
    number, at_night = clinic.telephone, clinic.out_of_hours_telephone
    lines = [_("Emergency: call %(number)s.") % {"number": clinic.emergency_text}]
    if number:
        lines.append(_("Worried? Call your clinic: %(number)s.") % {"number": number})
    else:
        lines.append(_("Worried? Ring the number on your appointment letter."))
    if at_night:
        lines.append(_("When it is closed: %(number)s.") % {"number": at_night})
    if kind != HELP:
        lines.append(_("When to call: see “Get help” at the end."))
    return tuple(lines)
