"""All writes to wordings: atomic, recorded in the audit log, raising the version."""

from sessions.wordings.areas import add_area, delete_area, move_area
from sessions.wordings.details import THE_CLINIC, recorded_details, subject_of
from sessions.wordings.drafts import (
    EditConflict,
    FileChoice,
    add_wording,
    content_write,
    restore_wording,
    save_draft,
    settle_file,
    start_draft,
)
from sessions.wordings.going_back import put_back_wording, throw_away_draft
from sessions.wordings.judging import (
    advisory_findings,
    all_findings,
    blocking_findings,
    findings_of,
)
from sessions.wordings.steps import (
    PublishRefused,
    approve_wording,
    ask_for_changes,
    cancel_schedule,
    move_schedule,
    publish_wording,
    send_for_review,
    still_needed,
    time_refusal,
    withdraw_wording,
)

__all__ = [
    "THE_CLINIC",
    "EditConflict",
    "FileChoice",
    "PublishRefused",
    "add_area",
    "add_wording",
    "advisory_findings",
    "all_findings",
    "approve_wording",
    "ask_for_changes",
    "blocking_findings",
    "cancel_schedule",
    "content_write",
    "delete_area",
    "findings_of",
    "move_area",
    "move_schedule",
    "publish_wording",
    "put_back_wording",
    "recorded_details",
    "restore_wording",
    "save_draft",
    "send_for_review",
    "settle_file",
    "start_draft",
    "still_needed",
    "subject_of",
    "throw_away_draft",
    "time_refusal",
    "withdraw_wording",
]
