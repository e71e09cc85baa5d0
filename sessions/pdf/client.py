"""PDFs of sheets: drawn by a program of their own, one batch at a time on a machine.

WeasyPrint is never imported here. A child process (`sessions.pdf.worker`) does the
drawing, at the lowest priority, and is kept warm between batches. Sheets go to it and
the PDF comes back by pipes alone: what stands on a sheet reaches no disk and no log.
"""

import atexit
import ctypes
import importlib.util
import json
import logging
import os
import select
import subprocess
import sys
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings

logger = logging.getLogger(__name__)

# Without a word for so long, the child is given up: one sheet takes a second or two on
# an idle machine, and far longer while many patients read.
SILENCE_SECONDS = 240
# Where another batch is being drawn, this one waits so long and no longer.
TURN_SECONDS = 300

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
    collated. With `blank_backs` a sheet of an odd number of pages is followed by a
    blank one, so that each begins on a new leaf. Raises PdfError where it can not be
    made; the next call starts anew. Whoever stops listening stops the drawing.
    """
    if fault := pdf_fault():
        raise PdfError(fault)
    if not sheets or copies < 1:
        raise PdfError(NOTHING)
    total = len(sheets) * copies
    yield Progress(0, total)
    child = None
    try:
        child = _engage(_letter(sheets, copies, blank_backs))
        job = yield from _follow(child, total)
        _keep(child)
        child = None
        yield job
    except (OSError, EOFError, ValueError) as error:
        raise PdfError(STOPPED) from error
    finally:
        if child:
            child.end()


def _letter(sheets: Sequence[str], copies: int, blank_backs: bool) -> bytes:
    """A batch as the child reads it: a line of JSON, then the sheets."""
    texts = [sheet.encode() for sheet in sheets]
    folders = (*settings.STATICFILES_DIRS, settings.STATIC_ROOT)
    head = {
        "lengths": [len(text) for text in texts],
        "copies": copies,
        "blank_backs": blank_backs,
        "static_url": settings.STATIC_URL,
        "folders": [str(folder) for folder in folders],
        "lock": str(settings.PDF_LOCK),
    }
    return b"".join((json.dumps(head).encode(), b"\n", *texts))


def _follow(
    child: "_Child", total: int
) -> Generator[Progress | PrintJob, None, PrintJob]:
    """Passes on what the child says while it draws; gives the job."""
    give_up = time.monotonic() + TURN_SECONDS
    while True:
        said = child.line()
        if "pages" in said:
            pdf = child.read(said["length"])
            child.is_worn = said["is_worn"]
            return PrintJob(pdf, tuple(said["pages"]))
        if "fault" in said:
            logger.error("A PDF could not be drawn: %s", said["fault"])
            raise PdfError(NOT_DRAWN)
        if said["is_waiting"] and time.monotonic() > give_up:
            raise PdfError(BUSY)
        yield Progress(said["done"], total)


class _Child:
    """A running `sessions.pdf.worker`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sessions.pdf.worker"],
            cwd=settings.BASE_DIR, bufsize=0,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert self._process.stdin and self._process.stdout
        self._to, self._from = self._process.stdin, self._process.stdout
        self._heard = b""
        # Has it grown so large that the next batch gets a new one?
        self.is_worn = False

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, letter: bytes) -> None:
        """Raises OSError where the child is gone."""
        rest = memoryview(letter)
        while rest:
            rest = rest[os.write(self._to.fileno(), rest) :]

    def line(self) -> dict[str, Any]:
        """The next thing it says; EOFError where it died or fell silent."""
        while b"\n" not in self._heard:
            self._heard += self._hear()
        line, _, self._heard = self._heard.partition(b"\n")
        return json.loads(line)

    def read(self, length: int) -> bytes:
        """The bytes that follow a line."""
        parts, self._heard = [self._heard], b""
        missing = length - len(parts[0])
        while missing > 0:
            parts.append(self._hear())
            missing -= len(parts[-1])
        return b"".join(parts)

    def _hear(self) -> bytes:
        pipe = self._from.fileno()
        ready, _, _ = select.select([pipe], [], [], SILENCE_SECONDS)
        heard = os.read(pipe, 1 << 20) if ready else b""
        if not heard:
            raise EOFError
        return heard

    def end(self) -> None:
        """Stops it at once, whatever it is doing."""
        self._process.kill()
        self._to.close()
        self._from.close()
        self._process.wait()


# Children that wait for a batch; in a list, because the threads of a worker share it.
_warm: list[_Child] = []


def _engage(letter: bytes) -> _Child:
    """A child that has taken the letter: a warm one, or a new one."""
    while _warm:
        try:
            return _sent(_warm.pop(), letter)
        except (IndexError, OSError, EOFError):
            continue  # Another thread was quicker, or the child had gone to rest.
    return _sent(_Child(), letter)


def _sent(child: _Child, letter: bytes) -> _Child:
    """The child, once it has said that it took the letter."""
    try:
        child.send(letter)
        child.line()
    except BaseException:
        child.end()
        raise
    return child


def _keep(child: _Child) -> None:
    """Leaves the child for the next batch, unless it is worn or one is there."""
    if child.is_worn or _warm:
        child.end()
    else:
        _warm.append(child)


@atexit.register
def end_children() -> None:
    """Ends the children that wait; the next batch starts a new one."""
    while _warm:
        _warm.pop().end()
