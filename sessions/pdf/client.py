"""Makes PDFs of sheets in a worker process, one batch at a time on each machine.

WeasyPrint is never imported here. A worker process (`sessions.pdf.worker`) draws, at a
low priority, and is kept for the next batch. Sheets and the PDF go through a connection
in memory, so that the text of a sheet is never written to a disk or a log.

The messages are bytes, and nothing is unpickled. A batch is one JSON message with its
options, then one message with the HTML of each sheet. The worker answers with JSON
messages: `done` and `is_waiting` for each progress. Its last JSON message has `fault`,
or else `pages` and `is_large`. After the latter, the PDF follows as one more message.
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
# Give up a batch that waited this long while another one held the machine's lock.
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
    """How many sheets are drawn, and how many will be. Each copy counts."""

    done: int
    total: int


@dataclass(frozen=True)
class PrintJob:
    """A PDF, and the number of pages of each sheet, without copies and blank backs."""

    pdf: bytes
    pages: tuple[int, ...]


@cache
def pdf_fault() -> str:
    """A sentence that says why this machine cannot make PDFs; empty if it can."""
    if not _has_weasyprint():
        return NOT_INSTALLED
    if not all(_loads(names) for names in LIBRARIES):
        return NO_PANGO
    return ""


def _has_weasyprint() -> bool:
    """Whether the package is installed. Nothing of it is imported."""
    try:
        return importlib.util.find_spec("weasyprint") is not None
    except (ImportError, ValueError):
        return False


def _loads(names: Sequence[str]) -> bool:
    """Whether a library can be loaded under any of these names."""
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
    """Draws sheets (whole HTML documents) as one PDF. Yields Progress, then a PrintJob.

    Each sheet is laid out alone, so that "page x of y" counts the pages of that sheet.
    Copies are collated. With `blank_backs` a sheet with an odd number of pages is
    followed by a blank page, so that the next one begins on new paper. Closing the
    iterator stops the drawing.

    Raises PdfError if the PDF cannot be made; the next call uses a new worker.
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
    """The messages of a batch: its options as JSON, then the sheets."""
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
    """Yields the progress that the worker reports. Returns the finished job."""
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

    `send` and `receive` raise OSError or EOFError if the process has ended. They kill
    the process if they take longer than OUTPUT_TIMEOUT.
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
        # Whether the process uses so much memory that the next batch gets a new one.
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
        """Kills the process if the block takes too long, even within one message."""
        timer = threading.Timer(OUTPUT_TIMEOUT, self._process.kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def stop(self) -> None:
        """Kills the process, even in the middle of a batch."""
        self._process.kill()
        self._connection.close()
        self._process.wait()


# Workers that wait for a batch. All threads of this process share the list.
_idle: list[_Worker] = []


def _worker_for(messages: Sequence[bytes]) -> _Worker:
    """Sends a batch to an idle worker, or else to a new one. Returns that worker."""
    while _idle:
        try:
            return _with_batch(_idle.pop(), messages)
        except (IndexError, OSError, EOFError):
            continue  # Another thread took the worker, or its process had ended.
    return _with_batch(_Worker(), messages)


def _with_batch(worker: _Worker, messages: Sequence[bytes]) -> _Worker:
    """Sends a batch. Returns the worker once its first message confirms the batch."""
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
