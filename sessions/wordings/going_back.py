"""Throwing a draft away. Its number is never used again, and its text is kept."""

from django.contrib.auth.models import User

from sessions.models import Wording
from sessions.models.locks import one_writer
from sessions.wordings.drafts import Step, lock_revision, record
from sessions.wordings.steps import need_permission, need_step


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
