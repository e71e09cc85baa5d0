"""Sends the sheets of a set, streamed with their progress or whole; counts prints."""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sessions.desk.counts import count_prints
from sessions.desk.sets import PrintSet
from sessions.desk.views.desk import (
    PERMISSION,
    DeskRequest,
    read_desk_request,
    render_desk,
)
from sessions.documents.plurals import count
from sessions.guide.content_policy import own_style_response
from sessions.guide.reading import Reading
from sessions.paper.sheets import render_sheet, render_sheets, with_card
from sessions.pdf.client import PdfError, PrintJob, Progress, make_pdf, pdf_fault

CHANGED = "The words of “{}” changed since you looked. Show what comes out again."
TICK = "To print “{}” all the same, tick its box. Or take it out of the set."


@never_cache
@require_POST
@permission_required(PERMISSION, raise_exception=True)
def desk_sheets(request: HttpRequest) -> HttpResponseBase:
    """Sends the sheets. The posted `purpose` is `look`, `stream` or `print`.

    Only `print` counts them as printed. A stream has a line of JSON for each step of
    the drawing, then an empty line and the PDF.
    """
    desk_request = read_desk_request(request)
    print_set, purpose = desk_request.print_set, request.POST.get("purpose", "look")
    if print_set is None:
        return render_desk(request, desk_request)
    if purpose == "stream" and not pdf_fault():
        return _stream_response(desk_request.reading, print_set)
    if purpose == "print" and (refusals := refusals_of(request, print_set)):
        return render_desk(request, desk_request, refusals, status=409)
    try:
        response = _open_response(desk_request.reading, print_set)
    except PdfError as error:
        return render_desk(request, desk_request, [("result", str(error))], status=503)
    if purpose == "print":
        _count(desk_request, print_set)
    return response


@never_cache
@require_POST
@permission_required(PERMISSION, raise_exception=True)
def desk_printed(request: HttpRequest) -> HttpResponse:
    """Counts a set that is about to be printed, or says why it must not be printed."""
    desk_request = read_desk_request(request)
    print_set = desk_request.print_set
    if print_set is None:
        problems = [message for _, message in desk_request.problems]
        return JsonResponse({"message": " ".join(problems)}, status=422)
    if refusals := refusals_of(request, print_set):
        words = " ".join(message for _, message in refusals)
        return JsonResponse({"message": words}, status=409)
    _count(desk_request, print_set)
    return JsonResponse({"message": _counted_words(print_set)})


def refusals_of(request: HttpRequest, print_set: PrintSet) -> list[tuple[str, str]]:
    """(id, message) of each reason not to print: a changed text, or a missing tick."""
    seen = request.POST.getlist("code")
    agreed = request.POST.getlist("anyway")
    changed = [
        ("result", CHANGED.format(document.title))
        for document in print_set.documents
        if document.code not in seen
    ]
    return changed or [
        (f"anyway-{document.kind}", TICK.format(document.title))
        for document in print_set.doubtful
        if document.kind not in agreed
    ]


def _count(desk_request: DeskRequest, print_set: PrintSet) -> None:
    codes = [document.code for document in print_set.documents if document.code]
    day = desk_request.reading.today
    count_prints(codes=codes, copies=print_set.copies, day=day)


def _counted_words(print_set: PrintSet) -> str:
    titles = [f"“{d.title}”" for d in print_set.documents if d.code]
    others = [f"“{d.title}”" for d in print_set.documents if not d.code]
    words = []
    if titles:
        copies = count(print_set.copies, "copy", "copies")
        words.append(f"Counted: {copies} of {', '.join(titles)}.")
    if others:
        words.append(f"Without a code, so not counted: {', '.join(others)}.")
    return " ".join(words)


def _rendered(reading: Reading, print_set: PrintSet) -> list[str]:
    """Each sheet as an HTML document of its own, with its own list of terms."""
    return [
        render_sheet(
            reading, kind, print_set.page_setup, on_its_own=False, has_card=has_card
        )
        for kind, has_card in zip(
            print_set.kinds, with_card(reading, print_set.kinds), strict=True
        )
    ]


def _progress(reading: Reading, print_set: PrintSet) -> Iterator[Progress | PrintJob]:
    sheets = _rendered(reading, print_set)
    steps = make_pdf(
        sheets, copies=print_set.copies, blank_backs=print_set.has_blank_backs
    )
    return steps


def _open_response(reading: Reading, print_set: PrintSet) -> HttpResponse:
    """The sheets as a PDF, or as HTML where no PDF can be made."""
    if pdf_fault():
        html = render_sheets(reading, print_set.kinds, print_set.page_setup)
        return own_style_response(html)
    *_, job = _progress(reading, print_set)
    assert isinstance(job, PrintJob)
    response = HttpResponse(job.pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="sheets.pdf"'
    return response


def _stream_response(reading: Reading, print_set: PrintSet) -> StreamingHttpResponse:
    parts = _parts(_progress(reading, print_set), print_set)
    response = StreamingHttpResponse(parts, content_type="application/octet-stream")
    # No middleware and no proxy may buffer the lines, as they would to compress them.
    response["Content-Encoding"] = "identity"
    response["X-Accel-Buffering"] = "no"
    return response


def _parts(
    steps: Iterator[Progress | PrintJob], print_set: PrintSet
) -> Iterator[bytes]:
    with closing(steps) as drawing:  # type: ignore[type-var]
        try:
            for step in drawing:
                if isinstance(step, Progress):
                    yield _line(done=step.done, total=step.total)
                else:
                    pages = [count(number, "page", "pages") for number in step.pages]
                    yield _line(pages=pages, words=print_set.total_words(step.pages))
                    yield b"\n" + step.pdf
        except PdfError as error:
            yield _line(fault=str(error))


def _line(**message: Any) -> bytes:
    return json.dumps(message).encode() + b"\n"
