"""Files that the clinic changed and for which a newer shipped text exists."""

from collections.abc import Iterator

from sessions.documents import Fault
from sessions.library.folder import RULES, FileFault, Library
from sessions.library.shipped import Overlay
from sessions.library.texts import digest
from sessions.models import ClinicalRules, Page, ShippedText
from sessions.models.locks import one_writer

LOST = (
    "This file had a text of the clinic, and now its folder is empty or missing. Bring "
    "the folder back. To use the shipped texts instead, remove CONTENT_DIR from the "
    "settings."
)


def record_changed_files(library: Library) -> list[str]:
    """Stores both texts of each file. Returns the paths that staff must still compare.

    A file that staff have decided about stays settled until StemGuide ships another
    text of it. Rows of files that are no longer changed or shipped are deleted.
    """
    files = library.changed
    with one_writer():
        settled = set(
            ShippedText.objects.filter(is_settled=True).values_list("path", "digest")
        )
        for file in files:
            shipped = digest(file.shipped)
            values = {
                "clinic_text": file.text,
                "text": file.shipped,
                "digest": shipped,
                "is_settled": (file.path, shipped) in settled,
            }
            ShippedText.objects.update_or_create(path=file.path, defaults=values)
        there = [file.path for file in files]
        ShippedText.objects.exclude(path__in=there).delete()
    waiting = ShippedText.objects.filter(is_settled=False)
    return list(waiting.values_list("path", flat=True))


def settle_shipped_text(*, path: str, clinic_text: str, text: str) -> None:
    """Keeps the clinic's text: staff are not asked about this shipped text again."""
    values = {
        "clinic_text": clinic_text,
        "text": text,
        "digest": digest(text),
        "is_settled": True,
    }
    ShippedText.objects.update_or_create(path=path, defaults=values)


def lost_files(library: Library) -> Iterator[FileFault]:
    """Faults for pages and rules of the clinic, if its folder is empty or missing.

    Without these faults, shipped texts would replace those of the clinic whenever its
    disk is not mounted.
    """
    files = library.overlay
    if files is None or not files.is_clinic_empty:
        return
    lost = [*_lost_pages(files)]
    if ClinicalRules.objects.filter(has_own=True).exists():
        lost.append(RULES)
    for path in lost:
        yield FileFault(path, Fault(1, LOST), files.clinic_root)


def _lost_pages(files: Overlay) -> Iterator[str]:
    pages = Page.objects.of_guide().filter(dropped_on=None)
    for page in pages.order_by("language", "name"):
        loaded = page.wordings.filter(author=None).exclude(source_digest="").first()
        versions = files.versions.get(page.path)
        if loaded and versions and loaded.source_digest not in versions:
            yield page.path
