"""The print desk: which sheets, with which page setup, and what will come out.

The query string names a set, so that it can be bookmarked. The procedure day comes in
the body of a POST and is used for that response only, as on the checklist.
"""

from dataclasses import dataclass, replace
from functools import cached_property

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from sessions.desk.form import PrintSetForm
from sessions.desk.offer import DeskDocument, coming_changes, desk_groups, titles_of
from sessions.desk.sets import PrintSet
from sessions.guide.content_policy import allow, own_style_hash
from sessions.guide.current import current_snapshot
from sessions.guide.forms import AnswersForm, ProcedureDayForm
from sessions.guide.reading import Reading
from sessions.paper.sheets import render_sheets
from sessions.pdf.client import pdf_fault

PERMISSION = "stemguide_sessions.print_sheets"
OTHER_AREA = "It is about another area. The sheet says so, and has no other text."
NOT_NEEDED = "Not needed for these answers. The sheet says so."


@dataclass(frozen=True)
class DeskRequest:
    """A request to the desk: its form, and the values its sheets are made from."""

    form: PrintSetForm
    reading: Reading

    @cached_property
    def print_set(self) -> PrintSet | None:
        """The set; None if the form is not filled in, or not valid."""
        if not self.form.is_filled_in or self.problems:
            return None
        return self.form.print_set()

    @property
    def problems(self) -> list[tuple[str, str]]:
        """(id of the field, message) of each error."""
        boxes = self.reading.day_boxes if self.reading.day_form else []
        wrong_day = [(box.auto_id, str(e)) for box in boxes for e in box.errors]
        return [*self.form.problems, *wrong_day]


def read_desk_request(request: HttpRequest) -> DeskRequest:
    """Reads a set from a POST or a query string; the procedure day only from a POST."""
    snapshot = current_snapshot()
    is_post = request.method == "POST"
    data = request.POST if is_post else request.GET
    # An unknown language falls back to English here; the form reports it.
    wanted = snapshot.translations.get(data.get("language", ""), snapshot)
    now = timezone.now()
    form = PrintSetForm(
        data,
        snapshot,
        desk_groups(
            wanted,
            snapshot.clinic.day_of(now),
            coming_changes(now, wanted.language),
            titles_of(wanted) | titles_of(snapshot),
        ),
        is_filled_in=is_post or "document" in request.GET,
    )
    # The form is in English for staff. The sheets need the answers in their language.
    answers = AnswersForm(data, wanted).answers()
    reading = Reading(wanted, answers, form, notices=())
    if is_post and any(request.POST.get(box) for box in ("day", "month", "year")):
        day_form = ProcedureDayForm(request.POST, reading.today)
        reading = replace(reading, day_form=day_form)
    return DeskRequest(form, reading)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PERMISSION, raise_exception=True)
def desk(request: HttpRequest) -> HttpResponse:
    """Shows the form and, once it is filled in, what would be printed."""
    return render_desk(request, read_desk_request(request))


def render_desk(
    request: HttpRequest,
    desk_request: DeskRequest,
    refusals: list[tuple[str, str]] | None = None,
    status: int = 422,
) -> HttpResponse:
    """The page of the desk. `refusals` are (id, message): why nothing was printed."""
    print_set, fault = desk_request.print_set, pdf_fault()
    problems = [*desk_request.problems, *(refusals or [])]
    html = ""
    if print_set and fault:
        html = render_sheets(
            desk_request.reading, print_set.kinds, print_set.page_setup
        )
    context = {
        **admin.site.each_context(request),
        "title": "Print desk",
        "is_nav_sidebar_enabled": False,
        "form": desk_request.form,
        "reading": desk_request.reading,
        "print_set": print_set,
        "rows": _rows(desk_request, request.POST.getlist("anyway")),
        "problems": problems,
        "fault": fault,
        "sheets_html": html,
        "has_address": bool(settings.PUBLIC_URL),
        "banner": settings.TRYOUT_BANNER,
        "repeated": _repeated(desk_request, request),
    }
    response = render(request, "desk/desk.html", context)
    response.status_code = status if problems else 200
    policy = {"frame-src": ["blob:"]}
    if html:
        policy["style-src"] = [own_style_hash(html)]
    return allow(response, policy)


@dataclass(frozen=True)
class Row:
    """A document of the set, and what staff should know before they print it."""

    document: DeskDocument
    notes: tuple[str, ...]
    is_agreed: bool


def _rows(desk_request: DeskRequest, agreed: list[str]) -> list[Row]:
    rows = []
    for document in desk_request.print_set.documents if desk_request.print_set else ():
        page = desk_request.reading.page(document.kind)
        place = desk_request.reading.pathway.place_of(page.stage) if page else None
        is_needed = place is None or place.step.is_needed
        notes = document.notes if is_needed else (*document.notes, NOT_NEEDED)
        if page and desk_request.reading.other_area(page):
            notes = (OTHER_AREA, *notes)
        rows.append(Row(document, notes, document.kind in agreed))
    return rows


def _repeated(desk_request: DeskRequest, request: HttpRequest) -> list[tuple[str, str]]:
    """(name, value) of the hidden fields of the form below the result."""
    if desk_request.print_set is None:
        return []
    names = ("day", "month", "year") if desk_request.reading.procedure else ()
    day = [(name, request.POST.get(name, "")) for name in names]
    codes = [("code", document.code) for document in desk_request.print_set.documents]
    return [*desk_request.print_set.fields, *codes, *day]
