"""Checks words that stand on pages and are no page, such as the clinic's address."""

from sessions.documents.quality import text_findings
from sessions.wordings.rules import NO_RULES, rules_in_force


def words_faults(text: str) -> list[str]:
    """Why patients must not read these words; nothing for words that pass.

    Without rules nothing was checked, so that is a fault too.
    """
    rules = rules_in_force()
    return [NO_RULES] if rules is None else text_findings(text, rules)
