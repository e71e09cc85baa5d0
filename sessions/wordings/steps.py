"""The steps that take a wording from draft to publication and withdrawal.

A draft is sent for review. A second person approves it or asks for changes. It is then
published now or at a later time, until a higher number replaces it or it is withdrawn.

Each function returns the changed wording and records the step in the audit log. It
raises PermissionDenied if step_rules does not allow the step to this user now. It
raises EditConflict if `revision`, which the caller saw, is no longer the stored one.
After an exception nothing is changed.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from sessions.documents.plurals import count
from sessions.documents.quality import Finding
from sessions.models import Clinic, Wording
from sessions.models.locks import one_writer
from sessions.wordings.approval_rules import due_refusal, role_refusal
from sessions.wordings.drafts import (
    Step,
    carry_on,
    content_write,
    lock_revision,
    record,
    schedule_of,
)
from sessions.wordings.judging import findings_of
from sessions.wordings.notes import reason_refusal, words_refusal
from sessions.wordings.rules import NO_RULES, rules_in_force
from sessions.wordings.step_rules import lacks_permission, refusal, standing_of

TIME_AHEAD = "Choose a time that lies ahead."
# A day in the year 9999 cannot be kept in every time zone.
LONGEST_WAIT = timedelta(days=3653)
TOO_FAR_AHEAD = "Choose a time at most ten years ahead."
UNREVIEWED = "Without the approval of a second person:"


class PublishRefused(Exception):
    """The text must not be published yet. `findings` are the reasons, by line."""

    def __init__(self, findings: list[Finding]):
        self.findings = findings
        super().__init__("\n".join(map(str, findings)))


def need_permission(name: str, user: User) -> None:
    """Raises PermissionDenied. Called before anything is read or locked."""
    if message := lacks_permission(name, user):
        raise PermissionDenied(message)


def need_step(name: str, wording: Wording, user: User) -> None:
    """Raises PermissionDenied. `wording` is the stored one, which is locked."""
    if message := refusal(name, wording, user, standing_of(wording)):
        raise PermissionDenied(message)


def need_words(text: str, message: str) -> str:
    """The text, stripped. Raises PermissionDenied with the message if it is empty."""
    if not text.strip():
        raise PermissionDenied(message)
    return text.strip()


def _need_none(message: str) -> None:
    """Raises PermissionDenied with the message, unless it is empty."""
    if message:
        raise PermissionDenied(message)


def _need_near_time(moment: datetime) -> None:
    """Raises PermissionDenied for a time that lies further ahead than LONGEST_WAIT."""
    if moment > timezone.now() + LONGEST_WAIT:
        raise PermissionDenied(TOO_FAR_AHEAD)


def time_refusal(moment: datetime) -> str:
    """Why nothing can be scheduled for this time; empty if it can."""
    now = timezone.now()
    if moment <= now:
        return TIME_AHEAD
    return TOO_FAR_AHEAD if moment > now + LONGEST_WAIT else ""


def still_needed(
    wording: Wording, findings: Sequence[Finding] | None = None
) -> list[str]:
    """What a draft still needs before it is published, as sentences for staff.

    `findings` are those of its text, from a caller that has them already.
    """
    if not wording.is_draft:
        return []
    needed = []
    if findings is None:
        findings = findings_of(wording)
    blocking = [finding for finding in findings if finding.is_blocking]
    if rules_in_force() is None:
        needed.append(NO_RULES)
    elif blocking:
        things = count(len(blocking), "thing", "things")
        place = "text" if all(found.line for found in blocking) else "text or its note"
        needed.append(f"{things} to mend in the {place}.")
    if wording.state == Wording.State.DRAFT:
        needed.append("To be sent for review.")
    if not wording.is_approved:
        needed.append("A second person who approves it, and who never saved it.")
    if len(findings) > len(blocking):
        needed.append("A reason for what could still be better, when you publish.")
    return needed


def send_for_review(*, wording: Wording, revision: int, user: User) -> Wording:
    """Sends a draft for review. Raises PublishRefused for blocking findings."""
    need_permission("send", user)
    with one_writer():
        current = lock_revision(wording, revision)
        need_step("send", current, user)
        blocking = [found for found in findings_of(current) if found.is_blocking]
        if blocking:
            raise PublishRefused(blocking)
        current.state = Wording.State.IN_REVIEW
        current.save()
        record(current, Step.SENT, user)
        return current


def ask_for_changes(
    *, wording: Wording, revision: int, user: User, comment: str
) -> Wording:
    """Makes the wording a draft again, and records the reviewer's comment.

    An approval is voided. Raises PermissionDenied if there is no comment, or if the
    wording is not in review.
    """
    need_permission("ask_for_changes", user)
    comment = need_words(comment, "Say what should change.")
    with one_writer():
        current = lock_revision(wording, revision)
        need_step("ask_for_changes", current, user)
        current.state = Wording.State.DRAFT
        current.void_approval()
        current.save()
        record(current, Step.CHANGES_ASKED, user, comment)
        return current


def approve_wording(
    *,
    wording: Wording,
    revision: int,
    user: User,
    reviewer_role: str,
    review_due: date,
    comment: str = "",
) -> Wording:
    """Records that `user` checked the wording today. Sets its next check.

    The wording is in review, scheduled or live. A live wording stays live. Raises
    PermissionDenied for a user who ever saved the wording, for a `review_due` that is
    not in the future or too far in it, for a role with a title, the name of staff or a
    forbidden phrase, for a wording in another state, and if no rules are stored.
    """
    need_permission("approve", user)
    role = reviewer_role.strip()
    today = Clinic.objects.get(pk=1).today()
    _need_none(role_refusal(role) or due_refusal(review_due, today))
    _need_none(words_refusal(wording.page, role))
    with content_write():
        current = lock_revision(wording, revision)
        need_step("approve", current, user)
        if rules_in_force() is None:
            raise PermissionDenied(NO_RULES)
        current.reviewer = user
        current.reviewer_role = role
        current.approved_on = today
        current.review_due = review_due
        current.save()
        # The audit log keeps these, because the next approval overwrites the fields.
        said = f"Checked by: {role}. Next check due: {review_due}. {comment.strip()}"
        record(current, Step.APPROVED, user, said.strip())
        return current


def publish_wording(
    *,
    wording: Wording,
    revision: int,
    user: User,
    publish_from: datetime | None = None,
    unreviewed_reason: str = "",
    advisory_reason: str = "",
) -> Wording:
    """Publishes the wording, now or from `publish_from` on, at most LONGEST_WAIT ahead.

    If the wording is not approved, the user needs the permission `publish_unreviewed`
    and must give `unreviewed_reason`, which patients read. Advisory findings require
    `advisory_reason`, which is kept in the audit log. Raises PublishRefused for
    blocking findings, and for advisory findings without a reason.
    """
    need_permission("publish", user)
    now = timezone.now()
    _need_near_time(publish_from or now)
    with content_write():
        current = lock_revision(wording, revision)
        need_step("publish", current, user)
        if not current.is_approved:
            message = "Say why it cannot wait for a second person. Patients read it."
            current.unreviewed_reason = need_words(unreviewed_reason, message)
            _need_none(words_refusal(current.page, current.unreviewed_reason))
        _need_fit_text(current, advisory_reason)
        current.state = Wording.State.PUBLISHED
        current.publish_from = max(publish_from or now, now)
        current.save()
        if current.publish_from > now:
            _record_schedule(current, user, advisory_reason.strip())
        else:
            step = Step.PUBLISHED if current.is_approved else Step.PUBLISHED_UNREVIEWED
            reasons = (current.unreviewed_reason, advisory_reason.strip())
            record(current, step, user, " ".join(filter(None, reasons)))
        return current


def _record_schedule(wording: Wording, user: User, advisory_reason: str) -> None:
    """Records who scheduled it and for when. That it is published is never recorded.

    On its day nothing is written: staff.audit derives the publication.
    """
    said = f"{schedule_of(wording)}."
    if not wording.is_approved:
        said += f" {UNREVIEWED} {wording.unreviewed_reason}"
    record(wording, Step.SCHEDULED, user, f"{said} {advisory_reason}".strip())


def _need_fit_text(wording: Wording, advisory_reason: str) -> None:
    """Raises PublishRefused for blocking findings, or advisory ones without reason."""
    findings = findings_of(wording)
    blocking = [finding for finding in findings if finding.is_blocking]
    if blocking:
        raise PublishRefused(blocking)
    if findings and not advisory_reason.strip():
        raise PublishRefused(findings)


def move_schedule(
    *, wording: Wording, revision: int, user: User, publish_from: datetime
) -> Wording:
    """Moves a scheduled wording to another time. Its approval stays.

    Raises PermissionDenied for a time that is not ahead, or further than LONGEST_WAIT.
    """
    need_permission("move_schedule", user)
    with content_write():
        current = lock_revision(wording, revision)
        need_step("move_schedule", current, user)
        if message := time_refusal(publish_from):
            raise PermissionDenied(message)
        before, current.publish_from = schedule_of(current), publish_from
        current.save()
        said = f"Before: {before}. Now: {schedule_of(current)}."
        record(current, Step.SCHEDULE_MOVED, user, said)
        return current


def cancel_schedule(*, wording: Wording, revision: int, user: User) -> Wording:
    """Cancels a scheduled wording. Its number is not given to another wording.

    An approval stays: the text becomes an approved draft under the next number, unless
    the page has a draft.
    """
    need_permission("cancel_schedule", user)
    with content_write():
        current = lock_revision(wording, revision)
        need_step("cancel_schedule", current, user)
        said = f"It was set for {schedule_of(current)}."
        current.end_unread(Wording.CANCELLED)
        current.save()
        record(current, Step.SCHEDULE_CANCELLED, user, said)
        if current.is_approved and not current.page.wordings.drafts().exists():
            draft = carry_on(
                current,
                state=Wording.State.IN_REVIEW,
                change_note=current.change_note,
                patient_change_note=current.patient_change_note,
            )
            said = f"Approved as version {current.number}, which was cancelled."
            record(draft, Step.STARTED, user, said)
        return current


def withdraw_wording(
    *, wording: Wording, revision: int, user: User, reason: str
) -> Wording:
    """Withdraws the live wording. Its page then shows the reason, and no older text.

    One person is enough. Raises PermissionDenied if there is no reason, or one with a
    forbidden phrase, or if the wording is not live.
    """
    need_permission("withdraw", user)
    reason = need_words(reason, "Say why. Patients read it.")
    _need_none(reason_refusal(wording.page, reason))
    with content_write():
        current = lock_revision(wording, revision)
        need_step("withdraw", current, user)
        current.state = Wording.State.WITHDRAWN
        current.withdrawn_reason = reason
        current.save()
        record(current, Step.WITHDRAWN, user, reason)
        return current
