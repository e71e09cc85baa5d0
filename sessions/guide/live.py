"""What is live now, read from the database into a snapshot."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext, override
from pydantic import ValidationError

from sessions.documents import Document, DocumentError
from sessions.documents.common_questions import CommonQuestion
from sessions.documents.parser import parse_once
from sessions.documents.register import Claim, Register, Source
from sessions.documents.scorecards import Scorecard, stored_scorecard
from sessions.documents.synonyms import Synonyms
from sessions.guide.help import with_sentences_beside, withdrawn_sentences
from sessions.guide.opening_times import opening_lines
from sessions.guide.snapshot import (
    CELL_SOURCE_CHOICES,
    Choice,
    ClinicDetails,
    LivePage,
    Snapshot,
    claim_looked_up,
)
from sessions.library.catalogs import untranslated, usable_language
from sessions.library.clinic_texts import area_page, is_clinic_text
from sessions.library.languages import FIRST
from sessions.models import (
    Area,
    Clinic,
    OpeningTime,
    Ratings,
    RegisterEntry,
    SheetCode,
    Wording,
)
from sessions.models import CommonQuestion as CommonQuestionRow
from sessions.models import Synonyms as SynonymsRow
from sessions.models.sheets import sheet_digest, sheets_at

logger = logging.getLogger(__name__)


def read_snapshot(version: int, now: datetime | None = None) -> Snapshot:
    """Reads the snapshot of this moment (or of `now`) from the database."""
    now = now or timezone.now()
    row = Clinic.objects.prefetch_related("opening_times", "closed_dates").get(pk=1)
    live = _live_wordings(now)
    codes = _sheet_codes(now)
    first = _first(version, now, row, live.get(FIRST, []), codes.get(FIRST, {}))
    return replace(first, translations=_translations(first, row, live, codes))


def _first(
    version: int,
    now: datetime,
    row: Clinic,
    wordings: list[Wording],
    codes: dict[str, str],
) -> Snapshot:
    """The snapshot in the first language, without the later ones."""
    clinic = ClinicDetails.of(row)
    pages = {w.page.name: page_of(w, clinic, now) for w in wordings}
    texts = {name: pages.pop(name) for name in list(pages) if is_clinic_text(name)}
    offered = set(row.areas_offered.values_list("slug", flat=True))
    areas = tuple(_areas(texts))
    register = _register()
    return Snapshot(
        version=version,
        read_at=now,
        valid_until=_next_start(now),
        clinic=clinic.with_statements(texts),
        areas=tuple(choice for choice in areas if choice.code in offered),
        every_area=areas,
        cell_sources=_cell_sources(row),
        pages=with_sentences_beside(pages, texts),
        texts=texts,
        sources=register.sources,
        claims=register.claims,
        scorecards=_scorecards(),
        questions=tuple(_questions()),
        synonyms=_synonyms(),
        sheet_codes=codes,
    )


def _areas(texts: Mapping[str, LivePage]) -> Iterator[Choice]:
    """The areas whose name and introduction are live, in their order."""
    for slug in Area.objects.values_list("slug", flat=True):
        text = texts.get(area_page(slug))
        if text and text.document and not text.is_withdrawn:
            yield Choice.of_area(slug, text.document, text.unreviewed_line)


def _next_start(now: datetime) -> datetime | None:
    """When the next scheduled wording goes live; None where there is none."""
    upcoming = Wording.objects.filter(
        state=Wording.State.PUBLISHED, publish_from__gt=now
    ).order_by("publish_from")
    return upcoming.values_list("publish_from", flat=True).first()


def _cell_sources(row: Clinic) -> tuple[Choice, ...]:
    offered = {
        "bone-marrow": row.offers_bone_marrow,
        "fat": row.offers_fat,
        "prepared": row.offers_prepared,
    }
    return tuple(choice for choice in CELL_SOURCE_CHOICES if offered[choice.code])


def _register() -> Register:
    """Claims and sources. A row that is no longer valid is left out, and logged."""
    found = Register(sources={}, claims={})
    for row in RegisterEntry.objects.order_by("pk"):
        try:
            if row.kind == RegisterEntry.Kind.CLAIM:
                found.claims[row.name] = Claim.model_validate(row.data)
            else:
                found.sources[row.name] = Source.model_validate(row.data)
        except ValidationError:
            logger.exception("The %s of the register cannot be read.", row)
    return found


def _scorecards() -> dict[str, Scorecard]:
    """The ratings. A row that is no longer valid is left out, and logged."""
    found = {}
    for row in Ratings.objects.order_by("pk"):
        try:
            found[row.name] = stored_scorecard(row.name, row.data)
        except ValueError:
            logger.exception("The %s cannot be read.", row)
    return found


def _questions() -> Iterator[CommonQuestion]:
    """The common questions. A row that is no longer valid is left out, and logged."""
    for row in CommonQuestionRow.objects.filter(language=FIRST):
        try:
            yield CommonQuestion.model_validate(row.data)
        except ValidationError:
            logger.exception("The %s cannot be read.", row)


def _synonyms() -> Synonyms:
    row = SynonymsRow.objects.filter(language=FIRST).first()
    try:
        return Synonyms.model_validate(row.data) if row else Synonyms()
    except ValidationError:
        logger.exception("The %s cannot be read.", row)
        return Synonyms()


def _translations(
    first: Snapshot,
    row: Clinic,
    live: dict[str, list[Wording]],
    codes: dict[str, dict[str, str]],
) -> dict[str, Snapshot]:
    """The snapshot in each later language that has a live page."""
    spans = list(row.opening_times.all())
    originals = {wording.page.name: wording for wording in live.get(FIRST, [])}
    return {
        language: _translated(
            replace(first, language=language, sheet_codes=codes.get(language, {})),
            spans,
            {
                w.page.name: _translated_page(w, originals, first.clinic, first.read_at)
                for w in wordings
                if not w.page.is_clinic_text
            },
        )
        for language, wordings in sorted(live.items())
        if language != FIRST
    }


def _sheet_codes(now: datetime) -> dict[str, dict[str, str]]:
    """The code of each sheet, by its language and its kind."""
    sheets = {sheet_digest(*sheet): sheet for sheet in sheets_at(now)}
    codes: dict[str, dict[str, str]] = {}
    for row in SheetCode.objects.filter(digest__in=sheets):
        codes.setdefault(row.language, {})[row.kind] = row.code
    return codes


def _live_wordings(now: datetime) -> dict[str, list[Wording]]:
    """The live wordings of each language, by name."""
    wordings = Wording.objects.live(now).select_related("page", "page__stage")
    found: dict[str, list[Wording]] = {}
    # Sorted here: each database has its own collation rules.
    for wording in sorted(wordings, key=lambda wording: wording.page.name):
        found.setdefault(wording.page.language, []).append(wording)
    return found


def _translated(
    snapshot: Snapshot, spans: list[OpeningTime], pages: dict[str, LivePage]
) -> Snapshot:
    """The snapshot with these pages, and with everything beside them translated.

    English text from the database is translated with gettext, as the fixed text of
    sheets is. Text without a translation stays in English.
    """
    snapshot = replace(snapshot, pages=pages)
    clinic = snapshot.clinic
    own = snapshot.own_words(pages.values())
    with override(usable_language(snapshot.language)):
        return replace(
            snapshot,
            catalog_language=usable_language(snapshot.language),
            clinic=replace(
                clinic,
                opening_times=opening_lines(spans),
                funding=clinic.funding.translated(),
                approval=clinic.approval.translated(),
            ),
            areas=_names_translated(snapshot.areas),
            every_area=_names_translated(snapshot.every_area),
            cell_sources=_names_translated(snapshot.cell_sources),
            claims={
                name: claim_looked_up(claim) for name, claim in snapshot.claims.items()
            },
            untranslated=untranslated(snapshot.language, own),
        )


def _names_translated(choices: Iterable[Choice]) -> tuple[Choice, ...]:
    return tuple(replace(choice, name=gettext(choice.name)) for choice in choices)


def _translated_page(
    wording: Wording,
    originals: dict[str, Wording],
    clinic: ClinicDetails,
    now: datetime,
) -> LivePage:
    """The page, and whether its original is withdrawn or was changed after it."""
    page = page_of(wording, clinic, now)
    original = originals.get(page.name)
    if original is None or original.publish_from is None:
        return page
    if original.state == Wording.State.WITHDRAWN:
        return replace(page, original_withdrawn_reason=original.withdrawn_reason)
    if wording.publish_from and original.publish_from > wording.publish_from:
        changed_on = clinic.day_of(original.publish_from)
        return replace(page, original_changed_on=changed_on)
    return page


def page_of(wording: Wording, clinic: ClinicDetails, now: datetime) -> LivePage:
    """The page that this wording is now, or would be if it were live."""
    stage = getattr(wording.page, "stage", None)
    is_away = wording.state == Wording.State.WITHDRAWN
    is_read = wording.page.language == FIRST and not is_away
    return LivePage(
        name=wording.page.name,
        number=wording.number,
        document=_document(wording),
        stage=stage.kind if stage else "",
        is_withdrawn=is_away,
        withdrawn_reason=wording.withdrawn_reason,
        reviewer_role=wording.reviewer_role,
        approved_on=wording.approved_on,
        review_due=wording.next_check,
        unreviewed_reason=wording.unreviewed_reason,
        patient_change_note=wording.patient_change_note,
        published_on=clinic.day_of(wording.publish_from or now),
        language=wording.page.language,
        withdrawn_sentences=withdrawn_sentences(wording.text) if is_read else (),
    )


def previewed(snapshot: Snapshot, page: LivePage) -> Snapshot:
    """The snapshot as if `page` were live: for a preview, never for patients."""
    snapshot = snapshot.with_page(page)
    pages = with_sentences_beside(snapshot.pages, snapshot.texts)
    return replace(snapshot, pages=pages)


def _document(wording: Wording) -> Document | None:
    try:
        return parse_once(wording.text)
    except DocumentError:
        logger.exception("The live text of %s cannot be read.", wording)
        return None
