"""Clients that send requests without a pause, over keep-alive connections."""

import http.client
import multiprocessing
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

PAGES = [
    "/", "/stages/recovery/", "/checklist/", "/risks/", "/questions/", "/get-help/",
    "/learn/what-are-stem-cells/", "/stages/injection/?area=hand&cells=fat",
]  # fmt: skip
PROCESSES = 2
THREADS = 4
MOST_SECONDS = 200

_spawn = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Read:
    """The results of all clients."""

    pages: int
    seconds: float
    failures: int
    slowest: float

    @property
    def per_second(self) -> float:
        return self.pages / self.seconds

    def __str__(self) -> str:
        return (
            f"{self.per_second:.0f} pages a second, the slowest in "
            f"{self.slowest * 1000:.0f} ms, {self.failures} failures"
        )


class Readers:
    """Running clients; `stop` returns their results."""

    def __init__(self, port: int) -> None:
        self._stop = _spawn.Event()
        self._results = _spawn.Queue()
        self._begun = time.monotonic()
        self._processes = [
            _spawn.Process(target=_read, args=(port, self._stop, self._results))
            for _ in range(PROCESSES)
        ]
        for process in self._processes:
            process.start()
        self.read: Read | None = None

    def stop(self) -> Read:
        self._stop.set()
        results = [self._results.get(timeout=30) for _ in self._processes]
        for process in self._processes:
            process.join(timeout=30)
        return Read(
            pages=sum(pages for pages, _, _, _ in results),
            seconds=max(seconds for _, seconds, _, _ in results),
            failures=sum(failures for _, _, failures, _ in results),
            slowest=max(slowest for _, _, _, slowest in results),
        )


@contextmanager
def reading(port: int) -> Iterator[Readers]:
    """Clients that run as long as the block; a time limit ends them in any case."""
    readers = Readers(port)
    try:
        yield readers
    finally:
        readers.read = readers.stop()


def _read(port: int, stop, results) -> None:
    """One process with several threads: until `stop` is set, or for MOST_SECONDS."""
    begun = time.monotonic()
    counts: list[list[float]] = [[0, 0, 0.0] for _ in range(THREADS)]

    def one(count: list[float]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        turn = 0
        while not stop.is_set() and time.monotonic() < begun + MOST_SECONDS:
            turn += 1
            asked = time.monotonic()
            try:
                headers = {"Accept-Encoding": "br"}
                connection.request("GET", PAGES[turn % len(PAGES)], headers=headers)
                response = connection.getresponse()
                response.read()
                count[0 if response.status == 200 else 1] += 1
            except (OSError, http.client.HTTPException):
                count[1] += 1
                connection.close()
            count[2] = max(count[2], time.monotonic() - asked)
        connection.close()

    threads = [threading.Thread(target=one, args=(count,)) for count in counts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pages, failures, slowest = zip(*counts, strict=True)
    results.put(
        (sum(pages), time.monotonic() - begun, int(sum(failures)), max(slowest))
    )
