"""deploy/Caddyfile, in front of the real server; what this machine trusts stays."""

import os
import ssl
from contextlib import contextmanager
from http.client import BadStatusLine

import pytest

from tests.conftest import ROOT, need_program
from tests.proxies import (
    DEPLOY,
    NAME,
    Front,
    checked,
    each_header_once,
    make_certificate,
    running,
)  # fmt: skip
from tests.servers import free_port

FILE = DEPLOY / "Caddyfile"


@contextmanager
def caddy(folder, port, plain_port, behind):
    """Caddy with our file, and the ports and certificate of this test."""
    own = (
        f"admin off\nstorage file_system {folder}\ndefault_bind 127.0.0.1\n"
        f"http_port {plain_port}\nhttps_port {port}\n"
    )
    certificate = f"tls {folder}/fullchain.pem {folder}/privkey.pem\n"
    text = FILE.read_text()
    for found, wanted in (
        ("\n{\n", f"\n{{\n{own}"),
        (f"\n{NAME} {{\n", f"\n{NAME} {{\n{certificate}"),
        ("127.0.0.1:8000", f"127.0.0.1:{behind}"),
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
def front(production_site, tmp_path_factory):
    need_program("caddy")
    folder = tmp_path_factory.mktemp("caddy")
    certificate = make_certificate(folder)
    port, plain_port = free_port(), free_port()
    with caddy(folder, port, plain_port, production_site.port):
        yield Front(port, plain_port, certificate)


def test_caddy_takes_its_file():
    need_program("caddy")

    file = str(DEPLOY / "Caddyfile")
    code, words = checked(
        "caddy", "validate", "--adapter", "caddyfile", "--config", file
    )

    assert code == 0, words


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/risks", 301), ("/nothing/", 404), ("/admin/login/", 200)],
)
def test_headers_arrive_once_and_no_banner_does(front, path, status):
    answer, _ = front.ask(path)

    assert answer.status == status
    assert each_header_once(answer), answer.getheaders()
    assert answer.getheader("Server") is None and answer.getheader("Via") is None


@pytest.mark.parametrize("coding", ["br", "gzip", "identity"])
def test_pages_arrive_as_the_program_made_them(front, production_site, coding):
    answer, body = front.ask("/risks/", f"Accept-Encoding: {coding}")

    made = production_site.ask("/risks/", Accept_Encoding=coding)
    assert body == made.body
    for name in ("Content-Encoding", "Content-Length", "ETag", "Vary"):
        assert answer.getheader(name) == made.headers[name], name


def test_whoever_accepts_no_coding_gets_the_tag_of_the_plain_page(front):
    plain, _ = front.ask("/risks/", "Accept-Encoding: identity")
    silent, _ = front.ask("/risks/")

    assert silent.getheader("ETag") == plain.getheader("ETag")


def test_plain_http_leads_to_our_own_name_over_tls(front):
    answer, _ = front.ask_plain("/risks/?area=hand")

    assert answer.status == 308
    assert answer.getheader("Location") == f"https://{NAME}/risks/?area=hand"
    assert answer.getheader("Server") is None


def test_other_names_get_no_answer(front):
    with pytest.raises(ssl.SSLError):
        front.connect("other.example")
    with pytest.raises((BadStatusLine, ConnectionError)):
        front.ask("/", host="other.example")
    with pytest.raises((BadStatusLine, ConnectionError)):
        front.ask_plain("/", host="other.example")


@pytest.mark.parametrize(
    ("path", "length"),
    [
        ("/checklist/", 5_000), ("/checklist/", 100_000), ("/checklist/", 99_999_999),
        ("/admin/login/", 13_000_000), ("/admin/login/", 999_999_999),
    ],
)  # fmt: skip
def test_a_request_that_says_it_is_too_large_is_refused(front, path, length):
    answer, _ = front.ask(
        path,
        f"Content-Length: {length}",
        method="POST",
        body=b"x" * min(length, 5_000),  # Caddy does not wait for the rest.
    )

    assert answer.status == 413
    assert each_header_once(answer), answer.getheaders()


def test_a_request_that_hides_how_large_it_is_ends_in_no_fault(front):
    body = b"186a0\r\n" + b"x" * 100_000 + b"\r\n0\r\n\r\n"
    answer, _ = front.ask(
        "/checklist/", "Transfer-Encoding: chunked", method="POST", body=body
    )

    assert 400 <= answer.status < 500 and each_header_once(answer)


def test_forty_half_sent_requests_do_not_stop_readers(front):
    times = front.seconds_beside_half_requests()

    assert max(times) < 2, times


def test_caddy_keeps_no_log_of_readers(front):
    front.ask("/nothing/?unmistakable=1", "User-Agent: unmistakable")
    front.ask("/checklist/?unmistakable=1", "Content-Length: 99999999", method="POST")

    for file in front.certificate.parent.glob("log*"):
        assert "unmistakable" not in file.read_text()


def test_while_the_program_is_away_caddy_says_what_to_do(tmp_path):
    need_program("caddy")
    certificate = make_certificate(tmp_path)
    port, plain_port = free_port(), free_port()
    with caddy(tmp_path, port, plain_port, free_port()):
        front = Front(port, plain_port, certificate)
        answer, body = front.ask("/risks/")
        front.ask("/risks/?unmistakable=1", "User-Agent: unmistakable")

    assert answer.status == 503 and answer.getheader("Retry-After") == "10"
    assert b"In an emergency, call 911 (US), 999 (UK) or 112 (EU)." in body
    assert each_header_once(answer) and answer.getheader("Server") is None
    assert "unmistakable" not in (tmp_path / "log").read_text()
