"""What is kept: the clinic, its pages, and every wording they ever had."""

from __future__ import annotations

import zoneinfo
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from sessions.documents.front_matter import STAGE_KINDS

is_telephone = RegexValidator(
    r"^\+?[0-9][0-9 ().-]{1,28}[0-9]$",
    "Write a telephone number, such as 555 010 0199.",
)


class Clinic(models.Model):
    """Who runs this guide. One row; any blank still leaves patients a next step."""

    class Country(models.TextChoices):
        US = "us", "United States"
        UK = "uk", "United Kingdom"
        EU = "eu", "European Union"
        OTHER = "other", "Somewhere else"

    class Paper(models.TextChoices):
        LETTER = "letter", "US Letter"
        A4 = "a4", "A4"

    name = models.CharField(
        max_length=120,
        blank=True,
        help_text="As patients know it. It stands at the top of every page.",
    )
    telephone = models.CharField(
        max_length=30,
        blank=True,
        validators=[is_telephone],
        help_text="For questions in opening hours. While this is blank, pages say "
        '"Ring the number on your appointment letter".',
    )
    out_of_hours_telephone = models.CharField(
        "out-of-hours telephone",
        max_length=30,
        blank=True,
        validators=[is_telephone],
        help_text="For evenings, nights and days when you are closed.",
    )
    emergency_number = models.CharField(
        max_length=10,
        blank=True,
        validators=[RegexValidator(r"^[0-9]{2,6}$", "Write the digits alone: 911.")],
        help_text="The ambulance number here. While this is blank, pages say "
        '"911 (US), 999 (UK) or 112 (EU)".',
    )
    country = models.CharField(
        max_length=5,
        choices=Country.choices,
        default=Country.US,
        help_text="Decides which national reporting scheme patients are shown.",
    )
    time_zone = models.CharField(
        max_length=60,
        default="UTC",
        help_text='Decides what "today" is. Such as America/Chicago or Europe/Dublin.',
    )
    address = models.TextField(
        blank=True, help_text="Where to come. One line of the address on each line."
    )
    paper = models.CharField(max_length=6, choices=Paper.choices, default=Paper.LETTER)
    areas_offered: models.ManyToManyField[Area, Area] = models.ManyToManyField(
        "Area",
        blank=True,
        help_text="What this clinic treats. With none chosen, all are offered.",
    )
    offers_bone_marrow = models.BooleanField("cells from bone marrow", default=True)
    offers_fat = models.BooleanField("cells from fat", default=True)
    offers_prepared = models.BooleanField("prepared cells", default=True)
    funding_statement = models.TextField(
        blank=True,
        help_text="Who pays for this guide, and who earns from the treatment.",
    )
    approval_statement = models.TextField(
        blank=True,
        help_text="Is what you offer approved, part of a trial, or neither? Say so "
        "plainly.",
    )

    class Meta:
        verbose_name_plural = "clinic"
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="clinic_is_one_row"),
        ]

    def __str__(self) -> str:
        return self.name or "This clinic"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if self.time_zone not in zoneinfo.available_timezones():
            message = 'There is no such time zone. Write one like "America/Chicago".'
            raise ValidationError({"time_zone": message})
        offers = (self.offers_bone_marrow, self.offers_fat, self.offers_prepared)
        if not any(offers):
            message = (
                "Tick at least one cell source, or patients have nothing to choose."
            )
            raise ValidationError({"offers_bone_marrow": message})

    def today(self, now: datetime | None = None) -> date:
        """The date at the clinic."""
        zone = zoneinfo.ZoneInfo(self.time_zone)
        return (now or timezone.now()).astimezone(zone).date()


class OpeningTime(models.Model):
    """One span in which the clinic answers the telephone."""

    class Day(models.IntegerChoices):
        MONDAY = 1, "Monday"
        TUESDAY = 2, "Tuesday"
        WEDNESDAY = 3, "Wednesday"
        THURSDAY = 4, "Thursday"
        FRIDAY = 5, "Friday"
        SATURDAY = 6, "Saturday"
        SUNDAY = 7, "Sunday"

    clinic = models.ForeignKey(
        Clinic, on_delete=models.CASCADE, related_name="opening_times"
    )
    day = models.PositiveSmallIntegerField(choices=Day.choices)
    opens = models.TimeField(help_text="Such as 08:30.")
    closes = models.TimeField(help_text="Such as 17:00.")

    class Meta:
        ordering = ["day", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")),
                name="opening_time_ends_after_it_starts",
                violation_error_message="The closing time must be after the opening.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_day_display()} {self.opens:%H:%M} to {self.closes:%H:%M}"


class ClosedDate(models.Model):
    """A day on which the clinic is closed although it is usually open."""

    clinic = models.ForeignKey(
        Clinic, on_delete=models.CASCADE, related_name="closed_dates"
    )
    day = models.DateField(unique=True)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%d %B %Y}"


class Area(models.Model):
    """What is being treated, such as a joint or a hand."""

    slug = models.SlugField(
        unique=True, help_text="Short name used in addresses, such as hand. Lasting."
    )
    name = models.CharField(max_length=60, help_text="As patients say it.")
    introduction = models.CharField(
        max_length=200, blank=True, help_text="One line that helps a patient choose it."
    )
    position = models.PositiveSmallIntegerField(
        default=0, help_text="Smaller numbers come first."
    )

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Page(models.Model):
    """Anything patients read that has a name, such as `stages/recovery` or `risks`."""

    name = models.CharField(max_length=100)
    language = models.CharField(max_length=10, default="en")

    class Meta:
        ordering = ["language", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "language"], name="page_is_unique_in_its_language"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Stage(models.Model):
    """One of the seven stages, in the order of `Kind`, and the page it is told on."""

    Kind = models.TextChoices(  # type: ignore[call-overload]
        "Kind",
        {k.upper().replace("-", "_"): (k, k.capitalize()) for k in STAGE_KINDS},
    )

    kind = models.CharField(max_length=20, choices=Kind.choices)
    page = models.OneToOneField(Page, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=STAGE_KINDS), name="stage_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class WordingQuerySet(models.QuerySet["Wording"]):
    def shown(self, now: datetime) -> WordingQuerySet:
        """Published or withdrawn, and their time has come."""
        return self.filter(
            state__in=[Wording.State.PUBLISHED, Wording.State.WITHDRAWN],
            publish_from__lte=now,
        )

    def live(self, now: datetime | None = None) -> WordingQuerySet:
        """For each page the one wording patients get: the highest number shown.

        A withdrawn one is live too: its page shows the notice.
        """
        shown = Wording.objects.shown(now or timezone.now())
        highest = shown.filter(page=OuterRef("page")).order_by("-number")
        return shown.filter(number=Subquery(highest.values("number")[:1]))

    def drafts(self) -> WordingQuerySet:
        return self.filter(state__in=[Wording.State.DRAFT, Wording.State.IN_REVIEW])


class Wording(models.Model):
    """One numbered version of a page's text, as patients read it.

    A wording is edited while it is a draft and never again once published: printed
    sheets point at it by number. The database refuses what the rules below forbid;
    actions.py says how a wording moves from state to state.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        IN_REVIEW = "in-review", "Waiting for review"
        PUBLISHED = "published", "Published"
        WITHDRAWN = "withdrawn", "Withdrawn"

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
                condition=Q(state__in=["draft", "in-review"])
                | Q(publish_from__isnull=False),
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
        return self.state in (self.State.DRAFT, self.State.IN_REVIEW)


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


class Source(models.Model):
    """Something that was read, loaded from sources.yaml."""

    name = models.SlugField(unique=True)
    title = models.CharField(max_length=300)
    publisher = models.CharField(max_length=200)
    url = models.URLField(max_length=500)
    date = models.CharField(max_length=80)
    year = models.CharField(max_length=9)
    read = models.CharField(max_length=10, help_text="How much of it was read.")

    def __str__(self) -> str:
        return f"{self.title} ({self.year})"


class Claim(models.Model):
    """An outcome, how sure anyone is, and who was studied: from claims.yaml."""

    name = models.SlugField(unique=True, max_length=80)
    topic = models.CharField(max_length=60)
    claim = models.CharField(max_length=300)
    certainty = models.CharField(max_length=10)
    who = models.CharField(max_length=300)
    number = models.CharField(max_length=100)
    how_long = models.CharField(max_length=100)
    result = models.CharField(max_length=500)
    does_not_tell = models.CharField(max_length=500)
    sources = models.ManyToManyField(Source)
    checked = models.DateField()

    def __str__(self) -> str:
        return self.claim


class Scorecard(models.Model):
    """One instrument's scores of the pages, from content/scorecards/."""

    name = models.SlugField(unique=True)
    data = models.JSONField(help_text="As documents.scorecards.Scorecard holds it.")

    def __str__(self) -> str:
        return self.name


class ContentVersion(models.Model):
    """One row, raised inside every write that patients can see."""

    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(pk=1), name="content_version_is_one_row"
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)
