"""deploy/nginx.conf, in front of a real gunicorn."""

import re
import socket
import sqlite3
import ssl
from contextlib import closing

import pytest

from tests.conftest import ROOT, need_program
from tests.production import KEY
from tests.proxies import (
    DEPLOY,
    NAME,
    ProxiedSite,
    code_and_output,
    each_header_once,
    make_certificate,
    running,
    write_nginx_configuration,
)  # fmt: skip
from tests.servers import free_port
from tests.sites import fill, serve

PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "stemguide.settings.production",
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": NAME,
    "PUBLIC_URL": f"https://{NAME}",
    "PROXY_COUNT": "1",
}


def shipped_configuration(folder, port, plain_port, upstream):
    """A configuration with deploy/nginx.conf, with the ports and paths of this test."""
    text = (DEPLOY / "nginx.conf").read_text()
    text = re.sub(r"    listen \[::\].*\n", "", text)
    for found, wanted in (
        ("listen 80", f"listen 127.0.0.1:{plain_port}"),
        ("listen 443", f"listen 127.0.0.1:{port}"),
        (f"/etc/letsencrypt/live/{NAME}", str(folder)),
        ("127.0.0.1:8000", f"127.0.0.1:{upstream}"),
        ("/srv/stemguide/current", str(ROOT)),
        ("/var/log/nginx", str(folder)),
    ):
        assert found in text
        text = text.replace(found, wanted)
    return write_nginx_configuration(text, folder)


def nginx(path, port):
    early = str(path.parent / "early.log")
    return running(["nginx", "-c", str(path), "-e", early], port)


@pytest.fixture(scope="module")
def var_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("var")
    fill(folder)
    return folder


@pytest.fixture(scope="module")
def site(var_dir, tmp_path_factory):
    need_program("nginx")
    folder = tmp_path_factory.mktemp("nginx")
    certificate = make_certificate(folder)
    upstream, port, plain_port = free_port(), free_port(), free_port()
    path = shipped_configuration(folder, port, plain_port, upstream)
    with serve(var_dir, upstream, **PRODUCTION), nginx(path, port):
        yield ProxiedSite(port, plain_port, certificate)


def test_nginx_accepts_the_shipped_file(tmp_path):
    need_program("nginx")
    make_certificate(tmp_path)
    path = shipped_configuration(tmp_path, 8443, 8080, 8000)

    early = str(tmp_path / "early.log")
    code, output = code_and_output("nginx", "-t", "-c", str(path), "-e", early)

    assert code == 0 and "warn" not in output, output


def no_banner(answer):
    text = str(answer.getheaders()).lower()
    return answer.getheader("Server") == "nginx" and "gunicorn" not in text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/risks", 301), ("/nothing/", 404), ("/admin/login/", 200)],
)
def test_headers_arrive_once_and_no_banner_does(site, path, status):
    answer, _ = site.ask(path)

    assert answer.status == status
    assert each_header_once(answer) and no_banner(answer), answer.getheaders()
    assert answer.getheader("Strict-Transport-Security").startswith("max-age=31536000")


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_pages_arrive_as_stemguide_compressed_them(site, coding):
    answer, body = site.ask("/risks/", f"Accept-Encoding: {coding}")

    assert answer.getheader("Content-Encoding") == coding
    assert answer.getheader("Content-Length") == str(len(body))
    assert "Accept-Encoding" in answer.getheader("Vary")
    tag = answer.getheader("ETag")
    again, _ = site.ask(
        "/risks/", f"Accept-Encoding: {coding}", f"If-None-Match: {tag}"
    )
    assert again.status == 304


def test_static_files_arrive_with_a_long_cache_lifetime(site):
    _, page = site.ask("/")
    (style,) = re.findall(r'href="(/static/css/site\.[^"]+)"', page.decode())

    answer, body = site.ask(style, "Accept-Encoding: br")

    assert answer.status == 200 and answer.getheader("Content-Encoding") == "br"
    assert "immutable" in answer.getheader("Cache-Control") and body
    assert each_header_once(answer) and no_banner(answer)


def test_plain_http_is_redirected_to_the_site_over_https(site):
    answer, _ = site.ask_plain("/risks/?area=hand")

    assert answer.status == 308
    assert answer.getheader("Location") == f"https://{NAME}/risks/?area=hand"


def test_other_host_names_get_no_response(site):
    with pytest.raises(ssl.SSLError):
        site.connect("other.example")
    with socket.create_connection(("127.0.0.1", site.plain_port), 20) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: other.example\r\n\r\n")
        assert connection.recv(100) == b""


def fail_to_sign_in(site, name, *headers):
    answer, _ = site.ask("/admin/login/")
    cookie = answer.getheader("Set-Cookie").split(";")[0]
    token = cookie.split("=", 1)[1]
    body = f"username={name}&password=wrong&csrfmiddlewaretoken={token}".encode()

    answer, _ = site.ask(
        "/admin/login/", *headers, f"Cookie: {cookie}",
        f"Referer: https://{NAME}/admin/login/", f"Origin: https://{NAME}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}", method="POST", body=body,
    )  # fmt: skip
    assert answer.status == 200


def addresses_of_failures(var_dir, name):
    with closing(sqlite3.connect(var_dir / "stemguide.sqlite3")) as database:
        query = "SELECT ip_address FROM axes_accessattempt WHERE username = ?"
        return [address for (address,) in database.execute(query, [name])]


def test_x_forwarded_for_of_a_client_is_not_trusted(site, var_dir):
    fail_to_sign_in(site, "mallory", "X-Forwarded-For: 203.0.113.9")

    assert addresses_of_failures(var_dir, "mallory") == ["127.0.0.1"]


def test_behind_a_load_balancer_its_x_forwarded_for_is_trusted(site, var_dir, tmp_path):
    text = (site.certificate.parent / "nginx.conf").read_text()
    text = text.replace("192.0.2.10", "127.0.0.1")
    text = re.sub(r"# ((set_real_ip_from|real_ip_).*;)", r"\1", text)
    port = free_port()
    text = text.replace(f"127.0.0.1:{site.port}", f"127.0.0.1:{port}")
    text = text.replace(f"127.0.0.1:{site.plain_port}", f"127.0.0.1:{free_port()}")
    text = text.replace(f"pid {site.certificate.parent}", f"pid {tmp_path}")
    path = tmp_path / "nginx.conf"
    path.write_text(text)

    with nginx(path, port):
        balanced = ProxiedSite(port, 0, site.certificate)
        said = "X-Forwarded-For: 198.51.100.1, 203.0.113.9"
        fail_to_sign_in(balanced, "oscar", said)

    assert addresses_of_failures(var_dir, "oscar") == ["203.0.113.9"]


def test_a_request_that_is_too_large_is_refused_with_headers(site):
    answer, _ = site.ask("/checklist/", "Content-Length: 99999999", method="POST")

    assert answer.status == 413
    assert each_header_once(answer) and no_banner(answer)


def test_forty_half_sent_requests_do_not_stop_readers(site, var_dir):
    times = site.seconds_beside_half_requests()

    assert max(times) < 5, times
    log = (var_dir / "log").read_text()
    assert '"path": "/stages/recovery/"' in log
    assert '"method": "POST", "path": "/checklist/"' not in log


def test_nginx_keeps_no_log_of_readers(site):
    site.ask("/nothing/?unmistakable=1", "User-Agent: unmistakable")
    site.ask("/checklist/?unmistakable=1", "Content-Length: 99999999", method="POST")

    folder = site.certificate.parent
    for file in folder.glob("*.log"):
        assert "unmistakable" not in file.read_text(), file


def test_nginx_has_a_page_for_when_stemguide_does_not_answer(tmp_path):
    need_program("nginx")
    certificate = make_certificate(tmp_path)
    port, plain_port = free_port(), free_port()
    path = shipped_configuration(tmp_path, port, plain_port, free_port())
    with nginx(path, port):
        answer, body = ProxiedSite(port, plain_port, certificate).ask("/risks/")

    assert answer.status == 503 and answer.getheader("Retry-After") == "10"
    assert b"In an emergency, call 911 (US), 999 (UK) or 112 (EU)." in body
    assert each_header_once(answer) and no_banner(answer)
