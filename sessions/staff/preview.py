"""Starting a draft, and the preview of a wording."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from sessions import wordings
from sessions.documents import DocumentError, Fault, parse_document
from sessions.guide.content_policy import own_style_response
from sessions.guide.current import current_snapshot
from sessions.guide.live import page_of, previewed
from sessions.guide.reading import Preview, read_answers
from sessions.guide.rendering import render_page
from sessions.guide.snapshot import Choice
from sessions.library.clinic_texts import shown_on
from sessions.library.texts import size_fault
from sessions.models import Area, Page, Wording
from sessions.paper.page_setup import PageSetup
from sessions.paper.sheets import render_sheet

APP = "stemguide_sessions"


@require_POST
@permission_required(f"{APP}.change_wording", raise_exception=True)
def edit_wording(request: HttpRequest, page_id: int) -> HttpResponse:
    """Redirects to the page's draft, and makes one from the newest text if needed."""
    page = get_object_or_404(Page, pk=page_id)
    draft = wordings.start_draft(page=page, user=cast(User, request.user))
    return redirect(f"admin:{APP}_wording_change", draft.pk)


@never_cache
@require_safe
@permission_required(f"{APP}.view_wording", raise_exception=True)
def preview_wording(request: HttpRequest, wording_id: int) -> HttpResponse:
    """The wording in the templates of patients' pages, marked PREVIEW."""
    wording = get_object_or_404(Wording.objects.select_related("page"), pk=wording_id)
    back = reverse(f"admin:{APP}_wording_change", args=[wording.pk])
    preview = Preview(title=f"{wording}, {wording.get_state_display()}", back=back)
    return show_preview(request, wording, request.GET, preview)


def _faults(text: str) -> Sequence[Fault]:
    """Why a text cannot be shown: it is too large, or it cannot be parsed."""
    if fault := size_fault(text):
        return [Fault(1, fault)]
    try:
        parse_document(text)
    except DocumentError as error:
        return error.faults
    return []


def every_area() -> tuple[Choice, ...]:
    """Also areas that are not offered, or have no name that patients read yet.

    Their words are written before that.
    """
    return tuple(
        Choice(area.slug, area.name, area.introduction) for area in Area.objects.all()
    )


def show_preview(
    request: HttpRequest,
    wording: Wording,
    given: QueryDict,
    preview: Preview,
    *,
    on_paper: bool = False,
) -> HttpResponse:
    """The wording as a page or a sheet for these answers; its faults if it has any.

    A translation is shown as a sheet, since it has no page. A preview without `back` is
    in the editor's iframe.
    """
    if faults := _faults(wording.text):
        context = {
            "wording": wording,
            "faults": faults,
            "back": preview.back,
            "is_popup": not preview.back,
        }
        return render(request, "staff/preview_faults.html", context)
    snapshot = current_snapshot()
    # If every page of a language is dropped, the default language is used instead.
    live = snapshot.translations.get(wording.page.language, snapshot)
    page = page_of(wording, live.clinic, timezone.now())
    areas = every_area()
    if given.get("area") in {area.code for area in areas}:
        live = replace(live, areas=areas, every_area=areas)
    reading = read_answers(given, previewed(live, page), preview)
    if on_paper or reading.is_translation:
        return own_style_response(
            render_sheet(reading, shown_on(page.name), PageSetup())
        )
    return HttpResponse(render_page(reading, shown_on(page.name)))
