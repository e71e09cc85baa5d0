"""Every version of the text of a page: wordings, and who saved them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from sessions.documents import DocumentError
from sessions.documents.parser import parse_once
from sessions.library.clinic_texts import PREFIX, name_for_staff
from sessions.models.pages import Page

DUE_SOON = timedelta(days=60)
"""How long before its next check a page is listed as due soon."""


class WordingQuerySet(models.QuerySet["Wording"]):
    def of_guide(self) -> WordingQuerySet:
        """Without the texts of the clinic: see `library.clinic_texts`."""
        return self.exclude(page__name__startswith=PREFIX)

    def shown(self, now: datetime) -> WordingQuerySet:
        """Published wordings whose `publish_from` has passed, and withdrawn wordings.

        `publish_from` of a withdrawn wording is not compared with `now`: if a clock is
        set back, the wording before it must not be shown again. A wording whose
        schedule was cancelled has no `publish_from`, and is never shown.
        """
        return self.filter(
            Q(state=Wording.State.PUBLISHED, publish_from__lte=now)
            | Q(state=Wording.State.WITHDRAWN, publish_from__isnull=False)
        )

    def live(self, now: datetime | None = None) -> WordingQuerySet:
        """For each page the wording that patients get: the highest number of `shown`.

        A withdrawn wording is live too: its page then shows a notice of withdrawal. A
        dropped page has no live wording.
        """
        return self.last_shown(now).filter(page__dropped_on=None)

    def last_shown(self, now: datetime | None = None) -> WordingQuerySet:
        """As `live`, but with the last wording of each dropped page too."""
        shown = Wording.objects.shown(now or timezone.now())
        highest = shown.filter(page=OuterRef("page")).order_by("-number")
        return shown.filter(number=Subquery(highest.values("number")[:1]))

    def overdue(self, today: date) -> WordingQuerySet:
        """Wordings whose next check is overdue. Use as `live().overdue(today)`.

        Overdue has one definition: the wording is live and approved, and `review_due`
        is before today; on that day itself it is not. A wording that was never approved
        or is withdrawn is not overdue. LivePage.is_overdue has the same rule.
        """
        return self._approved().filter(review_due__lt=today)

    def due_soon(self, today: date, within: timedelta = DUE_SOON) -> WordingQuerySet:
        """Wordings whose next check is due on a day from today to `today + within`.

        Use as `live().due_soon(today)`.
        """
        return self._approved().filter(review_due__range=(today, today + within))

    def _approved(self) -> WordingQuerySet:
        return self.filter(state=Wording.State.PUBLISHED, approved_on__isnull=False)

    def not_ended(self) -> WordingQuerySet:
        """Without wordings that ended before patients read them. See `ended_unread`."""
        return self.exclude(state=Wording.State.WITHDRAWN, publish_from=None)

    def unread(self, now: datetime) -> WordingQuerySet:
        """Drafts and scheduled wordings: what patients may read one day."""
        scheduled = Q(state=Wording.State.PUBLISHED, publish_from__gt=now)
        return self.filter(Q(state__in=Wording.DRAFT_STATES) | scheduled)

    def drafts(self) -> WordingQuerySet:
        return self.filter(state__in=Wording.DRAFT_STATES)


class Wording(models.Model):
    """One numbered version of a page's text, as patients read it.

    A draft can be edited; a published wording never, because printed sheets name it by
    its number. The constraints below and the triggers in `guards` refuse anything else;
    wordings.steps holds the changes of state.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        IN_REVIEW = "in-review", "Waiting for review"
        PUBLISHED = "published", "Published"
        WITHDRAWN = "withdrawn", "Withdrawn"

    DRAFT_STATES = (State.DRAFT, State.IN_REVIEW)
    # The reasons of wordings that ended before patients read them.
    CANCELLED = "Cancelled before its day."
    THROWN_AWAY = "Thrown away before patients read it."

    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="wordings")
    number = models.PositiveIntegerField(editable=False)
    text = models.TextField(help_text="The whole text, front matter included.")
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.DRAFT, editable=False
    )
    revision = models.PositiveIntegerField(
        default=1, editable=False, help_text="Raised by every save of the text."
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text="Who saved it last. Empty for a text that came from its file.",
    )
    savers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, editable=False, related_name="+", through="Saver"
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    reviewer_role = models.CharField(
        max_length=80,
        blank=True,
        help_text='What patients read after "Checked by", such as: Hand surgeon.',
    )
    approved_on = models.DateField(null=True, blank=True, editable=False)
    change_note = models.CharField(
        "change note for staff",
        max_length=300,
        blank=True,
        help_text="What you changed and why. Patients never see it.",
    )
    patient_change_note = models.CharField(
        "change note for patients",
        max_length=300,
        blank=True,
        help_text="What is different, in plain words. Patients who read an older "
        "version see it. Leave blank for a spelling fix.",
    )
    publish_from = models.DateTimeField(null=True, blank=True, editable=False)
    review_due = models.DateField(
        null=True,
        blank=True,
        help_text="When a clinician must check it again. Patients see this date.",
    )
    unreviewed_reason = models.CharField(
        max_length=300,
        blank=True,
        editable=False,
        help_text="Why it was published without a second person. Patients read it.",
    )
    withdrawn_reason = models.CharField(
        max_length=300,
        blank=True,
        help_text="Why patients must not use this text. Patients read it.",
    )
    source_digest = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text="Fingerprint of the file it was loaded from; empty for staff's own.",
    )
    created = models.DateTimeField(auto_now_add=True)

    objects = WordingQuerySet.as_manager()

    class Meta:
        ordering = ["page", "-number"]
        permissions = [
            ("review_wording", "Can approve a wording or ask for changes"),
            ("withdraw_wording", "Can withdraw a wording"),
            ("publish_unreviewed", "Can publish a wording that nobody has reviewed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["page", "number"], name="wording_number_is_unique"
            ),
            models.UniqueConstraint(
                fields=["page"],
                condition=Q(state__in=["draft", "in-review"]),
                name="page_has_one_draft",
                violation_error_message="This page has a draft already. Edit that one.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "in-review", "published", "withdrawn"]),
                name="wording_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(reviewer=None) | Q(author=None) | ~Q(reviewer=F("author")),
                name="wording_reviewed_by_someone_else",
                violation_error_message="Ask a second person to review your wording.",
            ),
            models.CheckConstraint(
                condition=Q(reviewer=None, approved_on=None)
                | Q(reviewer__isnull=False, approved_on__isnull=False),
                name="wording_review_has_person_and_day",
            ),
            models.CheckConstraint(
                # Cancelling a schedule makes a wording withdrawn, without publish_from.
                condition=~Q(state="published") | Q(publish_from__isnull=False),
                name="wording_shown_has_a_start",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(withdrawn_reason=""),
                name="wording_withdrawn_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page} version {self.number}"

    @property
    def is_draft(self) -> bool:
        """True while no patient can read it: drafted, in review, or approved."""
        return self.state in self.DRAFT_STATES

    @property
    def ended_unread(self) -> bool:
        """A cancelled schedule, or a draft thrown away: no patient ever reads it."""
        return self.state == self.State.WITHDRAWN and self.publish_from is None

    @property
    def is_approved(self) -> bool:
        return self.reviewer_id is not None

    @property
    def is_from_file(self) -> bool:
        """Whether the text is as its file had it: nobody on the staff has saved it."""
        return self.author_id is None and self.source_digest != ""

    @property
    def next_check(self) -> date | None:
        """The day of the next check by a clinician; None while it is not approved.

        Version 0.1.0 kept `review_due` of voided approvals, so the field alone may be
        out of date.
        """
        return self.review_due if self.is_approved else None

    def end_unread(self, reason: str) -> None:
        """Makes it a wording that no patient will read, for ever. Does not save."""
        self.state = self.State.WITHDRAWN
        self.withdrawn_reason = reason
        self.publish_from = None

    def void_approval(self) -> None:
        """Clears the approval with its role, day and next check. Does not save."""
        self.reviewer = None
        self.reviewer_role = ""
        self.approved_on = None
        self.review_due = None

    @property
    def is_scheduled(self) -> bool:
        """Published, with a `publish_from` in the future."""
        return (
            self.state == self.State.PUBLISHED
            and self.publish_from is not None
            and self.publish_from > timezone.now()
        )

    @property
    def status(self) -> str:
        """The state as staff read it. Four labels are derived, not stored."""
        if self.is_scheduled:
            return "Scheduled"
        if self.ended_unread:
            is_draft = self.withdrawn_reason == self.THROWN_AWAY
            return "Thrown away" if is_draft else "Cancelled"
        if self.state == self.State.IN_REVIEW and self.is_approved:
            return "Approved"
        return self.get_state_display()


class Saver(models.Model):
    """Somebody who saved a wording, and so may never approve it."""

    wording = models.ForeignKey(Wording, on_delete=models.PROTECT)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    saved = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["wording", "user"], name="saver_is_named_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} saved {self.wording}"


def title_of(wording: Wording) -> str:
    """The title in the wording's text, or the page's name if the text has faults."""
    try:
        return parse_once(wording.text).title
    except DocumentError:
        return wording.page.name


def listed_title(wording: Wording) -> str:
    """The title with the name of the page: two pages may have the same title."""
    if wording.page.is_clinic_text:
        return name_for_staff(wording.page.name, title_of(wording))
    return f"{title_of(wording)} ({wording.page})"
