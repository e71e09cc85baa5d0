"""What a wording still needs, and the steps that a user may take with it now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from django.contrib.auth.models import AnonymousUser, User
from django.urls import reverse

from sessions import wordings
from sessions.documents.quality import Finding
from sessions.models import AuditEntry, Clinic, Wording
from sessions.wordings.step_rules import (
    YOU_SAVED_IT,
    Standing,
    lacks_permission,
    open_steps,
    refusal,
    standing_of,
)

APP = "stemguide_sessions"
LABELS = {
    "send": "Send for review",
    "approve": "Approve",
    "ask_for_changes": "Ask for changes",
    "publish": "Publish",
    "move_schedule": "Move the date",
    "cancel_schedule": "Cancel the schedule",
    "withdraw": "Withdraw",
    "put_back": "Put back",
    "throw_away": "Throw this draft away",
}


@dataclass(frozen=True)
class NextStep:
    """A step that this user may take now, and its URL."""

    name: str
    label: str
    url: str
    saves_first: bool
    """In the editor: whether its button saves the text before the step."""


@dataclass(frozen=True)
class NextSteps:
    """What a wording still needs, and what this user may do with it."""

    wording: Wording
    needed: list[str]
    steps: list[NextStep]
    note: str
    asked: AuditEntry | None
    time_zone: tzinfo

    @property
    def ends_by_saving(self) -> bool:
        """Whether saving the draft takes it out of review."""
        return self.wording.state == Wording.State.IN_REVIEW


def next_steps(
    wording: Wording,
    user: User | AnonymousUser,
    findings: Sequence[Finding] | None = None,
) -> NextSteps:
    """`findings` are those of the text, from a caller that has them already."""
    names = offered_steps(wording, user)
    standing = standing_of(wording)
    refused = refusal("approve", wording, user, standing)
    is_theirs = standing is Standing.WAITING and refused == YOU_SAVED_IT
    last = wording.audit_entries.select_related("user").first()
    return NextSteps(
        wording=wording,
        needed=wordings.still_needed(wording, findings),
        steps=[_step(wording, name) for name in names],
        note=YOU_SAVED_IT if is_theirs else "",
        asked=last if last and last.step == AuditEntry.Step.CHANGES_ASKED else None,
        time_zone=Clinic.objects.get(pk=1).zone,
    )


def _step(wording: Wording, name: str) -> NextStep:
    return NextStep(
        name=name,
        label=label_of(wording, name),
        url=reverse(f"admin:{APP}_wording_{name}", args=[wording.pk]),
        # Saving voids an approval, so an approved draft is not saved first.
        saves_first=name in ("send", "publish") and not wording.is_approved,
    )


def offered_steps(wording: Wording, user: User | AnonymousUser) -> list[str]:
    """The steps that this user may take now. An approved draft has `publish` first."""
    names = open_steps(wording, user)
    if wording.is_draft and wording.is_approved:
        names.sort(key=lambda name: name != "publish")
    return names


def may_put_back(wording: Wording, user: User | AnonymousUser) -> bool:
    """Whether this user may put the version back now. Only a reviewer costs queries."""
    if lacks_permission("put_back", user) or not wording.is_approved:
        return False
    return not refusal("put_back", wording, user, standing_of(wording))


def label_of(wording: Wording, name: str) -> str:
    """The label of a step, for the wording as it is now."""
    if name == "approve" and wording.is_approved:
        return "Check again"
    if name == "publish" and not wording.is_approved:
        return "Publish without review"
    return LABELS[name]
