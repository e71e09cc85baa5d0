"""What staff read of changed details: the newest, on the clinic's or area's history."""

from typing import Any

from sessions.models import Area, Clinic, DetailChange
from sessions.staff.steps import person_name
from sessions.wordings import subject_of

MAX_SHOWN = 500
ON_SERVER = "A command on the server"


def changed_by(change: DetailChange) -> str:
    return person_name(change.user) if change.user else ON_SERVER


def detail_history(row: Clinic | Area) -> dict[str, Any]:
    """Template context of the history of an area, or of the clinic with all areas."""
    changes = DetailChange.objects.select_related("user")
    if isinstance(row, Area):
        changes = changes.filter(subject=subject_of(row))
    whose = f"the area {row}" if isinstance(row, Area) else "the clinic's details"
    shown = changes[:MAX_SHOWN]
    return {
        "title": f"Changes to {whose}",
        "changes": [(change, changed_by(change)) for change in shown],
        "max_shown": MAX_SHOWN,
    }
