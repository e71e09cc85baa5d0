"""Sheets: each its own template for paper, never the web page restyled."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from sessions.documents import Document
from sessions.pathway import Step
from sessions.snapshot import LivePage
from sessions.views.patient import show_built, show_page
from sessions.views.reading import Reading

TEMPLATES = {
    "checklist": "print/checklist_sheet.html",
    "risks": "print/risks_sheet.html",
    "questions": "print/questions_sheet.html",
    "visit": "print/visit_sheet.html",
    "diary": "print/diary_sheet.html",
}
# What follows the stages in the whole guide, up to the pages after/ and learn/.
AFTER_THE_STAGES = (
    "checklist",
    "risks",
    "options",
    "questions",
    "money-and-approval",
    "helping-someone",
)


@require_safe
def page_sheet(request: HttpRequest, name: str) -> HttpResponse:
    """A page on paper, whole."""
    template = TEMPLATES.get(name, "print/page_sheet.html")
    return show_page(request, name, template=template)


@require_safe
def short_sheet(request: HttpRequest, name: str) -> HttpResponse:
    """A page on paper without its deeper layer."""
    template = TEMPLATES.get(name, "print/page_sheet.html")
    return show_page(request, name, template=template, is_short=True)


@require_safe
def whole_guide(request: HttpRequest) -> HttpResponse:
    """All pages that fit the reader, on one sheet."""
    return show_built(request, "whole guide", _render_guide)


@require_safe
def short_guide(request: HttpRequest) -> HttpResponse:
    """The same sheet without the deeper layer of any page."""
    return show_built(
        request, "short guide", lambda reading: _render_guide(reading, is_short=True)
    )


@dataclass(frozen=True)
class Part:
    """A page as it stands in the whole guide; no document where it is not in use."""

    page: LivePage
    step: Step | None
    document: Document | None

    @property
    def anchor(self) -> str:
        return self.page.name.replace("/", "-")

    @property
    def is_needed(self) -> bool:
        return self.step is None or self.step.is_needed


def guide_parts(reading: Reading, *, is_short: bool = False) -> list[Part]:
    """Every page that fits the reader, in the order in which it is read."""
    parts = []
    for page in _guide_pages(reading):
        place = reading.pathway.place_of(page.stage)
        step = place.step if place else None
        document = None
        if not page.is_withdrawn and step and not step.is_needed:
            document = step.special_document
        elif not page.is_withdrawn:
            document = reading.document_of(page)
        if document and is_short:
            document = document.without_more()
        parts.append(Part(page, step, document))
    return parts


def _guide_pages(reading: Reading) -> Iterator[LivePage]:
    pages = reading.snapshot.pages
    yield from (step.page for step in reading.pathway.steps)
    yield from (pages[name] for name in AFTER_THE_STAGES if name in pages)
    area = reading.answers.area
    for name, page in pages.items():
        folder, _, treated = name.partition("/")
        if folder == "after" and (area is None or treated == area.code):
            yield page
    learn = (page for name, page in pages.items() if name.startswith("learn/"))
    yield from sorted(learn, key=lambda page: page.position)
    if "get-help" in pages:
        yield pages["get-help"]


def _render_guide(reading: Reading, *, is_short: bool = False) -> str:
    parts = guide_parts(reading, is_short=is_short)
    context = {"reading": reading, "parts": parts, "is_short": is_short}
    return render_to_string("print/guide_sheet.html", context)
