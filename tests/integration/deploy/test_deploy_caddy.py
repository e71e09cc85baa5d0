"""deploy/Caddyfile, in front of a real gunicorn.

Caddy stores nothing outside the test's folder and adds no trusted certificate.
"""

import os
import ssl
from contextlib import contextmanager

import pytest

from tests.conftest import ROOT, need_program
from tests.proxies import (
    DEPLOY,
    NAME,
    ProxiedSite,
    code_and_output,
    each_header_once,
    make_certificate,
    running,
)  # fmt: skip
from tests.servers import free_port

FILE = DEPLOY / "Caddyfile"


@contextmanager
def caddy(folder, port, plain_port, upstream):
    """Runs Caddy with deploy/Caddyfile, on free ports, with its own certificate."""
    own = (
        f"admin off\nstorage file_system {folder}\ndefault_bind 127.0.0.1\n"
        f"http_port {plain_port}\nhttps_port {port}\n"
    )
    certificate = f"tls {folder}/fullchain.pem {folder}/privkey.pem\n"
    text = FILE.read_text()
    for found, wanted in (
        ("\n{\n", f"\n{{\n{own}"),
        (f"\n{NAME} {{\n", f"\n{NAME} {{\n{certificate}"),
        ("127.0.0.1:8000", f"127.0.0.1:{upstream}"),
        ("/srv/stemguide/current", str(ROOT)),
    ):
        assert text.count(found) == 1, found
        text = text.replace(found, wanted)
    path = folder / "Caddyfile"
    path.write_text(text)
    homes = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")
    environment = {**os.environ, **dict.fromkeys(homes, str(folder))}
    command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(path)]
    with (
        (folder / "log").open("w") as log,
        running(command, port, env=environment, stderr=log),
    ):
        yield


@pytest.fixture(scope="module")
def site(production_site, tmp_path_factory):
    need_program("caddy")
    folder = tmp_path_factory.mktemp("caddy")
    certificate = make_certificate(folder)
    port, plain_port = free_port(), free_port()
    with caddy(folder, port, plain_port, production_site.port):
        yield ProxiedSite(port, plain_port, certificate)


def test_caddy_accepts_the_shipped_file():
    need_program("caddy")

    file = str(DEPLOY / "Caddyfile")
    code, output = code_and_output(
        "caddy", "validate", "--adapter", "caddyfile", "--config", file
    )

    assert code == 0, output


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/risks", 301), ("/nothing/", 404), ("/admin/login/", 200)],
)
def test_headers_arrive_once_and_no_banner_does(site, path, status):
    answer, _ = site.ask(path)

    assert answer.status == status
    assert each_header_once(answer), answer.getheaders()
    assert answer.getheader("Server") is None and answer.getheader("Via") is None


@pytest.mark.parametrize("coding", ["br", "gzip", "identity"])
def test_pages_arrive_as_stemguide_sent_them(site, production_site, coding):
    answer, body = site.ask("/risks/", f"Accept-Encoding: {coding}")

    made = production_site.ask("/risks/", Accept_Encoding=coding)
    assert body == made.body
    for name in ("Content-Encoding", "Content-Length", "ETag", "Vary"):
        assert answer.getheader(name) == made.headers[name], name


def test_without_accept_encoding_the_etag_is_that_of_the_plain_page(site):
    plain, _ = site.ask("/risks/", "Accept-Encoding: identity")
    silent, _ = site.ask("/risks/")

    assert silent.getheader("ETag") == plain.getheader("ETag")


def test_plain_http_is_redirected_to_the_site_over_https(site):
    answer, _ = site.ask_plain("/risks/?area=hand")

    assert answer.status == 308
    assert answer.getheader("Location") == f"https://{NAME}/risks/?area=hand"
    assert answer.getheader("Server") is None


def test_other_host_names_get_no_response(site):
    with pytest.raises(ssl.SSLError):
        site.connect("other.example")
    with pytest.raises(ConnectionError):
        site.ask("/", host="other.example")
    with pytest.raises(ConnectionError):
        site.ask_plain("/", host="other.example")


@pytest.mark.parametrize(
    ("path", "length"),
    [
        ("/checklist/", 5_000), ("/checklist/", 100_000), ("/checklist/", 99_999_999),
        ("/admin/login/", 13_000_000), ("/admin/login/", 999_999_999),
    ],
)  # fmt: skip
def test_a_content_length_above_the_limit_is_refused(site, path, length):
    answer, _ = site.ask(
        path,
        f"Content-Length: {length}",
        method="POST",
        body=b"x" * min(length, 5_000),  # Caddy does not wait for the rest.
    )

    assert answer.status == 413
    assert each_header_once(answer), answer.getheaders()


def test_a_chunked_request_that_is_too_large_is_no_server_error(site):
    body = b"186a0\r\n" + b"x" * 100_000 + b"\r\n0\r\n\r\n"
    answer, _ = site.ask(
        "/checklist/", "Transfer-Encoding: chunked", method="POST", body=body
    )

    assert 400 <= answer.status < 500 and each_header_once(answer)


def test_forty_half_sent_requests_do_not_stop_readers(site):
    times = site.seconds_beside_half_requests()

    assert max(times) < 5, times


def test_caddy_keeps_no_log_of_readers(site):
    site.ask("/nothing/?unmistakable=1", "User-Agent: unmistakable")
    site.ask("/checklist/?unmistakable=1", "Content-Length: 99999999", method="POST")

    for file in site.certificate.parent.glob("log*"):
        assert "unmistakable" not in file.read_text()


def test_caddy_has_a_page_for_when_stemguide_does_not_answer(tmp_path):
    need_program("caddy")
    certificate = make_certificate(tmp_path)
    port, plain_port = free_port(), free_port()
    with caddy(tmp_path, port, plain_port, free_port()):
        site = ProxiedSite(port, plain_port, certificate)
        answer, body = site.ask("/risks/")
        site.ask("/risks/?unmistakable=1", "User-Agent: unmistakable")

    assert answer.status == 503 and answer.getheader("Retry-After") == "10"
    assert b"In an emergency, call 911 (US), 999 (UK) or 112 (EU)." in body
    assert each_header_once(answer) and answer.getheader("Server") is None
    assert "unmistakable" not in (tmp_path / "log").read_text()
