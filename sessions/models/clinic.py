"""The clinic that runs this guide: its details, its hours, and what it treats."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext

from sessions.models.telephones import MAX_LENGTH, TelephoneFault, tidy_telephone
from sessions.models.time_zones import clinic_zone, time_zone_fault

# (field, its name for staff, what patients see while it is blank)
BLANKS = [
    ("name", "The clinic's name", 'pages say "Stem cell therapy guide" alone'),
    ("telephone", "The telephone", '"Ring the number on your appointment letter"'),
    ("emergency_number", "The emergency number", '"911 (US), 999 (UK) or 112 (EU)"'),
    (
        "funding_statement",
        "Who pays, and who earns",
        '"This clinic has not said yet. Ask your team who earns from the treatment."',
    ),
    (
        "approval_statement",
        "Is it approved",
        '"This clinic has not said yet. Ask your team, and ask for it in writing."',
    ),
]


class Clinic(models.Model):
    """The clinic that runs this guide: one row.

    Where a field is blank, patients read a sentence that tells them what to do.
    """

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
        max_length=MAX_LENGTH,
        blank=True,
        help_text="For questions in opening hours. While this is blank, pages say "
        '"Ring the number on your appointment letter".',
    )
    out_of_hours_telephone = models.CharField(
        "out-of-hours telephone",
        max_length=MAX_LENGTH,
        blank=True,
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
        help_text="What this clinic treats. A new area is off until it is ticked here.",
    )
    offers_bone_marrow = models.BooleanField("cells from bone marrow", default=True)
    offers_fat = models.BooleanField("cells from fat", default=True)
    offers_prepared = models.BooleanField("prepared cells", default=True)
    # Copies of the live texts: see wordings.live_columns.
    funding_statement = models.TextField(blank=True, editable=False)
    approval_statement = models.TextField(blank=True, editable=False)

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
        if fault := time_zone_fault(self.time_zone):
            message = f'{fault} Write one like "America/Chicago".'
            raise ValidationError({"time_zone": message})
        offers = (self.offers_bone_marrow, self.offers_fat, self.offers_prepared)
        if not any(offers):
            message = (
                "Tick at least one cell source, or patients have nothing to choose."
            )
            raise ValidationError({"offers_bone_marrow": message})
        self._tidy_telephones()

    def _tidy_telephones(self) -> None:
        for field in ("telephone", "out_of_hours_telephone"):
            if number := getattr(self, field):
                try:
                    setattr(self, field, tidy_telephone(number))
                except TelephoneFault as fault:
                    raise ValidationError({field: str(fault)}) from None

    @property
    def zone(self) -> tzinfo:
        """The time zone of every day and time that patients and staff read."""
        return clinic_zone(self.time_zone)

    def today(self, now: datetime | None = None) -> date:
        """Today's date (or the date of `now`) in the clinic's time zone."""
        return (now or timezone.now()).astimezone(self.zone).date()


class OpeningTime(models.Model):
    """A span of time on one weekday in which the clinic answers the telephone."""

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
        return self.line(self.day_name)

    @property
    def day_name(self) -> str:
        return gettext(self.get_day_display())

    def line(self, days: str) -> str:
        """These hours as patients read them, for these days."""
        return gettext("%(day)s %(opens)s to %(closes)s") % {
            "day": days,
            "opens": f"{self.opens:%H:%M}",
            "closes": f"{self.closes:%H:%M}",
        }


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
    """A part of the body that is treated, such as a joint or a hand.

    Name and introduction are copies of its live text: see wordings.live_columns. Until
    there is one, they are what whoever added the area typed.
    """

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
