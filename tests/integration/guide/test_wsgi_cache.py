"""The WSGI cache: the same bytes as from Django, and never out of date."""

import gc
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.wsgi import get_wsgi_application

from sessions.guide import page_cache
from sessions.guide.current import clear_snapshot_cache
from sessions.guide.wsgi_cache import MAX_ENTRIES, WsgiCache
from sessions.models import Clinic, ContentVersion

pytestmark = pytest.mark.django_db
STAGE = "/stages/recovery/"


class CachedDjango:
    """Django behind a WSGI cache, and how often Django was called."""

    def __init__(self) -> None:
        self.django = get_wsgi_application()
        self.calls = 0
        self.cache = WsgiCache(self._call_django)

    def _call_django(self, environ, start_response):
        self.calls += 1
        return self.django(environ, start_response)

    def get(self, path=STAGE, query="", encoding="br", **more):
        """Status, headers and body."""
        environ = {
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "HTTP_HOST": "testserver",
            "HTTP_ACCEPT_ENCODING": encoding,
            **more,
        }
        setup_testing_defaults(environ)
        started: list = []
        body = self.cache(
            environ, lambda status, headers: started.extend((status, headers))
        )
        return started[0], dict(started[1]), b"".join(body)


@pytest.fixture
def site(real_content, kept_connection, settings):
    settings.CONTENT_VERSION_MAX_AGE = 60
    return CachedDjango()


@pytest.mark.parametrize("encoding", ["br", "gzip", "", "gzip;q=0, br;q=0.5", "x"])
def test_second_response_is_the_first_and_django_is_not_called(site, encoding):
    first = site.get(encoding=encoding)
    second = site.get(encoding=encoding)

    assert first == second
    assert first[0] == "200 OK" and int(first[1]["Content-Length"]) == len(first[2])
    assert site.calls == 1


def test_one_response_of_django_is_stored_in_every_encoding(site):
    one = {e: site.get(encoding=e) for e in ("br", "gzip", "")}

    assert site.calls == 1
    for encoding, found in one.items():
        assert found == CachedDjango().get(encoding=encoding)
    assert len({headers["ETag"] for _, headers, _ in one.values()}) == 3


@pytest.mark.parametrize(
    "more",
    [
        {"HTTP_IF_NONE_MATCH": '"x"'},
        {"HTTP_IF_NONE_MATCH": "*"},
        {"HTTP_IF_MODIFIED_SINCE": "Sat, 21 Nov 2026 10:00:00 GMT"},
        {"HTTP_RANGE": "bytes=0-9"},
        {"REQUEST_METHOD": "HEAD"},
        {"REQUEST_METHOD": "POST"},
    ],
)
def test_other_requests_are_answered_by_django(site, more):
    site.get()
    site.get(**more)

    assert site.calls == 2


@pytest.mark.parametrize("encoding", ["br", "gzip", ""])
def test_conditional_request_is_a_hit(site, encoding):
    etag = site.get(encoding=encoding)[1]["ETag"]

    first = site.get(encoding=encoding, HTTP_IF_NONE_MATCH=etag)
    second = site.get(encoding=encoding, HTTP_IF_NONE_MATCH=etag)

    assert first == second
    assert first[0] == "304 Not Modified" and first[1]["ETag"] == etag and not first[2]
    assert site.calls == 2


def test_etag_of_another_encoding_or_version_is_a_miss(site):
    etag = site.get(encoding="gzip")[1]["ETag"]
    site.get(encoding="gzip", HTTP_IF_NONE_MATCH=etag)

    assert site.get(encoding="br", HTTP_IF_NONE_MATCH=etag)[0] == "200 OK"
    Clinic.objects.update(name="Harbour Clinic")
    ContentVersion.objects.update(number=99)
    clear_snapshot_cache()
    assert site.get(encoding="gzip", HTTP_IF_NONE_MATCH=etag)[0] == "200 OK"


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (STAGE, "utm_source=x"),
        (STAGE, "area=nowhere"),
        (STAGE, "cells=fat&area=hand"),
        ("/search/", "q=pain"),
        ("/nothing/", ""),
        ("/healthz", ""),
    ],
)
def test_only_a_page_at_its_own_address_is_stored(site, path, query):
    site.get(path, query)
    site.get(path, query)

    assert site.calls == 2
    assert site.cache.entries == {}


def test_answers_hosts_and_schemes_have_their_own_keys(site, settings):
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    answers = [
        site.get(),
        site.get(query="area=hand&cells=fat"),
        site.get(HTTP_HOST="other.example"),
        site.get(**{"wsgi.url_scheme": "https"}),
        site.get(HTTP_X_FORWARDED_PROTO="https"),
    ]

    assert site.calls == len(site.cache.entries) == len(answers)
    assert answers[0][2] != answers[1][2]


def test_host_that_is_not_allowed_is_refused_each_time(site):
    site.get()
    for _ in range(2):
        status, _, _ = site.get(HTTP_HOST="evil.example")
        assert status.startswith("400")


def test_new_version_replaces_the_old(site):
    _, _, before = site.get(encoding="")
    Clinic.objects.update(name="Harbour Clinic")
    ContentVersion.objects.update(number=99)
    assert site.get(encoding="")[2] == before  # Nobody looked yet.

    clear_snapshot_cache()

    _, _, after = site.get(encoding="")
    assert b"Harbour Clinic" in after and b"Harbour Clinic" not in before
    assert site.get(encoding="")[2] == after
    assert site.calls == 2


def test_old_snapshot_is_not_trusted_longer_than_agreed(site, settings):
    site.get()
    settings.CONTENT_VERSION_MAX_AGE = 0

    site.get()

    assert site.calls == 2


def test_page_of_yesterday_is_a_miss_today(site, time_machine):
    time_machine.move_to("2026-11-20 12:00", tick=False)
    clear_snapshot_cache()
    site.get()
    time_machine.move_to("2026-11-21 12:00", tick=False)

    site.get()

    assert site.calls == 2


def test_all_entries_are_dropped_at_the_limit(site):
    site.cache.entries = {(str(n),): None for n in range(MAX_ENTRIES)}

    site.get()

    assert len(site.cache.entries) == 1


def test_page_that_the_page_cache_evicted_is_a_miss(site, monkeypatch):
    monkeypatch.setattr(page_cache, "MAX_BYTES", 1)  # Room for one page.
    first = site.get()
    site.get("/risks/")
    gc.collect()  # A cycle of request and response may keep the page.

    assert site.get() == first
    assert site.calls == 3
