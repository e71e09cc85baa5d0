"""Which file counts where a clinic has a content folder of its own, and why.

The folder that ships with StemGuide holds every page; the clinic's holds what the
clinic changed or added. A file that the clinic has just as some version shipped it is
no change of theirs, so the shipped one counts, or none where it ships no more.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from sessions.documents import DocumentError, Fault
from sessions.library.names import is_leftover
from sessions.library.texts import digest, read_text

VERSIONS = "shipped.txt"
"""In the shipped folder: the digest of every text that ever shipped, and its path."""
VERSION = re.compile(r"([0-9a-f]{64})  (\S+)")
ENDINGS = (".md", ".yaml")


class Why(StrEnum):
    """Why a file counts."""

    SHIPPED = "shipped"
    CLINIC = "clinic"
    CLINIC_CHANGED = "clinic-changed-and-newer-shipped"


@dataclass(frozen=True)
class Place:
    """The file that counts for a path in the content folder.

    `root` is how people are told of its folder: in full where there are two.
    """

    path: str
    folder: Path
    root: str
    why: Why

    @property
    def file(self) -> Path:
        return self.folder / self.path


@dataclass(frozen=True)
class Overlay:
    """Every file that counts, by its path.

    `base` is the folder that ought to hold what is missing. `versions` are the digests
    of all that ever shipped. `is_bare`: the clinic's folder is empty, or not there.
    """

    places: Mapping[str, Place]
    base: Path
    base_root: str
    clinic_root: str
    versions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    is_bare: bool = False

    def place(self, path: str) -> Place:
        """The file that counts, or where it is missing."""
        missing = Place(path, self.base, self.base_root, Why.SHIPPED)
        return self.places.get(path, missing)


def overlay(folder: Path, shipped: Path | None) -> Overlay:
    """The clinic's folder over the shipped one; alone where they are one and the same.

    Raises OSError for a folder that cannot be read, and DocumentError where the list
    of versions cannot.
    """
    own = list(_names(folder))
    if shipped is None or folder.resolve() == shipped.resolve():
        root = str(folder) if shipped is None else "content"
        places = {name: Place(name, folder, root, Why.SHIPPED) for name in own}
        return Overlay(places, folder, root, root)
    versions = read_versions(shipped)
    root = str(shipped)
    places = {name: Place(name, shipped, root, Why.SHIPPED) for name in _names(shipped)}
    for name in own:
        why = _why(name, folder, shipped, versions)
        if why is not Why.SHIPPED:
            places[name] = Place(name, folder, str(folder), why)
    return Overlay(places, shipped, root, str(folder), versions, is_bare=not own)


def _why(
    name: str, folder: Path, shipped: Path, versions: Mapping[str, frozenset[str]]
) -> Why:
    """Why the clinic's file counts; SHIPPED where it does not.

    A file that cannot be read is the clinic's: whoever reads it next says what is
    wrong with it. What shipped in one version alone has none that is newer.
    """
    try:
        own = digest(read_text(folder / name, folder))
    except DocumentError:
        return Why.CLINIC
    known = versions.get(name, frozenset())
    if own in known:
        return Why.SHIPPED
    has_newer = (shipped / name).is_file() and len(known) > 1
    return Why.CLINIC_CHANGED if has_newer else Why.CLINIC


def read_versions(shipped: Path) -> dict[str, frozenset[str]]:
    """The digests of every text that ever shipped, by path; those of today too."""
    found: dict[str, set[str]] = {}
    text = read_text(shipped / VERSIONS, shipped)
    for number, line in enumerate(text.splitlines(), start=1):
        match = VERSION.fullmatch(line)
        if match is None:
            message = "This is no digest and path. Run make shipped."
            raise DocumentError([Fault(number, message)])
        found.setdefault(match[2], set()).add(match[1])
    for name in _names(shipped):
        # Whoever reads it as a page says what is wrong with it.
        with suppress(DocumentError):
            current = digest(read_text(shipped / name, shipped))
            found.setdefault(name, set()).add(current)
    return {name: frozenset(digests) for name, digests in found.items()}


def _names(folder: Path) -> Iterator[str]:
    """The path of every file and link below, and of every folder named like a file.

    What is hidden, or what systems and editors left behind, is passed over.
    """
    try:
        tops = sorted(os.listdir(folder))
    except FileNotFoundError:
        return
    for top in tops:
        if is_leftover(top):
            continue
        if top.endswith(ENDINGS) or not (folder / top).is_dir():
            yield top
            continue
        # A link to a folder is walked as well, so that its files can be refused.
        for root, folders, files in os.walk(folder / top, onerror=_raise):
            at = Path(root)
            folders[:] = [name for name in folders if not is_leftover(name)]
            files = [name for name in files if not is_leftover(name)]
            odd = [n for n in folders if n.endswith(ENDINGS) or (at / n).is_symlink()]
            for name in (*files, *odd):
                yield (at / name).relative_to(folder).as_posix()


def _raise(error: OSError) -> None:
    raise error
