"""Pages, and the seven stages that some of them are about."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from sessions.documents.front_matter import STAGE_KINDS
from sessions.library.clinic_texts import (
    AREAS,
    PREFIX,
    is_clinic_text,
    name_for_staff,
)
from sessions.library.languages import FIRST


class PageQuerySet(models.QuerySet["Page"]):
    def of_guide(self) -> PageQuerySet:
        """Without the texts of the clinic: see `library.clinic_texts`."""
        return self.exclude(name__startswith=PREFIX)


class Page(models.Model):
    """A page of the guide in one language, such as `stages/recovery` or `risks`.

    Also a text of the clinic that other pages show: see `library.clinic_texts`.
    """

    name = models.CharField(max_length=100)
    language = models.CharField(max_length=10, default=FIRST)
    dropped_on = models.DateField(
        null=True,
        blank=True,
        editable=False,
        help_text="The day it was taken out of the guide for good; empty while it is "
        "part of it.",
    )

    objects = PageQuerySet.as_manager()

    class Meta:
        ordering = ["language", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "language"], name="page_is_unique_in_its_language"
            ),
        ]

    def __str__(self) -> str:
        """What staff call it."""
        if self.is_clinic_text:
            return name_for_staff(self.name)
        return self.name if self.language == FIRST else f"{self.language}/{self.name}"

    @property
    def is_clinic_text(self) -> bool:
        return is_clinic_text(self.name)

    @property
    def is_area_text(self) -> bool:
        return self.name.startswith(AREAS)

    @property
    def path(self) -> str:
        """The path of the page's file, relative to the content folder."""
        return f"{self.language}/{self.name}.md"


class Stage(models.Model):
    """One of the seven stages, in the order of `Kind`, and the page about it."""

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
