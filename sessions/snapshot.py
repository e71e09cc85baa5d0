"""All that patients can be shown at one moment, read once per content version.

A worker looks at the version at most every CONTENT_VERSION_MAX_AGE seconds, with one
query, and reads the rest again only when it was raised or a start time has come.
"""

from __future__ import annotations

import logging
import threading
import time
import zoneinfo
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property, lru_cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.dateformat import format as format_date

from sessions.documents import Document, DocumentError, parse_document
from sessions.documents.blocks import More, Task
from sessions.documents.scorecards import Scorecard as ScorecardFile
from sessions.glossary import Glossary, read_glossary
from sessions.models import (
    Area,
    Claim,
    Clinic,
    ContentVersion,
    Scorecard,
    SheetCode,
    Source,
    Wording,
)
from sessions.references import page_address
from sessions.sheets import sheet_digest, sheets_at

logger = logging.getLogger(__name__)

ANY_EMERGENCY_NUMBER = "911 (US), 999 (UK) or 112 (EU)"
parse_once = lru_cache(maxsize=256)(parse_document)


@dataclass(frozen=True)
class Choice:
    """One answer a patient can give: its code in the address and its name."""

    code: str
    name: str
    introduction: str = ""


CELL_SOURCE_CHOICES = (
    Choice("bone-marrow", "Your bone marrow", "Taken from the back of your hip bone."),
    Choice("fat", "Your fat", "Taken from your belly or thigh."),
    Choice("prepared", "Prepared cells", "Grown in a lab, or from another person."),
)


@dataclass(frozen=True)
class ClinicDetails:
    """What pages say of the clinic. Blank fields are empty strings."""

    name: str
    telephone: str
    out_of_hours_telephone: str
    emergency_number: str
    country: str
    time_zone: str
    address: tuple[str, ...]
    opening_times: tuple[str, ...]
    open_weekdays: tuple[int, ...]
    closed_dates: tuple[date, ...]
    paper: str
    funding_statement: str
    approval_statement: str

    @property
    def emergency_text(self) -> str:
        """The number to ring, or one for each part of the world we write for."""
        return self.emergency_number or ANY_EMERGENCY_NUMBER

    @property
    def telephone_link(self) -> str:
        return _dial(self.telephone)

    @property
    def out_of_hours_link(self) -> str:
        return _dial(self.out_of_hours_telephone)

    def is_closed(self, day: date) -> bool:
        """True on a day on which nobody answers; False where no hours are known."""
        closed_weekday = self.open_weekdays and (
            day.isoweekday() not in self.open_weekdays
        )
        return bool(closed_weekday) or day in self.closed_dates

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(zoneinfo.ZoneInfo(self.time_zone)).date()


@dataclass(frozen=True)
class LivePage:
    """A page as it is now: its live wording, parsed, and who vouches for it.

    `document` is None only when a text that was accepted can not be read any more.
    """

    name: str
    number: int
    document: Document | None
    stage: str
    is_withdrawn: bool
    withdrawn_reason: str
    reviewer_role: str
    approved_on: date | None
    review_due: date | None
    unreviewed_reason: str
    patient_change_note: str
    published_on: date

    @property
    def title(self) -> str:
        return self.document.title if self.document else self.name

    @property
    def address(self) -> str:
        """Where it is read, without any answers."""
        return page_address(self.name)

    @property
    def summary(self) -> str:
        return self.document.front_matter.summary if self.document else ""

    @property
    def has_more(self) -> bool:
        """True where a short version on paper would leave something out."""
        blocks = self.document.walk() if self.document else ()
        return any(
            isinstance(block, More) or (isinstance(block, Task) and block.details)
            for block in blocks
        )

    @property
    def position(self) -> int:
        """Its place among its neighbours, smaller first."""
        return self.document.front_matter.position if self.document else 0

    @property
    def is_checked(self) -> bool:
        return self.approved_on is not None

    @property
    def checked_line(self) -> str:
        """Who checked the words on a sheet, which version they are, and until when."""
        line = "Not yet checked by a clinician."
        if self.approved_on is not None:
            role = self.reviewer_role or "a second person"
            line = f"Checked by {role} on {format_date(self.approved_on, 'j F Y')}."
        line += f" {self.title}, version {self.number}."
        if self.review_due is not None:
            line += f" Next check due {format_date(self.review_due, 'j F Y')}."
        return line


@dataclass(frozen=True)
class SourceDetails:
    name: str
    title: str
    publisher: str
    url: str
    year: str
    read: str


@dataclass(frozen=True)
class ClaimDetails:
    name: str
    topic: str
    claim: str
    certainty: str
    who: str
    number: str
    how_long: str
    result: str
    does_not_tell: str
    checked: date
    sources: tuple[SourceDetails, ...]

    @property
    def study(self) -> str:
        """Who, how many and how long, as far as the study says."""
        parts = (self.who, self.number, self.how_long)
        return "; ".join(part.rstrip(".") for part in parts if part != "Not stated")


@dataclass(frozen=True)
class Snapshot:
    """Everything the public pages are made from, at one content version."""

    version: int
    read_at: datetime
    valid_until: datetime | None
    clinic: ClinicDetails
    areas: tuple[Choice, ...]
    cell_sources: tuple[Choice, ...]
    pages: dict[str, LivePage]
    sources: dict[str, SourceDetails]
    claims: dict[str, ClaimDetails]
    scorecards: dict[str, ScorecardFile] = field(default_factory=dict)
    sheet_codes: dict[str, str] = field(default_factory=dict)
    """The code of each sheet as it is now, by its kind."""

    def sources_of(self, page: LivePage) -> list[SourceDetails]:
        """What a page rests on, in the order it names them."""
        names = page.document.front_matter.sources if page.document else ()
        return [self.sources[name] for name in names if name in self.sources]

    @cached_property
    def glossary(self) -> Glossary:
        """The words explained now."""
        page = self.pages.get("words")
        return read_glossary(page.document if page and not page.is_withdrawn else None)

    def with_page(self, page: LivePage) -> Snapshot:
        """As it would be if `page` were live: for a preview, never for patients."""
        return replace(self, pages={**self.pages, page.name: page})


def read_snapshot(version: int, now: datetime | None = None) -> Snapshot:
    """The snapshot of this moment, from the database."""
    now = now or timezone.now()
    row = Clinic.objects.get(pk=1)
    spans = list(row.opening_times.all())
    clinic = ClinicDetails(
        name=row.name,
        telephone=row.telephone,
        out_of_hours_telephone=row.out_of_hours_telephone,
        emergency_number=row.emergency_number,
        country=row.country,
        time_zone=row.time_zone,
        address=tuple(line for line in row.address.splitlines() if line.strip()),
        opening_times=tuple(str(span) for span in spans),
        open_weekdays=tuple(sorted({span.day for span in spans})),
        closed_dates=tuple(closed.day for closed in row.closed_dates.all()),
        paper=row.paper,
        funding_statement=row.funding_statement,
        approval_statement=row.approval_statement,
    )
    areas = row.areas_offered.all() or Area.objects.all()
    offered = {
        "bone-marrow": row.offers_bone_marrow,
        "fat": row.offers_fat,
        "prepared": row.offers_prepared,
    }
    sources = {
        source.name: SourceDetails(
            source.name,
            source.title,
            source.publisher,
            source.url,
            source.year,
            source.read,
        )
        for source in Source.objects.order_by("pk")
    }
    upcoming = Wording.objects.filter(
        state=Wording.State.PUBLISHED, publish_from__gt=now
    ).order_by("publish_from")
    return Snapshot(
        version=version,
        read_at=now,
        valid_until=upcoming.values_list("publish_from", flat=True).first(),
        clinic=clinic,
        areas=tuple(Choice(a.slug, a.name, a.introduction) for a in areas),
        cell_sources=tuple(
            choice for choice in CELL_SOURCE_CHOICES if offered[choice.code]
        ),
        pages=_live_pages(clinic, now),
        sources=sources,
        claims={claim.name: claim for claim in _claims(sources)},
        sheet_codes=_sheet_codes(now),
        scorecards={
            card.name: ScorecardFile.model_validate(card.data)
            for card in Scorecard.objects.order_by("pk")
        },
    )


def _sheet_codes(now: datetime) -> dict[str, str]:
    kinds = {sheet_digest(*sheet): sheet[0] for sheet in sheets_at(now)}
    rows = SheetCode.objects.filter(digest__in=kinds)
    return {kinds[row.digest]: row.code for row in rows}


def _live_pages(clinic: ClinicDetails, now: datetime) -> dict[str, LivePage]:
    wordings = Wording.objects.live(now).select_related("page", "page__stage")
    # Sorted here: each database has its own rules for the order of letters and signs.
    in_order = sorted(wordings, key=lambda wording: wording.page.name)
    return {w.page.name: page_of(w, clinic, now) for w in in_order}


def page_of(wording: Wording, clinic: ClinicDetails, now: datetime) -> LivePage:
    """A wording as the page it is, or would be, at this moment."""
    stage = getattr(wording.page, "stage", None)
    return LivePage(
        name=wording.page.name,
        number=wording.number,
        document=_document(wording),
        stage=stage.kind if stage else "",
        is_withdrawn=wording.state == Wording.State.WITHDRAWN,
        withdrawn_reason=wording.withdrawn_reason,
        reviewer_role=wording.reviewer_role,
        approved_on=wording.approved_on,
        review_due=wording.review_due,
        unreviewed_reason=wording.unreviewed_reason,
        patient_change_note=wording.patient_change_note,
        published_on=clinic.day_of(wording.publish_from or now),
    )


def _document(wording: Wording) -> Document | None:
    try:
        return parse_once(wording.text)
    except DocumentError:
        logger.exception("The live text of %s can not be read.", wording)
        return None


def _claims(sources: dict[str, SourceDetails]) -> list[ClaimDetails]:
    read = Prefetch("sources", Source.objects.order_by("pk"))
    return [
        ClaimDetails(
            name=claim.name,
            topic=claim.topic,
            claim=claim.claim,
            certainty=claim.certainty,
            who=claim.who,
            number=claim.number,
            how_long=claim.how_long,
            result=claim.result,
            does_not_tell=claim.does_not_tell,
            checked=claim.checked,
            sources=tuple(sources[source.name] for source in claim.sources.all()),
        )
        for claim in Claim.objects.order_by("pk").prefetch_related(read)
    ]


def _dial(telephone: str) -> str:
    digits = "".join(c for c in telephone if c.isdigit() or c == "+")
    return f"tel:{digits}"


class _Keeper:
    """Holds this worker's snapshot. One thread refreshes; the others go on reading."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.snapshot: Snapshot | None = None
        self.looked_at = 0.0

    def fresh(self) -> Snapshot | None:
        age = time.monotonic() - self.looked_at
        return self.snapshot if age < settings.CONTENT_VERSION_MAX_AGE else None

    def get(self) -> Snapshot:
        if fresh := self.fresh():
            return fresh
        snapshot = self.snapshot
        # A first reader waits for the lock; later ones are content with what there is.
        if not self.lock.acquire(blocking=snapshot is None):
            return snapshot  # type: ignore[return-value]
        try:
            return self.refresh()
        finally:
            self.lock.release()

    def refresh(self) -> Snapshot:
        try:
            version = ContentVersion.objects.values_list("number", flat=True).get(pk=1)
            if not self.is_current(version):
                self.snapshot = read_snapshot(version)
        except DatabaseError:
            connection.close()
            if self.snapshot is None:
                raise
            logger.exception("The database is away; readers get the last good copy.")
        self.looked_at = time.monotonic()
        assert self.snapshot is not None
        return self.snapshot

    def is_current(self, version: int) -> bool:
        snapshot = self.snapshot
        if snapshot is None or snapshot.version != version:
            return False
        now = timezone.now()
        # The clock was set back: what had come by it has yet to come again.
        if now < snapshot.read_at:
            return False
        return snapshot.valid_until is None or now < snapshot.valid_until

    def forget(self) -> None:
        self.snapshot = None
        self.looked_at = 0.0


_keeper = _Keeper()


def current_snapshot() -> Snapshot:
    """The snapshot readers get now; at most one query while nothing changes."""
    return _keeper.get()


def fresh_snapshot() -> Snapshot | None:
    """The snapshot readers get now; None where the database must be asked first."""
    return _keeper.fresh()


def forget_snapshot() -> None:
    """Drops this process's snapshot, so that the next reader reads all anew."""
    _keeper.forget()
