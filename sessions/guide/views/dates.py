"""The checklist with a patient's own dates, and the calendar file.

The procedure day comes in the body of a POST and is used for that response only. It is
never in a URL, a cookie, a log or the database. These two views change nothing, so a
forged request could do no harm, and they need no CSRF cookie.
"""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from sessions.documents.blocks import Task
from sessions.guide.calendars import calendar_file
from sessions.guide.forms import ProcedureDayForm
from sessions.guide.reading import Reading, read_request
from sessions.guide.rendering import render_page, show_page

PAGE = "checklist"
NOTHING_LEFT = "There is no day left to put in a calendar: all of them have passed."


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def checklist(request: HttpRequest) -> HttpResponse:
    """What to do before, on and after the day; after a POST with the reader's dates."""
    if request.method == "POST":
        return _dated(_with_day(request))
    return show_page(request, PAGE)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """The reader's dates as a calendar file, or the checklist with what is wrong."""
    reading = _with_day(request)
    if request.method != "POST":
        return redirect(reading.answers.address("/checklist/#your-day"))
    page = reading.page(PAGE)
    document = reading.document_of(page) if page else None
    if reading.procedure is None or document is None:
        return _dated(reading)
    tasks = [block for block in document.walk() if isinstance(block, Task)]
    file = calendar_file(tasks, reading.procedure, reading.clinic, timezone.now())
    if file is None:
        return _dated(replace(reading, notices=(*reading.notices, NOTHING_LEFT)))
    response = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="reminders.ics"'
    return _no_store(response)


def _with_day(request: HttpRequest) -> Reading:
    reading = read_request(request)
    return replace(reading, day_form=ProcedureDayForm(request.POST, reading.today))


def _dated(reading: Reading) -> HttpResponse:
    status = 200 if reading.procedure else 422
    return _no_store(HttpResponse(render_page(reading, PAGE), status=status))


def _no_store(response: HttpResponse) -> HttpResponse:
    """The response, which no browser and no shared cache may store."""
    response["Cache-Control"] = "no-store"
    return response
