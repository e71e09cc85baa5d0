"""Responds with pages of the guide, rendered or from the page cache."""

from collections.abc import Callable, Hashable

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string

from sessions.documents.folds import folded, question_anchors
from sessions.documents.glossary import Terms, explain, explain_blocks
from sessions.guide.content_policy import own_style_response
from sessions.guide.help import PageHelp, help_on, placed
from sessions.guide.page_cache import FROM_PAGE_CACHE, page_cache, version_of
from sessions.guide.reading import Reading, read_request
from sessions.guide.snapshot import Choice, LivePage
from sessions.library.languages import FIRST

STAGE = "guide/stage_detail.html"
ANY_PAGE = "guide/page_detail.html"
WITHDRAWN = "guide/withdrawn.html"
OTHER_AREA = "guide/other_area.html"
TEMPLATES = {
    "home": "guide/home.html",
    "checklist": "guide/checklist.html",
    "risks": "guide/risks.html",
    "get-help": "guide/get_help.html",
    "words": "guide/words.html",
    "options": "guide/options.html",
    "questions": "guide/questions.html",
    "money-and-approval": "guide/money_and_approval.html",
    "visit": "guide/visit.html",
    "diary": "guide/diary.html",
}


def show_page(request: HttpRequest, name: str) -> HttpResponse:
    """The page `name` or its withdrawal notice. Raises Http404 for any other name."""

    def render(reading: Reading) -> str:
        return render_page(reading, name)

    return show_cached(request, ("page", name), render)


def show_cached(
    request: HttpRequest,
    key: Hashable,
    render: Callable[[Reading], str],
    language: str = FIRST,
) -> HttpResponse:
    """A page from the page cache. Its key there is `key`, the language and the answers.

    It is rendered without the cache where the query string holds answers that
    the guide does not know, and where the guide is exported as plain files.
    """
    reading = read_request(request, language=language)
    if reading.notices or reading.elsewhere:
        return own_style_response(render(reading))
    version = version_of(reading.snapshot)
    page = page_cache.get(
        version, (key, language, reading.answers.query), lambda: render(reading)
    )
    if request.META.get("QUERY_STRING", "") == reading.answers.query.lstrip("?"):
        request.META[FROM_PAGE_CACHE] = version, page
    return page.response(request)


def render_page(reading: Reading, name: str) -> str:
    """The HTML of a page. It depends only on the reading and on today's date.

    Raises Http404 where there is no such page.
    """
    page = reading.page(name)
    if page is None:
        raise Http404
    if area := reading.other_area(page):
        return _render_other_area(reading, page, area)
    document = reading.document_of(page)
    glossary, cards = reading.snapshot.glossary, reading.help_cards
    terms: Terms = {}
    template, help_ = WITHDRAWN, PageHelp()
    if document is not None:
        template = STAGE if page.stage else TEMPLATES.get(name, ANY_PAGE)
        help_ = help_on(page, document)
        if page.document is not None:
            document = folded(document, question_anchors(page.document))
        document, terms = explain(placed(document, help_, cards), glossary)
    cards, _ = explain_blocks(cards, glossary, terms)
    context = {
        "reading": reading,
        "page": page,
        "document": document,
        "help": help_,
        "help_cards": cards,
        "place": reading.pathway.place_of(page.stage),
    }
    return render_to_string(template, context)


def _render_other_area(reading: Reading, page: LivePage, area: Choice) -> str:
    """Says for whom the page is, to a reader whose area is another."""
    context = {
        "reading": reading,
        "area": area,
        "fitting": reading.address_for(area, page),
        "help_cards": explain_blocks(reading.help_cards, reading.snapshot.glossary)[0],
    }
    return render_to_string(OTHER_AREA, context)
