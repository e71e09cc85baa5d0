"""Database and cache servers of tests: on a free port, never as root, ended after use.

    python -m tests.servers COMMAND ...

runs a command with DATABASE_URL set to a PostgreSQL that is started for it.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from glob import glob
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

DEBIANS_POSTGRESQL = "/usr/lib/postgresql/*/bin"
OWNER = "stemguide"
# Seconds. Starts take one to four; a busy machine may be many times slower.
START_TIMEOUT = 90
NO_IDLE_TIMEOUT = "-c%20idle_in_transaction_session_timeout%3D0"
# Valkey has the protocol and the options of Redis; systems have one or the other.
ALTERNATIVES = {"redis-server": "valkey-server"}


def find_program(name: str) -> str | None:
    """Where a program is: on the path, or where Debian keeps PostgreSQL."""
    path = os.pathsep.join(
        [os.environ.get("PATH", ""), *sorted(glob(DEBIANS_POSTGRESQL), reverse=True)]
    )
    found = shutil.which(name, path=path)
    return found or (find_program(ALTERNATIVES[name]) if name in ALTERNATIVES else None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class IncompleteResponse(ConnectionError):
    """The server ended in the middle of a response.

    http.client raises HTTPException then, which is no OSError. To a test it is the same
    as a refused connection, so callers need to catch OSError only.
    """


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Returns when `process` accepts connections on `port`."""
    end = time.monotonic() + START_TIMEOUT
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"Nothing listens on port {port}: {process.args!r}")


def _not_root() -> dict[str, Any]:
    """Options for subprocess that drop root, if this process runs as root.

    A database server refuses to run as root.
    """
    if os.geteuid() != 0:
        return {}
    return {"user": "nobody", "group": "nogroup", "extra_groups": []}


@contextmanager
def _own_folder() -> Iterator[Path]:
    """A temporary folder that is owned by the user whom the server runs as."""
    with tempfile.TemporaryDirectory(prefix="stemguide-") as name:
        if who := _not_root():
            shutil.chown(name, who["user"], who["group"])
        yield Path(name)


@dataclass
class Server:
    """A server that can be stopped, killed and started again, on its port and data."""

    command: list[str]
    folder: Path
    port: int
    password: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, **_not_root(),
            )  # fmt: skip
        end = time.monotonic() + START_TIMEOUT
        while time.monotonic() < end and self.process.poll() is None:
            if self._answers():
                return
            time.sleep(0.05)
        raise RuntimeError(f"It did not start:\n{(self.folder / 'log').read_text()}")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Ends it. On SIGINT, PostgreSQL drops its clients and closes its files."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(timeout=30)
            self.process = None

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    @property
    def cache_url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"


class DatabaseServer(Server):
    """A PostgreSQL. It listens on its port before it accepts queries."""

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self.database_url).close()
        except psycopg.OperationalError:
            return False
        return True

    @property
    def database_url(self) -> str:
        """The URL of the database that every server has. It stays empty."""
        return f"postgresql://{OWNER}:{self.password}@127.0.0.1:{self.port}/postgres"


def create_database(url: str) -> str:
    """Creates a database on the server in `url`; returns the URL of the new one."""
    import psycopg

    name = f"stemguide_{secrets.token_hex(8)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return urlsplit(url)._replace(path=f"/{name}").geturl()


@contextmanager
def postgresql() -> Iterator[DatabaseServer]:
    """A PostgreSQL with nothing in it.

    Its collation sorts text as people do and not as SQLite does, so tests find code
    that depends on the order of SQLite. fsync is off, to save time.
    """
    initdb, postgres = find_program("initdb"), find_program("postgres")
    assert initdb and postgres
    with _own_folder() as folder:
        password = secrets.token_hex(16)
        (folder / "password").write_text(password)
        if who := _not_root():
            shutil.chown(folder / "password", who["user"])
        subprocess.run(
            [
                initdb, "--pgdata", "data", "--username", OWNER, "--encoding", "UTF8",
                "--auth", "scram-sha-256", "--pwfile", "password", "--no-sync",
                "--locale", "C.UTF-8", "--locale-provider", "icu",
                "--icu-locale", "en-US",
            ],
            cwd=folder, check=True, capture_output=True, **_not_root(),
        )  # fmt: skip
        port = free_port()
        command = [postgres, "-D", "data", "-p", str(port), "-k", str(folder)]
        command += ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
        with _running(DatabaseServer(command, folder, port, password)) as server:
            yield server


@contextmanager
def redis() -> Iterator[Server]:
    """A Redis or Valkey that writes nothing to disk."""
    program = find_program("redis-server")
    assert program
    with _own_folder() as folder:
        port, password = free_port(), secrets.token_hex(16)
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
        command += ["--appendonly", "no", "--requirepass", password]
        with _running(Server(command, folder, port, password)) as server:
            yield server


@contextmanager
def _running(server: Server) -> Iterator[Server]:
    try:
        server.start()
        yield server
    finally:
        server.stop()


def main(*command: str) -> int:
    if find_program("postgres") is None:
        print("postgres is not installed (apt install postgresql)", file=sys.stderr)
        return 1
    # On SIGTERM the database server ends too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with postgresql() as server:
        # A test is one transaction, and may wait in a debugger for as long as it takes.
        url = f"{create_database(server.database_url)}?options={NO_IDLE_TIMEOUT}"
        return subprocess.call(command, env={**os.environ, "DATABASE_URL": url})


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
