"""What the guide rests on, as loaded from its files, and the version of it all."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


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
