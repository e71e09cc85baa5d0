"""Reads the content folder: pages, register, ratings, rules and what searches need."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sessions.documents import Document, DocumentError, Fault
from sessions.documents.guard import read_whole
from sessions.documents.register import Register, read_register
from sessions.documents.rules import Rules
from sessions.documents.rules_file import read_rules
from sessions.documents.scorecards import Scorecard, read_scorecard
from sessions.library.languages import FIRST, language_fault
from sessions.library.names import (
    PAGE_ENDING,
    ending_fault,
    is_misspelt_page,
    pages_fault,
    printable,
)
from sessions.library.search_words import SearchWords, read_search_words
from sessions.library.shipped import VERSIONS, Origin, Overlay, Place, overlay
from sessions.library.texts import digest, read_text

# The width of the column for a page's name, such as `learn/cells`.
LONGEST_NAME = 100
# Folders beside those of the languages. They hold no pages.
OTHER_FOLDERS = ("locale", "scorecards")
REGISTERS = ("sources.yaml", "claims.yaml")
RULES = "rules.yaml"
# Wrong names that a person or an editor may give to the file RULES.
LIKE_RULES = re.compile(r".*rules?[\W\d_]*\.ya?ml\b.*", re.IGNORECASE)


@dataclass(frozen=True)
class ContentFile:
    """One page file without faults. `name` is the page: `stages/recovery` or `risks`.

    `path` is relative to the content folder; `root` is how messages name that folder.
    """

    name: str
    path: str
    text: str
    document: Document
    language: str = FIRST
    root: str = "content"

    @property
    def digest(self) -> str:
        return digest(self.text)


@dataclass(frozen=True)
class FileFault:
    """A fault and its file. `path` and `root` are as in ContentFile."""

    path: str
    fault: Fault
    root: str = "content"

    def __str__(self) -> str:
        return self.fault.at(printable(f"{self.root}/{self.path}"))


@dataclass(frozen=True)
class ChangedFile:
    """A file that the clinic changed, and of which StemGuide has shipped newer text.

    `text` is the clinic's text, `shipped` the text that ships now.
    """

    path: str
    text: str
    shipped: str


@dataclass(frozen=True)
class Library:
    """What was read from the content folder, and every fault."""

    files: tuple[ContentFile, ...]
    register: Register
    scorecards: dict[str, Scorecard]
    faults: tuple[FileFault, ...]
    changed: tuple[ChangedFile, ...] = ()
    overlay: Overlay | None = None
    rules: Rules | None = None
    """The shipped and the clinic's rules together; None if missing or not valid."""
    search: SearchWords = SearchWords()

    @property
    def has_own_rules(self) -> bool:
        """Whether the clinic's folder adds rules to those that ship."""
        files = self.overlay
        return files is not None and files.place(RULES).folder != files.base

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that have pages; FIRST comes first."""
        return tuple(dict.fromkeys(file.language for file in self.files))


def read_library(
    folder: Path, shipped: Path | None = None, least_rules: Path | None = None
) -> Library:
    """Reads the clinic's folder, and from `shipped` the files that it does not replace.

    Without `shipped` only the one folder is read. Its rules may only add to those in
    the folder `least_rules`. Faults are returned, never raised.
    """
    try:
        files = overlay(folder, shipped)
    except OSError as error:
        message = f"The folder cannot be read: {error.strerror}. Correct that first."
        return _unreadable(Path(error.filename or folder), [Fault(1, message)])
    except DocumentError as error:
        return _unreadable((shipped or folder) / VERSIONS, error.faults)
    pages, faults = _read_pages(files)
    if not pages and not faults:
        message = "There are no pages here. Is the content folder in its place?"
        faults.append(FileFault(FIRST, Fault(1, message), files.base_root))
    rules, rules_faults = _read_rules(files, least_rules or files.base)
    register, register_faults = _read_register(files, rules)
    scorecards, score_faults = _read_scorecards(files)
    rules_faults += _misspelt_rules(files)
    search, search_faults = read_search_words(files)
    for place, fault in search_faults:
        faults += _faults(place, [fault])
    return Library(
        files=tuple(pages),
        register=register,
        scorecards=scorecards,
        faults=(*faults, *register_faults, *score_faults, *rules_faults),
        changed=tuple(_changed(files)),
        overlay=files,
        rules=rules,
        search=search,
    )


def _unreadable(file: Path, faults: Iterable[Fault]) -> Library:
    found = tuple(FileFault(file.name, fault, str(file.parent)) for fault in faults)
    return Library((), Register({}, {}), {}, found)


def _faults(place: Place, faults: Iterable[Fault]) -> list[FileFault]:
    return [FileFault(place.path, fault, place.root) for fault in faults]


def _read_pages(files: Overlay) -> tuple[list[ContentFile], list[FileFault]]:
    pages: list[ContentFile] = []
    faults: list[FileFault] = []
    for language, places in _page_places(files).items():
        if message := language_fault(language):
            faults.append(FileFault(language, Fault(1, message), places[0].root))
            continue
        for place in places:
            try:
                pages.append(_read_page(place, language))
            except DocumentError as error:
                faults += _faults(place, error.faults)
    return pages, faults


def _page_places(files: Overlay) -> dict[str, list[Place]]:
    """The page files by language; FIRST comes first.

    Symbolic links, and files whose name only resembles a page's, are among them, so
    that reading them reports a fault. Folders whose name begins with _ are skipped.
    """
    found: dict[str, list[Place]] = {FIRST: []}
    for path in sorted(files.places, key=PurePosixPath):
        place = files.places[path]
        language, _, rest = path.partition("/")
        if not rest or language in OTHER_FOLDERS or language.startswith("_"):
            continue
        is_page = path.endswith(PAGE_ENDING) or is_misspelt_page(path)
        if is_page or place.file.is_symlink():
            found.setdefault(language, []).append(place)
    return found


def _read_page(place: Place, language: str) -> ContentFile:
    if is_misspelt_page(place.path):
        raise DocumentError([Fault(1, ending_fault(place.path))])
    name = PurePosixPath(place.path).relative_to(language).with_suffix("").as_posix()
    if len(name) > LONGEST_NAME:
        message = f"This name is too long. Use {LONGEST_NAME} characters at most."
        raise DocumentError([Fault(1, message)])
    text = read_text(place.file, place.folder)
    document = read_whole(text)
    return ContentFile(name, place.path, text, document, language, place.root)


def _read_scorecards(files: Overlay) -> tuple[dict[str, Scorecard], list[FileFault]]:
    cards: dict[str, Scorecard] = {}
    faults: list[FileFault] = []
    for path in sorted(files.places):
        folder, _, file_name = path.rpartition("/")
        if folder != "scorecards" or not file_name.endswith(".yaml"):
            continue
        place, name = files.places[path], file_name.removesuffix(".yaml")
        try:
            text = read_text(place.file, place.folder)
        except DocumentError as error:
            faults += _faults(place, error.faults)
            continue
        card, found = read_scorecard(name, text)
        faults += _faults(place, found)
        if card is not None:
            cards[name] = card
    return cards, faults


def _read_register(
    files: Overlay, rules: Rules | None
) -> tuple[Register, list[FileFault]]:
    texts: dict[str, str] = {}
    faults: list[FileFault] = []
    for name in REGISTERS:
        place = files.place(name)
        try:
            texts[name] = read_text(place.file, place.folder)
        except DocumentError as error:
            faults += _faults(place, error.faults)
            texts[name] = ""
    register, register_faults = read_register(
        sources=texts["sources.yaml"],
        claims=texts["claims.yaml"],
        withdrawn=rules.withdrawn if rules else (),
    )
    for name, fault in register_faults:
        faults += _faults(files.place(name), [fault])
    return register, faults


def _read_rules(files: Overlay, least: Path) -> tuple[Rules | None, list[FileFault]]:
    """The rules shipped in the folder `least`, those added to them, and their faults.

    A missing shipped file is no fault here: the rules in the database may stay in force
    (see `library_faults`).
    """
    root = files.base_root if least == files.base else str(least)
    ships, used = Place(RULES, least, root, Origin.SHIPPED), files.place(RULES)
    if not all(map(os.path.lexists, (ships.file, used.file))):
        return None, []
    rules, faults = _rules_at(ships, None)
    if rules is None or used.folder == least:
        return rules, faults
    return _rules_at(used, rules)


def _misspelt_rules(files: Overlay) -> Iterator[FileFault]:
    """A fault for each file that looks like the rules, but would not be read."""
    for path, place in files.places.items():
        folder, _, name = path.rpartition("/")
        if path == RULES or folder.startswith("_") or not LIKE_RULES.fullmatch(name):
            continue
        remedy = f"Move it to {place.root}/" if folder else "Call this file "
        message = f"Nobody would read these rules. {remedy}{RULES}."
        yield FileFault(path, Fault(1, message), place.root)


def _rules_at(
    place: Place, shipped: Rules | None
) -> tuple[Rules | None, list[FileFault]]:
    try:
        text = read_text(place.file, place.folder)
    except DocumentError as error:
        return None, _faults(place, error.faults)
    rules, faults = read_rules(text, shipped, pages_fault)
    return rules, _faults(place, faults)


def _changed(files: Overlay) -> Iterator[ChangedFile]:
    """Every ChangedFile except the rules.

    The clinic's rules do not replace the shipped ones: both are in force.
    """
    for path in sorted(files.places):
        place = files.places[path]
        if place.origin is Origin.CLINIC_CHANGED and path != RULES:
            own = read_text(place.file, place.folder)
            yield ChangedFile(path, own, read_text(files.base / path, files.base))
