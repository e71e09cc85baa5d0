"""PDFs of sheets: drawn by a worker process, one batch at a time on a machine.

WeasyPrint is never imported here. A worker process (`sessions.pdf.worker`) draws, at a
low priority, and is kept for the next batch. Sheets and the PDF go through a connection
in memory alone: what stands on a sheet reaches no disk and no log.

The messages are bytes, and nothing is unpickled. A batch is one message of JSON and one
of text for each sheet. The worker answers with messages of JSON: `done` and
`is_waiting` as often as there is progress, then `fault`, or `pages` and `is_large` with
the PDF as the message after it.
"""

import atexit
import ctypes
import importlib.util
import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing import Pipe
from typing import Any

from django.conf import settings

logger = logging.getLogger(__name__)

# Kill the worker process after this long without output: one sheet takes a second or
# two on an idle machine, and far longer while many patients read.
OUTPUT_TIMEOUT = 240
# While another batch holds the machine's lock, a batch waits this long and no longer.
LOCK_TIMEOUT = 300

STOPPED = "The PDF could not be made: the program that draws it stopped. Try again."
NOT_DRAWN = (
    "The PDF could not be made: a sheet could not be drawn. Print in the browser."
)
BUSY = "Another batch is being printed. Try again in some minutes."
NOTHING = "There is nothing to print."

NOT_INSTALLED = "WeasyPrint is not installed. Install requirements/pdf.txt to get PDF."
NO_PANGO = (
    "The Pango library is missing. On Debian or Ubuntu: "
    "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
)
LIBRARIES = (
    ("libpango-1.0.so.0", "libpango-1.0.dylib"),
    ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"),
    ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
)


class PdfError(Exception):
    """The PDF could not be made; the text is a sentence for staff."""


@dataclass(frozen=True)
class Progress:
    """How many sheets are drawn so far, every copy counted."""

    done: int
    total: int


@dataclass(frozen=True)
class PrintJob:
    """A PDF, and how many pages each distinct sheet has, blank backs not counted."""

    pdf: bytes
    pages: tuple[int, ...]


@cache
def pdf_fault() -> str:
    """Why no PDF can be made on this machine, in a sentence; empty where it can."""
    if not _has_weasyprint():
        return NOT_INSTALLED
    if not all(_loads(names) for names in LIBRARIES):
        return NO_PANGO
    return ""


def _has_weasyprint() -> bool:
    """Looks for the package without importing any of it."""
    try:
        return importlib.util.find_spec("weasyprint") is not None
    except (ImportError, ValueError):
        return False


def _loads(names: Sequence[str]) -> bool:
    """Does the machine have this library, under any of its names?"""
    for name in names:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False


def make_pdf(
    sheets: Sequence[str], *, copies: int = 1, blank_backs: bool = False
) -> Iterator[Progress | PrintJob]:
    """Draws sheets (whole HTML documents) as one PDF: its progress, then the job.

    Each sheet is laid out alone, so that "page x of y" counts within it. Copies are
    collated. With `blank_backs` a sheet with an odd number of pages is followed by a
    blank page, so that each begins on the front of a new sheet of paper. Closing the
    iterator stops the drawing.

    Raises PdfError where the PDF cannot be made; the next call uses a new worker.
    """
    if fault := pdf_fault():
        raise PdfError(fault)
    if not sheets or copies < 1:
        raise PdfError(NOTHING)
    total = len(sheets) * copies
    yield Progress(0, total)
    worker = None
    try:
        worker = _worker_for(_messages(sheets, copies, blank_backs))
        job = yield from _follow(worker, total)
        _keep(worker)
        worker = None
        yield job
    except (OSError, EOFError, ValueError) as error:
        raise PdfError(STOPPED) from error
    finally:
        if worker:
            worker.stop()


def _messages(sheets: Sequence[str], copies: int, blank_backs: bool) -> list[bytes]:
    """A batch as the worker reads it: how to draw, then the sheets."""
    folders = (*settings.STATICFILES_DIRS, settings.STATIC_ROOT)
    batch = {
        "sheets": len(sheets),
        "copies": copies,
        "blank_backs": blank_backs,
        "static_url": settings.STATIC_URL,
        "folders": [str(folder) for folder in folders],
        "lock": str(settings.PDF_LOCK),
    }
    return [json.dumps(batch).encode(), *(sheet.encode() for sheet in sheets)]


def _follow(
    worker: "_Worker", total: int
) -> Generator[Progress | PrintJob, None, PrintJob]:
    """Yields the progress of the worker; returns the job."""
    give_up = time.monotonic() + LOCK_TIMEOUT
    while True:
        message = worker.receive_json()
        if "pages" in message:
            worker.is_large = message["is_large"]
            return PrintJob(worker.receive(), tuple(message["pages"]))
        if "fault" in message:
            logger.error("A PDF could not be drawn: %s", message["fault"])
            raise PdfError(NOT_DRAWN)
        if message["is_waiting"] and time.monotonic() > give_up:
            raise PdfError(BUSY)
        yield Progress(message["done"], total)


class _Worker:
    """A running `sessions.pdf.worker`, and this process's end of the connection to it.

    `send` and `receive` raise OSError or EOFError where the process has ended, and kill
    it when OUTPUT_TIMEOUT is over.
    """

    command = (sys.executable, "-m", "sessions.pdf.worker")

    def __init__(self) -> None:
        self._connection, worker_end = Pipe()
        with worker_end:
            self._process = subprocess.Popen(
                [*self.command, str(worker_end.fileno())],
                cwd=settings.BASE_DIR, pass_fds=[worker_end.fileno()],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )  # fmt: skip
        # Has it grown so large that the next batch gets a new one?
        self.is_large = False

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, message: bytes) -> None:
        with self._kill_after_timeout():
            self._connection.send_bytes(message)

    def receive(self) -> bytes:
        with self._kill_after_timeout():
            return self._connection.recv_bytes()

    def receive_json(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.receive())
        return message

    @contextmanager
    def _kill_after_timeout(self) -> Iterator[None]:
        """A process that stops in the middle of a message is killed too."""
        timer = threading.Timer(OUTPUT_TIMEOUT, self._process.kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def stop(self) -> None:
        """Kills it, whatever it is doing."""
        self._process.kill()
        self._connection.close()
        self._process.wait()


# Workers that wait for a batch. A list, because the threads of a web worker share it.
_idle: list[_Worker] = []


def _worker_for(messages: Sequence[bytes]) -> _Worker:
    """A worker that has taken the batch: an idle one, or a new one."""
    while _idle:
        try:
            return _with_batch(_idle.pop(), messages)
        except (IndexError, OSError, EOFError):
            continue  # Another thread took it, or its process had ended.
    return _with_batch(_Worker(), messages)


def _with_batch(worker: _Worker, messages: Sequence[bytes]) -> _Worker:
    """The worker, once its first message says that it has the batch."""
    try:
        for message in messages:
            worker.send(message)
        worker.receive()
    except BaseException:
        worker.stop()
        raise
    return worker


def _keep(worker: _Worker) -> None:
    """Keeps the worker for the next batch, unless it is large or another is idle."""
    if worker.is_large or _idle:
        worker.stop()
    else:
        _idle.append(worker)


@atexit.register
def stop_workers() -> None:
    """Stops the idle workers; the next batch starts a new one."""
    while _idle:
        _idle.pop().stop()
