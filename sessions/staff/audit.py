"""What staff read in the audit of wordings: the steps taken, and the publications.

A scheduled wording is published at its `publish_from` without anybody's doing, and
nothing is written then. So its line "Published" is derived here, whenever it is read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from heapq import merge
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from sessions.models import AuditEntry, Page, Wording
from sessions.models.time_zones import moment_words
from sessions.staff.steps import taken_by

Step = AuditEntry.Step
# Older versions recorded a publication when one was only scheduled. What staff read in
# its place, as entries are never changed.
SET_TO_BE = {
    Step.PUBLISHED: "Set to be published",
    Step.PUBLISHED_UNREVIEWED: "Set to be published without review",
}
A_MOMENT = r"\d{4}-\d\d-\d\d \d\d:\d\d"
OF_OLDER_VERSION = re.compile(rf"({A_MOMENT}) UTC")
AS_SCHEDULED = "As scheduled."
PART = 100


@dataclass(frozen=True)
class Line:
    """One step as staff read it: what, when, by whom, and with which comment."""

    moment: datetime
    step: str
    comment: str
    entry: AuditEntry
    """Who took the step, and with which text. Of a publication: its schedule."""
    is_newest_approval: bool = False

    @property
    def person(self) -> str:
        return taken_by(self.entry)


def lines_of(page: Page, zone: tzinfo) -> list[Line]:
    """All lines of a page, the newest first."""
    published = publications(timezone.now()).defer("text").filter(wording__page=page)
    entries = recorded_steps().defer("text").filter(wording__page=page)
    lines = [
        *map(publication_line, published.order_by("-wording__publish_from", "-pk")),
        *(step_line(entry, zone) for entry in entries),
    ]
    return sorted(lines, key=lambda line: line.moment, reverse=True)


def _of_same_wording(**steps: Any) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(wording=OuterRef("wording"), **steps)


def recorded_steps() -> QuerySet[Any]:
    """All entries, with what `step_line` needs to know of others of the wording."""
    changes = _of_same_wording(step__in=(Step.SCHEDULE_MOVED, Step.SCHEDULE_CANCELLED))
    approvals = _of_same_wording(step=Step.APPROVED)
    rows = AuditEntry.objects.select_related("wording__page", "user")
    return rows.defer("wording__text").annotate(
        was_scheduled=Exists(_of_same_wording(step=Step.SCHEDULED)),
        first_change=Subquery(changes.order_by("pk").values("comment")[:1]),
        newest_approval=Subquery(approvals.values("pk")[:1]),
    )


def step_line(entry: Any, zone: tzinfo) -> Line:
    """The line of an entry of `recorded_steps`."""
    label = entry.get_step_display()
    return Line(
        moment=entry.moment,
        step=SET_TO_BE.get(entry.step, label) if entry.was_scheduled else label,
        comment=_comment(entry, zone),
        entry=entry,
        is_newest_approval=entry.pk == entry.newest_approval,
    )


def _comment(entry: Any, zone: tzinfo) -> str:
    """The comment of an entry, with the right moment of a schedule.

    Version 0.1.0 stored the hours of the clinic's time zone and wrote UTC behind them.
    The right moment is that of the wording, or what the first change of it says.
    """
    hours = OF_OLDER_VERSION.fullmatch(entry.comment)
    if entry.step != Step.SCHEDULED or hours is None:
        return entry.comment
    moment = entry.wording.publish_from
    known = entry.first_change or (moment_words(moment, zone) if moment else "")
    meant = re.search(rf"{hours[1]} \(\S+\), which is {A_MOMENT} UTC", known)
    return meant[0] if meant else entry.comment


def publications(now: datetime) -> QuerySet[Any]:
    """The entries that scheduled what patients read from its `publish_from` on.

    A wording whose schedule was cancelled has no `publish_from`. One that a higher
    number came before was never read.
    """
    start = OuterRef("wording__publish_from")
    before = Wording.objects.shown(now).filter(
        page=OuterRef("wording__page"),
        number__gt=OuterRef("wording__number"),
        publish_from__lte=start,
    )
    approved = _of_same_wording(
        step=Step.APPROVED, moment__gte=OuterRef("moment"), moment__lte=start
    )
    rows = AuditEntry.objects.select_related("wording__page", "user")
    return (
        rows.defer("wording__text")
        .filter(step=Step.SCHEDULED, wording__publish_from__lte=now)
        .exclude(Exists(before))
        .annotate(was_approved=Exists(approved))
    )


def publication_line(entry: Any) -> Line:
    """The line of an entry of `publications`."""
    reason = "" if entry.was_approved else entry.wording.unreviewed_reason
    step = Step.PUBLISHED_UNREVIEWED if reason else Step.PUBLISHED
    return Line(
        moment=entry.wording.publish_from,
        step=step.label,
        comment=f"{AS_SCHEDULED} {reason}".strip(),
        entry=entry,
    )


def all_lines(zone: tzinfo) -> Iterator[Line]:
    """The lines of all pages, the oldest first. Reads them from the database in parts.

    Not only the order matters: sorting would hold every text in memory.
    """
    entries = recorded_steps().order_by("moment", "pk")
    published = publications(timezone.now()).order_by("wording__publish_from", "pk")
    return merge(
        (step_line(entry, zone) for entry in entries.iterator(PART)),
        (publication_line(entry) for entry in published.iterator(PART)),
        key=lambda line: line.moment,
    )
