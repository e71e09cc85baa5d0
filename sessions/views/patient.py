"""The pages patients read. No view here writes, sets a cookie or opens a session."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sessions.views.reading import Reading, read_request

TEMPLATES = {
    "home": "sessions/home.html",
    "checklist": "sessions/checklist.html",
    "risks": "sessions/risks.html",
    "get-help": "sessions/get_help.html",
    "words": "sessions/words.html",
}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The journey itself: what this is, two questions, the seven stages."""
    return show_page(request, read_request(request), "home")


@require_safe
def stage_detail(request: HttpRequest, kind: str) -> HttpResponse:
    """One stage of the patient's pathway, with links to the stages either side."""
    return show_page(request, read_request(request), f"stages/{kind}")


@require_safe
def checklist(request: HttpRequest) -> HttpResponse:
    """What to do before, on and after the day."""
    return show_page(request, read_request(request), "checklist")


@require_safe
def risks(request: HttpRequest) -> HttpResponse:
    """Benefit and harm, in the same form."""
    return show_page(request, read_request(request), "risks")


@require_safe
def get_help(request: HttpRequest) -> HttpResponse:
    """When to ring, whom, and what to say."""
    return show_page(request, read_request(request), "get-help")


@require_safe
def words(request: HttpRequest) -> HttpResponse:
    """Hard words in plain words, from A to Z."""
    return show_page(request, read_request(request), "words")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about a reader: nothing."""
    return show_page(request, read_request(request), "privacy")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Who can use the guide, and what is still hard."""
    return show_page(request, read_request(request), "accessibility")


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What the guide is, who keeps it, and what it rests on."""
    return show_page(request, read_request(request), "about")


def show_page(
    request: HttpRequest, reading: Reading, name: str, *, template: str = ""
) -> HttpResponse:
    """The page `name`, its withdrawal notice, or 404 where it never existed."""
    page = reading.page(name)
    if page is None:
        raise Http404
    document = reading.document_of(page)
    if page.is_withdrawn or document is None:
        template = "sessions/withdrawn.html"
    elif not template:
        fallback = "sessions/page_detail.html"
        template = (
            "sessions/stage_detail.html"
            if page.stage
            else TEMPLATES.get(name, fallback)
        )
    context = {
        "reading": reading,
        "page": page,
        "document": document,
        "place": reading.pathway.place_of(page.stage),
    }
    return render(request, template, context)
