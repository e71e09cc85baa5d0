"""The pages patients read. No view here writes, sets a cookie or opens a session."""

from collections.abc import Callable, Hashable

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from sessions.views.built import shelf
from sessions.views.reading import Reading, read_request

STAGE = "sessions/stage_detail.html"
ANY_PAGE = "sessions/page_detail.html"
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
    return show_page(request, "home")


@require_safe
def stage_detail(request: HttpRequest, kind: str) -> HttpResponse:
    """One stage of the patient's pathway, with links to the stages either side."""
    return show_page(request, f"stages/{kind}")


@require_safe
def checklist(request: HttpRequest) -> HttpResponse:
    """What to do before, on and after the day."""
    return show_page(request, "checklist")


@require_safe
def risks(request: HttpRequest) -> HttpResponse:
    """Benefit and harm, in the same form."""
    return show_page(request, "risks")


@require_safe
def get_help(request: HttpRequest) -> HttpResponse:
    """When to ring, whom, and what to say."""
    return show_page(request, "get-help")


@require_safe
def words(request: HttpRequest) -> HttpResponse:
    """Hard words in plain words, from A to Z."""
    return show_page(request, "words")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about a reader: nothing."""
    return show_page(request, "privacy")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Who can use the guide, and what is still hard."""
    return show_page(request, "accessibility")


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What the guide is, who keeps it, and what it rests on."""
    return show_page(request, "about")


@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """Everything the guide rests on: the only page with links that leave the site."""
    return _answer(request, "sources", _render_sources)


def show_page(request: HttpRequest, name: str, *, template: str = "") -> HttpResponse:
    """The page `name`, its withdrawal notice, or 404 where it never existed."""
    return _answer(
        request, (name, template), lambda reading: render_page(reading, name, template)
    )


def _answer(
    request: HttpRequest, key: Hashable, build: Callable[[Reading], str]
) -> HttpResponse:
    """A built page for these answers; an odd address is never kept."""
    reading = read_request(request)
    if reading.notices:
        return HttpResponse(build(reading))
    version = (reading.snapshot.version, reading.snapshot.read_at, reading.today)
    page = shelf.get(version, (key, reading.answers.query), lambda: build(reading))
    return page.response(request)


def render_page(reading: Reading, name: str, template: str = "") -> str:
    """The HTML of a page for this reader; it depends on nothing else of the request."""
    page = reading.page(name)
    if page is None:
        raise Http404
    document = reading.document_of(page)
    if page.is_withdrawn or document is None:
        template = "sessions/withdrawn.html"
    elif not template:
        template = STAGE if page.stage else TEMPLATES.get(name, ANY_PAGE)
    context = {
        "reading": reading,
        "page": page,
        "document": document,
        "place": reading.pathway.place_of(page.stage),
    }
    return render_to_string(template, context)


def _render_sources(reading: Reading) -> str:
    sources = sorted(reading.snapshot.sources.values(), key=lambda s: s.title.lower())
    context = {"reading": reading, "sources": sources}
    return render_to_string("sessions/sources.html", context)
