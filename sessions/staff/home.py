"""The first page of staff: what to do now, and links to sets that they can print."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst

from sessions.documents.plurals import count
from sessions.guide.help import unsafe_words, withdrawn_sentences
from sessions.library.languages import FIRST
from sessions.models import (
    AuditEntry,
    Clinic,
    FileText,
    LoadReport,
    RegisterEntry,
    Saver,
    ShippedText,
    Wording,
)
from sessions.models.clinic import BLANKS
from sessions.models.sheets import GUIDE
from sessions.models.time_zones import time_zone_fault
from sessions.models.wordings import DUE_SOON
from sessions.people.admin import PERSON
from sessions.wordings.rules import NO_RULES, rules_in_force

APP = "stemguide_sessions"
MAX_NAMED = 5

# (documents, the rest of the query string, label)
READY_SETS = [
    (["checklist"], "", "Checklist"),
    (["checklist", "risks", "questions"], "", "Checklist, risks and questions"),
    (["visit"], "", "Visit sheet"),
    ([GUIDE], "&size=18", "The whole guide in large print"),
]


@dataclass(frozen=True)
class Line:
    """One item of a need, as a link if it has a URL."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Need:
    """A task for this user: what to do, where, and for which items."""

    text: str
    url: str
    lines: tuple[Line, ...] = ()
    is_danger: bool = False
    """Patients may be harmed until it is done; drawn in red."""


def only_prints(user: User) -> bool:
    """Whether the user may print but not read wordings. They begin at the desk."""
    may_print = user.has_perm(f"{APP}.print_sheets")
    return may_print and not user.has_perm(f"{APP}.view_wording")


def home_context(user: User) -> dict[str, Any]:
    """Template context of the first page for this user, beside admin's app list."""
    clinic = Clinic.objects.get(pk=1)
    live = list(Wording.objects.live().select_related("page"))
    return {
        "needs": list(needs_of(user, clinic, live)),
        "ready_sets": _ready_sets(
            {row.page.name for row in live if row.page.language == FIRST}
        ),
        "has_address": bool(settings.PUBLIC_URL),
        "recent_actions": _recent_actions(user),
    }


def _recent_actions(user: User) -> list[tuple[LogEntry, str]]:
    """The user's last ten entries in admin's log, each with the name of its model."""
    entries = LogEntry.objects.filter(user=user).select_related("content_type")
    return [(entry, _kind_of(entry)) for entry in entries[:10]]


def _kind_of(entry: LogEntry) -> str:
    kind = entry.content_type
    if kind is None:
        return "Unknown content"
    return PERSON if kind.model_class() is User else capfirst(kind.name)


def _ready_sets(pages: set[str]) -> list[Line]:
    """Links to the desk for the sets of READY_SETS whose pages are live."""
    desk = reverse("sessions:desk")
    return [
        Line(words, f"{desk}?{urlencode({'document': kinds}, doseq=True)}{rest}#result")
        for kinds, rest, words in READY_SETS
        if pages.issuperset(kinds) or (pages and kinds == [GUIDE])
    ]


def needs_of(user: User, clinic: Clinic, live: list[Wording]) -> Iterator[Need]:
    """The tasks that this user can do now, the most pressing first."""
    may = {
        name: user.has_perm(f"{APP}.{name}")
        for name in (
            "change_wording",
            "review_wording",
            "view_filetext",
            "change_clinic",
        )
    }
    if may["change_wording"] or may["review_wording"]:
        yield from _not_safe(live)
        yield from _claims_not_safe()
    yield from _time_zone(clinic, may["change_clinic"])
    if may["change_wording"] or may["review_wording"]:
        yield from _rules()
    if may["change_wording"] and may["view_filetext"]:
        yield from _content(clinic)
    if may["change_wording"] or may["review_wording"]:
        yield from _drafts(user, may["change_wording"], may["review_wording"])
    if may["change_wording"]:
        yield from _withdrawn(live)
    if may["review_wording"]:
        yield from _checks(live, clinic.today())
    if may["change_clinic"]:
        yield from _areas(clinic)
        yield from _blanks(clinic)


def _not_safe(live: list[Wording]) -> Iterator[Need]:
    """The live texts with sentences that were withdrawn as unsafe."""
    unsafe = [
        (row, sentences)
        for row in live
        if row.page.language == FIRST and row.state == Wording.State.PUBLISHED
        if (sentences := withdrawn_sentences(row.text))
    ]
    if not unsafe:
        return
    lines = tuple(
        Line(f"{_called(row)}: “{sentence}”", _address(row))
        for row, sentences in unsafe
        for sentence in sentences
    )
    texts = count(len(unsafe), "live text holds", "live texts hold")
    text = (
        f"{texts} sentences that are not safe. Patients see today's help card above "
        "them. Mend them now."
    )
    yield Need(text, lines[0].url, lines, is_danger=True)


def _called(row: Wording) -> str:
    name = row.page.name
    return str(row.page) if row.page.is_clinic_text else name


def _claims_not_safe() -> Iterator[Need]:
    """The live claims with sentences that were withdrawn as unsafe."""
    found = [
        (name, sentences)
        for name, data in RegisterEntry.objects.claims().values_list("name", "data")
        if (
            sentences := unsafe_words(
                tuple(x for x in data.values() if isinstance(x, str))
            )
        )
    ]
    if found:
        claims = count(len(found), "live claim holds", "live claims hold")
        text = (
            f"{claims} sentences that are not safe. Only whoever runs the site can "
            "mend them: they are in claims.yaml."
        )
        lines = (Line(f"{name}: “{one}”") for name, every in found for one in every)
        yield Need(text, "", tuple(lines), is_danger=True)


def _time_zone(clinic: Clinic, may_change: bool) -> Iterator[Need]:
    if fault := time_zone_fault(clinic.time_zone):
        zone = clinic.zone
        line = f"Until another is chosen, days and times are those of {zone}."
        url = reverse(f"admin:{APP}_clinic_change", args=[clinic.pk])
        yield Need(fault, url if may_change else "", (Line(line),))


def _rules() -> Iterator[Need]:
    if rules_in_force() is None:
        yield Need(NO_RULES, "")


def _drafts(user: User, may_change: bool, may_review: bool) -> Iterator[Need]:
    """Drafts that wait for this user. One from a file is for everybody to change."""
    steps = AuditEntry.objects.filter(wording=OuterRef("pk"))
    drafts = Wording.objects.drafts().select_related("page").defer("text")
    rows = drafts.annotate(
        is_mine=Exists(Saver.objects.filter(wording=OuterRef("pk"), user=user)),
        is_nobodys=~Exists(Saver.objects.filter(wording=OuterRef("pk"))),
        last_step=Subquery(steps.values("step")[:1]),
    ).order_by("page__name")
    in_review = [row for row in rows if row.state == Wording.State.IN_REVIEW]
    approved = [row for row in in_review if row.is_approved]
    waiting = [row for row in in_review if not row.is_approved and not row.is_mine]
    to_change = [
        row
        for row in rows
        if (row.is_mine or (row.is_nobodys and may_change))
        and row.state == Wording.State.DRAFT
        and row.last_step == AuditEntry.Step.CHANGES_ASKED
    ]
    drafts_url = reverse(f"admin:{APP}_wording_changelist") + "?state__exact="
    if waiting and may_review:
        queue = reverse(f"admin:{APP}_review_queue")
        yield _about(waiting, "{} for your review.", "text waits", "texts wait", queue)
    if to_change:
        yield _about(
            to_change, "{} for by the reviewer.", "draft has changes asked",
            "drafts have changes asked", f"{drafts_url}{Wording.State.DRAFT}",
        )  # fmt: skip
    if approved:
        yield _about(
            approved, "{} to be published.", "approved text waits",
            "approved texts wait", f"{drafts_url}{Wording.State.IN_REVIEW}",
        )  # fmt: skip


def _checks(live: list[Wording], today: date) -> Iterator[Need]:
    published = [row for row in live if row.state == Wording.State.PUBLISHED]
    rows = Wording.objects.live().select_related("page").defer("text")
    overdue, soon = list(rows.overdue(today)), list(rows.due_soon(today))
    unchecked = [row for row in published if not row.is_approved]
    never = [row for row in unchecked if not row.page.is_clinic_text]
    unconfirmed = [row for row in unchecked if row.page.is_clinic_text]
    unreviewed = [row for row in unchecked if row.author_id is not None]
    queue = reverse(f"admin:{APP}_review_queue")
    if overdue:
        text = "{} for the next check. Patients are told so."
        yield _about(overdue, text, "page is overdue", "pages are overdue", queue)
    if unreviewed:
        text = "{} without the approval of a second person."
        yield _about(unreviewed, text, "text is live", "texts are live", queue)
    if never:
        text = '{} by a clinician. Patients read "Not yet checked by a clinician".'
        words = ("page was never checked", "pages were never checked")
        yield _about(never, text, *words, queue)
    if unconfirmed:
        text = "{} by a second person: statements, and names of areas."
        words = ("text of the clinic was never confirmed",
                 "texts of the clinic were never confirmed")  # fmt: skip
        yield _about(unconfirmed, text, *words, queue)
    if soon:
        text = f"{{}} for the next check within {DUE_SOON.days} days."
        yield _about(soon, text, "page is due", "pages are due", queue)


def _withdrawn(live: list[Wording]) -> Iterator[Need]:
    gone = [row for row in live if row.state == Wording.State.WITHDRAWN]
    if gone:
        text = "{}. A reviewer can put a version back, or you write a new draft."
        pages = reverse(f"admin:{APP}_page_changelist")
        yield _about(gone, text, "text is withdrawn", "texts are withdrawn", pages)


def _content(clinic: Clinic) -> Iterator[Need]:
    report = LoadReport.objects.filter(pk=1).first()
    if report is not None and report.faults and report.moment is not None:
        moment = report.moment.astimezone(clinic.zone)
        faults = count(len(report.faults), "fault", "faults")
        text = (
            f"The content folder was not loaded because of {faults}, on "
            f"{moment:%d %B %Y at %H:%M}. What was live stays live. Only whoever runs "
            "the site can mend them: they are in its files."
        )
        yield Need(text, "", tuple(Line(fault) for fault in report.faults))
    waiting = FileText.objects.filter(is_settled=False).select_related("page")
    conflicts = list(waiting.defer("text").order_by("page__name"))
    if conflicts:
        files = count(len(conflicts), "file differs", "files differ")
        lines = tuple(
            Line(
                row.page.path,
                reverse(f"admin:{APP}_file_conflict", args=[row.pk]),
            )
            for row in conflicts
        )
        url = reverse(f"admin:{APP}_filetext_changelist") + "?is_settled__exact=0"
        yield Need(f"{files} from staff's text. Choose which stays.", url, lines)
    yield from _shipped_texts()


def _shipped_texts() -> Iterator[Need]:
    waiting = ShippedText.objects.filter(is_settled=False).only("path")
    lines = tuple(
        Line(row.path, reverse(f"admin:{APP}_shipped_text", args=[row.pk]))
        for row in waiting
    )
    if lines:
        files = count(len(lines), "file", "files")
        text = (
            f"Another text came with StemGuide for {files} that the clinic changed. "
            "The clinic's text stays; look at what differs."
        )
        yield Need(text, lines[0].url, lines)


def _areas(clinic: Clinic) -> Iterator[Need]:
    if not clinic.areas_offered.exists():
        url = reverse(f"admin:{APP}_clinic_change", args=[clinic.pk])
        line = "Until then patients are not asked, and read the words for all areas."
        yield Need("No area is offered. Tick what you treat.", url, (Line(line),))


def _blanks(clinic: Clinic) -> Iterator[Need]:
    blank = [entry for entry in BLANKS if not getattr(clinic, entry[0])]
    if blank:
        details = count(len(blank), "clinic detail is", "clinic details are")
        lines = tuple(
            Line(f"{what}. Until then: {meanwhile}") for _, what, meanwhile in blank
        )
        url = reverse(f"admin:{APP}_clinic_change", args=[clinic.pk])
        yield Need(f"{details} still blank.", url, lines)


def _about(rows: Sequence[Wording], text: str, one: str, many: str, url: str) -> Need:
    named = [Line(_name(row), _address(row)) for row in rows[:MAX_NAMED]]
    if len(rows) > MAX_NAMED:
        named.append(Line(f"and {len(rows) - MAX_NAMED} more", url))
    return Need(text.format(count(len(rows), one, many)), url, tuple(named))


def _name(wording: Wording) -> str:
    """The wording; for a draft, if it came from its file."""
    is_brought = wording.is_draft and wording.is_from_file
    return f"{wording}, from its file" if is_brought else str(wording)


def _address(wording: Wording) -> str:
    return reverse(f"admin:{APP}_wording_change", args=[wording.pk])
