"""A proxy of deploy/ with a certificate of our own, and questions asked through it."""

import os
import socket
import ssl
import subprocess
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path

from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
NAME = "guide.example"
OURS_TO_SAY = {
    "content-security-policy", "strict-transport-security", "x-content-type-options",
    "referrer-policy", "cross-origin-opener-policy",
}  # fmt: skip


def checked(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@dataclass(frozen=True)
class Front:
    """The site through a proxy."""

    port: int
    plain_port: int
    certificate: Path
    patience: float = 20

    def connect(self, name=NAME):
        trusted = ssl.create_default_context(cafile=str(self.certificate))
        plain = socket.create_connection(("127.0.0.1", self.port), self.patience)
        return trusted.wrap_socket(plain, server_hostname=name)

    def ask(self, path, *headers, method="GET", body=b"", host=NAME):
        """The answer and its body."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close"]
        with self.connect() as connection:
            sent = "\r\n".join([*lines, *headers, "", ""]).encode() + body
            connection.sendall(sent)
            return _answer_on(connection)

    def ask_plain(self, path, host=NAME):
        """The same without TLS."""
        with socket.create_connection(("127.0.0.1", self.plain_port), 20) as plain:
            plain.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            return _answer_on(plain)

    def seconds_beside_half_requests(self):
        """How long each of ten readers waits while forty requests are half sent."""
        head = (
            f"POST /checklist/ HTTP/1.1\r\nHost: {NAME}\r\n"
            "Content-Length: 500\r\n\r\nday"
        )
        halves = [f"GET / HTTP/1.1\r\nHost: {NAME}\r\nX-Slow: ", head]
        times = []
        with ExitStack() as held:
            for number in range(40):
                connection = held.enter_context(self.connect())
                connection.sendall(halves[number % 2].encode())
            for _ in range(10):
                began = time.monotonic()
                answer, _ = self.ask("/stages/recovery/?area=hand&cells=fat")
                times.append(time.monotonic() - began)
                assert answer.status == 200
        return times


def _answer_on(connection):
    answer = HTTPResponse(connection)
    answer.begin()
    return answer, answer.read()


@contextmanager
def running(command, port, **options):
    """A proxy, from when it answers on `port`; it ends after."""
    proxy = subprocess.Popen(command, **options)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield proxy
    finally:
        proxy.terminate()
        proxy.wait(timeout=20)


def make_certificate(folder):
    certificate, key = folder / "fullchain.pem", folder / "privkey.pem"
    code, words = checked(
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}",
        "-keyout", str(key), "-out", str(certificate),
    )  # fmt: skip
    assert code == 0, words
    return certificate


def with_what_debian_puts_round(text, folder):
    """A whole configuration of nginx around our part; its path in `folder`."""
    temporary = "".join(
        f"  {kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root root;\n" if os.geteuid() == 0 else ""
    path = folder / "nginx.conf"
    path.write_text(
        f"{user}daemon off;\nworker_processes 1;\npid {folder}/pid;\n"
        f"error_log {folder}/error.log;\nevents {{ worker_connections 512; }}\n"
        f"http {{\n  include /etc/nginx/mime.types;\n{temporary}{text}\n}}\n"
    )
    return path


def each_header_once(answer):
    names = [name.lower() for name, _ in answer.getheaders()]
    once = {name for name in names if names.count(name) == 1}
    return once >= OURS_TO_SAY
