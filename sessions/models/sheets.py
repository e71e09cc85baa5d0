"""Sheets: which wordings are on each, and the codes that are printed on them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import models

from sessions.library.clinic_texts import (
    AREAS,
    STATEMENTS,
    STATEMENTS_ON,
    is_clinic_text,
)
from sessions.models.wordings import Wording

GUIDE = "guide"
# Sheets made of several pages. An empty tuple means every page.
SHEETS: dict[str, tuple[str, ...]] = {
    "visit": ("checklist", "questions", "options", "visit"),
    GUIDE: (),
}


class SheetCode(models.Model):
    """A short code, printed on a sheet, for the wordings on it. It names no patient.

    `kind` is the name of the page, or the key in SHEETS of a sheet of several pages.
    Rows are made when something is published or loaded, and are never deleted.
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
    """A sheet's code in two groups of four, as it is printed: `ABCD 2345`."""
    return f"{code[:4]} {code[4:]}"


class PrintCount(models.Model):
    """How many copies of one sheet were printed at the desk on one day.

    A recall needs the number. Neither the member of staff who printed nor the patient
    is stored.
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

    `kind` is as in SheetCode. Withdrawn wordings are on no sheet. The statements of the
    clinic are on the sheets with the page that shows them.
    """
    live: dict[str, dict[str, Wording]] = {}
    for wording in Wording.objects.live(moment).select_related("page"):
        if wording.state == Wording.State.PUBLISHED:
            pages = live.setdefault(wording.page.language, {})
            pages[wording.page.name] = wording
    for language, pages in live.items():
        for name in pages.keys() - SHEETS.keys():
            if not is_clinic_text(name):
                parts = [name, *(STATEMENTS if name == STATEMENTS_ON else ())]
                yield name, language, [pages[part] for part in parts if part in pages]
        for kind, names in SHEETS.items():
            every = [name for name in pages if not name.startswith(AREAS)]
            parts = [pages[name] for name in (names or every) if name in pages]
            if any(not part.page.is_clinic_text for part in parts):
                yield kind, language, parts


def sheet_digest(kind: str, language: str, wordings: Iterable[Wording]) -> str:
    """SHA-256 of kind, language and wordings: equal sheets have one code."""
    keys = sorted(wording.pk for wording in wordings)
    text = f"{kind} {language} {' '.join(map(str, keys))}"
    return hashlib.sha256(text.encode()).hexdigest()
