"""Attacks by request: Host, headers, paths, methods, CSRF, sessions, redirects."""

import re
import socket

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from sessions.guide.page_cache import page_cache
from tests.factories import PASSWORD, make_live_wording, make_person
from tests.integration.staff.test_staff_addresses import (
    ADDRESSES,
    OPEN,
    STAFF,
    address_of,
    is_write,
    rows,
    walk,
)
from tests.production import HOST
from tests.staff import PAGES

__all__ = ["rows"]
LOGIN = "/admin/login/"
EVIL = "evil.invalid"


# --- the Host header ---


@pytest.mark.parametrize(
    "host",
    [EVIL, f"{HOST}.{EVIL}", f"{EVIL}#{HOST}", f"{HOST}@{EVIL}", f"a.{HOST}", "", "*"],
)
def test_any_other_host_is_refused(production_site, host):
    answer = production_site.ask("/", Host=host)

    assert answer.status == 400
    assert EVIL not in answer.text


UNKEYED = {
    "X_Forwarded_Host": EVIL,
    "X_Host": EVIL,
    "X_Forwarded_Server": EVIL,
    "X_Forwarded_Port": "81",
    "X_Original_URL": "/admin/",
    "X_Rewrite_URL": "/admin/",
    "X_HTTP_Method_Override": "DELETE",
    "Forwarded": f"host={EVIL};proto=http",
    "Origin": f"https://{EVIL}",
    "Referer": f"https://{EVIL}/",
    "Accept_Language": "xx",
    "User_Agent": "<script>",
    "Cookie": "__Host-stemguide_staff=forged; area=hand",
    "X_Forwarded_Scheme": "http",
}


@pytest.mark.parametrize("name", UNKEYED)
@pytest.mark.parametrize("address", ["/", "/risks", "/nothing/", "/risks/print/"])
def test_no_header_outside_the_cache_key_changes_a_response(
    production_site, name, address
):
    usual = production_site.ask(address)

    answer = production_site.ask(address, **{name: UNKEYED[name]})

    changing = ("Date", "X-Request-Id")
    assert answer.body == usual.body and answer.status == usual.status
    assert sorted(h for h in answer.headers.items() if h[0] not in changing) == sorted(
        h for h in usual.headers.items() if h[0] not in changing
    )


def test_the_host_header_counts_and_not_the_request_line(production_site):
    request = (
        f"GET http://{EVIL}/risks HTTP/1.1\r\nHost: {HOST}\r\n"
        "X-Forwarded-Proto: https\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", production_site.port), 20) as sent:
        sent.sendall(request.encode())
        answer = sent.makefile("rb").read().decode()

    assert EVIL not in answer


def raw_get(site, address: str, *headers: str) -> str:
    """The response to a request with headers that no HTTP library would send."""
    lines = [f"GET {address} HTTP/1.1", f"Host: {HOST}", "X-Forwarded-Proto: https"]
    lines += [*headers, "Connection: close", "", ""]
    with socket.create_connection(("127.0.0.1", site.port), 20) as sent:
        sent.sendall("\r\n".join(lines).encode())
        return sent.makefile("rb").read().decode(errors="replace")


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "Script_Name", "PATH_INFO"])
def test_script_name_cannot_be_set_by_a_header(production_site, name):
    forged = raw_get(production_site, "/evil/risks/?area=hip", f"{name}: /evil")
    outside = raw_get(production_site, "/risks/", f"{name}: /evil")
    afterwards = production_site.ask("/risks/?area=hip")

    assert forged.startswith("HTTP/1.1 404 ")
    assert outside.startswith("HTTP/1.1 200 ")
    assert "/evil" not in outside and "/evil" not in afterwards.text


DOUBLED = [
    f"Host: {EVIL}",
    "Content-Length: 4\r\nTransfer-Encoding: chunked",
    "X_Forwarded_Proto: http",
]


@pytest.mark.parametrize("second", DOUBLED)
def test_doubled_or_smuggled_headers_do_not_count(production_site, second):
    answer = raw_get(production_site, "/risks/", second)

    status = int(answer.split()[1])
    assert status in ((200,) if second.startswith("X_") else (400,))
    assert EVIL not in answer


# --- unknown parameters and shared caches ---


def test_nothing_unknown_makes_an_entry(client, real_content):
    client.get("/risks/")
    before = len(page_cache.entries)

    for number in range(30):
        client.get(f"/risks/?utm_source={number}&{number}=1&area=&cells=&area=unsure")
        client.get(
            f"/risks/?area=x{number}", headers={"x-forwarded-host": f"h{number}"}
        )
        client.get(f"/nothing-{number}/")
        client.get(f"/v/AAAA{number:04}/")
        client.get(f"/search/?q={number}")

    # The words "not sure" are answers of their own, once.
    assert len(page_cache.entries) <= before + 1


@pytest.mark.parametrize(
    ("address", "control"),
    [
        ("/search/?q=pain", "no-store"),
        ("/nothing/", None),
        ("/risks/?area=nothing", None),
        ("/healthz", "no-store"),
    ],
)
def test_what_is_made_for_one_reader_is_not_for_a_shared_cache(
    client, real_content, address, control
):
    response = client.get(address)

    said = response.get("Cache-Control", "")
    assert "public" not in said and "s-maxage" not in said
    assert not control or control in said


# --- headers and addresses that carry more than they should ---

SPLIT = "%0d%0aSet-Cookie:%20evil=1%0d%0a%0d%0a<script>"


@pytest.mark.parametrize(
    "address",
    [
        f"/risks{SPLIT}",
        f"/risks?a={SPLIT}",
        f"/v/?code={SPLIT}",
        f"/v/{SPLIT}/",
        f"/checklist/calendar.ics?area={SPLIT}",
        f"/admin/?next={SPLIT}",
        f"/admin/{SPLIT}",
        f"{LOGIN}?next={SPLIT}",
        f"/desk/?{SPLIT}",
        "/risks/%00",
        "/search/?q=%00",
        "/v/%00/",
        "/learn/%ff%fe/",
        "/search/?q=%ff%fe",
        "/%f0%28%8c%28/",
    ],
)
def test_line_breaks_and_invalid_utf_8_split_no_header(production_site, address):
    answer = production_site.ask(address)

    assert answer.status < 500
    assert not [c for c in answer.cookies if "evil" in c]
    assert "<script>" not in answer.text


PATHS = [
    "/static/../manage.py",
    "/static/..%2fmanage.py",
    "/static/%2e%2e/%2e%2e/manage.py",
    "/static/....//manage.py",
    "/static//etc/passwd",
    "/static/%2fetc%2fpasswd",
    "/static/css/../../stemguide.sqlite3",
    "/static/..%5cmanage.py",
    "/static/staticfiles.json/../../secret-key",
    "/../stemguide.sqlite3",
    "/%2e%2e/print/",
    "/..%2f..%2fetc%2fpasswd/print/",
    "/sources/..%2f..%2fetc%2fpasswd/",
    "/learn/..%2frisks/",
    "/v/..%2f..%2fetc%2fpasswd/",
    "/stages/../../etc/passwd/",
    "/templates/base.html",
    "/content/sources.yaml",
    "/var/stemguide.sqlite3",
    "/.git/config",
    "/.env",
]


@pytest.mark.parametrize("address", PATHS)
def test_no_path_leads_out_of_the_guide(production_site, address):
    answer = production_site.ask(address)
    if answer.status in (301, 302):
        answer = production_site.ask(
            answer.headers["Location"].removeprefix(f"https://{HOST}")
        )

    assert answer.status == 404
    for secret in ("SQLite format", "root:", "DJANGO_SETTINGS", "[core]", "title:"):
        assert secret.encode() not in answer.body


# --- methods ---

PUBLIC = ["/", "/risks/", "/stages/recovery/", "/search/", "/risks/print/", "/healthz"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "FOO"])
@pytest.mark.parametrize("address", PUBLIC)
def test_other_methods_are_refused(production_site, method, address):
    answer = production_site.ask(address, method)

    assert answer.status in (403, 405)
    assert b"X-Forwarded-For" not in answer.body


def test_options_names_the_methods_only(client, real_content):
    response = client.options("/risks/")

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"


# --- CSRF ---


def exempt() -> set[str]:
    """The names of all views that are exempt from CSRF checks."""
    found = set()

    def look(resolver):
        for pattern in resolver.url_patterns:
            if hasattr(pattern, "url_patterns"):
                look(pattern)
            elif getattr(pattern.callback, "csrf_exempt", False):
                found.add(pattern.name)

    look(get_resolver())
    return found


def test_only_views_that_change_nothing_are_exempt_from_csrf_checks():
    assert exempt() == {"checklist", "calendar"}


@pytest.mark.parametrize("name", [*ADDRESSES, *OPEN])
def test_every_staff_view_refuses_a_form_from_another_site(name, rows):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_person("Administrator", "me"))
    client.get("/admin/")

    with CaptureQueriesContext(connection) as queries:
        response = client.post(
            address_of(STAFF[name], rows), {"post": "yes"},
            headers={"origin": f"https://{EVIL}"},
        )  # fmt: skip

    assert response.status_code == 403
    assert "This form is out of date" in response.content.decode()
    assert not [q["sql"] for q in queries if is_write(q["sql"])]


def test_every_other_view_refuses_a_form_without_its_token(real_content):
    client = Client(enforce_csrf_checks=True)
    routes = {name: route for name, route in walk(get_resolver()) if name not in STAFF}

    for name, route in routes.items():
        if name in ("sessions:checklist", "sessions:calendar"):
            continue
        path = re.sub(r"<stage_kind:\w+>", "recovery", route)
        path = "/" + re.sub(r"<\w+:\w+>", "risks", path)
        assert client.post(path, {"a": "b"}).status_code == 403, name


# --- sessions ---


def test_session_that_somebody_else_chose_is_not_taken(client, db):
    make_person("Editor")
    client.cookies[settings.SESSION_COOKIE_NAME] = "chosenbysomebodyelse00000000000"

    client.post(LOGIN, {"username": "nurse", "password": PASSWORD})

    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert key != "chosenbysomebodyelse00000000000"
    assert Session.objects.get().session_key == key


def test_session_and_token_change_when_somebody_signs_in_and_out(client, db):
    make_person("Editor")
    make_person("Editor", "other")

    def state() -> tuple[str, str]:
        names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
        found = [client.cookies[name].value for name in names if name in client.cookies]
        return (found[0], found[-1])

    client.get(LOGIN)
    states = [("", client.cookies[settings.CSRF_COOKIE_NAME].value)]
    for name in ("nurse", "other"):
        client.post(LOGIN, {"username": name, "password": PASSWORD})
        states.append(state())
    client.post("/admin/logout/")
    after = Client()
    after.cookies[settings.SESSION_COOKIE_NAME] = states[-1][0]

    keys, tokens = zip(*states, strict=True)
    assert len(set(keys)) == len(keys) and len(set(tokens)) == len(tokens)
    assert after.get(PAGES).status_code == 302
    assert not Session.objects.exists()


def test_change_of_password_ends_the_other_sign_ins(db):
    person = make_person("Editor")
    here, there = Client(), Client()
    for client in (here, there):
        client.force_login(person)
        assert client.get(PAGES).status_code == 200

    new = "another rather long password"
    here.post(
        "/admin/password_change/",
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
    )

    assert here.get(PAGES).status_code == 200
    assert there.get(PAGES).status_code == 302


# --- redirects ---

ELSEWHERE = [
    f"https://{EVIL}",
    f"//{EVIL}/",
    f"///{EVIL}",
    f"////{EVIL}",
    f"/\\{EVIL}",
    f"\\\\{EVIL}",
    f"https:{EVIL}",
    f"http:///{EVIL}",
    f"\t//{EVIL}",
    f"/\t/{EVIL}",
    f" https://{EVIL}",
    f"https://testserver@{EVIL}/",
    f"https://testserver.{EVIL}/",
    f"https://{EVIL}/testserver",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_sign_in_and_out_lead_nowhere_else(client, db, target):
    make_person("Editor")
    fields = {"username": "nurse", "password": PASSWORD, "next": target}

    signed_in = client.post(f"{LOGIN}?next={target}", fields)
    again = client.get(LOGIN, {"next": target})
    out = client.post("/admin/logout/", {"next": target})

    for response in (signed_in, again, out):
        location = response.get("Location", "/")
        assert re.match(r"/(?![/\\\s])|/$", location), location
        assert EVIL not in location.split("?")[0]


@pytest.mark.parametrize(
    "path", [f"//{EVIL}", f"/\\{EVIL}", f"//{EVIL}/%2e%2e", f"/%5c{EVIL}"]
)
def test_missing_slash_leads_nowhere_else(production_site, path):
    answer = production_site.ask(path)

    location = answer.headers.get("Location", "/")
    assert not re.match(r"(https?:)?[/\\]{2,}(?!guide\.example/)", location), location


# --- clickjacking ---


def test_no_page_may_be_framed_by_another_site(client, real_content):
    make_live_wording()
    for path in ("/", "/risks/", LOGIN, "/nothing/"):
        response = client.get(path)
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
        assert response["X-Frame-Options"] == "DENY"
