"""A reverse proxy of deploy/ with a certificate of its own, and requests through it."""

import os
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.servers import IncompleteResponse, wait_for_port

DEPLOY = ROOT / "deploy"
NAME = "guide.example"
SECURITY_HEADERS = {
    "content-security-policy", "strict-transport-security", "x-content-type-options",
    "referrer-policy", "cross-origin-opener-policy",
}  # fmt: skip


def code_and_output(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@dataclass(frozen=True)
class ProxiedSite:
    """The site as a client reaches it: through a reverse proxy."""

    port: int
    plain_port: int
    certificate: Path
    timeout: float = 60

    def connect(self, name=NAME):
        trusted = ssl.create_default_context(cafile=str(self.certificate))
        plain = socket.create_connection(("127.0.0.1", self.port), self.timeout)
        return trusted.wrap_socket(plain, server_hostname=name)

    def ask(self, path, *headers, method="GET", body=b"", host=NAME):
        """The response and its body."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close"]
        with self.connect() as connection:
            sent = "\r\n".join([*lines, *headers, "", ""]).encode() + body
            connection.sendall(sent)
            return _read_response(connection)

    def ask_plain(self, path, host=NAME):
        """The same without TLS."""
        address = ("127.0.0.1", self.plain_port)
        with socket.create_connection(address, self.timeout) as plain:
            plain.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            return _read_response(plain)

    def seconds_beside_half_requests(self):
        """How long each of ten requests takes while forty others are incomplete.

        A proxy ends an incomplete request after ten seconds or later.
        """
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


def _read_response(connection):
    response = HTTPResponse(connection)
    try:
        response.begin()
        return response, response.read()
    except HTTPException as error:
        raise IncompleteResponse(repr(error)) from error


@contextmanager
def running(
    command: list[str], port: int, **options: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """A proxy process that listens on `port`; it is terminated after the block."""
    proxy = subprocess.Popen(command, **options)
    try:
        wait_for_port(port, proxy)
        yield proxy
    finally:
        proxy.terminate()
        proxy.wait(timeout=30)


def make_certificate(folder):
    certificate, key = folder / "fullchain.pem", folder / "privkey.pem"
    code, output = code_and_output(
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}",
        "-keyout", str(key), "-out", str(certificate),
    )  # fmt: skip
    assert code == 0, output
    return certificate


def write_nginx_configuration(site, folder):
    """Writes a whole configuration of nginx around that of a site; returns its path.

    On Debian the rest comes with the package.
    """
    temporary = "".join(
        f"  {kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root root;\n" if os.geteuid() == 0 else ""
    path = folder / "nginx.conf"
    path.write_text(
        f"{user}daemon off;\nworker_processes 1;\npid {folder}/pid;\n"
        f"error_log {folder}/error.log;\nevents {{ worker_connections 512; }}\n"
        f"http {{\n  include /etc/nginx/mime.types;\n{temporary}{site}\n}}\n"
    )
    return path


def each_header_once(answer):
    names = [name.lower() for name, _ in answer.getheaders()]
    once = {name for name in names if names.count(name) == 1}
    return once >= SECURITY_HEADERS
