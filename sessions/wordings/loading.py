"""Loads the content folder. Each new or changed page becomes a wording."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils import timezone

from sessions.documents.front_matter import Strict
from sessions.documents.plurals import count
from sessions.documents.register import Register
from sessions.documents.scorecards import Scorecard as ScorecardFile
from sessions.guide.live import read_snapshot
from sessions.library.faults import REQUIRED_PAGES, library_faults
from sessions.library.folder import RULES, ContentFile, FileFault, Library
from sessions.models import (
    ContentVersion,
    FileText,
    LoadReport,
    Page,
    RegisterEntry,
    Scorecard,
    Stage,
    Wording,
)
from sessions.models.locks import one_writer
from sessions.models.older_tables import fill_older_tables
from sessions.wordings.drafts import Step, add_wording, record
from sessions.wordings.rules import rules_in_force, store_rules
from sessions.wordings.sheet_codes import make_sheet_codes
from sessions.wordings.shipped_texts import lost_files, record_changed_files

NEWER = "the clinic's own text stays; another one ships now. Look at it in admin"


class ContentRefused(Exception):
    """The files cannot be loaded, and nothing was changed."""

    def __init__(self, faults: list[FileFault]):
        self.faults = faults
        super().__init__("\n".join(map(str, faults)))


@dataclass(frozen=True)
class Loaded:
    """What was done with one file, or what staff must still do about it.

    `outcome` is new, published, unchanged, kept, missing, newer, incomplete, or back:
    the page had been dropped.
    """

    path: str
    outcome: str
    note: str = ""

    def __str__(self) -> str:
        return f"{self.outcome:<10} {self.path}{': ' if self.note else ''}{self.note}"


def load_library(library: Library) -> list[Loaded]:
    """Publishes every new or changed file. Returns the outcome for each file.

    Staff's own edits are kept. Raises ContentRefused, and changes nothing, when any
    file is broken.
    """
    lost = list(lost_files(library))
    is_read = library.overlay is not None and not lost
    newer = record_changed_files(library) if is_read else []
    kept, last = frozenset(REQUIRED_PAGES), rules_in_force()
    faults = [*lost, *library_faults(library, kept=kept, last_rules=last)]
    report = {"moment": timezone.now(), "faults": [str(fault) for fault in faults]}
    LoadReport.objects.update_or_create(pk=1, defaults=report)
    if faults:
        raise ContentRefused(faults)
    with one_writer():
        rules = _load_rules(library)
        results = [
            _load_register(library.register),
            _load_scorecards(library.scorecards),
            *(_load_file(file) for file in library.files),
        ]
        there = {(file.language, file.name) for file in library.files}
        for page in Page.objects.filter(dropped_on=None):
            if (page.language, page.name) not in there:
                note = "its file is gone; the last wording stays"
                results.append(Loaded(page.path, "missing", note))
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


def _load_file(file: ContentFile) -> Loaded:
    page, is_new = Page.objects.get_or_create(name=file.name, language=file.language)
    stage = file.document.front_matter.stage
    if stage is not None:
        Stage.objects.get_or_create(page=page, defaults={"kind": stage})
    if page.dropped_on is not None:
        return _bring_back(file, page)
    # The last one loaded from a file. A restored wording has a digest and an author.
    loaded = page.wordings.filter(author=None).exclude(source_digest="").first()
    newest = page.wordings.first()
    live = Wording.objects.live().filter(page=page).first()
    is_known = loaded is not None and loaded.source_digest == file.digest
    if is_known or file.text in [row.text for row in (newest, live) if row is not None]:
        FileText.objects.filter(page=page).delete()
        return Loaded(file.path, "unchanged")
    if newest is not None and not newest.source_digest:
        return _keep(file, page, newest)
    wording = _publish(file, page)
    return Loaded(file.path, "new" if is_new else "published", str(wording))


def _publish(file: ContentFile, page: Page, comment: str = "") -> Wording:
    wording = add_wording(
        page=page,
        text=file.text,
        author=None,
        state=Wording.State.PUBLISHED,
        publish_from=timezone.now(),
        source_digest=file.digest,
    )
    record(wording, Step.LOADED, None, comment)
    return wording


def _bring_back(file: ContentFile, page: Page) -> Loaded:
    """Puts a dropped page back into the guide, with the file as a new version."""
    note = f"the page was dropped on {page.dropped_on:%d %B %Y}, and is back"
    page.dropped_on = None
    page.save()
    FileText.objects.filter(page=page).delete()
    wording = _publish(file, page, f"{note[0].upper()}{note[1:]}.")
    return Loaded(file.path, "back", f"{wording}; {note}")


def _keep(file: ContentFile, page: Page, newest: Wording) -> Loaded:
    """Keeps staff's text, and stores the file's text for them to decide in admin."""
    waiting = FileText.objects.filter(page=page, digest=file.digest).first()
    if waiting is not None and waiting.is_settled:
        note = f"staff's version {newest.number} stays, as was decided"
        return Loaded(file.path, "kept", note)
    values = {"text": file.text, "digest": file.digest, "is_settled": False}
    FileText.objects.update_or_create(page=page, defaults=values)
    note = (
        f"staff's version {newest.number} stays; the file differs from it. Decide in "
        "admin: keep it, take the file's text, or put the two together"
    )
    return Loaded(file.path, "kept", note)


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


def _load_scorecards(cards: dict[str, ScorecardFile]) -> Loaded:
    outcome = "published" if _store(Scorecard, cards) else "unchanged"
    return Loaded("scorecards", outcome, count(len(cards), "instrument", "instruments"))


def _store(
    model: type[RegisterEntry | Scorecard], values: Mapping[str, Strict], **kind: Any
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
