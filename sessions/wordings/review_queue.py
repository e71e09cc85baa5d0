"""The review queue: wordings that a clinician should check, and why."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import TextChoices

from sessions.models import Wording
from sessions.models.wordings import DUE_SOON


class Reason(TextChoices):
    """Why a wording is in the queue; the most pressing first."""

    WAITING = "waiting", "Waiting for review"
    OVERDUE = "overdue", "Overdue"
    DUE = "due", "Due soon"
    NEVER = "never", "Never checked"


@dataclass(frozen=True)
class QueueEntry:
    """A wording that a clinician should check, and why."""

    wording: Wording
    reason: Reason

    @property
    def why(self) -> str:
        """The reason as staff read it; for a text that waits, if a file brought it."""
        if self.reason is Reason.WAITING and self.wording.is_from_file:
            return f"{self.reason.label}. It came from its file."
        return str(self.reason.label)

    @property
    def due(self) -> date | None:
        """The day its next check is due; None if it was never checked."""
        return self.wording.next_check


def review_queue(*, today: date, days: int = DUE_SOON.days) -> list[QueueEntry]:
    """Every wording sent for review, and every live one that is overdue, due within
    `days`, or was never checked by a clinician."""
    waiting = Wording.objects.filter(state=Wording.State.IN_REVIEW, reviewer=None)
    live = Wording.objects.live().filter(state=Wording.State.PUBLISHED)
    found = {
        Reason.WAITING: waiting,
        Reason.OVERDUE: live.overdue(today),
        Reason.DUE: live.due_soon(today, timedelta(days=days)),
        Reason.NEVER: live.filter(approved_on=None),
    }
    return [
        QueueEntry(wording, reason)
        for reason, wordings in found.items()
        for wording in wordings.select_related("page", "author").order_by(
            "review_due", "page__name"
        )
    ]
