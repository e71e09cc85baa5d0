"""Which version of which words is on a sheet of paper, and the code that names it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import models

from sessions.models.pages import Wording

GUIDE = "guide"
# Sheets made of several pages. The whole guide is made of all there are.
SHEETS: dict[str, tuple[str, ...]] = {
    "visit": ("checklist", "questions", "options", "visit"),
    GUIDE: (),
}


class SheetCode(models.Model):
    """A short code on paper that names what is printed there, and never a patient.

    `kind` is the name of the page that is printed, or of a sheet made of several. Rows
    are made when something is published or loaded, and answer for ever.
    """

    code = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=100)
    language = models.CharField(max_length=10)
    wordings = models.ManyToManyField(Wording, related_name="sheet_codes")
    digest = models.CharField(
        max_length=64, unique=True, help_text="Fingerprint of kind, language, wordings."
    )
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.code} ({self.kind})"


def spaced_code(code: str) -> str:
    """A sheet's code as people read it, in two groups of four: `ABCD 2345`."""
    return f"{code[:4]} {code[4:]}"


class PrintCount(models.Model):
    """How many copies of one sheet were printed at the desk on one day.

    It says how far a recall must reach. Nobody is named: not who printed, and not for
    whom.
    """

    code = models.ForeignKey(
        SheetCode, on_delete=models.PROTECT, related_name="print_counts"
    )
    day = models.DateField(help_text="The day at the clinic.")
    copies = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        permissions = [("print_sheets", "Can print sheets at the desk")]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "day"], name="print_count_is_one_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.copies} of {self.code} on {self.day}"


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
