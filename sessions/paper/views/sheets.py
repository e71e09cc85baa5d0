"""Views of sheets."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from sessions.guide.reading import Reading
from sessions.guide.rendering import show_cached
from sessions.library.languages import FIRST
from sessions.models.sheets import GUIDE
from sessions.paper.page_setup import read_page_setup
from sessions.paper.sheets import render_sheet


@require_safe
def page_sheet(request: HttpRequest, name: str, language: str = FIRST) -> HttpResponse:
    """The sheet of one page, with its full text."""
    return _show_sheet(request, language, name)


@require_safe
def short_sheet(request: HttpRequest, name: str, language: str = FIRST) -> HttpResponse:
    """The sheet of one page without its `more` blocks and details of tasks."""
    return _show_sheet(request, language, name, is_short=True)


@require_safe
def whole_guide(request: HttpRequest, language: str = FIRST) -> HttpResponse:
    """All pages that fit the reader, on one sheet."""
    return _show_sheet(request, language, GUIDE)


@require_safe
def short_guide(request: HttpRequest, language: str = FIRST) -> HttpResponse:
    """The sheet of all pages, without their `more` blocks and details of tasks."""
    return _show_sheet(request, language, GUIDE, is_short=True)


def _show_sheet(
    request: HttpRequest, language: str, kind: str, *, is_short: bool = False
) -> HttpResponse:
    setup = read_page_setup(request.GET, is_short=is_short)

    def render(reading: Reading) -> str:
        return render_sheet(reading, kind, setup)

    return show_cached(request, ("sheet", kind, setup), render, language)
