"""The content folder: the only module that knows where words lie on disk."""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sessions.documents import Document, DocumentError, Fault, parse_document
from sessions.documents.register import Register, read_register
from sessions.documents.scorecards import Scorecard, read_scorecard
from sessions.library.languages import FIRST, language_fault

MAX_BYTES = 400_000
# With its folder and without its ending; the database keeps no more.
LONGEST_NAME = 100
# Beside the languages, and no language themselves.
OTHER_FOLDERS = ("locale", "scorecards")


@dataclass(frozen=True)
class ContentFile:
    """One readable page file. `name` is the page: `stages/recovery` or `risks`."""

    name: str
    path: str
    text: str
    document: Document
    language: str = FIRST

    @property
    def digest(self) -> str:
        return digest(self.text)


def digest(text: str) -> str:
    """The fingerprint of a text, by which a changed file is noticed."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class FileFault:
    """A fault and the file it stands in, relative to the content folder."""

    path: str
    fault: Fault

    def __str__(self) -> str:
        return self.fault.at(f"content/{self.path}")


@dataclass(frozen=True)
class Library:
    """All that could be read, and all that is wrong."""

    files: tuple[ContentFile, ...]
    register: Register
    scorecards: dict[str, Scorecard]
    faults: tuple[FileFault, ...]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages there are pages in, the first one first."""
        return tuple(dict.fromkeys(file.language for file in self.files))


def read_library(folder: Path) -> Library:
    """Everything under `folder`. Never raises for what a file holds."""
    faults: list[FileFault] = []
    files: list[ContentFile] = []
    for language in (FIRST, *_later_languages(folder)):
        if message := language_fault(language):
            faults.append(FileFault(language, Fault(1, message)))
            continue
        for path in _page_paths(folder / language):
            try:
                files.append(_read_page(path, folder, language))
            except DocumentError as error:
                relative = path.relative_to(folder).as_posix()
                faults.extend(FileFault(relative, fault) for fault in error.faults)
    if not files and not faults:
        message = "There are no pages here. Is the content folder in its place?"
        faults.append(FileFault(FIRST, Fault(1, message)))
    register, register_faults = _read_register(folder)
    scorecards, score_faults = _read_scorecards(folder)
    every = (*faults, *register_faults, *score_faults)
    return Library(tuple(files), register, scorecards, every)


def _later_languages(folder: Path) -> list[str]:
    """The other folders that hold pages, each called after its language.

    One whose name begins with a dot or with _ is passed over.
    """
    return sorted(
        path.name
        for path in folder.glob("*/")
        if path.name not in (FIRST, *OTHER_FOLDERS)
        and not path.name.startswith((".", "_"))
        and any(_page_paths(path))
    )


def _read_page(path: Path, folder: Path, language: str) -> ContentFile:
    name = path.relative_to(folder / language).with_suffix("").as_posix()
    if len(name) > LONGEST_NAME:
        message = f"Give it a name of {LONGEST_NAME} letters at most."
        raise DocumentError([Fault(1, message)])
    text = read_text(path, folder)
    relative = path.relative_to(folder).as_posix()
    return ContentFile(name, relative, text, parse_document(text), language)


def _page_paths(root: Path) -> Iterator[Path]:
    """Every page file; and every link, so that the reader of it can refuse it."""
    paths = (p for p in root.rglob("*") if p.suffix == ".md" or p.is_symlink())
    return iter(sorted(paths))


def read_text(path: Path, folder: Path) -> str:
    """The text of a file inside `folder`, with any BOM and CRLF made plain.

    Raises DocumentError for a missing or linked file, one that is not a plain file, is
    too large, or is not UTF-8.
    """
    if any(
        part.is_symlink() for part in (path, *path.parents) if folder in part.parents
    ):
        message = "This is a link to another place. Put the file itself here."
        raise DocumentError([Fault(1, message)])
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        message = f"The file can not be opened: {error.strerror}. Put it back."
        raise DocumentError([Fault(1, message)]) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise DocumentError([Fault(1, "This is not a plain file. Replace it.")])
    with os.fdopen(handle, "rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        message = f"The file is larger than {MAX_BYTES:,} bytes. Split it into pages."
        raise DocumentError([Fault(1, message)])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = "This line is not UTF-8. Save the file with the encoding UTF-8."
        raise DocumentError([Fault(line, message)]) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        message = "This line holds a NUL byte. Delete it and type the line again."
        raise DocumentError([Fault(line, message)])
    return text


def _read_scorecards(
    folder: Path,
) -> tuple[dict[str, Scorecard], list[FileFault]]:
    cards: dict[str, Scorecard] = {}
    faults: list[FileFault] = []
    for path in sorted((folder / "scorecards").glob("*.yaml")):
        relative = path.relative_to(folder).as_posix()
        try:
            text = read_text(path, folder)
        except DocumentError as error:
            faults.extend(FileFault(relative, fault) for fault in error.faults)
            continue
        card, found = read_scorecard(path.stem, text)
        faults.extend(FileFault(relative, fault) for fault in found)
        if card is not None:
            cards[path.stem] = card
    return cards, faults


def _read_register(folder: Path) -> tuple[Register, tuple[FileFault, ...]]:
    texts: dict[str, str] = {}
    faults: list[FileFault] = []
    for name in ("sources.yaml", "claims.yaml"):
        try:
            texts[name] = read_text(folder / name, folder)
        except DocumentError as error:
            faults.extend(FileFault(name, fault) for fault in error.faults)
            texts[name] = ""
    register, register_faults = read_register(
        sources=texts["sources.yaml"], claims=texts["claims.yaml"]
    )
    faults.extend(FileFault(name, fault) for name, fault in register_faults)
    return register, tuple(faults)
