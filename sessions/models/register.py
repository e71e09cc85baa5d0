"""What is loaded beside pages: register, ratings, rules, questions, synonyms."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class RegisterQuerySet(models.QuerySet["RegisterEntry"]):
    def claims(self) -> RegisterQuerySet:
        return self.filter(kind=RegisterEntry.Kind.CLAIM)

    def sources(self) -> RegisterQuerySet:
        return self.filter(kind=RegisterEntry.Kind.SOURCE)


class RegisterEntry(models.Model):
    """A claim from claims.yaml, or a source from sources.yaml.

    Pages list them by primary key, in the order in which they were first loaded.
    """

    class Kind(models.TextChoices):
        CLAIM = "claim", "Claim"
        SOURCE = "source", "Source"

    kind = models.CharField(max_length=6, choices=Kind.choices)
    name = models.CharField(max_length=80)
    data = models.JSONField(help_text="As documents.register.Claim or Source holds it.")

    objects = RegisterQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "name"], name="register_entry_name_is_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Ratings(models.Model):
    """One instrument's scores of the guide, from content/scorecards/."""

    name = models.SlugField(unique=True)
    data = models.JSONField(help_text="As documents.scorecards.Scorecard holds it.")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"ratings by {self.name}"


class CommonQuestion(models.Model):
    """A question from the file common-questions.yaml of a language, in its order."""

    language = models.CharField(max_length=10)
    name = models.SlugField(max_length=60)
    position = models.PositiveIntegerField()
    data = models.JSONField(
        help_text="As documents.common_questions.CommonQuestion holds it."
    )

    class Meta:
        default_permissions = ()
        ordering = ["language", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["language", "name"], name="common_question_name_is_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"common question {self.language}/{self.name}"


class Synonyms(models.Model):
    """The synonyms of one language, from synonyms.yaml."""

    language = models.CharField(max_length=10, unique=True)
    data = models.JSONField(help_text="As documents.synonyms.Synonyms holds them.")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"synonyms {self.language}"


class ClinicalRules(models.Model):
    """One row: the rules that texts are checked against, from rules.yaml."""

    data = models.JSONField(help_text="As documents.rules.Rules holds them.")
    has_own = models.BooleanField(
        default=False, help_text="Whether the clinic's folder added rules of its own."
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="clinical_rules_is_one_row"),
        ]

    def __str__(self) -> str:
        return "clinical rules"


class ContentVersion(models.Model):
    """One row. Every transaction that changes what patients see raises its number.

    Worker processes compare it to decide whether their snapshot is still current.
    """

    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(pk=1), name="content_version_is_one_row"
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)
