"""Reads the text of one content file, and refuses files that are not plain text.

A text that is typed has the same limit of size: it can be written to a file.
"""

import hashlib
import os
import stat
from pathlib import Path

from sessions.documents import DocumentError, Fault

MAX_BYTES = 400_000


def digest(text: str) -> str:
    """The SHA-256 digest of a text, by which a changed file is noticed."""
    return hashlib.sha256(text.encode()).hexdigest()


def with_line_feeds(text: str) -> str:
    """The text with LF as line end."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def size_fault(text: str) -> str:
    """What is wrong with a text that is larger than a file may be; empty if it fits."""
    excess = len(with_line_feeds(text).encode()) - MAX_BYTES
    if excess <= 0:
        return ""
    return (
        f"This text is {excess:,} bytes too long: a page may have {MAX_BYTES:,}, and "
        "most characters take one. Make it shorter, or split it into pages."
    )


def read_text(path: Path, folder: Path) -> str:
    """The text of a file inside `folder`, without BOM, and with LF as line end.

    Raises DocumentError for a file that is missing, a symbolic link or in a linked
    folder, not a regular file, too large, not UTF-8, or that holds a NUL byte.
    """
    if any(
        part.is_symlink() for part in (path, *path.parents) if folder in part.parents
    ):
        message = "This is a link to another place. Put the file itself here."
        raise DocumentError([Fault(1, message)])
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        message = f"The file cannot be opened: {error.strerror}. Put it back."
        raise DocumentError([Fault(1, message)]) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise DocumentError([Fault(1, "This is not a plain file. Replace it.")])
    with os.fdopen(descriptor, "rb") as file:
        return text_of(file.read(MAX_BYTES + 1))


def text_of(data: bytes) -> str:
    """The bytes of a file as text, without BOM, and with LF as line end.

    Raises DocumentError for bytes that are too many, not UTF-8, or hold a NUL byte.
    """
    if len(data) > MAX_BYTES:
        message = f"The file is larger than {MAX_BYTES:,} bytes. Split it into pages."
        raise DocumentError([Fault(1, message)])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = "This line is not UTF-8. Save the file with the encoding UTF-8."
        raise DocumentError([Fault(line, message)]) from error
    text = with_line_feeds(text)
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        message = "This line holds a NUL byte. Delete it and type the line again."
        raise DocumentError([Fault(line, message)])
    return text
