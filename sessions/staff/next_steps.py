"""Where a wording stands, and the steps that a person may take with it now."""

from dataclasses import dataclass
from datetime import tzinfo

from django.contrib.auth.models import AnonymousUser, User
from django.urls import reverse

from sessions import wordings
from sessions.models import AuditEntry, Clinic, Wording
from sessions.wordings.step_rules import (
    YOU_SAVED_IT,
    Standing,
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
    "cancel_schedule": "Cancel the schedule",
    "withdraw": "Withdraw",
}


@dataclass(frozen=True)
class NextStep:
    """A step this person may take now, and where."""

    name: str
    label: str
    url: str
    saves_first: bool
    """In the editor, where what was typed must not be lost on the way."""


@dataclass(frozen=True)
class NextSteps:
    """Where a wording stands, what it still needs, and what this person may do."""

    wording: Wording
    needed: list[str]
    steps: list[NextStep]
    note: str
    asked: AuditEntry | None
    time_zone: tzinfo

    @property
    def ends_by_saving(self) -> bool:
        return self.wording.state == Wording.State.IN_REVIEW


def next_steps(wording: Wording, user: User | AnonymousUser) -> NextSteps:
    names = offered_steps(wording, user)
    standing = standing_of(wording)
    refused = refusal("approve", wording, user, standing)
    is_theirs = standing is Standing.WAITING and refused == YOU_SAVED_IT
    last = wording.audit_entries.select_related("user").first()
    return NextSteps(
        wording=wording,
        needed=wordings.still_needed(wording),
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
        # To save is to end an approval, so nothing is saved once there is one.
        saves_first=name in ("send", "publish") and not wording.is_approved,
    )


def offered_steps(wording: Wording, user: User | AnonymousUser) -> list[str]:
    """The steps that this person may take now, what the wording waits for first."""
    names = open_steps(wording, user)
    if wording.is_draft and wording.is_approved:
        names.sort(key=lambda name: name != "publish")
    return names


def label_of(wording: Wording, name: str) -> str:
    """What a step is called, for the wording as it is now."""
    if name == "approve" and wording.is_approved:
        return "Check again"
    if name == "publish" and not wording.is_approved:
        return "Publish without review"
    return LABELS[name]
