"""What was printed at the desk, by sheet and version, and what must be called back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Max, Min, Prefetch, Sum, TextChoices
from django.db.models.functions import MD5
from django.utils import timezone

from sessions.documents.plurals import count
from sessions.library.languages import FIRST, language_name
from sessions.models import PrintCount, SheetCode, Wording
from sessions.models.locks import one_writer
from sessions.models.sheets import GUIDE, spaced_code
from sessions.models.wordings import title_of

# How many pages the version of a sheet names.
LISTED = 5


class Standing(TextChoices):
    """Whether the text on a printed sheet is still in use."""

    WITHDRAWN = "withdrawn", "Withdrawn"
    DROPPED = "dropped", "Page dropped"
    OLDER = "older", "Older version"
    CURRENT = "current", "In use now"


@dataclass(frozen=True)
class PrintedSheet:
    """One version of one sheet, and what was printed of it."""

    code: str
    kind: str
    title: str
    version: str
    wordings: tuple[Wording, ...]
    """For each page on it, the newest wording with the words that were printed."""
    standing: Standing
    copies: int
    first: date
    last: date

    @property
    def code_words(self) -> str:
        return spaced_code(self.code)


@dataclass(frozen=True)
class Recall:
    """A withdrawn wording, and the printed sheets to call back because of it."""

    title: str
    wording: Wording
    sheets: tuple[PrintedSheet, ...]

    @property
    def copies(self) -> int:
        return copies_of(self.sheets)


@dataclass(frozen=True)
class PrintReport:
    """Everything printed at the desk, and which of it is withdrawn or replaced."""

    sheets: tuple[PrintedSheet, ...]
    recalls: tuple[Recall, ...]

    @property
    def older(self) -> tuple[PrintedSheet, ...]:
        """Sheets whose words are not the current ones, or that have a dropped page."""
        return tuple(
            s for s in self.sheets if s.standing in (Standing.OLDER, Standing.DROPPED)
        )

    @property
    def recalled_copies(self) -> int:
        """Copies of sheets with a withdrawn page; each copy is counted once."""
        return copies_of(s for s in self.sheets if s.standing == Standing.WITHDRAWN)

    @property
    def older_copies(self) -> int:
        return copies_of(self.older)

    @property
    def copies(self) -> int:
        return copies_of(self.sheets)


def copies_of(sheets: Iterable[PrintedSheet]) -> int:
    return sum(sheet.copies for sheet in sheets)


def print_report() -> PrintReport:
    """Computes the report from the counts in the database."""
    wordings = Wording.objects.select_related("page").defer("text")
    last = {w.page_id: w for w in Wording.objects.last_shown().select_related("page")}
    titles = {w.page_id: _titled(title_of(w), w.page.language) for w in last.values()}
    newest = _newest_with_its_words()
    sheets = tuple(
        _printed(row, last, titles, newest)
        for row in SheetCode.objects.filter(print_counts__copies__gt=0)
        .annotate(
            copies=Sum("print_counts__copies"),
            first=Min("print_counts__day"),
            last=Max("print_counts__day"),
        )
        .prefetch_related(Prefetch("wordings", wordings))
        .order_by("kind", "-created")
    )
    withdrawn = [w for w in set(newest.values()) if _is_withdrawn(w)]
    recalls = tuple(
        Recall(
            titles[w.page_id], w, tuple(s for s in sheets if _calls_back(w, s, last))
        )
        for w in sorted(withdrawn, key=lambda w: (w.page.name, -w.number))
    )
    return PrintReport(sheets, recalls)


def _newest_with_its_words() -> dict[int, Wording]:
    """For each wording that patients read, the newest such one with the same text.

    A withdrawn text that was put back is in use again, and so is paper with it.
    """
    shown = Wording.objects.shown(timezone.now()).select_related("page").defer("text")
    rows = list(shown.annotate(words=MD5("text")).order_by("number"))
    newest = {(row.page_id, row.words): row for row in rows}
    return {row.pk: newest[row.page_id, row.words] for row in rows}


def _titled(title: str, language: str) -> str:
    """A title, followed by its language in brackets unless that is English."""
    return title if language == FIRST else f"{title} ({language_name(language)})"


def _printed(
    row: Any,
    last: dict[int, Wording],
    titles: dict[int, str],
    newest: dict[int, Wording],
) -> PrintedSheet:
    wordings = tuple(sorted(row.wordings.all(), key=lambda w: w.page.name))
    in_use = tuple(newest.get(w.pk, w) for w in wordings)
    own = [titles[w.page_id] for w in wordings if w.page.name == row.kind]
    other = "The whole guide" if row.kind == GUIDE else row.kind
    title = own[0] if own else _titled(other, row.language)
    return PrintedSheet(
        code=row.code,
        kind=row.kind,
        title=title,
        version=_version(wordings, titles),
        wordings=in_use,
        standing=_standing(in_use, last),
        copies=row.copies,
        first=row.first,
        last=row.last,
    )


def _standing(wordings: tuple[Wording, ...], last: dict[int, Wording]) -> Standing:
    if any(_is_withdrawn(w) or _is_withdrawn(last.get(w.page_id)) for w in wordings):
        return Standing.WITHDRAWN
    if any(w.page.dropped_on for w in wordings):
        return Standing.DROPPED
    is_current = all(last.get(w.page_id) == w for w in wordings)
    return Standing.CURRENT if is_current else Standing.OLDER


def _version(wordings: tuple[Wording, ...], titles: dict[int, str]) -> str:
    """`Version 3`; for several pages, the title and number of the first few."""
    if len(wordings) == 1:
        return f"Version {wordings[0].number}"
    words = [f"{titles[w.page_id]} {w.number}" for w in wordings[:LISTED]]
    more = len(wordings) - LISTED
    return ", ".join(words) + (
        f" and {count(more, 'more page', 'more pages')}" if more > 0 else ""
    )


def _is_withdrawn(wording: Wording | None) -> bool:
    return wording is not None and wording.state == Wording.State.WITHDRAWN


def _calls_back(
    withdrawn: Wording, sheet: PrintedSheet, last: dict[int, Wording]
) -> bool:
    """Whether the sheet must be called back because of this withdrawn wording.

    While the last wording of a page is withdrawn, that goes for every sheet with any
    version of the page.
    """
    is_last = last.get(withdrawn.page_id) == withdrawn
    return any(
        w == withdrawn or (is_last and w.page_id == withdrawn.page_id)
        for w in sheet.wordings
    )


def count_prints(*, codes: Iterable[str], copies: int, day: date) -> None:
    """Adds `copies` to the count of each sheet for that day.

    Raises SheetCode.DoesNotExist for an unknown code, and then counts nothing.
    """
    with one_writer():
        for code in sorted(set(codes)):
            sheet = SheetCode.objects.get(code=code)
            row, _ = PrintCount.objects.get_or_create(code=sheet, day=day)
            PrintCount.objects.filter(pk=row.pk).update(copies=F("copies") + copies)
