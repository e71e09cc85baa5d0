"""Writing live wordings back to their files, as load_content reads them."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sessions.documents import DocumentError
from sessions.library.folder import read_text
from sessions.models import FileText, Page, Wording

READABLE = 0o644


@dataclass(frozen=True)
class Exported:
    """What became of one page: written, unchanged, left or refused."""

    path: str
    outcome: str
    note: str = ""

    @property
    def needs_somebody(self) -> bool:
        return self.outcome == "refused"

    def __str__(self) -> str:
        return f"{self.outcome:<10} {self.path}{': ' if self.note else ''}{self.note}"


def export_pages(folder: Path) -> list[Exported]:
    """Writes every live wording to its file; says what became of each.

    A file that reads the same is not touched, whatever its line ends. A file is
    replaced whole or not at all, and only when the database holds its text too, so no
    word that stands in a file alone is lost.
    """
    live = {wording.page_id: wording for wording in Wording.objects.live()}
    return [_export(page, live.get(page.pk), folder) for page in Page.objects.all()]


def _export(page: Page, live: Wording | None, folder: Path) -> Exported:
    name = page.path
    root = folder.resolve() / page.language
    path = root / f"{page.name}.md"
    if path.resolve() != path or not path.is_relative_to(root):
        return Exported(name, "refused", "this leads out of the folder")
    if live is None:
        return Exported(name, "left", "patients read nothing here yet")
    if live.state == Wording.State.WITHDRAWN:
        note = f"version {live.number} is withdrawn; the file stays as it is"
        return Exported(name, "left", note)
    try:
        there = read_text(path, root) if path.exists() else None
        if there == live.text:
            return Exported(name, "unchanged")
        if there is not None and not _is_kept(page, there):
            note = (
                "the file holds words that are nowhere else. Run load_content, and "
                "decide in admin if it asks; then export again"
            )
            return Exported(name, "refused", note)
        _replace(path, live.text, root)
    except DocumentError as error:
        note = f"the file can not be read. {error.faults[0].message}"
        return Exported(name, "refused", note)
    except OSError as error:
        return Exported(name, "refused", f"{error.strerror}")
    return Exported(name, "written", f"version {live.number}")


def _is_kept(page: Page, text: str) -> bool:
    """Whether the database has this text: as a wording, or settled by staff."""
    settled = FileText.objects.filter(page=page, text=text, is_settled=True)
    return page.wordings.filter(text=text).exists() or settled.exists()


def _replace(path: Path, text: str, root: Path) -> None:
    """Puts `text` at `path` in one step, after reading it back as load_content will."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode if path.exists() else READABLE
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        if read_text(part, root) != text:
            raise OSError(0, "written down, this text would not read the same")
        part.chmod(mode)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
