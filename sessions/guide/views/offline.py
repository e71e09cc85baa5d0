"""For the offline copy of the guide: the list of its URLs, and the service worker."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import PurePosixPath

from django.contrib.staticfiles.finders import FileSystemFinder
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from sessions.guide.page_cache import CompressedPage
from sessions.guide.reading import Reading
from sessions.guide.rendering import show_cached
from sessions.library.references import GENERATED_PAGES, page_address

HELP = "get-help"
# Each query has a response of its own, so a copy of these pages would be no use.
NOT_OFFLINE = ("search", "v")
SHEETS = ("checklist", "visit", "diary")
SUFFIXES = (".css", ".js", ".svg")


@require_safe
def addresses(request: HttpRequest) -> HttpResponse:
    """Every page for these answers, the help page first, and the files they need."""
    response = show_cached(request, "addresses", _render_addresses)
    response["Content-Type"] = "application/json"
    return response


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script of the service worker. At `/`, its scope is the whole site."""
    response = _rendered_worker().response(request)
    response["Content-Type"] = "text/javascript"
    response["Cache-Control"] = "no-cache"
    return response


@cache
def _rendered_worker() -> CompressedPage:
    """The compressed script. It depends only on static files, so it is cached."""
    return CompressedPage.of(render_to_string("guide/service-worker.js"))


def _render_addresses(reading: Reading) -> str:
    pages = [reading.answers.address(path) for path in _paths(reading)]
    return json.dumps(
        {"pages": pages, "files": [static(name) for name in public_files()]}
    )


def _paths(reading: Reading) -> Iterator[str]:
    """The path of each page for this reader; of withdrawn ones too, for the notice."""
    snapshot = reading.snapshot
    fitting = (n for n, page in snapshot.pages.items() if not reading.other_area(page))
    names = sorted(fitting, key=lambda name: name != HELP)
    yield from (page_address(name) for name in names)
    yield from (
        page_address(name) for name in GENERATED_PAGES if name not in NOT_OFFLINE
    )
    for name in names:
        if snapshot.sources_of(snapshot.pages[name]):
            yield reverse("sessions:page_sources", args=[name])
    for name in snapshot.claims:
        yield reverse("sessions:claim_detail", args=[name])
    for name in SHEETS:
        if name in snapshot.pages:
            yield reverse("sessions:page_sheet", args=[name])


def public_files() -> list[str]:
    """The project's styles, scripts and drawings, except those of staff pages."""
    names = (PurePosixPath(name) for name, _ in FileSystemFinder().list(None))
    return sorted(
        str(name)
        for name in names
        if name.suffix in SUFFIXES
        and not any(part.startswith(("admin", "staff")) for part in name.parts)
    )
