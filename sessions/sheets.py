"""What stands on each sheet of paper, and the name of exactly that."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime

from sessions.models import Wording

GUIDE = "guide"
# Sheets made of several pages. The whole guide is made of all there are.
SHEETS: dict[str, tuple[str, ...]] = {
    "visit": ("checklist", "questions", "options", "visit"),
    GUIDE: (),
}


def sheets_at(moment: datetime) -> Iterator[tuple[str, str, list[Wording]]]:
    """(kind, language, wordings) of every sheet that can be printed at this moment.

    `kind` is the name of the page, or of a sheet made of several. What is withdrawn by
    then is on none.
    """
    live: dict[str, dict[str, Wording]] = {}
    for wording in Wording.objects.live(moment).select_related("page"):
        if wording.state == Wording.State.PUBLISHED:
            pages = live.setdefault(wording.page.language, {})
            pages[wording.page.name] = wording
    for language, pages in live.items():
        for name in pages.keys() - SHEETS.keys():
            yield name, language, [pages[name]]
        for kind, names in SHEETS.items():
            parts = [pages[name] for name in (names or pages) if name in pages]
            if parts:
                yield kind, language, parts


def sheet_digest(kind: str, language: str, wordings: Iterable[Wording]) -> str:
    """Fingerprint of a sheet by what is on it: the same words have the same code."""
    keys = sorted(wording.pk for wording in wordings)
    text = f"{kind} {language} {' '.join(map(str, keys))}"
    return hashlib.sha256(text.encode()).hexdigest()
