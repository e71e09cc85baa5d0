"""Where a wording stands, and the steps that a person may take with it now."""

from dataclasses import dataclass
from datetime import tzinfo

from django.contrib.auth.models import AnonymousUser, User
from django.urls import reverse

from sessions import wordings
from sessions.models import AuditEntry, Clinic, Wording

APP = "stemguide_sessions"
LABELS = {
    "send": "Send for review",
    "approve": "Approve",
    "ask_for_changes": "Ask for changes",
    "publish": "Publish",
    "cancel_schedule": "Cancel the schedule",
    "withdraw": "Withdraw",
}
YOU_SAVED_IT = "You saved this wording, so somebody else checks it."


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
    is_theirs = wording.savers.filter(pk=user.pk).exists()
    is_for_review = wording.state == Wording.State.IN_REVIEW and not wording.is_approved
    may_review = user.has_perm(f"{APP}.review_wording")
    last = wording.audit_entries.select_related("user").first()
    return NextSteps(
        wording=wording,
        needed=wordings.still_needed(wording),
        steps=[_step(wording, name) for name in names],
        note=YOU_SAVED_IT if is_theirs and is_for_review and may_review else "",
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
    """The steps that this person may take with the wording as it is now."""
    may_change = user.has_perm(f"{APP}.change_wording")
    may_review = user.has_perm(f"{APP}.review_wording")
    may_hurry = user.has_perm(f"{APP}.publish_unreviewed")
    did_not_save = not wording.savers.filter(pk=user.pk).exists()
    is_live = Wording.objects.live().filter(pk=wording.pk).exists()
    match wording.state:
        case Wording.State.DRAFT:
            offered = {"send": may_change, "publish": may_change and may_hurry}
        case Wording.State.IN_REVIEW if wording.is_approved:
            may_publish = may_change or may_review
            offered = {
                "publish": may_publish,
                # A day or role typed wrongly is put right so, by name.
                "approve": may_review and did_not_save,
                "ask_for_changes": may_review,
            }
        case Wording.State.IN_REVIEW:
            offered = {
                "approve": may_review and did_not_save,
                "ask_for_changes": may_review,
                "publish": may_change and may_hurry,
            }
        case Wording.State.PUBLISHED:
            is_ahead = wording.is_scheduled
            offered = {
                "approve": may_review and did_not_save and (is_live or is_ahead),
                "cancel_schedule": is_ahead and may_change,
                "withdraw": is_live and user.has_perm(f"{APP}.withdraw_wording"),
            }
        case _:
            offered = {}
    return [name for name, is_offered in offered.items() if is_offered]


def label_of(wording: Wording, name: str) -> str:
    """What a step is called, for the wording as it is now."""
    if name == "approve" and wording.is_approved:
        return "Check again"
    if name == "publish" and not wording.is_approved:
        return "Publish without review"
    return LABELS[name]
