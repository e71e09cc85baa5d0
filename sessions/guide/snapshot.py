"""All that patients can be shown at one moment, as values. Pure: no queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

from django.conf import settings
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from sessions.documents import Document
from sessions.documents.blocks import ClaimReference, More, Task
from sessions.documents.common_questions import CommonQuestion
from sessions.documents.glossary import Glossary, read_glossary
from sessions.documents.register import Claim, Source, replaced
from sessions.documents.scorecards import Scorecard
from sessions.documents.synonyms import Synonyms
from sessions.guide.opening_times import opening_lines
from sessions.library.clinic_texts import (
    APPROVAL,
    AREAS,
    FUNDING,
    STATEMENTS_ON,
    area_introduction,
    statement_words,
)
from sessions.library.languages import FIRST
from sessions.library.references import page_address
from sessions.models import Clinic
from sessions.models.telephones import telephone_link
from sessions.models.time_zones import clinic_zone


@dataclass(frozen=True)
class Choice:
    """One answer a patient can give: its code in the address and its name."""

    code: str
    name: str
    introduction: str = ""

    @classmethod
    def of_area(cls, slug: str, text: Document, note: str = "") -> Choice:
        """An area with the name and the introduction that its text gives it.

        `note` is what patients read beside it about a text that nobody checked.
        """
        lines = filter(None, (area_introduction(text), note))
        return cls(slug, text.title, " ".join(lines))


CELL_SOURCE_CHOICES = (
    Choice(
        "bone-marrow", _("Your bone marrow"), "Taken from the back of your hip bone."
    ),
    Choice("fat", _("Your fat"), "Taken from your belly or thigh."),
    Choice("prepared", _("Prepared cells"), "Grown in a lab, or from another person."),
)


@dataclass(frozen=True)
class Statement:
    """What the clinic states, in plain words, and the text it comes from.

    Blank where the clinic has stated nothing, or took its statement back.
    """

    words: str = ""
    page: LivePage | None = None

    @classmethod
    def of(cls, page: LivePage | None) -> Statement:
        if page is None or page.is_withdrawn or page.document is None:
            return cls()
        return cls(statement_words(page.document), page)

    def translated(self) -> Statement:
        """The statement with its words in the active language."""
        return replace(self, words=looked_up(self.words))

    @property
    def checked_line(self) -> str:
        """Who checked the statement, and until when; empty for a blank one."""
        if not self.words or self.page is None:
            return ""
        page = self.page
        return " ".join(
            filter(None, (page.checked_by, page.unreviewed_line, page.next_check))
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
    funding: Statement = Statement()
    approval: Statement = Statement()

    @classmethod
    def of(cls, row: Clinic) -> ClinicDetails:
        """The row's values, without statements, which are texts of their own.

        Prefetch its opening times and closed dates.
        """
        spans = row.opening_times.all()
        return cls(
            name=row.name,
            telephone=row.telephone,
            out_of_hours_telephone=row.out_of_hours_telephone,
            emergency_number=row.emergency_number,
            country=row.country,
            time_zone=row.time_zone,
            address=tuple(line for line in row.address.splitlines() if line.strip()),
            opening_times=opening_lines(spans),
            open_weekdays=tuple(sorted({span.day for span in spans})),
            closed_dates=tuple(closed.day for closed in row.closed_dates.all()),
            paper=row.paper,
        )

    def with_statements(self, texts: Mapping[str, LivePage]) -> ClinicDetails:
        """The details with the statements among these texts, by their names."""
        return replace(
            self,
            funding=Statement.of(texts.get(FUNDING)),
            approval=Statement.of(texts.get(APPROVAL)),
        )

    @property
    def emergency_text(self) -> str:
        """The number to ring, or one for each part of the world we write for."""
        return self.emergency_number or gettext("911 (US), 999 (UK) or 112 (EU)")

    @property
    def telephone_link(self) -> str:
        return telephone_link(self.telephone)

    @property
    def out_of_hours_link(self) -> str:
        return telephone_link(self.out_of_hours_telephone)

    def is_closed(self, day: date) -> bool:
        """True on a day on which nobody answers; False where no hours are known."""
        closed_weekday = self.open_weekdays and (
            day.isoweekday() not in self.open_weekdays
        )
        return bool(closed_weekday) or day in self.closed_dates

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(clinic_zone(self.time_zone)).date()


@dataclass(frozen=True)
class LivePage:
    """A page as it is now: its live wording, parsed, and who approved it.

    `document` is None only where today's parser refuses a text that was accepted once.
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
    language: str = FIRST
    original_changed_on: date | None = None
    """The day the original changed, where that was after this translation."""
    original_withdrawn_reason: str = ""
    """Why the original is withdrawn, in words for patients; else empty."""
    withdrawn_sentences: tuple[str, ...] = ()
    """Sentences of its text that are not safe: see `rules.Withdrawn`."""

    @property
    def title(self) -> str:
        return self.document.title if self.document else self.name

    @property
    def address(self) -> str:
        """The path of the page, or in a later language of its sheet; no answers."""
        return page_address(self.name, self.language)

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
        """The sort key of the page in lists, smaller first."""
        return self.document.front_matter.position if self.document else 0

    @property
    def is_checked(self) -> bool:
        return self.approved_on is not None

    def is_overdue(self, today: date) -> bool:
        """Whether the day of the next check is past: see WordingQuerySet.overdue."""
        is_due = self.is_checked and not self.is_withdrawn
        return is_due and self.review_due is not None and self.review_due < today

    @property
    def checked_by(self) -> str:
        """A sentence that says who checked the words, or that nobody has yet."""
        if self.approved_on is None:
            return gettext("Not yet checked by a clinician.")
        role = self.reviewer_role or gettext("a second person")
        checked = gettext("Checked by %(role)s on %(day)s.")
        return checked % {"role": role, "day": _day(self.approved_on)}

    @property
    def unreviewed_line(self) -> str:
        """Why nobody checked it before it was published; empty once somebody has."""
        if self.is_checked or not self.unreviewed_reason:
            return ""
        line = gettext(
            "Published without a check by a second person, because: %(reason)s"
        )
        return line % {"reason": self.unreviewed_reason}

    @property
    def next_check(self) -> str:
        """A sentence with the day of the next check; empty where none is set."""
        if self.review_due is None:
            return ""
        return gettext("Next check due %(day)s.") % {"day": _day(self.review_due)}

    @property
    def checked_line(self) -> str:
        """Who checked the words on a sheet, which version they are, and until when."""
        version = gettext("%(title)s, version %(number)s.")
        version %= {"title": self.title, "number": self.number}
        return " ".join(filter(None, (self.checked_by, version, self.next_check)))

    @property
    def behind_line(self) -> str:
        """A warning where the original of a translation changed or is withdrawn."""
        if self.original_withdrawn_reason:
            return gettext(
                "The English page was taken back. Ask your team before you use this."
            )
        if self.original_changed_on is not None:
            line = gettext(
                "The English page changed on %(day)s. This one may be behind it. Ask "
                "your team."
            )
            return line % {"day": _day(self.original_changed_on)}
        return ""


def _day(day: date) -> str:
    # Translators: letters of Django's date format. Others need a backslash: j \\d\\e F
    return format_date(day, gettext("j F Y"))


@dataclass(frozen=True)
class Snapshot:
    """Everything the public pages are made from, at one content version."""

    version: int
    read_at: datetime
    valid_until: datetime | None
    clinic: ClinicDetails
    areas: tuple[Choice, ...]
    """The areas that the clinic offers; none where nobody has ticked one."""
    cell_sources: tuple[Choice, ...]
    pages: dict[str, LivePage]
    sources: dict[str, Source]
    claims: dict[str, Claim]
    every_area: tuple[Choice, ...] = ()
    """Also those that the clinic does not offer."""
    scorecards: dict[str, Scorecard] = field(default_factory=dict)
    questions: tuple[CommonQuestion, ...] = ()
    """The common questions of the first language: only its pages can be searched."""
    synonyms: Synonyms = Synonyms()
    texts: dict[str, LivePage] = field(default_factory=dict)
    """The live texts of the clinic, by name: see `library.clinic_texts`."""
    sheet_codes: dict[str, str] = field(default_factory=dict)
    """The code of each sheet as it is now, by its kind."""
    language: str = FIRST
    catalog_language: str = FIRST
    """The language of the fixed text on its pages; see `catalogs.usable_language`."""
    translations: dict[str, Snapshot] = field(default_factory=dict)
    """The snapshot of each later language, by its code. Those have no translations."""
    untranslated: tuple[str, ...] = ()
    """English strings on its sheets that have no translation in its language."""

    def in_language(self, language: str) -> Snapshot:
        """The snapshot in this language. Raises KeyError for one without pages."""
        return self if language == self.language else self.translations[language]

    def sources_of(self, page: LivePage) -> list[Source]:
        """The sources that a page names, in its order."""
        names = page.document.front_matter.sources if page.document else ()
        return [self.sources[name] for name in names if name in self.sources]

    @property
    def named_sources(self) -> list[Source]:
        """The sources that a page or a claim of this site names.

        The register has more: those that only an older text of a clinic may name.
        """
        documents = [page.document for page in self.pages.values() if page.document]
        named = {name for doc in documents for name in doc.front_matter.sources}
        named |= {name for claim in self.claims.values() for name in claim.sources}
        return [source for name, source in self.sources.items() if name in named]

    def claim(self, name: str) -> Claim | None:
        """The claim of this name, or the one that replaced it; None if neither."""
        now = name if name in self.claims else replaced(self.claims).get(name, name)
        return self.claims.get(now)

    def sources_of_claim(self, claim: Claim) -> list[Source]:
        """The sources that a claim names, in the order of the register."""
        return [self.sources[name] for name in self.sources if name in claim.sources]

    @cached_property
    def glossary(self) -> Glossary:
        """The terms of the page `words`; none while it is missing or withdrawn."""
        page = self.pages.get("words")
        return read_glossary(page.document if page and not page.is_withdrawn else None)

    @property
    def is_in_use(self) -> bool:
        """False if every page is withdrawn."""
        return any(not page.is_withdrawn for page in self.pages.values())

    def own_words(self, pages: Iterable[LivePage]) -> list[str]:
        """Area names, banner, statements and claims, as sheets of these pages show."""
        pages = list(pages)
        named = {
            block.name
            for page in pages
            for block in (page.document.walk() if page.document else ())
            if isinstance(block, ClaimReference)
        }
        areas = self.areas or self.every_area
        words = [*(area.name for area in areas), settings.TRYOUT_BANNER]
        if any(page.name == STATEMENTS_ON for page in pages):
            words += [self.clinic.funding.words, self.clinic.approval.words]
        for claim in filter(None, map(self.claim, sorted(named))):
            words += claim.words.values()
        return list(dict.fromkeys(filter(None, words)))

    def with_page(self, page: LivePage) -> Snapshot:
        """The snapshot as if `page` were live: for a preview, never for patients."""
        if page.name == APPROVAL:
            clinic = replace(self.clinic, approval=Statement.of(page))
            return replace(self, clinic=clinic)
        if page.name == FUNDING:
            clinic = replace(self.clinic, funding=Statement.of(page))
            return replace(self, clinic=clinic)
        if page.name.startswith(AREAS) and page.document:
            slug = page.name.removeprefix(AREAS)
            area = Choice.of_area(slug, page.document, page.unreviewed_line)
            others = [choice for choice in self.areas if choice.code != area.code]
            return replace(self, areas=(*others, area))
        return replace(self, pages={**self.pages, page.name: page})


def looked_up(words: str) -> str:
    """The words in the active language. gettext("") would give a catalog's header."""
    return gettext(words) if words else ""


def claim_looked_up(claim: Claim) -> Claim:
    """The claim with its words in the active language."""
    words = {name: looked_up(text) for name, text in claim.words.items()}
    return claim.model_copy(update=words)
