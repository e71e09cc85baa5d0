"""Checks a text against all rules before it may be published."""

from collections.abc import Iterator
from contextlib import suppress

from sessions.documents import Document, DocumentError, parse_document
from sessions.documents.blocks import ClaimReference
from sessions.documents.glossary import read_glossary
from sessions.documents.guard import source_faults
from sessions.documents.parser import parse_once
from sessions.documents.quality import Check, Finding, anchor_gaps, review
from sessions.documents.rules import Rules
from sessions.library.clinic_texts import clinic_text_faults
from sessions.library.languages import FIRST
from sessions.library.references import (
    CHECKLIST,
    GLOSSARY,
    Known,
    lost_task_faults,
    reference_faults,
    task_reference_faults,
)
from sessions.models import Page, RegisterEntry, Wording
from sessions.wordings.areas import area_slugs
from sessions.wordings.notes import note_findings
from sessions.wordings.rules import NO_RULES, rules_in_force
from sessions.wordings.word_counts import word_counts


def blocking_findings(*, page: Page, text: str) -> list[Finding]:
    """The findings that must be mended before this text of the page is published."""
    return [finding for finding in all_findings(page, text) if finding.is_blocking]


def advisory_findings(*, page: Page, text: str) -> list[Finding]:
    """The findings despite which the text may be published, if a reason is given."""
    return [finding for finding in all_findings(page, text) if not finding.is_blocking]


def findings_of(wording: Wording) -> list[Finding]:
    """All findings for a wording: for its text, and for its note for patients."""
    note = wording.patient_change_note
    return all_findings(wording.page, wording.text, note)


def all_findings(page: Page, text: str, note: str = "") -> list[Finding]:
    """All findings for a text of this page, checked against the other live pages.

    `note` is what patients read beside it about what changed. If no clinical rules are
    stored, one more finding says so. It is blocking, because the checks that need the
    rules were not made.
    """
    rules = rules_in_force()
    no_rules = [] if rules else [Finding(1, Check.FAULT, NO_RULES)]
    beside = note_findings(page, note, rules)
    return [*no_rules, *beside, *_findings(page, text, rules)]


def _findings(page: Page, text: str, rules: Rules | None) -> list[Finding]:
    losses = source_faults(text)
    try:
        document = parse_document(text)
    except DocumentError as error:
        found = sorted({*error.faults, *losses})
        return [Finding(f.line, Check.FAULT, f.message) for f in found]
    register = RegisterEntry.objects.all()
    known = Known(
        pages={**_live_documents(page.language), page.name: document},
        claims=frozenset(_claim_names()),
        sources=frozenset(register.sources().values_list("name", flat=True)),
        language=page.language,
        first=_first_pages(page.language),
        rules=rules,
        areas=area_slugs(),
    )
    faults = [
        *losses,
        *reference_faults(page.name, document, known),
        *clinic_text_faults(page.name, document),
    ]
    findings = [Finding(fault.line, Check.FAULT, fault.message) for fault in faults]
    findings += _claims_without_source(document)
    findings += _lines_of_the_checklist(page.name, document, known)
    findings += (
        Finding(1, Check.BUDGET, counted.message)
        for counted in word_counts(page, document)
        if counted.is_over
    )
    # The checks of words are for English only.
    if page.language != FIRST:
        return [*findings, *anchor_gaps(document)]
    if rules is None:
        return findings
    terms = read_glossary(known.pages.get(GLOSSARY)).by_form
    return [*findings, *review(document, page.name, rules, terms).findings]


def _lines_of_the_checklist(
    name: str, document: Document, known: Known
) -> Iterator[Finding]:
    """Lines that the page would leave out, or make another page leave out."""
    faults = [*task_reference_faults(document, known)]
    if name == CHECKLIST:
        faults += lost_task_faults(document, known)
    for fault in faults:
        yield Finding(fault.line, Check.TASKS, fault.message)


def _live_documents(language: str) -> dict[str, Document]:
    """The live pages in this language, by name, without those that cannot be read."""
    found = {}
    live = Wording.objects.live().of_guide().filter(page__language=language)
    for wording in live.select_related("page"):
        with suppress(DocumentError):
            found[wording.page.name] = parse_once(wording.text)
    return found


def _first_pages(language: str) -> frozenset[str]:
    """The pages in the first language: a page in a later one may link to them."""
    if language == FIRST:
        return frozenset()
    live = Wording.objects.live().of_guide().filter(page__language=FIRST)
    return frozenset(live.values_list("page__name", flat=True))


def _claim_names() -> Iterator[str]:
    """The names that a text may use: of claims, and of those that they replace."""
    rows = RegisterEntry.objects.claims().values_list("name", "data__replaces")
    for name, older in rows:
        yield from (name, *(older or ()))


def _claims_without_source(document: Document) -> Iterator[Finding]:
    claims = RegisterEntry.objects.claims().filter(data__sources=[])
    unsourced = set(claims.values_list("name", flat=True))
    for block in document.walk():
        if isinstance(block, ClaimReference) and block.name in unsourced:
            message = (
                f'The claim "{block.name}" has no source. Take it out. Only whoever '
                "runs the site can name a source for it."
            )
            yield Finding(block.line, Check.FAULT, message)
