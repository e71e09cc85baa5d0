"""Views of the codes on sheets: is the text of a printed sheet still current?"""

import re
from dataclasses import dataclass, replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override
from django.views.decorators.http import require_safe

from sessions.documents.glossary import explain_blocks
from sessions.guide.live import page_of
from sessions.guide.reading import Reading, read_request
from sessions.guide.rendering import show_cached
from sessions.guide.snapshot import LivePage
from sessions.library.languages import FIRST
from sessions.models import Page, SheetCode, Wording
from sessions.models.sheets import GUIDE, SHEETS


@dataclass(frozen=True)
class PartStatus:
    """One page on a printed sheet: its text now, and what changed since the printing.

    For a dropped page, `page` holds the text that patients read last.
    """

    page: LivePage
    changes: tuple[str, ...]
    withdrawn_reason: str
    is_changed: bool
    is_overdue: bool
    is_dropped: bool = False

    @property
    def doubt(self) -> str:
        """Why a patient should ask before using this part; empty without a reason."""
        if self.is_dropped:
            return gettext("This page is not in use")
        return self.page.behind_line if self.page.original_withdrawn_reason else ""


@dataclass(frozen=True)
class SheetStatus:
    """The status of one code: withdrawn if any part is, else doubtful, else changed."""

    code: str
    title: str
    address: str
    parts: tuple[PartStatus, ...]

    @property
    def withdrawn(self) -> tuple[PartStatus, ...]:
        return tuple(part for part in self.parts if part.withdrawn_reason)

    @property
    def doubtful(self) -> tuple[PartStatus, ...]:
        """Dropped pages, and translations of pages that are withdrawn now."""
        return tuple(part for part in self.parts if part.doubt)

    @property
    def changed(self) -> tuple[PartStatus, ...]:
        return tuple(p for p in self.parts if p.is_changed and not p.withdrawn_reason)

    @property
    def overdue(self) -> tuple[PartStatus, ...]:
        return tuple(part for part in self.parts if part.is_overdue)


def canonical(code: str) -> str:
    """The code as it is stored: capitals, without the spaces and dashes people type."""
    return re.sub(r"[^0-9A-Z]", "", code.upper())[:12]


@require_safe
def ask_code(request: HttpRequest) -> HttpResponse:
    """The form for the code on a paper. With a code it redirects to the status."""
    code = canonical(request.GET.get("code", ""))
    if code:
        return redirect("sessions:sheet_code", code)
    return show_cached(request, "sheet-code", _render_question)


@require_safe
def sheet_code(request: HttpRequest, code: str) -> HttpResponse:
    """Current, changed (and what), or withdrawn (and what to do). 404 if unknown."""
    wanted = canonical(code)
    if wanted not in ("", code):
        return redirect("sessions:sheet_code", wanted)
    try:
        return show_cached(request, ("code", code), lambda r: _render_status(r, code))
    except Http404:
        reading = read_request(request)
        context = {"reading": reading, "code": code}
        html = render_to_string("guide/sheet_code_unknown.html", context)
        return HttpResponse(html, status=404)


def _render_question(reading: Reading) -> str:
    return render_to_string("guide/sheet_code_question.html", {"reading": reading})


def _render_status(reading: Reading, code: str) -> str:
    row = SheetCode.objects.filter(code=canonical(code)).first()
    wordings = list(row.wordings.select_related("page")) if row else []
    # The code of a scheduled wording is unknown until it goes live.
    if row is None or any(not _was_shown(wording) for wording in wordings):
        raise Http404
    # The status is shown in the language of the paper.
    # If every page in that language is dropped, the first language is used.
    snapshot = reading.snapshot.translations.get(row.language, reading.snapshot)
    reading = replace(reading, snapshot=snapshot)
    parts = tuple(
        _part(wording, page, reading)
        for wording in wordings
        if (page := _page(wording.page, reading)) is not None
    )
    if not parts:  # Its first pages were published this second.
        raise Http404
    with override(snapshot.catalog_language):
        if row.kind == GUIDE:
            title, address = gettext("The whole guide"), _guide_address(row.language)
        else:
            own = next(
                (p.page for p in parts if p.page.name == row.kind), parts[0].page
            )
            title, address = own.title, own.address
        status = SheetStatus(code, title, address, parts)
        cards, _ = explain_blocks(reading.help_cards, snapshot.glossary)
        context = {
            "reading": reading,
            "status": status,
            "is_set": row.kind in SHEETS,
            "help_cards": cards,
        }
        return render_to_string("guide/sheet_code.html", context)


def _guide_address(language: str) -> str:
    later = [] if language == FIRST else [language]
    return reverse("sessions:whole_guide", args=later)


def _was_shown(wording: Wording) -> bool:
    if wording.state == Wording.State.WITHDRAWN:
        return True
    return wording.publish_from is not None and wording.publish_from <= timezone.now()


def _page(page: Page, reading: Reading) -> LivePage | None:
    """The page as patients read it now, or, where it is dropped, read it last."""
    if page.dropped_on is None:
        if page.language != reading.language:
            return None
        return reading.page(page.name) or reading.snapshot.texts.get(page.name)
    rows = Wording.objects.last_shown().select_related("page", "page__stage")
    return page_of(rows.get(page=page), reading.clinic, timezone.now())


def _part(printed: Wording, page: LivePage, reading: Reading) -> PartStatus:
    """The status of a printed wording: that of the newest wording with its words."""
    shown = Wording.objects.shown(timezone.now()).filter(
        page=printed.page_id, number__lte=page.number
    )
    same = shown.filter(text=printed.text).order_by("-number")
    wording = same.select_related("page").first() or printed
    later = shown.filter(number__gt=wording.number)
    notes = later.order_by("-number").values_list("patient_change_note", flat=True)
    own_reason = wording.withdrawn_reason
    is_dropped = wording.page.dropped_on is not None
    return PartStatus(
        page=page,
        changes=tuple(filter(None, notes)),
        withdrawn_reason=page.withdrawn_reason if page.is_withdrawn else own_reason,
        is_changed=page.number != wording.number and not is_dropped,
        is_overdue=page.is_overdue(reading.today) and not is_dropped,
        is_dropped=is_dropped,
    )
