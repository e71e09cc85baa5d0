"""Checks words that stand on pages and are no page, such as the clinic's address."""

from sessions.documents.letters import letter_faults
from sessions.documents.quality import text_findings
from sessions.documents.rules import Rules
from sessions.wordings.rules import NO_RULES, rules_in_force


def words_faults(text: str) -> list[str]:
    """Why patients must not read these words; nothing for words that pass.

    Without rules nothing was checked, so that is a fault too.
    """
    rules = rules_in_force()
    return [NO_RULES] if rules is None else words_messages(text, rules)


def words_messages(text: str, rules: Rules) -> list[str]:
    """What is wrong with a plain text: its letters, and what no text may have."""
    letters = dict.fromkeys(fault.message for fault in letter_faults(text))
    return [*letters, *text_findings(text, rules)]
