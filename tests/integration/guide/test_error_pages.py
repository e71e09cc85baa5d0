"""Every error is one calm page: what happened, what to do, whom to call."""

import socket

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.template.loader import get_template
from django.test import Client

from sessions.guide.errors import error_html
from sessions.models import ContentVersion
from tests.factories import PASSWORD, make_person
from tests.page import Page
from tests.production import HOST

CALL = "In an emergency, call 911 (US), 999 (UK) or 112 (EU)."
RING = "ring the number on your appointment letter"
STYLE = "/static/css/site.css"


@pytest.fixture
def client():
    return Client(raise_request_exception=False, REMOTE_ADDR="203.0.113.5")


def is_calm(response) -> bool:
    """One heading, the start, the numbers to call, and a style that is there."""
    page = Page(response)
    (style,) = page.tree.cssselect("link[rel=stylesheet]")
    assert style.get("href") == STYLE
    assert len(page.tree.cssselect("h1")) == 1
    assert len(page.tree.cssselect("main p")) >= 4
    assert page.link("Start of the guide").href == "/"
    return CALL in page.main and RING in page.main


KINDS = {
    400: lambda client: client.get("/", headers={"host": "elsewhere.invalid"}),
    403: lambda client: Client(enforce_csrf_checks=True).post("/admin/login/"),
    405: lambda client: client.put("/checklist/"),
    413: lambda client: client.post("/checklist/", {"day": "9" * 5000}),
    414: lambda client: client.get("/" + "a" * 5000),
}
SAID = {
    400: ("does not answer to that name", "the address that your clinic gave you"),
    403: ("form is out of date", "load the page again"),
    405: ("can not be opened like that", "Go back one page"),
    413: ("too long to send", "make the text shorter"),
    414: ("address is too long", "Type the first part of the address"),
}


@pytest.mark.parametrize("status", KINDS)
def test_what_is_refused_is_told_with_what_to_do_and_whom_to_call(
    client, real_content, status
):
    response = KINDS[status](client)

    assert response.status_code == status
    assert is_calm(response)
    title, what_to_do = SAID[status]
    page = Page(response)
    assert title in page.tree.findtext(".//h1") and what_to_do in page.main
    assert "no-store" in response["Cache-Control"]


def test_other_method_is_told_what_it_may_be(client, real_content):
    response = client.put("/risks/")

    assert response.status_code == 405 and is_calm(response)
    assert response["Allow"] == "GET, HEAD"
    assert response["Content-Length"] == str(len(response.content))


def test_who_must_wait_is_told_whom_to_call(client, real_content, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "search": (0, 60)}

    response = client.get("/search/?q=a")

    assert response.status_code == 429 and is_calm(response)


def test_our_own_fault_is_told(client, real_content, monkeypatch):
    monkeypatch.setattr(
        "sessions.guide.views.pages.read_request", lambda request: 1 / 0
    )

    response = client.get("/search/")

    assert response.status_code == 500 and is_calm(response)
    assert "You did nothing wrong" in Page(response).main


def unavailable(*args, **kwargs):
    raise OperationalError("the database is unavailable")


def test_database_that_is_unavailable_is_told(client, db, monkeypatch):
    monkeypatch.setattr(ContentVersion.objects, "values_list", unavailable)

    response = client.get("/risks/")

    assert response.status_code == 503 and is_calm(response)


def test_staff_are_told_of_the_database_and_of_no_ambulance(client, db, monkeypatch):
    make_person("Editor")
    client.get("/admin/login/")
    monkeypatch.setattr("django.contrib.auth.authenticate", unavailable)
    monkeypatch.setattr("django.contrib.auth.forms.authenticate", unavailable)

    response = client.post("/admin/login/", {"username": "nurse", "password": PASSWORD})

    assert response.status_code == 503
    assert "This was not saved" in Page(response).main
    assert CALL not in Page(response).main


def test_page_that_a_proxy_shows_alone_is_the_same_page():
    source = get_template("503.html").template.source
    page = Page(HttpResponse(source))
    title = page.tree.findtext(".//h1")
    words = [p.text for p in page.tree.cssselect("main > p")][:-3]

    assert "{" not in source
    assert error_html(title, *words) == f"\n{source}"


def test_style_of_these_pages_is_served_by_its_plain_name(production_site):
    response = production_site.ask(STYLE)

    assert response.status == 200 and response.headers["Content-Type"].startswith(
        "text/css"
    )


BEFORE_DJANGO = {
    "long": (414, "GET /" + "a" * 9000 + " HTTP/1.1", "This address is too long"),
    "many": (431, "GET / HTTP/1.1\r\nA: " + "a" * 9000, "sent too much with this"),
    "nonsense": (400, "nonsense", "could not be understood"),
}


@pytest.mark.parametrize("kind", BEFORE_DJANGO)
def test_what_never_reaches_django_gets_the_same_page(production_site, kind):
    status, line, title = BEFORE_DJANGO[kind]
    with socket.create_connection(("127.0.0.1", production_site.port), 20) as sent:
        sent.sendall(f"{line}\r\nHost: {HOST}\r\n\r\n".encode())
        head, _, body = sent.makefile("rb").read().partition(b"\r\n\r\n")

    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"style-src 'self'" in head
    assert is_calm(HttpResponse(body))
    assert title in body.decode()
