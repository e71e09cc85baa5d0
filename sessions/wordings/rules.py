"""The clinical rules in the database. Web workers read no rules file."""

import logging

from pydantic import ValidationError

from sessions.documents.rules import Rules
from sessions.models import ClinicalRules

NO_RULES = (
    "The clinical rules are missing, so no text can be sent for review, approved or "
    "published. Whoever looks after the site runs manage.py load_content."
)

logger = logging.getLogger(__name__)


def rules_in_force() -> Rules | None:
    """The stored rules; None if there are none, or if they are not valid."""
    row = ClinicalRules.objects.filter(pk=1).first()
    if row is None:
        return None
    try:
        return Rules.model_validate(row.data)
    except ValidationError:
        logger.exception("The %s cannot be read.", row)
        return None


def store_rules(rules: Rules, *, has_own: bool) -> str:
    """Stores the rules. Returns the outcome: "new", "published" or "unchanged".

    `has_own` says whether some of the rules are the clinic's own.
    """
    values = {"data": rules.model_dump(mode="json"), "has_own": has_own}
    before = ClinicalRules.objects.filter(pk=1).values(*values).first()
    if before == values:
        return "unchanged"
    ClinicalRules.objects.update_or_create(pk=1, defaults=values)
    return "new" if before is None else "published"
