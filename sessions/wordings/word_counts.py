"""The words that a page shows at first, counted with what is live beside it."""

from contextlib import suppress

from pydantic import ValidationError

from sessions.documents import Document, DocumentError
from sessions.documents import blocks as b
from sessions.documents.parser import parse_once
from sessions.documents.register import Claim
from sessions.guide.budgets import Count, worst_counts
from sessions.library.languages import FIRST
from sessions.library.references import CHECKLIST, SHIPPED_AREAS
from sessions.models import Page, RegisterEntry, Wording
from sessions.wordings.areas import area_slugs


def word_counts(page: Page, document: Document) -> list[Count]:
    """The fullest counts of a page of the guide in English; else nothing."""
    if page.language != FIRST or page.is_clinic_text:
        return []
    checklist = document if page.name == CHECKLIST else _checklist(document)
    areas = area_slugs() or SHIPPED_AREAS
    return worst_counts(page.name, document, checklist, _claims(document), areas)


def _checklist(document: Document) -> Document | None:
    """The live checklist, for a page that shows lines of it."""
    if not any(isinstance(block, b.TaskReferences) for block in document.walk()):
        return None
    live = Wording.objects.live().filter(page__name=CHECKLIST, page__language=FIRST)
    wording = live.first()
    if wording is None or wording.state == Wording.State.WITHDRAWN:
        return None
    try:
        return parse_once(wording.text)
    except DocumentError:
        return None


def _claims(document: Document) -> dict[str, Claim]:
    """The claims that the document names."""
    names = {x.name for x in document.walk() if isinstance(x, b.ClaimReference)}
    rows = RegisterEntry.objects.claims().filter(name__in=names) if names else ()
    found = {}
    for row in rows:
        with suppress(ValidationError):  # Patients are shown none either.
            found[row.name] = Claim.model_validate(row.data)
    return found
