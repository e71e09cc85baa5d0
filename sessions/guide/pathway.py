"""The stages in order for one patient's answers. Pure: no queries, no requests."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sessions.documents import Document
from sessions.documents.document import TaskLine
from sessions.documents.front_matter import (
    STAGE_KINDS,
    Condition,
    Facts,
    FactVariant,
)
from sessions.guide.snapshot import Choice, LivePage, Snapshot
from sessions.library.references import CHECKLIST, area_of, page_address


@dataclass(frozen=True)
class Answers:
    """What the patient told us. None is "not sure": all that the clinic offers.

    `offered_areas` and `offered_cells` are codes. Where they are empty, an answer that
    is not given may be anything.
    """

    area: Choice | None = None
    cells: Choice | None = None
    country: str = ""
    offered_areas: frozenset[str] = frozenset()
    offered_cells: frozenset[str] = frozenset()

    @property
    def query(self) -> str:
        """The query string of every link: `?area=hand&cells=fat`, or empty."""
        given = {"area": self.area, "cells": self.cells}
        codes = {key: choice.code for key, choice in given.items() if choice}
        return f"?{urlencode(codes)}" if codes else ""

    @property
    def facts(self) -> Facts:
        """The answers as codes, by the keys that conditions in documents use."""
        return {
            "area": self.area.code if self.area else self.offered_areas,
            "cells": self.cells.code if self.cells else self.offered_cells,
            "country": self.country,
        }

    @property
    def is_complete(self) -> bool:
        return self.area is not None and self.cells is not None

    def address(self, path: str) -> str:
        """`path` with the answers in it, before any #anchor."""
        page, hash_sign, anchor = path.partition("#")
        return f"{page}{self.query if page else ''}{hash_sign}{anchor}"


@dataclass(frozen=True)
class KeyFact:
    """A question every patient has of a stage, and its answers for this reader."""

    question: str | Promise
    answers: tuple[str, ...]


KEY_FACT_QUESTIONS = {
    "time": _("How long it takes"),
    "meet": _("Who you meet"),
    "numbing": _("Numbing or sedation"),
    "drive": _("Can you drive?"),
    "home": _("Can you go home the same day?"),
}


@dataclass(frozen=True)
class Step:
    """A stage numbered for these answers."""

    number: int
    kind: str
    page: LivePage
    document: Document | None
    is_needed: bool
    answers: Answers
    key_facts: tuple[KeyFact, ...] = field(default=())
    lines: Mapping[str, TaskLine] = field(default_factory=dict, repr=False)
    """The lines of the checklist for this reader, by their ids."""

    @property
    def title(self) -> str:
        return self.page.title

    @property
    def summary(self) -> str:
        return self.document.front_matter.summary if self.document else ""

    @property
    def url(self) -> str:
        return self.answers.address(page_address(self.page.name))

    @property
    def whole_url(self) -> str:
        """The URL for a reader who has not said where the cells come from."""
        return replace(self.answers, cells=None).address(page_address(self.page.name))

    @property
    def special_document(self) -> Document | None:
        """For a stage that is not needed: only the text for this cell source."""
        if self.page.document is None or self.answers.cells is None:
            return self.document
        special = self.page.document.narrowed("cells", self.answers.cells.code)
        return special.tailored(self.answers.facts).with_tasks(self.lines)


@dataclass(frozen=True)
class Place:
    """A step with its neighbours."""

    step: Step
    previous: Step | None
    next: Step | None  # noqa: A003
    total: int


@dataclass(frozen=True)
class Pathway:
    """The ordered stages for these answers. It identifies no one and is never saved."""

    answers: Answers
    steps: tuple[Step, ...]

    def place_of(self, kind: str) -> Place | None:
        for index, step in enumerate(self.steps):
            if step.kind == kind:
                after = self.steps[index + 1 :]
                return Place(
                    step=step,
                    previous=self.steps[index - 1] if index else None,
                    next=after[0] if after else None,
                    total=len(self.steps),
                )
        return None


def build_pathway(snapshot: Snapshot, answers: Answers) -> Pathway:
    """Every stage that has a live page, in order.

    A stage that does not apply keeps its place, so that the others keep their numbers.
    """
    by_kind = {page.stage: page for page in snapshot.pages.values() if page.stage}
    pages = [by_kind[kind] for kind in STAGE_KINDS if kind in by_kind]
    lines = checklist_lines(snapshot, answers)
    steps = tuple(
        _step(number, page, answers, lines)
        for number, page in enumerate(pages, start=1)
    )
    return Pathway(answers, steps)


def checklist_lines(snapshot: Snapshot, answers: Answers) -> dict[str, TaskLine]:
    """The lines of the live checklist for this reader, by their ids."""
    page = snapshot.pages.get(CHECKLIST)
    if page is None or page.is_withdrawn or page.document is None:
        return {}
    return page.document.tailored(answers.facts).task_lines()


def _step(
    number: int, page: LivePage, answers: Answers, lines: Mapping[str, TaskLine]
) -> Step:
    document = None
    if page.document:
        document = page.document.tailored(answers.facts).with_tasks(lines)
    applies = document.front_matter.applies if document else Condition()
    return Step(
        number=number,
        kind=page.stage,
        page=page,
        document=document,
        is_needed=applies.applies(answers.facts) is not False,
        answers=answers,
        key_facts=key_facts(document, answers),
        lines=lines,
    )


def key_facts(document: Document | None, answers: Answers) -> tuple[KeyFact, ...]:
    """The questions that the stage answers for this reader, with their answers."""
    if document is None or document.front_matter.key_facts is None:
        return ()
    result = []
    for name, variants in document.front_matter.key_facts:
        reached = {
            variant
            for facts in _possible_facts(answers)
            for variant in _reached(variants, facts)
        }
        texts = [variant.text for variant in variants if variant in reached]
        if texts:
            question = KEY_FACT_QUESTIONS[name]
            result.append(KeyFact(question, tuple(dict.fromkeys(texts))))
    return tuple(result)


def _possible_facts(answers: Answers) -> Iterator[dict[str, str]]:
    """The facts for each answer that the reader may mean."""
    possible = [
        sorted(fact) if fact and not isinstance(fact, str) else [fact or ""]
        for fact in answers.facts.values()
    ]
    for values in product(*possible):
        yield dict(zip(answers.facts, map(str, values), strict=True))


def _reached(variants: Sequence[FactVariant], facts: Facts) -> Iterator[FactVariant]:
    """All variants that may apply, up to the first that does apply."""
    for variant in variants:
        applies = variant.when.applies(facts)
        if applies is not False:
            yield variant
        if applies:
            return


def other_area(page: LivePage, snapshot: Snapshot, answers: Answers) -> Choice | None:
    """The area that a page is about, if it is not this reader's.

    A page `after/NAME` is about the area NAME. Where there is no such area, it is for
    everyone.
    """
    slug = area_of(page.name)
    if not slug or Condition(area=(slug,)).applies(answers.facts) is not False:
        return None
    return next((area for area in snapshot.every_area if area.code == slug), None)
