"""The Observatory score of every kind of response, from Django and from gunicorn."""

import re
import socket

import pytest
from django.test import Client

from stemguide.web_server import error_response
from tests.addresses import EVERY_PATH
from tests.conftest import ROOT
from tests.factories import make_person
from tests.observatory import score
from tests.production import HOST, TLS

SECURE = {"HTTP_HOST": HOST, "HTTP_X_FORWARDED_PROTO": "https"}
NEEDED = 150
GOOD = {
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Content-Type-Options": "nosniff",
}


@pytest.mark.parametrize(
    ("changed", "points"),
    [
        ({}, 150),
        ({"Content-Security-Policy": None}, 0 + 100 - 25 - 20),
        (
            {"Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'"},
            145,
        ),
        (
            {
                "Content-Security-Policy": "default-src 'none'; script-src "
                "'unsafe-inline'; frame-ancestors 'none'"
            },
            80,
        ),
        ({"Strict-Transport-Security": None}, 80),
        ({"Strict-Transport-Security": "max-age=60"}, 90 + 50),
        ({"Referrer-Policy": None}, 145),
        ({"Referrer-Policy": "unsafe-url"}, 95 + 45),
        ({"Cross-Origin-Resource-Policy": "cross-origin"}, 95 + 40),
        ({"Cross-Origin-Opener-Policy": None}, 140),
        ({"Cross-Origin-Embedder-Policy": None}, 140),
        ({"X-Content-Type-Options": None}, 95 + 50),
        ({"Access-Control-Allow-Credentials": "true"}, 50),
    ],
)
def test_a_weaker_response_scores_less(changed, points):
    headers = {k: v for k, v in {**GOOD, **changed}.items() if v is not None}

    assert score(headers) == points


@pytest.mark.parametrize(
    ("cookie", "points"),
    [
        ("a=1; Secure; HttpOnly; SameSite=Lax", 155),
        ("a=1; Secure; HttpOnly", 150),
        ("a=1; Secure; SameSite=Lax", 100 - 30),
        ("a=1; HttpOnly; SameSite=Lax", 100 - 20),
    ],
)
def test_a_cookie_counts(cookie, points):
    assert score(GOOD, [cookie]) == points


@pytest.fixture
def production(settings):
    """The settings of headers and cookies in production, in this process."""
    settings.ALLOWED_HOSTS = [HOST]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 31536000
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SESSION_COOKIE_NAME = "__Host-stemguide_staff"
    settings.CSRF_COOKIE_NAME = "__Host-csrf"


def points_of(response) -> int:
    if response.streaming:
        response.close()  # the test client closes all others
    cookies = [morsel.OutputString() for morsel in response.cookies.values()]
    return score(response.headers, cookies)


def test_every_public_page_scores_enough_and_sets_no_cookie(production, real_content):
    client = Client(**SECURE)

    answers = {path: client.get(path) for path in EVERY_PATH}

    assert {r.status_code for r in answers.values()} == {200}
    assert [p for p, r in answers.items() if points_of(r) < NEEDED] == []
    assert [p for p, r in answers.items() if r.cookies] == []


STAFF = [
    "/admin/",
    "/desk/",
    "/desk/recall/",
    "/desk/recall.csv",
    "/admin/password_change/",
    "/admin/stemguide_sessions/page/",
    "/admin/stemguide_sessions/clinic/1/change/",
    "/admin/jsi18n/",
    "/admin/nothing/",
]


@pytest.mark.parametrize("path", STAFF)
def test_every_staff_page_scores_enough_and_is_not_stored(
    production, real_content, path
):
    client = Client(**SECURE)
    client.force_login(make_person("Administrator"))

    response = client.get(path)

    assert points_of(response) >= NEEDED
    assert "no-store" in response["Cache-Control"]


def test_preview_and_editor_score_enough(production, real_content):
    from sessions.models import Wording

    client = Client(**SECURE)
    client.force_login(make_person("Administrator"))
    wording = Wording.objects.filter(page__name="stages/recovery").get()
    base = f"/admin/stemguide_sessions/wording/{wording.pk}"

    for path in ("preview/", "change/"):
        response = client.get(f"{base}/{path}")
        assert response.status_code == 200 and points_of(response) >= NEEDED


# --- through a real gunicorn ---


KINDS = [
    ("page", 200, "GET", "/risks/", {}),
    ("page in br", 200, "GET", "/risks/", {"Accept_Encoding": "br"}),
    ("head", 200, "HEAD", "/risks/", {}),
    ("sheet", 200, "GET", "/risks/print/", {}),
    ("worker", 200, "GET", "/service-worker.js", {}),
    ("list", 200, "GET", "/guide/addresses.json", {}),
    ("drawing", 200, "GET", "/static/img/icon.svg", {}),
    ("sign-in", 200, "GET", "/admin/login/", {}),
    ("security.txt", 200, "GET", "/.well-known/security.txt", {}),
    ("alive", 200, "GET", "/healthz", {}),
    ("ready", 200, "GET", "/readyz", {}),
    ("part", 206, "GET", "/static/img/icon.svg", {"Range": "bytes=0-9"}),
    ("slash", 301, "GET", "/risks", {}),
    ("gate", 302, "GET", "/admin/", {}),
    ("code", 302, "GET", "/v/?code=AB12", {}),
    ("unreadable", 400, "GET", "/?" + "&".join(["a"] * 1001), {}),
    ("name", 400, "GET", "/", {"Host": "evil.invalid"}),
    ("header", 400, "GET", "/", {"Transfer_Encoding": "nothing"}),
    ("forged", 403, "POST", "/admin/login/", {}),
    ("missing", 404, "GET", "/nothing/", {}),
    ("no file", 404, "GET", "/static/nothing.css", {}),
    ("method", 405, "PUT", "/checklist/", {}),
    ("part beyond", 416, "GET", "/static/img/icon.svg", {"Range": "bytes=9999999-"}),
    ("long address", 414, "GET", "/" + "a" * 5000, {}),
    ("longer address", 414, "GET", "/" + "a" * 9000, {}),
    ("many headers", 431, "GET", "/", {f"X-{n}": "a" for n in range(70)}),
]


@pytest.mark.parametrize(
    ("status", "method", "address", "headers"),
    [pytest.param(*kind[1:], id=kind[0]) for kind in KINDS],
)
def test_every_kind_of_response_scores_enough(
    production_site, status, method, address, headers
):
    answer = production_site.ask(address, method, **headers)

    if headers.get("Transfer_Encoding"):
        assert answer.status in (400, 501)
    else:
        assert answer.status == status
    assert score(answer.headers, answer.cookies) >= NEEDED
    assert "Server" not in answer.headers
    assert "Access-Control-Allow-Origin" not in answer.headers
    if not address.startswith("/admin"):
        assert not answer.cookies


POLICIES = (
    "Content-Security-Policy",
    "Cross-Origin-Embedder-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "Strict-Transport-Security",
    "X-Content-Type-Options",
    "X-Frame-Options",
)


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("/static/img/icon.svg", {}),
        ("/risks", {}),
        ("/?" + "&".join(["a"] * 1001), {}),
        ("/" + "a" * 9000, {}),
        ("/", {f"X-{n}": "a" for n in range(70)}),
        ("/", {"Transfer_Encoding": "nothing"}),
    ],
    ids=["file", "slash", "refused", "long address", "many headers", "unreadable"],
)
def test_every_response_has_the_security_headers_of_a_page(
    production_site, address, headers
):
    page = production_site.ask("/search/").headers

    answer = production_site.ask(address, **headers).headers

    assert all(page[name] for name in POLICIES)
    assert {n: answer[n] for n in POLICIES} == {n: page[n] for n in POLICIES}


def test_errors_of_gunicorn_have_the_headers_of_the_settings(settings):
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"default-src": ["'none'"]}}
    settings.SECURE_HSTS_SECONDS = 60
    settings.SECURE_CROSS_ORIGIN_OPENER_POLICY = "noopener-allow-popups"

    head, _, body = error_response(431, "Too Large").decode().partition("\r\n\r\n")

    assert head.startswith("HTTP/1.1 431 Too Large\r\n")
    lines = head.split("\r\n")
    assert "Content-Security-Policy: default-src 'none'" in lines
    assert "Strict-Transport-Security: max-age=60" in lines
    assert "Cross-Origin-Opener-Policy: noopener-allow-popups" in lines
    assert f"Content-Length: {len(body.encode())}" in lines


VALUE = r'("[^"]+"|[\w-]+)'


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("nginx.conf", r'^map \$upstream_http_(\w+) \$\w+ {\s*"" ' + VALUE + ";"),
        ("Caddyfile", r"^\t+([A-Z][\w-]+) " + VALUE + "$"),
    ],
)
def test_a_proxy_sends_the_security_headers_of_the_site(production_site, name, line):
    text = (ROOT / "deploy" / name).read_text()
    page = production_site.ask("/search/").headers

    found = re.findall(line, text, re.MULTILINE)

    said = {key.lower().replace("_", "-"): value.strip('"') for key, value in found}
    for header in (
        "Strict-Transport-Security", "X-Content-Type-Options", "Referrer-Policy",
        "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy",
    ):  # fmt: skip
        assert said[header.lower()] == page[header]


def test_a_hashed_file_that_is_cached_for_ever_scores_enough(production_site):
    style = re.search(r"/static/css/site\.\w+\.css", production_site.ask("/").text)
    assert style

    answer = production_site.ask(style[0])

    assert "immutable" in answer.headers["Cache-Control"]
    assert score(answer.headers) >= NEEDED


def test_304_scores_enough(production_site):
    tag = production_site.ask("/risks/").headers["ETag"]

    answer = production_site.ask("/risks/", If_None_Match=tag)

    assert answer.status == 304 and score(answer.headers) >= NEEDED


@pytest.mark.parametrize("address", ["/checklist/", "/admin/login/"])
def test_body_that_is_too_long_is_refused_before_it_is_read(production_site, address):
    request = "".join(
        f"{line}\r\n"
        for line in (
            f"POST {address} HTTP/1.1",
            *(f"{name}: {value}" for name, value in TLS.items()),
            f"Content-Length: {20 * 1024 * 1024}",
            "",
            "",
        )
    )
    with socket.create_connection(
        ("127.0.0.1", production_site.port), timeout=20
    ) as connection:
        connection.sendall(request.encode())
        head = connection.recv(65536).decode()

    assert head.startswith("HTTP/1.1 413 ")
    headers = dict(
        line.split(": ", 1) for line in head.split("\r\n\r\n")[0].split("\r\n")[1:]
    )
    assert score(headers) >= NEEDED


def test_plain_http_is_redirected_with_the_security_headers(production_site):
    answer = production_site.ask("/risks/?area=hand", X_Forwarded_Proto="http")

    assert answer.status == 301
    assert answer.headers["Location"] == f"https://{HOST}/risks/?area=hand"
    assert score(answer.headers) >= NEEDED - 30 - 50
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cross-Origin-Embedder-Policy"] == "require-corp"


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_health_checks_need_no_tls(production_site, address):
    assert production_site.ask(address, X_Forwarded_Proto="http").status == 200


def test_sign_in_page_keeps_its_cookie_to_this_host(production_site):
    answer = production_site.ask("/admin/login/")

    (cookie,) = answer.cookies
    assert cookie.startswith("__Host-csrf=")
    for flag in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert flag in cookie
    assert "Domain" not in cookie
    assert "no-store" in answer.headers["Cache-Control"]
