"""The documents that the print desk offers, with notes for staff on each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.dateformat import format as format_date

from sessions.documents.front_matter import STAGE_KINDS
from sessions.documents.plurals import count
from sessions.guide.snapshot import LivePage, Snapshot
from sessions.library.languages import language_name
from sessions.models import Wording
from sessions.models.sheets import GUIDE, SHEETS, spaced_code

# The documents under the first heading, in this order.
USUAL = (
    "checklist",
    "visit",
    "risks",
    "options",
    "questions",
    "helping-someone",
    "diary",
    GUIDE,
)
# These pages are about the site itself; nobody needs them on paper.
NOT_OFFERED = ("home", "about", "privacy", "accessibility")
# How many pages a note names.
NAMED = 3


@dataclass(frozen=True)
class DeskDocument:
    """One sheet that can be printed.

    `remarks` are notes only. If there are `doubts`, staff must confirm before they
    print the sheet.
    """

    kind: str
    title: str
    code: str
    remarks: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def code_words(self) -> str:
        return spaced_code(self.code)

    @property
    def notes(self) -> tuple[str, ...]:
        return (*self.doubts, *self.remarks)


@dataclass(frozen=True)
class DeskGroup:
    """Documents under one heading. The first group has an empty title."""

    title: str
    documents: tuple[DeskDocument, ...]


def coming_changes(now: datetime, language: str) -> dict[str, datetime]:
    """When the next scheduled wording of each page goes live, by page name."""
    rows = Wording.objects.filter(
        page__language=language, state=Wording.State.PUBLISHED, publish_from__gt=now
    ).order_by("-publish_from")
    return {
        row.page.name: row.publish_from
        for row in rows.select_related("page")
        if row.publish_from
    }


def desk_groups(
    snapshot: Snapshot,
    today: date,
    coming: Mapping[str, datetime],
    titles: Mapping[str, str],
) -> list[DeskGroup]:
    """All documents of a snapshot in groups: the usual ones, the stages, the others.

    `titles` are in English, as staff know the documents.
    """
    pages = snapshot.pages
    usual = [kind for kind in USUAL if kind in pages or (kind == GUIDE and pages)]
    stages = [name for name, page in pages.items() if page.stage]
    rest = pages.keys() - {*usual, *stages, *NOT_OFFERED}
    others = sorted(rest, key=lambda name: ("/" in name, name))
    stages.sort(key=lambda name: STAGE_KINDS.index(pages[name].stage))
    groups = {"": usual, "The stages, one by one": stages, "All other pages": others}
    return [
        DeskGroup(
            title,
            tuple(_document(k, titles[k], snapshot, today, coming) for k in kinds),
        )
        for title, kinds in groups.items()
        if kinds
    ]


def _document(
    kind: str,
    title: str,
    snapshot: Snapshot,
    today: date,
    coming: Mapping[str, datetime],
) -> DeskDocument:
    pages = [snapshot.pages[name] for name in _parts(kind, snapshot)]
    withdrawn = [page for page in pages if page.is_withdrawn]
    used = [page for page in pages if not page.is_withdrawn]
    late = [page for page in used if page.is_overdue(today)]
    never = [page for page in used if not page.is_checked]
    new = {
        p.title: snapshot.clinic.day_of(coming[p.name])
        for p in used
        if p.name in coming
    }
    is_one = len(pages) == 1
    doubts, remarks = [], []
    if withdrawn and is_one:
        reason = withdrawn[0].withdrawn_reason
        doubts.append(f"Withdrawn: {reason} The sheet says so and has no other text.")
    elif withdrawn:
        doubts.append(f"Withdrawn in it: {_named(withdrawn)}. The sheet says so there.")
    if late and is_one:
        doubts.append(f"Its check was due on {_day(late[0].review_due)}.")
    elif late:
        doubts.append(f"Overdue for a check in it: {_named(late)}.")
    doubts += _translation_doubts(snapshot, used)
    if never:
        is_all = len(never) == len(pages)
        part = "" if is_all else f" in {len(never)} of its {len(pages)} pages"
        remarks.append(f"Never checked by a clinician{part}.")
    for name, day in new.items():
        what = "It changes" if is_one else f"{name} in it changes"
        remarks.append(f"{what} on {_day(day)}.")
    code = snapshot.sheet_codes.get(kind, "")
    return DeskDocument(kind, title, code, tuple(remarks), tuple(doubts))


def _translation_doubts(snapshot: Snapshot, pages: Sequence[LivePage]) -> Iterator[str]:
    """The doubts about printing these pages, if they are translations."""
    for page in pages:
        if page.original_withdrawn_reason:
            yield f"{page.title}: {page.behind_line} {page.original_withdrawn_reason}"
    behind = [page for page in pages if page.original_changed_on]
    if behind and len(pages) == 1:
        yield behind[0].behind_line
    elif behind:
        yield f"Behind the English pages in it: {_named(behind)}."
    if snapshot.untranslated:
        every, here = snapshot.pages.values(), snapshot.own_words(pages)
        elsewhere = {*snapshot.own_words(every)} - {*here}
        if missing := len({*snapshot.untranslated} - elsewhere):
            words = count(missing, "word or line", "words or lines")
            name = language_name(snapshot.language)
            yield f"Not in {name} yet: {words} on it."


def titles_of(snapshot: Snapshot) -> dict[str, str]:
    """The title of each sheet, by its kind."""
    titles = {name: page.title for name, page in snapshot.pages.items()}
    return {**titles, GUIDE: "The whole guide"}


def _parts(kind: str, snapshot: Snapshot) -> list[str]:
    """The names of the pages that are on a sheet."""
    if kind == GUIDE:
        return [name for name in snapshot.pages if name not in NOT_OFFERED]
    return [name for name in SHEETS.get(kind, (kind,)) if name in snapshot.pages]


def _named(pages: Sequence[LivePage]) -> str:
    words = ", ".join(page.title for page in pages[:NAMED])
    return f"{words} and {len(pages) - NAMED} more" if len(pages) > NAMED else words


def _day(day: date | None) -> str:
    return format_date(day, "j F Y") if day else ""
