"""Every write: atomic, and raising the content version if patients can see it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from sessions.documents import DocumentError, parse_document
from sessions.documents.quality import Check, Finding, review
from sessions.documents.register import Register
from sessions.documents.scorecards import Scorecard as ScorecardFile
from sessions.library import ContentFile, FileFault, Library
from sessions.models import (
    Claim,
    ContentVersion,
    Page,
    Saver,
    Scorecard,
    Source,
    Stage,
    Wording,
)
from sessions.references import Known, reference_faults


@contextmanager
def content_write() -> Iterator[None]:
    """A transaction at whose end every worker reads the content anew."""
    with transaction.atomic():
        yield
        ContentVersion.objects.filter(pk=1).update(number=F("number") + 1)


class EditConflict(Exception):
    """Somebody else saved the same draft first. `current` is what they saved."""

    def __init__(self, current: Wording):
        self.current = current
        super().__init__(f"{current} was saved by somebody else.")


class PublishRefused(Exception):
    """A text that must not go to patients yet. `findings` says why, by line."""

    def __init__(self, findings: list[Finding]):
        self.findings = findings
        super().__init__("\n".join(f"line {f.line}: {f.message}" for f in findings))


class ContentRefused(Exception):
    """Files that can not be loaded. Nothing was changed."""

    def __init__(self, faults: list[FileFault]):
        self.faults = faults
        super().__init__("\n".join(map(str, faults)))


# --- wordings ----------------------------------------------------------------


def start_draft(*, page: Page, user: User) -> Wording:
    """A new draft with the page's live text, or the draft there already is."""
    with transaction.atomic():
        page = Page.objects.select_for_update().get(pk=page.pk)
        draft = page.wordings.drafts().first()
        if draft is not None:
            return draft
        newest = page.wordings.first()
        return _add_wording(
            page=page,
            text=newest.text if newest else "",
            author=user,
            reviewer_role="",
        )


def save_draft(
    *,
    wording: Wording,
    revision: int,
    text: str,
    user: User,
    change_note: str = "",
    patient_change_note: str = "",
) -> Wording:
    """The draft with a new text, and `user` named among those who saved it.

    Raises EditConflict when `revision` is not the one that is stored, and
    PermissionDenied when the wording is no draft any more. Either changes nothing.
    """
    with transaction.atomic():
        current = Wording.objects.select_for_update().get(pk=wording.pk)
        if not current.is_draft:
            raise PermissionDenied("This wording is published. Make a new draft.")
        if current.revision != revision:
            raise EditConflict(current)
        current.text = text.replace("\r\n", "\n").replace("\r", "\n")
        current.change_note = change_note
        current.patient_change_note = patient_change_note
        current.revision += 1
        current.author = user
        current.state = Wording.State.DRAFT
        current.save()
        Saver.objects.update_or_create(wording=current, user=user)
        return current


def blocking_findings(*, page: Page, text: str) -> list[Finding]:
    """What keeps a text of this page from patients: faults, gaps, forbidden phrases."""
    try:
        document = parse_document(text)
    except DocumentError as error:
        return [Finding(f.line, Check.FAULT, f.message) for f in error.faults]
    pages = {
        wording.page.name: parse_document(wording.text)
        for wording in Wording.objects.live().select_related("page")
    }
    known = Known(
        pages={**pages, page.name: document},
        claims=frozenset(Claim.objects.values_list("name", flat=True)),
        sources=frozenset(Source.objects.values_list("name", flat=True)),
    )
    faults = reference_faults(page.name, document, known)
    findings = [Finding(fault.line, Check.FAULT, fault.message) for fault in faults]
    return findings + [f for f in review(document, page.name).findings if f.is_blocking]


def publish_wording(
    *, wording: Wording, user: User, publish_from: datetime | None = None
) -> Wording:
    """The wording, live from `publish_from` (now when not given).

    Raises PermissionDenied for somebody who may not publish unreviewed text, and
    PublishRefused when the text has blocking findings. Either changes nothing.
    """
    with content_write():
        current = Wording.objects.select_for_update().get(pk=wording.pk)
        if not current.is_draft:
            raise PermissionDenied("This wording is published already.")
        unreviewed = current.reviewer_id is None
        if unreviewed and not user.has_perm("stemguide_sessions.publish_unreviewed"):
            raise PermissionDenied("A second person must approve this wording first.")
        findings = blocking_findings(page=current.page, text=current.text)
        if findings:
            raise PublishRefused(findings)
        current.state = Wording.State.PUBLISHED
        current.publish_from = publish_from or timezone.now()
        current.save()
        return current


def _add_wording(*, page: Page, text: str, author: User | None, **fields: Any):
    highest = page.wordings.aggregate(highest=Max("number"))["highest"] or 0
    wording = Wording.objects.create(
        page=page, number=highest + 1, text=text, author=author, **fields
    )
    if author is not None:
        Saver.objects.create(wording=wording, user=author)
    return wording


# --- files -------------------------------------------------------------------


@dataclass(frozen=True)
class Loaded:
    """What became of one file: new, published, unchanged, kept or missing."""

    path: str
    outcome: str
    note: str = ""

    def __str__(self) -> str:
        return f"{self.outcome:<10} {self.path}{': ' if self.note else ''}{self.note}"


REQUIRED_PAGES = (
    *(f"stages/{kind}" for kind in Stage.Kind.values),
    "about",
    "accessibility",
    "after/hand",
    "checklist",
    "get-help",
    "helping-someone",
    "home",
    "money-and-approval",
    "options",
    "privacy",
    "questions",
    "risks",
    "words",
)


def library_faults(library: Library) -> list[FileFault]:
    """Everything that keeps a library from being loaded, file by file."""
    known = Known(
        pages={file.name: file.document for file in library.files},
        claims=frozenset(library.register.claims),
        sources=frozenset(library.register.sources),
    )
    faults = list(library.faults)
    # A broken file is no page yet; links to it would be called wrong as well.
    if not faults:
        for file in library.files:
            for fault in reference_faults(file.name, file.document, known):
                faults.append(FileFault(file.path, fault))
    return faults


def load_library(library: Library) -> list[Loaded]:
    """Publishes every new or changed file; says what became of each.

    Staff's own edits are kept. Raises ContentRefused, and changes nothing, when any
    file is broken.
    """
    faults = library_faults(library)
    if faults:
        raise ContentRefused(faults)
    with transaction.atomic():
        results = [
            _load_register(library.register),
            _load_scorecards(library.scorecards),
            *(_load_file(file) for file in library.files),
        ]
        there = {file.name for file in library.files}
        for page in Page.objects.exclude(name__in=there):
            note = "its file is gone; the last wording stays"
            results.append(Loaded(f"en/{page.name}.md", "missing", note))
        if any(result.outcome in ("new", "published") for result in results):
            ContentVersion.objects.filter(pk=1).update(number=F("number") + 1)
    return results


def _load_file(file: ContentFile) -> Loaded:
    page, is_new = Page.objects.get_or_create(name=file.name)
    stage = file.document.front_matter.stage
    if stage is not None:
        Stage.objects.get_or_create(page=page, defaults={"kind": stage})
    loaded = page.wordings.exclude(source_digest="").first()
    newest = page.wordings.first()
    if loaded is not None and loaded.source_digest == file.digest:
        return Loaded(file.path, "unchanged")
    if newest is not None and not newest.source_digest:
        note = (
            f"staff's version {newest.number} stays; the file differs from it. Copy "
            "what you need into a draft in admin"
        )
        return Loaded(file.path, "kept", note)
    wording = _add_wording(
        page=page,
        text=file.text,
        author=None,
        state=Wording.State.PUBLISHED,
        publish_from=timezone.now(),
        source_digest=file.digest,
    )
    return Loaded(file.path, "new" if is_new else "published", str(wording))


def _load_register(register: Register) -> Loaded:
    before = _register_rows()
    sources = {
        name: Source.objects.update_or_create(name=name, defaults=entry.model_dump())[0]
        for name, entry in register.sources.items()
    }
    for name, entry in register.claims.items():
        values = entry.model_dump(exclude={"sources"})
        claim, _ = Claim.objects.update_or_create(name=name, defaults=values)
        claim.sources.set([sources[source] for source in entry.sources])
    Claim.objects.exclude(name__in=register.claims).delete()
    Source.objects.exclude(name__in=register.sources).delete()
    changed = _register_rows() != before
    note = f"{len(register.claims)} claims, {len(sources)} sources"
    outcome = "published" if changed else "unchanged"
    return Loaded("claims.yaml, sources.yaml", outcome, note)


def _load_scorecards(cards: dict[str, ScorecardFile]) -> Loaded:
    before = dict(Scorecard.objects.values_list("name", "data"))
    after = {name: card.model_dump(mode="json") for name, card in cards.items()}
    for name, data in after.items():
        Scorecard.objects.update_or_create(name=name, defaults={"data": data})
    Scorecard.objects.exclude(name__in=after).delete()
    outcome = "unchanged" if after == before else "published"
    return Loaded("scorecards", outcome, f"{len(after)} instruments")


def _register_rows() -> list[Any]:
    links = Claim.sources.through.objects.values_list("claim__name", "source__name")
    return [
        sorted(Source.objects.values_list("name", "title", "publisher", "url", "date")),
        sorted(Source.objects.values_list("name", "year", "read")),
        sorted(
            Claim.objects.values_list(
                "name", "topic", "claim", "certainty", "who", "number", "how_long",
                "result", "does_not_tell", "checked",
            )
        ),
        sorted(links),
    ]  # fmt: skip
