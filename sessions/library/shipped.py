"""Which file is used for each path where a clinic has a content folder of its own.

The folder that ships with StemGuide holds every page; the clinic's holds the files that
the clinic changed or added. A clinic's file is not a change if any version of StemGuide
shipped its text: then the file that ships now is used, or none if it no longer ships.
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
"""The list, in the shipped folder, of the digest and path of all that ever shipped."""
VERSION = re.compile(r"([0-9a-f]{64})  (\S+)")
ENDINGS = (".md", ".yaml")


class Origin(StrEnum):
    """Where the file that is used comes from."""

    SHIPPED = "shipped"
    CLINIC = "clinic"
    CLINIC_CHANGED = "clinic-changed-and-newer-shipped"


@dataclass(frozen=True)
class Place:
    """The file that is used for a path in the content folder.

    `root` is how messages name its folder: in full where there are two folders.
    """

    path: str
    folder: Path
    root: str
    origin: Origin

    @property
    def file(self) -> Path:
        return self.folder / self.path


@dataclass(frozen=True)
class Overlay:
    """Every file that is used, by its path.

    `base` is the folder in which a missing file is reported. `versions` are the digests
    of every text that ever shipped, by path. `is_clinic_empty` is true where the
    clinic's folder has no files or does not exist.
    """

    places: Mapping[str, Place]
    base: Path
    base_root: str
    clinic_root: str
    versions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    is_clinic_empty: bool = False

    def place(self, path: str) -> Place:
        """The file that is used for this path, or the place where it is missing."""
        missing = Place(path, self.base, self.base_root, Origin.SHIPPED)
        return self.places.get(path, missing)


def overlay(folder: Path, shipped: Path | None) -> Overlay:
    """The shipped files, with the clinic's files added or used in their place.

    Raises OSError for a folder that cannot be read, and DocumentError for a list of
    versions that cannot be read.
    """
    own = list(_names(folder))
    if shipped is None or folder.resolve() == shipped.resolve():
        root = str(folder) if shipped is None else "content"
        places = {name: Place(name, folder, root, Origin.SHIPPED) for name in own}
        return Overlay(places, folder, root, root)
    versions = read_versions(shipped)
    root = str(shipped)
    names = _names(shipped)
    places = {name: Place(name, shipped, root, Origin.SHIPPED) for name in names}
    for name in own:
        origin = _origin(name, folder, shipped, versions)
        if origin is not Origin.SHIPPED:
            places[name] = Place(name, folder, str(folder), origin)
    clinic_root, is_clinic_empty = str(folder), not own
    return Overlay(places, shipped, root, clinic_root, versions, is_clinic_empty)


def _origin(
    name: str, folder: Path, shipped: Path, versions: Mapping[str, frozenset[str]]
) -> Origin:
    """The origin of the clinic's file; SHIPPED if its text is one that shipped.

    A file that cannot be read counts as the clinic's, so that reading it as a page
    reports the fault. Where only one version ever shipped, no newer one ships now.
    """
    try:
        own = digest(read_text(folder / name, folder))
    except DocumentError:
        return Origin.CLINIC
    known = versions.get(name, frozenset())
    if own in known:
        return Origin.SHIPPED
    has_newer = (shipped / name).is_file() and len(known) > 1
    return Origin.CLINIC_CHANGED if has_newer else Origin.CLINIC


def read_versions(shipped: Path) -> dict[str, frozenset[str]]:
    """The digests of every text that ever shipped or ships now, by path."""
    found: dict[str, set[str]] = {}
    text = read_text(shipped / VERSIONS, shipped)
    for number, line in enumerate(text.splitlines(), start=1):
        match = VERSION.fullmatch(line)
        if match is None:
            message = "This is not a digest and a path. Run make shipped."
            raise DocumentError([Fault(number, message)])
        found.setdefault(match[2], set()).add(match[1])
    for name in _names(shipped):
        # Reading it as a page reports the fault.
        with suppress(DocumentError):
            current = digest(read_text(shipped / name, shipped))
            found.setdefault(name, set()).add(current)
    return {name: frozenset(digests) for name, digests in found.items()}


def _names(folder: Path) -> Iterator[str]:
    """The path of every file and link, and of every folder named like a content file.

    Hidden files, and those that systems and editors left behind, are skipped.
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
        # A linked top folder is walked as well, so that its files can be refused.
        for root, folders, files in os.walk(folder / top, onerror=_raise):
            at = Path(root)
            folders[:] = [name for name in folders if not is_leftover(name)]
            files = [name for name in files if not is_leftover(name)]
            odd = [n for n in folders if n.endswith(ENDINGS) or (at / n).is_symlink()]
            for name in (*files, *odd):
                yield (at / name).relative_to(folder).as_posix()


def _raise(error: OSError) -> None:
    raise error
