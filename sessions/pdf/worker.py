"""The program that draws PDFs: `python -m sessions.pdf.worker`, started by the client.

It reads batches from its standard input, says on its standard output how far it is, and
draws while it holds the machine's lock, so that two batches are never drawn at once.
It gives way to everything else that runs. It ends when its starter is gone, when
nobody needs it for a while, and when told to. It writes no file and no log.
"""

import fcntl
import gc
import json
import os
import resource
import select
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, BinaryIO

# Readers come first, and yet a batch must come to its end while they read. Measured
# with both processors full of readers: at 3 they keep nine pages in ten, and 100 sheets
# take a minute and a half; at 19 they keep hardly more, and it is two and a half.
NICENESS = 3
IDLE_SECONDS = 300
# After a batch that needed more, the next one gets a new process.
WORN_BYTES = 200 * 1024 * 1024
# Nothing that is printed needs so much; what does is stopped before the machine is.
MOST_BYTES = 2 * 1024 * 1024 * 1024


def main() -> None:
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    letters, voice = sys.stdin.buffer, sys.stdout.buffer
    # The system counts what the starter needed as this program's own at first.
    worn = max(WORN_BYTES, _peak())
    try:
        while head := _next_line(letters):
            sheets = [_read(letters, length) for length in head["lengths"]]
            _say(voice, done=0, is_waiting=True)
            with _turn(head["lock"], voice):
                _draw(voice, sheets, head, worn)
    except (BrokenPipeError, EOFError):
        os._exit(0)  # Nobody listens any more.


def _next_line(letters: BinaryIO) -> dict[str, Any] | None:
    """How the next batch begins; None where there will be none."""
    ready, _, _ = select.select([letters], [], [], IDLE_SECONDS)
    line = letters.readline() if ready else b""
    return json.loads(line) if line else None


def _read(letters: BinaryIO, length: int) -> str:
    text = letters.read(length)
    if len(text) < length:
        raise EOFError
    return text.decode()


def _say(voice: BinaryIO, **words: object) -> None:
    voice.write(json.dumps(words).encode() + b"\n")
    voice.flush()


@contextmanager
def _turn(lock: str, voice: BinaryIO) -> Iterator[None]:
    """Holds the machine's lock; says each second that it waits for it."""
    with open(lock, "a") as file:
        said = time.monotonic()
        while not _locked(file.fileno()):
            time.sleep(0.1)
            if time.monotonic() > said + 1:
                said = time.monotonic()
                _say(voice, done=0, is_waiting=True)
        yield


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _draw(voice: BinaryIO, sheets: list[str], head: dict[str, Any], worn: int) -> None:
    """Draws a batch and hands it over; only the kind of a fault leaves this program."""
    try:
        drawing = _drawing()(
            sheets=len(sheets),
            copies=head["copies"],
            blank_backs=head["blank_backs"],
            static_url=head["static_url"],
            folders=head["folders"],
        )
        for number, sheet in enumerate(sheets, start=1):
            drawing.add(sheet)
            gc.collect()
            gc.freeze()
            _say(voice, done=number * head["copies"], is_waiting=False)
        pdf = drawing.finish()
    except (BrokenPipeError, EOFError):
        raise
    except Exception as fault:
        _say(voice, fault=type(fault).__name__)
        return
    is_worn = _peak() > worn
    _say(voice, pages=drawing.pages, length=len(pdf), is_worn=is_worn)
    voice.write(pdf)
    voice.flush()


def _peak() -> int:
    """The most memory that this program has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@cache
def _drawing() -> Any:
    """What draws, loaded when the first sheet comes.

    A sheet leaves much that points at itself. It is collected after each sheet, and not
    while one is laid out; what stays then is never looked at again. Of what a batch
    leaves in the end, ten kilobytes are lost that way.
    """
    from sessions.pdf.drawing import Drawing

    gc.collect()
    gc.freeze()
    gc.disable()
    return Drawing


if __name__ == "__main__":
    main()
