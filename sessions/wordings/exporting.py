"""Writes live wordings to their files, as load_content reads them."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sessions.documents import DocumentError
from sessions.library.shipped import Overlay, overlay
from sessions.library.texts import digest, read_text
from sessions.models import FileText, Page, Wording
from sessions.wordings.shipped_texts import settle_shipped_text

NEW_FILE_MODE = 0o644
UNDECIDED = (
    "nobody has decided about the text of the file. Run load_content, decide in admin, "
    "then export again"
)


@dataclass(frozen=True)
class Exported:
    """What was done with one page. `outcome`: written, unchanged, left or refused."""

    path: str
    outcome: str
    note: str = ""

    @property
    def is_refused(self) -> bool:
        return self.outcome == "refused"

    def __str__(self) -> str:
        return f"{self.outcome:<10} {self.path}{': ' if self.note else ''}{self.note}"


def export_pages(folder: Path, shipped: Path | None = None) -> list[Exported]:
    """Writes every live wording to its file. Returns the outcome for each page.

    A file with the same text is not touched, whatever its line endings. No file is
    made for a text that is in the shipped folder too. Files are replaced atomically,
    and only if the database holds the old text as well, and it does not wait for review
    as a draft from this file: no text is lost. Nothing outside `folder` is written.

    Raises OSError or DocumentError if the folders, or the list of shipped versions,
    cannot be read.
    """
    files = overlay(folder, shipped)
    live = {wording.page_id: wording for wording in Wording.objects.live()}
    pages = Page.objects.of_guide()
    return [_export(page, live.get(page.pk), folder, files) for page in pages]


def _export(page: Page, live: Wording | None, folder: Path, files: Overlay) -> Exported:
    name = page.path
    root = folder.resolve() / page.language
    path = root / f"{page.name}.md"
    if path.resolve() != path or not path.is_relative_to(root):
        return Exported(name, "refused", "its path leads out of the folder")
    if live is None or live.state == Wording.State.WITHDRAWN:
        return Exported(name, "left", _why_nothing_is_live(page, live))
    try:
        return _write(page, live, path, root, files)
    except DocumentError as error:
        note = f"the file cannot be read. {error.faults[0].message}"
        return Exported(name, "refused", note)
    except OSError as error:
        return Exported(name, "refused", f"{error.strerror}")


def _why_nothing_is_live(page: Page, live: Wording | None) -> str:
    if live is not None:
        return f"version {live.number} is withdrawn; the file stays as it is"
    if page.dropped_on is not None:
        return f"dropped on {page.dropped_on:%d %B %Y}"
    return "patients read nothing here yet"


def _write(
    page: Page, live: Wording, path: Path, root: Path, files: Overlay
) -> Exported:
    """Writes the text unless the file holds it. Raises DocumentError or OSError."""
    name, folder = page.path, root.parent
    effective = files.places.get(name)
    there = read_text(effective.file, effective.folder) if effective else None
    if there == live.text:
        return Exported(name, "unchanged")
    if digest(live.text) in files.versions.get(name, ()):
        note = (
            "this text shipped with some version, so load_content would ignore its file"
        )
        return Exported(name, "left", note)
    if there is not None and not _is_decided(page, there):
        return Exported(name, "refused", UNDECIDED)
    _replace(path, live.text, root)
    if there is not None and effective and effective.folder.resolve() != folder:
        # Staff have seen the shipped text: their draft began with it, or they settled
        # that its file differs.
        settle_shipped_text(path=name, clinic_text=live.text, text=there)
    return Exported(name, "written", f"version {live.number}")


def _is_decided(page: Page, text: str) -> bool:
    """Whether the database has this text, and it does not wait for a person.

    It is in a wording or a settled FileText. A draft from a file has no author.
    """
    settled = FileText.objects.filter(page=page, text=text, is_settled=True)
    waiting = page.wordings.drafts().filter(author=None)
    rows = page.wordings.filter(text=text).exclude(pk__in=waiting.values("pk"))
    return rows.exists() or settled.exists()


def _replace(path: Path, text: str, root: Path) -> None:
    """Writes the file atomically, after reading it back as load_content will."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode if path.exists() else NEW_FILE_MODE
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        if read_text(part, root) != text:
            raise OSError(0, "load_content would read another text from this file")
        part.chmod(mode)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
