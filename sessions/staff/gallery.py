"""Every component in every state, for developers of templates and styles."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from django.conf import settings
from django.contrib.admin.views.decorators import staff_member_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sessions.documents import Document, parse_document
from sessions.documents.folds import folded
from sessions.documents.glossary import by_title, explain, explain_blocks
from sessions.documents.stage_shapes import QUESTIONS
from sessions.guide.current import current_snapshot
from sessions.guide.help import PageHelp
from sessions.guide.pathway import Answers, KeyFact, checklist_lines
from sessions.guide.reading import Preview, Reading, read_request
from sessions.guide.search.found import search
from sessions.guide.snapshot import ClinicDetails, LivePage
from sessions.templatetags.guide import draw_qr

SEARCHES = ("cost", "bleeding will not stop")


@never_cache
@require_safe
@staff_member_required
def components(request: HttpRequest) -> HttpResponse:
    """The gallery, with live pages and a live claim; 404 if no content is loaded."""
    preview = Preview(title="Every component", back="/admin/")
    reading = read_request(request, current_snapshot(), preview)
    claims = list(reading.snapshot.claims.items())[:1]
    pages = list(reading.snapshot.pages.values())
    if not claims or not pages:
        raise Http404("The gallery needs the content to be loaded.")
    source = (Path(settings.BASE_DIR) / "templates/staff/gallery.md").read_text()
    text = source.replace("::: claim any", f"::: claim {claims[0][0]}")
    cards, glossary = reading.help_cards, reading.snapshot.glossary
    lines = checklist_lines(reading.snapshot, reading.answers)
    whole = parse_document(text).with_tasks(lines).with_help("card", cards)
    document, terms = explain(_with_folds(whole), glossary)
    cards, _ = explain_blocks(cards, glossary, terms)
    context = {
        "reading": reading,
        "document": document,
        "terms": by_title(terms),
        "help_cards": cards,
        "help": PageHelp(bar_on_top=True, card_on_top=True),
        "readings": [reading, replace(reading, answers=_some_answers(reading))],
        "area": next(iter(reading.snapshot.every_area), None),
        "notices": ["Part of the address was not understood."],
        "places": [reading.pathway.place_of(k) for k in ("consultation", "follow-up")],
        "key_facts": [KeyFact("Can you drive?", ("Not for 24 hours.", "Ask."))],
        "clinics": _clinics(reading.clinic),
        "pages": _page_in_every_state(pages[0]),
        "sourced": next((page for page in pages if page.name == "risks"), pages[0]),
        "claims": claims,
        "found": [search(reading, text) for text in SEARCHES],
        "drawing": draw_qr("https://guide.example/v/ABCD2345/"),
    }
    return render(request, "staff/components.html", context)


def _clinics(clinic: ClinicDetails) -> list[ClinicDetails]:
    """The clinic without any telephone number, and with all of them."""
    blank = replace(clinic, telephone="", emergency_number="")
    full = replace(
        clinic,
        telephone="555 010 0199",
        out_of_hours_telephone="555 010 0100",
        emergency_number="911",
    )
    return [blank, full]


def _with_folds(document: Document) -> Document:
    """The document with a fold for its question, as a stage has."""
    questions = document.section(QUESTIONS)
    anchors = {"a-question": questions.blocks[0].line} if questions else {}
    return folded(document, anchors)


def _some_answers(reading: Reading) -> Answers:
    """The first area and the first cell source that this clinic offers, if any."""
    snapshot = reading.snapshot
    first_area = next(iter(snapshot.areas), None)
    return Answers(area=first_area, cells=next(iter(snapshot.cell_sources), None))


def _page_in_every_state(page: LivePage) -> list[LivePage]:
    """Copies of a page: unchecked, checked, overdue, never reviewed, and changed."""
    checked = replace(
        page,
        reviewer_role="Hand surgeon",
        approved_on=date(2026, 1, 31),
        review_due=date(2999, 1, 31),
    )
    return [
        replace(page, approved_on=None, review_due=None),
        checked,
        replace(checked, review_due=date(2026, 2, 1)),
        replace(page, approved_on=None, unreviewed_reason="A number was wrong."),
        replace(page, patient_change_note="We made a sentence clearer."),
    ]
