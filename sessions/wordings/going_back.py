"""Putting an approved version back, and throwing a draft away (ADR 29).

No number is used again and no text is lost. See steps.py for what these functions have
in common with the other steps.
"""

from django.contrib.auth.models import User
from django.utils import timezone

from sessions.library.languages import FIRST
from sessions.models import Wording
from sessions.models.locks import one_writer
from sessions.wordings.drafts import (
    Step,
    carry_on,
    content_write,
    end_unread,
    lock_revision,
    record,
)
from sessions.wordings.judging import blocking_findings
from sessions.wordings.steps import (
    PublishRefused,
    need_permission,
    need_step,
    need_words,
)


def put_back_wording(
    *,
    wording: Wording,
    revision: int,
    user: User,
    reason: str,
) -> Wording:
    """Publishes the text of an approved version at once, with its approval.

    Returns the new wording. A draft of the page is thrown away and a schedule is
    cancelled, since the new number is higher than theirs. Raises PublishRefused for a
    text that the rules of today refuse. Its note for patients is a fixed sentence: no
    second person would read another one.
    """
    need_permission("put_back", user)
    reason = need_words(reason, "Say why. It stays in the history.")
    with content_write():
        current = lock_revision(wording, revision)
        need_step("put_back", current, user)
        findings = blocking_findings(page=current.page, text=current.text)
        if findings:
            raise PublishRefused(findings)
        said = f"Version {current.number} was put back."
        for unread in current.page.wordings.unread(timezone.now()):
            end_unread(unread, user, said)
        new = carry_on(
            current,
            state=Wording.State.PUBLISHED,
            publish_from=timezone.now(),
            change_note=said,
            patient_change_note=put_back_note(current),
        )
        record(new, Step.PUT_BACK, user, f"Version {current.number}. {reason}")
        return new


def put_back_note(wording: Wording) -> str:
    """What patients read of the change: nothing where English would be out of place."""
    if wording.page.language != FIRST:
        return ""
    return f"We use the words of version {wording.number} again."


def throw_away_draft(*, wording: Wording, revision: int, user: User) -> Wording:
    """Ends a draft, so that its page may have another one. Patients see no change."""
    need_permission("throw_away", user)
    with one_writer():
        current = lock_revision(wording, revision)
        need_step("throw_away", current, user)
        current.end_unread(Wording.THROWN_AWAY)
        current.save()
        record(current, Step.THROWN_AWAY, user)
        return current
