"""The audit trail of wordings, and the results of loading the content folder."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from sessions.documents.plurals import count
from sessions.models.pages import Page
from sessions.models.wordings import Wording


class AuditEntry(models.Model):
    """One step taken with a wording: who, when, and why. Never edited or deleted."""

    class Step(models.TextChoices):
        STARTED = "started", "Draft started"
        RESTORED = "restored", "Draft started from an older version"
        SENT = "sent", "Sent for review"
        CHANGES_ASKED = "changes-asked", "Changes asked for"
        APPROVED = "approved", "Approved"
        PUBLISHED = "published", "Published"
        PUBLISHED_UNREVIEWED = "published-unreviewed", "Published without review"
        SCHEDULED = "scheduled", "Scheduled"
        SCHEDULE_MOVED = "schedule-moved", "Scheduled for another time"
        SCHEDULE_CANCELLED = "schedule-cancelled", "Schedule cancelled"
        WITHDRAWN = "withdrawn", "Withdrawn"
        PUT_BACK = "put-back", "Put back"
        THROWN_AWAY = "thrown-away", "Draft thrown away"
        LOADED = "loaded", "Loaded from its file"
        KEPT = "kept", "Kept as it was at an upgrade"
        DROPPED = "dropped", "Page dropped"

    wording = models.ForeignKey(
        Wording, on_delete=models.PROTECT, related_name="audit_entries"
    )
    step = models.CharField(max_length=20, choices=Step.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Empty for what load_content or drop_page did.",
    )
    comment = models.TextField(blank=True)
    text = models.TextField(help_text="The wording's text when the step was taken.")
    moment = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-moment", "-pk"]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.get_step_display()}: {self.wording}"


class FileText(models.Model):
    """A content file that changed while its page had a draft of staff.

    It is listed until a member of staff settles it: keeps the draft, takes the file's
    text, or merges the two. If the file changes again, it is listed again.
    """

    page = models.OneToOneField(
        Page, on_delete=models.CASCADE, related_name="file_text"
    )
    text = models.TextField()
    digest = models.CharField(max_length=64)
    is_settled = models.BooleanField(default=False)
    found = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"The file of {self.page}"


class ShippedText(models.Model):
    """A file that the clinic changed, and the newer text of it that ships now.

    The clinic's text is used. The file is listed until a member of staff settles it:
    confirms that the clinic's text stays. If another text ships, it is listed again.
    """

    path = models.CharField(max_length=200, unique=True)
    clinic_text = models.TextField()
    text = models.TextField()
    digest = models.CharField(max_length=64)
    is_settled = models.BooleanField(default=False)
    found = models.DateTimeField(auto_now=True)

    class Meta:
        default_permissions = ()
        ordering = ["path"]

    def __str__(self) -> str:
        return f"The text that ships for {self.path}"


class LoadReport(models.Model):
    """One row: when the content folder was last loaded, and the faults found then."""

    moment = models.DateTimeField(null=True)
    faults = models.JSONField(default=list, help_text="A line of text for each fault.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="load_report_is_one_row"),
        ]

    def __str__(self) -> str:
        return count(len(self.faults), "fault", "faults")
