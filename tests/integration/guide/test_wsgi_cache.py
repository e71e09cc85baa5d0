"""Answers that are given before Django is asked: the same bytes, and never old ones."""

import gc
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.wsgi import get_wsgi_application

from sessions.guide import page_cache
from sessions.guide.current import forget_snapshot
from sessions.guide.wsgi_cache import MOST_ANSWERS, Front
from sessions.models import Clinic, ContentVersion

pytestmark = pytest.mark.django_db
STAGE = "/stages/recovery/"


class Door:
    """A front door, and how often Django was asked behind it."""

    def __init__(self) -> None:
        self.django = get_wsgi_application()
        self.asked = 0
        self.front = Front(self._behind)

    def _behind(self, environ, start_response):
        self.asked += 1
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
        said: list = []
        body = self.front(
            environ, lambda status, headers: said.extend((status, headers))
        )
        return said[0], dict(said[1]), b"".join(body)


@pytest.fixture
def door(real_content, kept_connection, settings):
    settings.CONTENT_VERSION_MAX_AGE = 60
    return Door()


@pytest.mark.parametrize("encoding", ["br", "gzip", "", "gzip;q=0, br;q=0.5", "x"])
def test_second_answer_is_the_first_and_django_is_not_asked(door, encoding):
    first = door.get(encoding=encoding)
    second = door.get(encoding=encoding)

    assert first == second
    assert first[0] == "200 OK" and int(first[1]["Content-Length"]) == len(first[2])
    assert door.asked == 1


def test_one_answer_of_django_is_ready_in_every_encoding(door):
    one = {e: door.get(encoding=e) for e in ("br", "gzip", "")}

    assert door.asked == 1
    for encoding, found in one.items():
        assert found == Door().get(encoding=encoding)
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
def test_whoever_asks_for_more_is_answered_by_django(door, more):
    door.get()
    door.get(**more)

    assert door.asked == 2


@pytest.mark.parametrize("encoding", ["br", "gzip", ""])
def test_who_has_the_page_is_told_so_without_asking_django(door, encoding):
    tag = door.get(encoding=encoding)[1]["ETag"]

    first = door.get(encoding=encoding, HTTP_IF_NONE_MATCH=tag)
    second = door.get(encoding=encoding, HTTP_IF_NONE_MATCH=tag)

    assert first == second
    assert first[0] == "304 Not Modified" and first[1]["ETag"] == tag and not first[2]
    assert door.asked == 2


def test_tag_of_another_encoding_or_version_is_not_the_page(door):
    tag = door.get(encoding="gzip")[1]["ETag"]
    door.get(encoding="gzip", HTTP_IF_NONE_MATCH=tag)

    assert door.get(encoding="br", HTTP_IF_NONE_MATCH=tag)[0] == "200 OK"
    Clinic.objects.update(name="Harbour Clinic")
    ContentVersion.objects.update(number=99)
    forget_snapshot()
    assert door.get(encoding="gzip", HTTP_IF_NONE_MATCH=tag)[0] == "200 OK"


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
def test_what_is_not_a_built_page_in_its_own_words_is_not_kept(door, path, query):
    door.get(path, query)
    door.get(path, query)

    assert door.asked == 2
    assert door.front.kept == {}


def test_answers_hosts_and_schemes_are_kept_apart(door, settings):
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    answers = [
        door.get(),
        door.get(query="area=hand&cells=fat"),
        door.get(HTTP_HOST="other.example"),
        door.get(**{"wsgi.url_scheme": "https"}),
        door.get(HTTP_X_FORWARDED_PROTO="https"),
    ]

    assert door.asked == len(door.front.kept) == len(answers)
    assert answers[0][2] != answers[1][2]


def test_host_that_is_not_ours_is_refused_each_time(door):
    door.get()
    for _ in range(2):
        status, _, _ = door.get(HTTP_HOST="evil.example")
        assert status.startswith("400")


def test_new_version_takes_the_place_of_the_old(door):
    _, _, before = door.get(encoding="")
    Clinic.objects.update(name="Harbour Clinic")
    ContentVersion.objects.update(number=99)
    assert door.get(encoding="")[2] == before  # Nobody looked yet.

    forget_snapshot()

    _, _, after = door.get(encoding="")
    assert b"Harbour Clinic" in after and b"Harbour Clinic" not in before
    assert door.get(encoding="")[2] == after
    assert door.asked == 2


def test_old_snapshot_is_not_trusted_longer_than_agreed(door, settings):
    door.get()
    settings.CONTENT_VERSION_MAX_AGE = 0

    door.get()

    assert door.asked == 2


def test_page_of_yesterday_is_not_given_today(door, time_machine):
    time_machine.move_to("2026-11-20 12:00", tick=False)
    forget_snapshot()
    door.get()
    time_machine.move_to("2026-11-21 12:00", tick=False)

    door.get()

    assert door.asked == 2


def test_what_is_kept_has_an_end(door):
    door.front.kept = {(str(n),): None for n in range(MOST_ANSWERS)}

    door.get()

    assert len(door.front.kept) == 1


def test_page_that_left_its_shelf_is_asked_of_django_again(door, monkeypatch):
    monkeypatch.setattr(page_cache, "MAX_BYTES", 1)  # Room for one page.
    first = door.get()
    door.get("/risks/")
    gc.collect()  # What Django made of a request can hold itself.

    assert door.get() == first
    assert door.asked == 3
