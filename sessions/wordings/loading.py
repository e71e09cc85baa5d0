"""Loads the content folder: pages, register, ratings, rules, what searches need."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import F
from django.utils import timezone

from sessions.documents.front_matter import Strict
from sessions.documents.plurals import count
from sessions.documents.register import Register
from sessions.documents.rules import Rules
from sessions.documents.scorecards import Scorecard
from sessions.guide.live import read_snapshot
from sessions.library.faults import REQUIRED_PAGES, library_faults
from sessions.library.folder import RULES, FileFault, Library
from sessions.models import (
    ContentVersion,
    LoadReport,
    Page,
    Ratings,
    RegisterEntry,
)
from sessions.models.locks import one_writer
from sessions.models.older_tables import fill_older_tables
from sessions.wordings.areas import area_slugs, draft_missing_texts
from sessions.wordings.page_files import Loaded, load_page
from sessions.wordings.rules import rules_in_force, store_rules
from sessions.wordings.search_words import load_search_words
from sessions.wordings.sheet_codes import make_sheet_codes
from sessions.wordings.shipped_texts import lost_files, record_changed_files

NEWER = "the clinic's own text stays; another one ships now. Look at it in admin"


class ContentRefused(Exception):
    """The files cannot be loaded, and nothing was changed."""

    def __init__(self, faults: list[FileFault]):
        self.faults = faults
        super().__init__("\n".join(map(str, faults)))


def load_library(library: Library) -> list[Loaded]:
    """Takes in every new or changed file. Returns the outcome for each file.

    page_files says which pages change at once and which wait for a person. Raises
    ContentRefused, and changes nothing, when any file is broken.
    """
    lost = list(lost_files(library))
    is_read = library.overlay is not None and not lost
    newer = record_changed_files(library) if is_read else []
    kept, last = frozenset(REQUIRED_PAGES), rules_in_force()
    areas = area_slugs()
    faults = [*lost, *library_faults(library, kept, last, areas)]
    report = {"moment": timezone.now(), "faults": [str(fault) for fault in faults]}
    LoadReport.objects.update_or_create(pk=1, defaults=report)
    if faults:
        raise ContentRefused(faults)
    with one_writer():
        # Staff may have deleted one since, and none can be deleted from here on.
        if area_slugs() != areas and (
            faults := list(library_faults(library, kept, last, area_slugs()))
        ):
            raise ContentRefused(faults)
        rules = _load_rules(library)
        results = [
            *_load_data(library, library.rules or last),
            *(load_page(file) for file in library.files),
            *_missing(library),
            *_areas_without_text(),
        ]
        changes = ("new", "published", "back")
        is_new = any(result.outcome in changes for result in results)
        if make_sheet_codes() or is_new:
            ContentVersion.objects.filter(pk=1).update(number=F("number") + 1)
    return [
        rules,
        *results,
        *(Loaded(path, "newer", NEWER) for path in newer),
        *_words_of_sheets(library),
    ]


def _missing(library: Library) -> Iterator[Loaded]:
    """A result for each page in the guide that has no file any more."""
    there = {(file.language, file.name) for file in library.files}
    for page in Page.objects.of_guide().filter(dropped_on=None):
        if (page.language, page.name) not in there:
            note = "its file is gone; the last wording stays"
            yield Loaded(page.path, "missing", note)


def _areas_without_text() -> Iterator[Loaded]:
    """A result for each area that got a draft of its name, as it had none."""
    for draft in draft_missing_texts():
        note = f"{draft} waits for review: an older version added the area"
        yield Loaded(str(draft.page), "waiting", note)


def _words_of_sheets(library: Library) -> Iterator[Loaded]:
    """A result for each language in which some words of sheets are untranslated."""
    if len(library.languages) > 1:
        for language, snapshot in read_snapshot(version=0).translations.items():
            if missing := snapshot.untranslated:
                words = ("word or line of sheets is", "words or lines of sheets are")
                note = (
                    f"{count(len(missing), *words)} not translated. Run "
                    f"manage.py update_catalog {language}"
                )
                yield Loaded(f"locale/{language}", "incomplete", note)


def _load_rules(library: Library) -> Loaded:
    rules = library.rules
    if rules is None:
        return Loaded(RULES, "missing", "its file is gone; the last rules stay")
    phrases = count(len(rules.phrases), "phrase", "phrases")
    statements = count(len(rules.statements), "statement", "statements")
    outcome = store_rules(rules, has_own=library.has_own_rules)
    return Loaded(RULES, outcome, f"{phrases}, {statements}")


def _load_data(library: Library, rules: Rules | None) -> Iterator[Loaded]:
    """A result for each kind of data beside the pages."""
    yield _load_register(library.register)
    yield _load_scorecards(library.scorecards)
    yield load_search_words(library, rules)


def _load_register(register: Register) -> Loaded:
    kinds = RegisterEntry.Kind
    changed = [
        _store(RegisterEntry, register.sources, kind=kinds.SOURCE),
        _store(RegisterEntry, register.claims, kind=kinds.CLAIM),
    ]
    fill_older_tables()
    claims = count(len(register.claims), "claim", "claims")
    note = f"{claims}, {count(len(register.sources), 'source', 'sources')}"
    outcome = "published" if any(changed) else "unchanged"
    return Loaded("claims.yaml, sources.yaml", outcome, note)


def _load_scorecards(cards: dict[str, Scorecard]) -> Loaded:
    outcome = "published" if _store(Ratings, cards) else "unchanged"
    return Loaded("scorecards", outcome, count(len(cards), "instrument", "instruments"))


def _store(
    model: type[RegisterEntry | Ratings], values: Mapping[str, Strict], **kind: Any
) -> bool:
    """Makes the rows of this kind equal to `values`. Returns whether any changed."""
    rows = model._default_manager.filter(**kind)
    before = dict(rows.values_list("name", "data"))
    after = {name: value.model_dump(mode="json") for name, value in values.items()}
    for name, data in after.items():
        if before.get(name) != data:
            rows.update_or_create({"data": data}, name=name, **kind)
    rows.exclude(name__in=after).delete()
    return after != before
