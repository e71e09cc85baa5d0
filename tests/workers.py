"""Readers who each ask one worker process of a gunicorn, and no other."""

import http.client
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PAUSE = 0.1
"""Seconds between requests: gunicorn keeps an idle connection for two seconds."""


@dataclass(frozen=True)
class Seen:
    """One response: when its request was sent (time.monotonic), and its text."""

    begun: float
    address: str
    text: str


class Reader(threading.Thread):
    """Asks one worker for the same addresses again and again, until it is stopped."""

    def __init__(self, port: int, worker: int, addresses: Sequence[str]) -> None:
        super().__init__(daemon=True)
        self.port, self.worker, self.addresses = port, worker, addresses
        self.seen: list[Seen] = []
        self.is_over = threading.Event()

    def run(self) -> None:
        connection = self._connect()
        while not self.is_over.wait(PAUSE):
            try:
                for address in self.addresses:
                    begun = time.monotonic()
                    text = _get(connection, address)
                    self.seen.append(Seen(begun, address, text))
            except (OSError, http.client.HTTPException):
                connection = self._connect()
        connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        """A connection that the worker accepted; it then answers all its requests."""
        while not self.is_over.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            _get(connection, "/healthz")
            if _accepted(self.port, connection.sock.getsockname()[1], self.worker):
                return connection
            connection.close()
        return connection

    def stop(self) -> None:
        self.is_over.set()
        self.join()


def workers_of(master: int) -> list[int]:
    """The process ids of a gunicorn's workers."""
    found = Path(f"/proc/{master}/task/{master}/children").read_text()
    return [int(child) for child in found.split()]


def _get(connection: http.client.HTTPConnection, address: str) -> str:
    connection.request("GET", address)
    return connection.getresponse().read().decode()


def _accepted(port: int, client_port: int, worker: int) -> bool:
    """Whether this worker holds the server's end of a connection."""
    ends = f":{port:04X}", f":{client_port:04X}"
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, here, there, *_, inode = line.split()[:10]
        if here.endswith(ends[0]) and there.endswith(ends[1]):
            return f"socket:[{inode}]" in _sockets(worker)
    return False


def _sockets(process: int) -> set[str]:
    found = set()
    for file in Path(f"/proc/{process}/fd").iterdir():
        try:
            found.add(str(file.readlink()))
        except FileNotFoundError:
            continue  # It was closed meanwhile.
    return found
