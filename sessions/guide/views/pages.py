"""The pages patients read. No view here writes, sets a cookie or opens a session."""

from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sessions.documents.register import Claim, Source
from sessions.guide.reading import Reading, read_request
from sessions.guide.rendering import render_page, show_cached, show_page
from sessions.guide.scores import score_results
from sessions.guide.search.found import Found
from sessions.guide.search.found import search as find
from sessions.guide.snapshot import LivePage

LONGEST_QUERY = 100


@require_safe
def page(request: HttpRequest, name: str) -> HttpResponse:
    """A page with a text and nothing else; `sessions.urls` lists these."""
    return show_page(request, name)


@require_safe
def stage_detail(request: HttpRequest, kind: str) -> HttpResponse:
    """One stage of the patient's pathway, with links to the stages either side."""
    return show_page(request, f"stages/{kind}")


@require_safe
def how_we_score(request: HttpRequest) -> HttpResponse:
    """The results of the ratings, with weak items, and where scorers differ."""
    return show_cached(request, "how-we-score", _render_scores)


@require_safe
def learn(request: HttpRequest) -> HttpResponse:
    """The pages that explain the subject, in reading order."""
    return show_cached(request, "learn", _render_learn)


@require_safe
def learn_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One page that explains the subject."""
    return show_page(request, f"learn/{slug}")


@require_safe
def after_area(request: HttpRequest, area: str) -> HttpResponse:
    """The page for patients after a treatment of one area."""
    return show_page(request, f"after/{area}")


@require_safe
def evidence(request: HttpRequest) -> HttpResponse:
    """Every claim in the guide, by topic, with how sure anyone is."""
    return show_cached(request, "evidence", _render_evidence)


@require_safe
def claim_detail(request: HttpRequest, name: str) -> HttpResponse:
    """One claim: what was studied, what was found, what it does not tell."""
    return show_cached(
        request, ("claim", name), lambda reading: _render_claim(reading, name)
    )


@never_cache
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Signs, answers and places for what was typed, which is stored nowhere."""
    reading = read_request(request)
    question = " ".join(request.GET.get("q", "").split())[:LONGEST_QUERY]
    found = find(reading, question) if question else Found()
    context = {"reading": reading, "question": question, "found": found}
    return HttpResponse(render_to_string("guide/search.html", context))


@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """All sources. Only pages of sources and of a claim have links to other sites."""
    return show_cached(request, "sources", _render_sources)


@require_safe
def page_sources(request: HttpRequest, name: str) -> HttpResponse:
    """The sources of one page, with links."""

    def render(reading: Reading) -> str:
        page = reading.page(name)
        if page is None or not reading.snapshot.sources_of(page):
            raise Http404
        if reading.other_area(page):
            return render_page(reading, name)
        sources = reading.snapshot.sources_of(page)
        return _sources_html(reading, sources, page)

    return show_cached(request, ("sources", name), render)


def _render_sources(reading: Reading) -> str:
    sources = sorted(reading.snapshot.named_sources, key=lambda s: s.title.lower())
    return _sources_html(reading, sources, None)


def _sources_html(
    reading: Reading, sources: list[Source], page: LivePage | None
) -> str:
    context = {"reading": reading, "sources": sources, "page": page}
    return render_to_string("guide/sources.html", context)


def _render_scores(reading: Reading) -> str:
    results = score_results(reading)
    context = {"reading": reading, "results": results}
    return render_to_string("guide/how_we_score.html", context)


def _render_learn(reading: Reading) -> str:
    pages = [
        p for name, p in reading.snapshot.pages.items() if name.startswith("learn/")
    ]
    pages.sort(key=lambda page: page.position)
    return render_to_string("guide/learn.html", {"reading": reading, "pages": pages})


def _render_evidence(reading: Reading) -> str:
    def topic(named: tuple[str, Claim]) -> str:
        return named[1].topic

    claims = sorted(reading.snapshot.claims.items(), key=topic)
    topics = [(name, list(group)) for name, group in groupby(claims, key=topic)]
    context = {"reading": reading, "topics": topics}
    return render_to_string("guide/evidence.html", context)


def _render_claim(reading: Reading, name: str) -> str:
    claim = reading.snapshot.claim(name)
    if claim is None:
        raise Http404
    sources = reading.snapshot.sources_of_claim(claim)
    context = {"reading": reading, "claim": claim, "sources": sources}
    return render_to_string("guide/claim_detail.html", context)
