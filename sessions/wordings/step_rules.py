"""The table that says who may take which step with a wording, and when.

The functions in steps.py enforce the table, and the staff screens offer only the steps
that it allows. Two things are not in the table and are checked in steps.py: whether a
required reason or comment was typed, and whether the text may be published.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.contrib.auth.models import AnonymousUser, User

from sessions.models import Wording

APP = "stemguide_sessions"
YOU_SAVED_IT = "You saved this wording, so somebody else checks it."
NOT_YOURS = "Only somebody who saved this draft, or a reviewer, may throw it away."
NEVER_APPROVED = "Nobody approved this version. Restore it as a draft instead."
NOT_APPROVED = "A second person must approve this wording first."


class Standing(StrEnum):
    """The state of a wording in more detail: also approved, scheduled or replaced."""

    DRAFT = "draft"
    WAITING = "waiting for review"
    APPROVED = "approved, and not published"
    SCHEDULED = "published from a later moment on"
    LIVE = "what patients read now"
    IN_USE = "its words are what patients read now, under a newer number"
    REPLACED = "what patients read before"
    WITHDRAWN = "withdrawn after patients read it"
    DROPPED = "what patients read before its page was dropped"
    ENDED = "cancelled or thrown away before patients read it"


@dataclass(frozen=True)
class StepRule:
    """When a step may be taken, by whom, and the messages if it may not."""

    standings: tuple[Standing, ...]
    not_now: str
    """The message for any other standing."""
    permissions: tuple[str, ...]
    """Any one of them is enough."""
    not_allowed: str
    """The message for a user who has none of them."""
    needs_second_person: bool = False
    """Whether a user who ever saved the wording may not take the step."""
    permission_for_others: str = ""
    """Needed as well by a user who never saved the wording."""
    needs_approval: bool = False
    """Whether a second person must have approved the wording."""
    permission_without_approval: str = ""
    """Needed as well, while no second person has approved the wording."""


STEPS = {
    "send": StepRule(
        standings=(Standing.DRAFT,),
        not_now="Only a draft can be sent for review.",
        permissions=("change_wording",),
        not_allowed="You may not send a wording for review.",
    ),
    # Also for an approved wording: a new approval corrects a wrong date or role.
    "approve": StepRule(
        standings=(
            Standing.WAITING,
            Standing.APPROVED,
            Standing.SCHEDULED,
            Standing.LIVE,
        ),
        not_now="This wording is not waiting for review.",
        permissions=("review_wording",),
        not_allowed="You may not review a wording.",
        needs_second_person=True,
    ),
    "ask_for_changes": StepRule(
        standings=(Standing.WAITING, Standing.APPROVED),
        not_now="This wording is not waiting for review.",
        permissions=("review_wording",),
        not_allowed="You may not review a wording.",
    ),
    "publish": StepRule(
        standings=(Standing.DRAFT, Standing.WAITING, Standing.APPROVED),
        not_now="This wording is published already.",
        permissions=("change_wording", "review_wording"),
        not_allowed="You may not publish a wording.",
        permission_without_approval="publish_unreviewed",
    ),
    # For whoever may schedule. Moving is also what "publish" allows, so an unapproved
    # wording needs the same permission; cancelling shows patients nothing.
    "move_schedule": StepRule(
        standings=(Standing.SCHEDULED,),
        not_now="This wording is not waiting for its day.",
        permissions=("change_wording", "review_wording"),
        not_allowed="You may not change when a wording is published.",
        permission_without_approval="publish_unreviewed",
    ),
    "cancel_schedule": StepRule(
        standings=(Standing.SCHEDULED,),
        not_now="This wording is not waiting for its day.",
        permissions=("change_wording", "review_wording"),
        not_allowed="You may not change when a wording is published.",
    ),
    "withdraw": StepRule(
        standings=(Standing.LIVE,),
        not_now="Patients do not read this wording now.",
        permissions=("withdraw_wording",),
        not_allowed="You may not withdraw a wording.",
    ),
    "put_back": StepRule(
        standings=(Standing.REPLACED, Standing.WITHDRAWN),
        not_now="Only what patients read before can be put back.",
        permissions=("review_wording",),
        not_allowed="You may not put a version back.",
        needs_second_person=True,
        needs_approval=True,
    ),
    "throw_away": StepRule(
        standings=(Standing.DRAFT, Standing.WAITING, Standing.APPROVED),
        not_now="This wording is no draft.",
        permissions=("change_wording", "review_wording"),
        not_allowed="You may not throw a draft away.",
        permission_for_others="review_wording",
    ),
}


def standing_of(wording: Wording) -> Standing:
    match wording.state:
        case Wording.State.DRAFT:
            return Standing.DRAFT
        case Wording.State.IN_REVIEW:
            return Standing.APPROVED if wording.is_approved else Standing.WAITING
    if wording.ended_unread:
        return Standing.ENDED
    if wording.is_scheduled:
        return Standing.SCHEDULED
    if wording.page.dropped_on is not None:
        return Standing.DROPPED
    return _standing_of_shown(wording)


def _standing_of_shown(wording: Wording) -> Standing:
    published = Wording.State.PUBLISHED
    live = Wording.objects.live().filter(page=wording.page_id, state=published).first()
    if live is not None and live.text == wording.text:
        return Standing.LIVE if live == wording else Standing.IN_USE
    return Standing.REPLACED if wording.state == published else Standing.WITHDRAWN


def lacks_permission(name: str, user: User | AnonymousUser) -> str:
    """The message for a user without the permission; empty if they have it."""
    rule = STEPS[name]
    may = any(user.has_perm(f"{APP}.{permission}") for permission in rule.permissions)
    return "" if may else rule.not_allowed


def refusal(
    name: str, wording: Wording, user: User | AnonymousUser, standing: Standing
) -> str:
    """Why this user may not take the step with this wording now; empty if they may.

    `standing` is standing_of(wording). It is a parameter so that a caller that checks
    several steps computes it only once.
    """
    rule = STEPS[name]
    if message := lacks_permission(name, user):
        return message
    if standing not in rule.standings:
        return rule.not_now
    if rule.needs_second_person and _saved(wording, user):
        return YOU_SAVED_IT
    others = rule.permission_for_others
    if others and not user.has_perm(f"{APP}.{others}") and not _saved(wording, user):
        return NOT_YOURS
    if rule.needs_approval and not wording.is_approved:
        return NEVER_APPROVED
    extra_permission = "" if wording.is_approved else rule.permission_without_approval
    if extra_permission and not user.has_perm(f"{APP}.{extra_permission}"):
        return NOT_APPROVED
    return ""


def _saved(wording: Wording, user: User | AnonymousUser) -> bool:
    return wording.savers.filter(pk=user.pk).exists()


def open_steps(wording: Wording, user: User | AnonymousUser) -> list[str]:
    """The steps that this user may take with the wording now."""
    standing = standing_of(wording)
    return [name for name in STEPS if not refusal(name, wording, user, standing)]
