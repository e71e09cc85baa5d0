"""The page cache: encodings, ETags, eviction, and what is never a hit."""

import gzip

import brotli
import pytest

from sessions import wordings
from sessions.guide import page_cache as module
from sessions.guide.page_cache import PageCache, page_cache
from sessions.models import Clinic
from tests.factories import (
    make_live_wording,
    make_person,
    make_stage_text,
    make_text,
    make_wording,
)
from tests.page import Page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def page_about():
    return make_live_wording(page="about", text=make_text(body="About us."))


@pytest.mark.parametrize(
    ("accepts", "encoding", "decode"),
    [
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress),
        ("identity", None, bytes),
        ("", None, bytes),
    ],
)
def test_page_comes_in_the_encoding_asked_for(client, accepts, encoding, decode):
    response = client.get("/about/", headers={"accept-encoding": accepts})

    assert response.headers.get("Content-Encoding") == encoding
    assert b"About us." in decode(response.content)
    assert response["Vary"] == "Accept-Encoding"


def test_reader_who_has_the_page_gets_304(client):
    etag = client.get("/about/")["ETag"]

    response = client.get("/about/", headers={"if-none-match": etag})

    assert response.status_code == 304 and not response.content
    assert not etag.startswith("W/")


def test_each_encoding_has_its_own_etag(client):
    etags = {
        client.get("/about/", headers={"accept-encoding": e})["ETag"]
        for e in ("br", "gzip", "")
    }

    assert len(etags) == 3


def test_unknown_parameters_make_no_entry(client):
    client.get("/about/")
    before = len(page_cache.entries)

    for number in range(20):
        client.get(f"/about/?page={number}&area=unknown{number}")

    assert len(page_cache.entries) == before


def test_least_recently_used_entries_are_evicted_above_the_limit(monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 2000)
    cache = PageCache()

    for number in range(100):
        cache.get("bounded", number, lambda: "<p>page</p>")
        cache.get("bounded", "used often", lambda: "<p>page</p>")

    assert 1000 < cache.size <= 2000
    assert cache.size == sum(page.size for _, page in cache.entries.values())
    assert {"used often", 99} < set(cache.entries) and 0 not in cache.entries


def test_page_with_the_same_html_is_not_compressed_again():
    cache = PageCache()
    first = cache.get(1, "page", lambda: "<p>page</p>")

    same = cache.get(2, "page", lambda: "<p>page</p>")
    other = cache.get(3, "page", lambda: "<p>changed</p>")

    assert same is first
    assert other.digest != first.digest and other.body("") == b"<p>changed</p>"
    assert cache.size == other.size


def test_entry_of_an_older_version_is_never_a_hit():
    cache = PageCache()
    cache.get(1, "page", lambda: "<p>old</p>")

    found = [cache.get(2, "page", lambda: "<p>new</p>").body("") for _ in range(2)]

    assert found == [b"<p>new</p>"] * 2


def test_change_of_the_clinic_shows_at_once(client):
    client.get("/about/")

    with wordings.content_write():
        Clinic.objects.update(telephone="555 010 0123")

    assert "555 010 0123" in Page(client.get("/about/")).text


def test_published_wording_shows_at_once(client):
    make_live_wording()
    draft = make_wording(text=make_stage_text(body="Brand new."))
    assert "Brand new." not in Page(client.get("/stages/recovery/")).main

    wordings.publish_wording(
        wording=draft,
        revision=draft.revision,
        user=make_person("Administrator"),
        unreviewed_reason="A number was wrong.",
        advisory_reason="It is short.",
    )

    assert "Brand new." in Page(client.get("/stages/recovery/")).main
