"""The audit trail of the clinic's details: its numbers, hours, areas and cells."""

from django.conf import settings
from django.db import models


class DetailChange(models.Model):
    """One detail that was changed, with its old and its new value.

    Details take effect at once, without a second person. A change of them is recorded
    in the same transaction (wordings.details), and is never edited or deleted.
    """

    class Kind(models.TextChoices):
        ADDED = "added", "Added"
        CHANGED = "changed", "Changed"
        REMOVED = "removed", "Removed"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Empty for what a command on the server did.",
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    subject = models.CharField(
        max_length=100, help_text="What it is a detail of, such as: Area hand."
    )
    field = models.CharField(max_length=100, help_text="Its name, as staff read it.")
    old = models.TextField(blank=True)
    new = models.TextField(blank=True)
    moment = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ["-moment", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject}, {self.field}"
