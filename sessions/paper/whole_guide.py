"""The pages of the whole guide, in the order in which they are printed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sessions.documents import Document
from sessions.documents.glossary import Glossary, Terms, explain
from sessions.guide.pathway import Step
from sessions.guide.reading import Reading
from sessions.guide.snapshot import LivePage
from sessions.library.references import area_of

HELP = "get-help"
# What follows the stages in the whole guide, up to the pages after/ and learn/.
AFTER_THE_STAGES = (
    "checklist",
    "risks",
    "options",
    "questions",
    "money-and-approval",
    "helping-someone",
)


@dataclass(frozen=True)
class Part:
    """One page of the whole guide; no document where it is withdrawn or unreadable."""

    page: LivePage
    step: Step | None
    document: Document | None

    @property
    def anchor(self) -> str:
        return self.page.name.replace("/", "-")

    @property
    def is_needed(self) -> bool:
        return self.step is None or self.step.is_needed


def guide_parts(reading: Reading, *, is_short: bool = False) -> list[Part]:
    """Every page that fits the reader, in the order in which it is read."""
    parts = []
    for page in _guide_pages(reading):
        place = reading.pathway.place_of(page.stage)
        document = reading.document_of(page)
        if document and is_short:
            document = document.without_more()
        parts.append(Part(page, place.step if place else None, document))
    return parts


def explain_parts(
    parts: Sequence[Part], glossary: Glossary, seen: Terms | None = None
) -> tuple[list[Part], Terms]:
    """`glossary.explain` for parts: the marked parts, and the terms seen so far."""
    explained, seen = [], seen or {}
    for part in parts:
        document = part.document
        if document is not None:
            document, seen = explain(document, glossary, seen)
        explained.append(replace(part, document=document))
    return explained, seen


def _guide_pages(reading: Reading) -> Iterator[LivePage]:
    pages = reading.snapshot.pages
    yield from (step.page for step in reading.pathway.steps)
    yield from (pages[name] for name in AFTER_THE_STAGES if name in pages)
    area = reading.answers.area
    for name, page in pages.items():
        treated = area_of(name)
        is_wanted = area is None or treated == area.code
        if treated and is_wanted and not reading.other_area(page):
            yield page
    learn = (page for name, page in pages.items() if name.startswith("learn/"))
    yield from sorted(learn, key=lambda page: page.position)
    if HELP in pages:
        yield pages[HELP]
