"""Checks of what staff type beside a text, for patients to read as plain text.

That is the note of what changed, the reasons for withdrawing and for publishing without
review, and a role that is not in the list. The checks of words are for English only.
"""

from collections.abc import Iterator

from sessions.documents.kinds import kinds_in
from sessions.documents.quality import Check, Finding, promises
from sessions.documents.rules import Rules
from sessions.library.languages import FIRST
from sessions.models import Page
from sessions.wordings.plain_words import words_messages
from sessions.wordings.rules import rules_in_force

IN_NOTE = "In the change note for patients:"
LEAVE_OUT = 'Leave it out: "A sentence here was wrong" is enough.'


def note_findings(page: Page, note: str, rules: Rules | None) -> Iterator[Finding]:
    """The findings for the change note of a wording: all of them are blocking."""
    for message in _messages(page, note, rules):
        yield Finding(0, Check.FORBIDDEN, f"{IN_NOTE} {message}")


def words_refusal(page: Page, words: str) -> str:
    """Why patients of this page may not read these words; empty if they may."""
    return " ".join(_messages(page, words, rules_in_force()))


def reason_refusal(page: Page, reason: str) -> str:
    """The same for the reason of a withdrawal.

    Only forbidden phrases and kinds of sentence are refused, and nothing without rules:
    a person must always be able to withdraw a text at once, alone.
    """
    rules = rules_in_force()
    if rules is None or page.language != FIRST:
        return ""
    found = [
        f'"{one.words}" reads as {one.kind.finds}. {LEAVE_OUT}'
        for one in kinds_in(reason, rules)
    ]
    return " ".join(promises(reason, rules, LEAVE_OUT) + found)


def _messages(page: Page, words: str, rules: Rules | None) -> list[str]:
    if rules is None or page.language != FIRST:
        return []
    return words_messages(words, rules)
