"""Taking the content folder in: every new or changed file becomes a wording."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from sessions.actions import add_wording
from sessions.documents.register import Register
from sessions.documents.scorecards import Scorecard as ScorecardFile
from sessions.library import ContentFile, FileFault, Library
from sessions.models import (
    Claim,
    ContentVersion,
    Page,
    Scorecard,
    Source,
    Stage,
    Wording,
)
from sessions.references import Known, reference_faults


class ContentRefused(Exception):
    """Files that can not be loaded. Nothing was changed."""

    def __init__(self, faults: list[FileFault]):
        self.faults = faults
        super().__init__("\n".join(map(str, faults)))


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
    wording = add_wording(
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
