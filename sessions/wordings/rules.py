"""The rules in force: a row that load_content writes. No worker reads their file."""

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
    """The rules; None where none were taken in. A row that is not whole is none."""
    row = ClinicalRules.objects.filter(pk=1).first()
    if row is None:
        return None
    try:
        return Rules.model_validate(row.data)
    except ValidationError:
        logger.exception("The %s cannot be read.", row)
        return None


def store_rules(rules: Rules, *, has_own: bool) -> str:
    """Puts these in force; says whether they are new, published or unchanged."""
    values = {"data": rules.model_dump(mode="json"), "has_own": has_own}
    before = ClinicalRules.objects.filter(pk=1).values(*values).first()
    if before == values:
        return "unchanged"
    ClinicalRules.objects.update_or_create(pk=1, defaults=values)
    return "new" if before is None else "published"
