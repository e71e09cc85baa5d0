"""What a text points at: pages, claims, sources, pictures. Do they exist?"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.contrib.staticfiles import finders

from sessions.documents import Document, Fault
from sessions.documents import blocks as b
from sessions.documents.shapes import shape_faults
from sessions.library.languages import FIRST

CELL_SOURCES = ("bone-marrow", "fat", "prepared")
COUNTRIES = ("us", "uk", "eu", "other")
HOME = "home"
# Pages that the site makes from what it holds; no text is written for them.
MADE_PAGES = ("about/how-we-score", "evidence", "learn", "search", "sources", "v")
PROCEDURE_DAY = "procedure-day"
"""The event of the day itself in a reader's calendar, beside those of tasks."""
OWN_QUESTIONS = "own-questions"
"""The key that a reader's own questions are kept under, beside the notes on tasks."""
# `constructor` is there in every object of a script, so it would count as ticked.
OWN_IDS = (PROCEDURE_DAY, OWN_QUESTIONS, "constructor")


@dataclass(frozen=True)
class Known:
    """All there is to point at. `pages` holds each page's document by its name.

    All of it is in one language.
    """

    pages: Mapping[str, Document]
    claims: frozenset[str]
    sources: frozenset[str]
    language: str = FIRST
    first: frozenset[str] = frozenset()
    """The pages of the first language, which a later one may lead to."""

    @cached_property
    def task_pages(self) -> dict[str, list[str]]:
        """The pages that hold each task id: one, because ticks are kept by id alone."""
        found: dict[str, list[str]] = {}
        for name, document in self.pages.items():
            for block in document.walk():
                if isinstance(block, b.Task):
                    found.setdefault(block.id, []).append(name)
        return found


def page_address(name: str, language: str = FIRST) -> str:
    """Where a page is read: `stages/recovery` at `/stages/recovery/`, home at `/`.

    In a later language it is read as a sheet: `/es/stages/recovery/print/`.
    """
    if language != FIRST:
        return f"/{language}/{name}/print/"
    return "/" if name == HOME else f"/{name}/"


def picture_exists(name: str) -> bool:
    return finders.find(f"img/{name}.svg") is not None


def reference_faults(name: str, document: Document, known: Known) -> Iterator[Fault]:
    """A fault for everything the page `name` points at that is not there."""
    stage = document.front_matter.stage
    if stage is not None and name != f"stages/{stage}":
        message = f'This file is "{name}" but says stage: {stage}. Make them the same.'
        yield Fault(1, message)
    if stage is None and name.startswith("stages/"):
        yield Fault(1, "A page under stages/ needs a line stage: with its kind.")
    for source in document.front_matter.sources:
        if source not in known.sources:
            message = f'"{source}" is not in sources.yaml. Add it, or mend its name.'
            yield Fault(1, message)
    yield from shape_faults(name, document, is_first=known.language == FIRST)
    yield from _block_faults(name, document, known)
    addresses = {page_address(page): page for page in known.pages}
    made = {f"/{name}/" for name in MADE_PAGES}
    made |= {f"/evidence/{claim}/" for claim in known.claims}
    made |= {page_address(page) for page in known.first - known.pages.keys()}
    for line, href in document.links():
        path, _, anchor = href.partition("#")
        target = addresses.get(path) if path else name
        if href.startswith("tel:") or path in made:
            continue
        if target is None:
            yield Fault(line, f'There is no page at "{path}". Mend the link.')
            continue
        linked = document if target == name else known.pages[target]
        if anchor and not _has_anchor(linked, anchor):
            message = f'"{path}" has no section "#{anchor}". Mend the link.'
            yield Fault(line, message)


def _block_faults(name: str, document: Document, known: Known) -> Iterator[Fault]:
    for block in document.walk():
        if isinstance(block, b.Task):
            for user in _other_users(block.id, name, document, known):
                message = f'The task id "{block.id}" {user}. Give this task its own.'
                yield Fault(block.line, message)
        if isinstance(block, b.ClaimReference) and block.name not in known.claims:
            message = f'There is no claim "{block.name}" in claims.yaml.'
            yield Fault(block.line, message)
        if isinstance(block, b.Picture) and not picture_exists(block.name):
            message = f'There is no drawing "static/img/{block.name}.svg".'
            yield Fault(block.line, message)


def _other_users(
    task_id: str, name: str, document: Document, known: Known
) -> Iterator[str]:
    """What else goes by the id of a task on the page `name`."""
    for other in known.task_pages.get(task_id, ()):
        if other != name:
            yield f'is on "{other}" too'
    if task_id in OWN_IDS:
        yield "is one that the site itself uses"
    # The box of a task and of its note have these anchors on the page.
    for anchor in (f"task-{task_id}", f"note-{task_id}"):
        if _has_anchor(document, anchor):
            yield f'makes "#{anchor}", the anchor of a section'


def _has_anchor(document: Document, anchor: str) -> bool:
    return any(section.slug == anchor for section in document.sections)


def condition_faults(document: Document, areas: Iterable[str]) -> Iterator[Fault]:
    """A fault for every reader named in `only`, `applies` or `when` who cannot be.

    These are warnings: an area may be added in admin after the text is written.
    """
    known = {"cells": CELL_SOURCES, "area": tuple(areas), "country": COUNTRIES}
    conditions = [(1, document.front_matter.applies)]
    if document.front_matter.key_facts:
        conditions += [
            (1, variant.when)
            for _, variants in document.front_matter.key_facts
            for variant in variants
        ]
    conditions += [
        (block.line, block.condition)
        for block in document.walk()
        if isinstance(block, b.Only)
    ]
    for line, condition in conditions:
        for key, value in condition.items():
            if value not in known[key]:
                message = (
                    f'There is no {key} "{value}", so nobody is shown this. Use '
                    f"{', '.join(known[key])}."
                )
                yield Fault(line, message)
