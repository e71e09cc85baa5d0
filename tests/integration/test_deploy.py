"""The files in deploy/: read by the programs they are for, and served through nginx."""

import os
import re
import socket
import sqlite3
import ssl
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path

import pytest

from stemguide import env
from tests.browser.conftest import fill, free_port, serve
from tests.conftest import ROOT, need_program
from tests.production import KEY

DEPLOY = ROOT / "deploy"
NAME = "guide.example"
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "stemguide.settings.production",
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": NAME,
    "PUBLIC_URL": f"https://{NAME}",
    "PROXY_COUNT": "1",
}
OURS_TO_SAY = {
    "content-security-policy", "strict-transport-security", "x-content-type-options",
    "referrer-policy", "cross-origin-opener-policy",
}  # fmt: skip


def checked(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


# --- syntax ---


def test_systemd_takes_the_units(tmp_path):
    need_program("systemd-analyze")
    units = [p for p in DEPLOY.iterdir() if p.suffix in (".service", ".timer")]
    assert len(units) == 5
    for unit in units:
        text = unit.read_text().replace("/srv/stemguide", str(ROOT))
        (tmp_path / unit.name).write_text(text)

    files = [str(tmp_path / unit.name) for unit in units]
    code, words = checked("systemd-analyze", "verify", "--man=no", *files)

    ours = [line for line in words.splitlines() if "stemguide" in line]
    assert (code, ours) == (0, [])


def test_units_name_commands_that_exist():
    for unit in DEPLOY.glob("*.service"):
        for command in re.findall(r"manage\.py (\w+)", unit.read_text()):
            path = f"sessions/management/commands/{command}.py"
            assert (ROOT / path).is_file(), command


def test_caddy_takes_its_file():
    need_program("caddy")

    file = str(DEPLOY / "Caddyfile")
    code, words = checked(
        "caddy", "validate", "--adapter", "caddyfile", "--config", file
    )

    assert code == 0, words


def test_a_shell_takes_the_script():
    assert checked("sh", "-n", str(DEPLOY / "stemguide-manage")) == (0, "")


def start(values):
    command = [sys.executable, "-c", "import django; django.setup(); print('started')"]
    environment = {"PATH": os.environ["PATH"], **values}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def settings_of_example():
    lines = (DEPLOY / "stemguide.env.example").read_text().splitlines()
    given = [line for line in lines if line and not line.startswith("# ")]
    return dict(line.lstrip("# ").split("=", 1) for line in given)


def test_example_settings_are_known_and_do_not_start_before_a_key_is_made(tmp_path):
    values = settings_of_example()
    named = set(values) - {"DJANGO_SETTINGS_MODULE"}
    assert named <= set(env.env.dump())
    # The folder of a real machine is not on this one.
    values["STEMGUIDE_VAR_DIR"] = str(tmp_path)

    done = start(values)
    assert done.returncode != 0 and "  SECRET_KEY:" in done.stderr
    assert start(values | {"SECRET_KEY": KEY}).stdout == "started\n"


# --- nginx in front of the real server ---


@dataclass(frozen=True)
class Front:
    """The site through nginx."""

    port: int
    plain_port: int
    certificate: Path
    var_dir: Path

    def connect(self, name=NAME):
        trusted = ssl.create_default_context(cafile=str(self.certificate))
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        return trusted.wrap_socket(plain, server_hostname=name)

    def ask(self, path, *headers, method="GET", body=b"", host=NAME):
        """The answer and its body."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close"]
        with self.connect() as connection:
            sent = "\r\n".join([*lines, *headers, "", ""]).encode() + body
            connection.sendall(sent)
            answer = HTTPResponse(connection)
            answer.begin()
            return answer, answer.read()


def make_certificate(folder):
    need_program("nginx")
    certificate, key = folder / "fullchain.pem", folder / "privkey.pem"
    code, words = checked(
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}",
        "-keyout", str(key), "-out", str(certificate),
    )  # fmt: skip
    assert code == 0, words
    return certificate


def shipped_configuration(folder, port, plain_port, behind):
    """Our file with the names and ports of this test, and what Debian puts round it."""
    text = (DEPLOY / "nginx.conf").read_text()
    text = re.sub(r"    listen \[::\].*\n", "", text)
    for found, wanted in (
        ("listen 80", f"listen 127.0.0.1:{plain_port}"),
        ("listen 443", f"listen 127.0.0.1:{port}"),
        (f"/etc/letsencrypt/live/{NAME}", str(folder)),
        ("127.0.0.1:8000", f"127.0.0.1:{behind}"),
        ("/srv/stemguide", str(ROOT)),
        ("/var/log/nginx", str(folder)),
    ):
        assert found in text
        text = text.replace(found, wanted)
    temporary = "".join(
        f"  {kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root root;\n" if os.geteuid() == 0 else ""
    whole = (
        f"{user}daemon off;\nworker_processes 1;\npid {folder}/pid;\n"
        f"error_log {folder}/error.log;\nevents {{ worker_connections 512; }}\n"
        f"http {{\n  include /etc/nginx/mime.types;\n{temporary}{text}\n}}\n"
    )
    path = folder / "nginx.conf"
    path.write_text(whole)
    return path


@contextmanager
def nginx(path, port):
    command = ["nginx", "-c", str(path), "-e", str(path.parent / "early.log")]
    server = subprocess.Popen(command)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nginx")
    certificate = make_certificate(folder)
    var_dir = tmp_path_factory.mktemp("var")
    fill(var_dir)
    behind, port, plain_port = free_port(), free_port(), free_port()
    path = shipped_configuration(folder, port, plain_port, behind)
    with serve(var_dir, behind, **PRODUCTION), nginx(path, port):
        yield Front(port, plain_port, certificate, var_dir)


def test_nginx_takes_the_shipped_file(tmp_path):
    make_certificate(tmp_path)
    path = shipped_configuration(tmp_path, 8443, 8080, 8000)

    early = str(tmp_path / "early.log")
    code, words = checked("nginx", "-t", "-c", str(path), "-e", early)

    assert code == 0 and "warn" not in words, words


def each_header_once(answer):
    names = [name.lower() for name, _ in answer.getheaders()]
    once = {name for name in names if names.count(name) == 1}
    return once >= OURS_TO_SAY


def no_banner(answer):
    text = str(answer.getheaders()).lower()
    return answer.getheader("Server") == "nginx" and "gunicorn" not in text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/risks", 301), ("/nothing/", 404), ("/admin/login/", 200)],
)
def test_headers_arrive_once_and_no_banner_does(front, path, status):
    answer, _ = front.ask(path)

    assert answer.status == status
    assert each_header_once(answer) and no_banner(answer), answer.getheaders()
    assert answer.getheader("Strict-Transport-Security").startswith("max-age=31536000")


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_pages_arrive_as_the_program_compressed_them(front, coding):
    answer, body = front.ask("/risks/", f"Accept-Encoding: {coding}")

    assert answer.getheader("Content-Encoding") == coding
    assert answer.getheader("Content-Length") == str(len(body))
    assert "Accept-Encoding" in answer.getheader("Vary")
    tag = answer.getheader("ETag")
    again, _ = front.ask(
        "/risks/", f"Accept-Encoding: {coding}", f"If-None-Match: {tag}"
    )
    assert again.status == 304


def test_static_files_arrive_with_a_long_life(front):
    _, page = front.ask("/")
    (style,) = re.findall(r'href="(/static/css/site\.[^"]+)"', page.decode())

    answer, body = front.ask(style, "Accept-Encoding: br")

    assert answer.status == 200 and answer.getheader("Content-Encoding") == "br"
    assert "immutable" in answer.getheader("Cache-Control") and body
    assert each_header_once(answer) and no_banner(answer)


def test_plain_http_leads_to_our_own_name_over_tls(front):
    with socket.create_connection(("127.0.0.1", front.plain_port), 20) as connection:
        lines = f"GET /risks/?area=hand HTTP/1.1\r\nHost: {NAME}\r\n\r\n"
        connection.sendall(lines.encode())
        answer = HTTPResponse(connection)
        answer.begin()

    assert answer.status == 308
    assert answer.getheader("Location") == f"https://{NAME}/risks/?area=hand"


def test_other_names_get_no_answer(front):
    with pytest.raises(ssl.SSLError):
        front.connect("other.example")
    with socket.create_connection(("127.0.0.1", front.plain_port), 20) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: other.example\r\n\r\n")
        assert connection.recv(100) == b""


def test_what_a_reader_says_of_their_address_is_not_believed(front):
    answer, _ = front.ask("/admin/login/")
    cookie = answer.getheader("Set-Cookie").split(";")[0]
    token = cookie.split("=", 1)[1]
    body = f"username=mallory&password=wrong&csrfmiddlewaretoken={token}".encode()

    answer, _ = front.ask(
        "/admin/login/", "X-Forwarded-For: 203.0.113.9", f"Cookie: {cookie}",
        f"Referer: https://{NAME}/admin/login/", f"Origin: https://{NAME}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}", method="POST", body=body,
    )  # fmt: skip

    assert answer.status == 200
    with sqlite3.connect(front.var_dir / "stemguide.sqlite3") as database:
        query = "SELECT ip_address FROM axes_accessattempt WHERE username = 'mallory'"
        assert database.execute(query).fetchall() == [("127.0.0.1",)]


def test_a_request_that_is_too_large_is_refused_with_headers(front):
    answer, _ = front.ask("/checklist/", "Content-Length: 99999999", method="POST")

    assert answer.status == 413
    assert each_header_once(answer) and no_banner(answer)


def test_forty_half_sent_requests_do_not_stop_readers(front):
    head = (
        f"POST /checklist/ HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 500\r\n\r\nday"
    )
    halves = [f"GET / HTTP/1.1\r\nHost: {NAME}\r\nX-Slow: ", head]
    times = []
    with ExitStack() as held:
        for number in range(40):
            connection = held.enter_context(front.connect())
            connection.sendall(halves[number % 2].encode())
        for _ in range(10):
            began = time.monotonic()
            answer, _ = front.ask("/stages/recovery/?area=hand&cells=fat")
            times.append(time.monotonic() - began)
            assert answer.status == 200
        log = (front.var_dir / "log").read_text()

    assert max(times) < 2, times
    assert '"path": "/stages/recovery/"' in log
    assert '"method": "POST", "path": "/checklist/"' not in log


def test_nginx_keeps_no_log_of_readers(front):
    front.ask("/nothing/?unmistakable=1", "User-Agent: unmistakable")
    front.ask("/checklist/?unmistakable=1", "Content-Length: 99999999", method="POST")

    folder = front.certificate.parent
    for file in folder.glob("*.log"):
        assert "unmistakable" not in file.read_text(), file


def test_while_the_program_is_away_nginx_says_what_to_do(tmp_path):
    certificate = make_certificate(tmp_path)
    port, plain_port = free_port(), free_port()
    path = shipped_configuration(tmp_path, port, plain_port, free_port())
    with nginx(path, port):
        answer, body = Front(port, plain_port, certificate, tmp_path).ask("/risks/")

    assert answer.status == 503 and answer.getheader("Retry-After") == "10"
    assert b"In an emergency, call 911 (US), 999 (UK) or 112 (EU)." in body
    assert each_header_once(answer) and no_banner(answer)
