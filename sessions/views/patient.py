"""The pages patients read. No view here writes, sets a cookie or opens a session."""

from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sessions.views.reading import Reading, read_request


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The journey itself: what this is, two questions, the seven stages."""
    return show_page(request, read_request(request), "home", "sessions/home.html")


@require_safe
def stage_detail(request: HttpRequest, kind: str) -> HttpResponse:
    """One stage of the patient's pathway, with links to the stages either side."""
    reading = read_request(request)
    place = reading.pathway.place_of(kind)
    if place is None:
        raise Http404
    return show_page(
        request,
        reading,
        f"stages/{kind}",
        "sessions/stage_detail.html",
        place=place,
    )


@require_safe
def checklist(request: HttpRequest) -> HttpResponse:
    """What to do before, on and after the day."""
    reading = read_request(request)
    return show_page(request, reading, "checklist", "sessions/checklist.html")


@require_safe
def risks(request: HttpRequest) -> HttpResponse:
    """Benefit and harm, in the same form."""
    reading = read_request(request)
    return show_page(request, reading, "risks", "sessions/risks.html")


@require_safe
def get_help(request: HttpRequest) -> HttpResponse:
    """When to ring, whom, and what to say."""
    reading = read_request(request)
    return show_page(request, reading, "get-help", "sessions/get_help.html")


@require_safe
def words(request: HttpRequest) -> HttpResponse:
    """Hard words in plain words, from A to Z."""
    reading = read_request(request)
    page = reading.page("words")
    sections = page.document.sections if page and page.document else ()
    letters = [
        (letter, next(terms).slug)
        for letter, terms in groupby(sections, key=lambda s: s.title[0].upper())
    ]
    return show_page(request, reading, "words", "sessions/words.html", letters=letters)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    reading = read_request(request)
    return show_page(request, reading, "privacy", "sessions/page_detail.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    reading = read_request(request)
    return show_page(request, reading, "accessibility", "sessions/page_detail.html")


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    reading = read_request(request)
    return show_page(request, reading, "about", "sessions/page_detail.html")


def show_page(
    request: HttpRequest, reading: Reading, name: str, template: str, **context: Any
) -> HttpResponse:
    """The page `name`, its withdrawal notice, or 404 where it never existed."""
    page = reading.page(name)
    if page is None:
        raise Http404
    document = reading.document_of(page)
    if page.is_withdrawn or document is None:
        template = "sessions/withdrawn.html"
    return render(
        request,
        template,
        {"reading": reading, "page": page, "document": document, **context},
    )
