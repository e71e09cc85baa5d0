"""Copies the live texts of the clinic into columns of Clinic and Area.

Lists for staff read the columns, and so does a version of StemGuide that a site goes
back to. Patients never do: they get the live wordings, also where a schedule has come
due since the last copy.
"""

from django.db.models import Model

from sessions.documents import Document, DocumentError
from sessions.documents.parser import parse_once
from sessions.library.clinic_texts import (
    APPROVAL,
    FUNDING,
    PREFIX,
    area_introduction,
    area_page,
    statement_words,
)
from sessions.models import Area, Clinic, Wording

STATEMENT_COLUMNS = {APPROVAL: "approval_statement", FUNDING: "funding_statement"}


def copy_live_texts() -> None:
    """Brings the columns up to date. Call it in the transaction of the change."""
    live = {
        wording.page.name: wording
        for wording in Wording.objects.live()
        .filter(page__name__startswith=PREFIX)
        .select_related("page")
    }
    documents = {name: _document(wording) for name, wording in live.items()}
    statements = {
        column: statement_words(document) if document else ""
        for name, column in STATEMENT_COLUMNS.items()
        for document in [documents.get(name)]
    }
    _update(Clinic.objects.get(pk=1), statements)
    for area in Area.objects.all():
        if text := documents.get(area_page(area.slug)):
            introduction = area_introduction(text)
            _update(area, {"name": text.title, "introduction": introduction})


def _update(row: Model, values: dict[str, str]) -> None:
    """Writes the values that differ, and nothing where none does."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)


def _document(wording: Wording) -> Document | None:
    """What patients read; None for a withdrawn text, and for one that has faults."""
    if wording.state == Wording.State.WITHDRAWN:
        return None
    try:
        return parse_once(wording.text)
    except DocumentError:
        return None
