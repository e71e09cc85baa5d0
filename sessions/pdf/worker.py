"""The worker process that draws PDFs: `python -m sessions.pdf.worker FD`.

`client` starts it. FD is the inherited end of a connection: batches come in, progress
and PDFs go out (`client` lists the messages). The worker runs at a low priority. It
holds the machine's lock while it draws, so that two batches are never drawn at once. It
ends when its parent process has ended, after IDLE_SECONDS without a batch, and when it
is killed. It writes nothing to disk but the empty lock file, and logs nothing.
"""

import fcntl
import gc
import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from multiprocessing.connection import Connection
from typing import Any

# Requests for pages have priority, but a batch must end even under load. Measured with
# both cores full of requests: at niceness 3, requests keep 90 % of their throughput and
# 100 sheets take 90 s. At 19, requests keep hardly more, and 100 sheets take 150 s.
NICENESS = 3
IDLE_SECONDS = 300
# If a batch needed more memory than this, the next batch gets a new process.
REPLACE_ABOVE_BYTES = 200 * 1024 * 1024
# No batch should need so much. If one does, it fails before the machine runs out.
MEMORY_LIMIT = 2 * 1024 * 1024 * 1024


def main(connection: Connection) -> None:
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    # On Linux a new process starts with the memory peak of its parent process.
    replace_above = max(REPLACE_ABOVE_BYTES, _peak())
    try:
        while connection.poll(IDLE_SECONDS):
            batch = json.loads(connection.recv_bytes())
            sheets = [connection.recv_bytes().decode() for _ in range(batch["sheets"])]
            _send(connection, done=0, is_waiting=True)
            with _lock_held(batch["lock"], connection):
                _draw(connection, sheets, batch, replace_above)
    except (EOFError, OSError):
        os._exit(0)  # The other end is closed: nobody waits for an answer.


def _send(connection: Connection, **message: object) -> None:
    connection.send_bytes(json.dumps(message).encode())


@contextmanager
def _lock_held(path: str, connection: Connection) -> Iterator[None]:
    """Holds the machine's lock. Sends a message each second until it has the lock."""
    with open(path, "a") as file:
        sent = time.monotonic()
        while not _take_lock(file.fileno()):
            time.sleep(0.1)
            if time.monotonic() > sent + 1:
                sent = time.monotonic()
                _send(connection, done=0, is_waiting=True)
        yield


def _take_lock(file: int) -> bool:
    """Tries to take the lock. Returns False if another process holds it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _draw(
    connection: Connection, sheets: list[str], batch: dict[str, Any], replace_above: int
) -> None:
    """Draws a batch and sends the PDF. If that fails, sends the exception's class name.

    The message of the exception is not sent: it may quote a sheet.
    """
    try:
        drawing = _drawing()(
            sheets=len(sheets),
            copies=batch["copies"],
            blank_backs=batch["blank_backs"],
            static_url=batch["static_url"],
            folders=batch["folders"],
        )
        for number, sheet in enumerate(sheets, start=1):
            drawing.add(sheet)
            gc.collect()
            gc.freeze()
            _send(connection, done=number * batch["copies"], is_waiting=False)
        pdf = drawing.finish()
    except ConnectionError:
        raise
    except Exception as fault:
        _send(connection, fault=type(fault).__name__)
        return
    _send(connection, pages=drawing.pages, is_large=_peak() > replace_above)
    connection.send_bytes(pdf)


def _peak() -> int:
    """The most memory that this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@cache
def _drawing() -> Any:
    """The class Drawing, imported for the first batch.

    This turns automatic garbage collection off, because a sheet leaves many reference
    cycles. `_draw` collects them after each sheet, and not during layout. It freezes
    the objects that survive, so that they are never scanned again. Each batch thereby
    leaks ten kilobytes.
    """
    from sessions.pdf.drawing import Drawing

    gc.collect()
    gc.freeze()
    gc.disable()
    return Drawing


if __name__ == "__main__":
    main(Connection(int(sys.argv[1])))
