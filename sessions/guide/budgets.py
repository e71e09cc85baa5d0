"""How many words a page may show before a reader opens anything, and how many it shows.

They are counted for each combination of answers, in the country with the most. The help
bar and card, first aid, menus, forms and pop-ups are left out, and so is what folds
hold.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from itertools import product

from sessions.documents import Document
from sessions.documents.first_layer import Claims, count_words, of_section, words_of
from sessions.documents.folds import folded, question_anchors
from sessions.documents.rules import is_among
from sessions.documents.stage_shapes import ASK, has_new_shape
from sessions.guide.pathway import Answers, key_facts
from sessions.guide.snapshot import CELL_SOURCE_CHOICES, Choice
from sessions.library.references import CHECKLIST, GLOSSARY, area_of

BUDGETS: Mapping[str, int] = {
    "home": 200,
    "stages/*": 430,
    CHECKLIST: 400,
    "risks": 700,
    "options": 600,
    "get-help": 200,
    "questions": 350,
    "after/*": 450,
    "helping-someone": 450,
    "money-and-approval": 450,
    "learn/*": 500,
}
"""The most words by page, with what the site puts around the text."""
OTHERS = 600
"""The most words of any other page."""
ASK_YOUR_CLINIC = 120
"""The most words of that section of a stage. They are counted apart."""
FRAMES: Mapping[str, int] = {
    "home": 57,
    "visit": 48,
    "stages/*": 44,
    "after/*": 24,
    "learn/*": 24,
    "helping-someone": 24,
    "questions": 24,
}
"""The most words that the site puts around a text, such as who checked it."""
OTHER_FRAME = 36
UNSURE = 1.35
"""How much more a reader may be shown who has not given every answer."""
FIRST_AID = "first-aid"
"""The section that no budget counts: it stands whole wherever it is needed."""
NO_BUDGET = (GLOSSARY,)
"""A list from A to Z, in which a reader looks up one word."""

NAMES = {choice.code: choice.name for choice in CELL_SOURCE_CHOICES}
"""The labels of `only` blocks. The code of an area stands for its name."""


@dataclass(frozen=True)
class Count:
    """The words of a page for some answers, and the most that it may have."""

    answers: str
    words: int
    budget: int
    what: str = ""

    @property
    def is_over(self) -> bool:
        return self.words > self.budget

    def __str__(self) -> str:
        part = f"{self.what}: " if self.what else ""
        return f"{part}{self.words} of {self.budget} words ({self.answers})"

    @property
    def message(self) -> str:
        """The finding for one that is over."""
        where = f'in "{self.what}" ' if self.what else ""
        return (
            f"With {self.answers}, this page shows {self.words} words {where}before "
            f"anything is opened; {self.budget} is the most. Fold what can wait into "
            "`more`, or move it to the page it belongs to. Never fold safety."
        )


def worst_counts(
    name: str,
    document: Document,
    checklist: Document | None,
    claims: Claims,
    areas: Iterable[str],
) -> list[Count]:
    """The fullest count of a page; of a stage also that of "Ask your clinic".

    Empty for a page without a budget. `checklist` is the page whose lines it may show.
    """
    if budget_of(name) is None:
        return []
    named = {
        country
        for part in (document, *([checklist] if checklist else []))
        for _, condition in part.conditions()
        for country in condition.country
    }
    every = [
        count
        for answers in _combinations(name, areas, named)
        for count in counts_for(name, answers, document, checklist, claims)
    ]
    return [
        _fullest([count for count in every if count.what == what])
        for what in dict.fromkeys(count.what for count in every)
    ]


def _fullest(counts: list[Count]) -> Count:
    fullest = max(counts, key=lambda count: count.words / count.budget)
    is_same = len({count.words for count in counts}) == 1
    return replace(fullest, answers="any answers") if is_same else fullest


def budget_of(name: str) -> int | None:
    """The most words of this page for a reader who gave every answer."""
    if is_among(name, NO_BUDGET):
        return None
    fitting = (most for page, most in BUDGETS.items() if is_among(name, (page,)))
    return next(fitting, OTHERS)


def frame_of(name: str) -> int:
    """The words that the site puts around the text of this page, at most."""
    fitting = (words for page, words in FRAMES.items() if is_among(name, (page,)))
    return next(fitting, OTHER_FRAME)


def _combinations(
    name: str, areas: Iterable[str], named: Set[str]
) -> Iterator[Answers]:
    """The answers of every reader whom the page is for, in the countries it names."""
    treated = area_of(name)
    chosen = [Choice(code, code) for code in areas if treated in ("", code)]
    offered = frozenset(area.code for area in chosen)
    cells = frozenset(source.code for source in CELL_SOURCE_CHOICES)
    for area, source, country in product(
        (*chosen, None), (*CELL_SOURCE_CHOICES, None), sorted({*named, "other"})
    ):
        yield Answers(area, source, country, offered, cells)


def counts_for(
    name: str,
    answers: Answers,
    document: Document,
    checklist: Document | None,
    claims: Claims,
) -> Iterator[Count]:
    """The count for one reader; of a stage also that of "Ask your clinic"."""
    budget = budget_of(name) or 0
    given = [choice.code for choice in (answers.area, answers.cells) if choice]
    more = 1 if answers.is_complete else UNSURE
    told = " and ".join(given) or "no answers"
    shown = shown_to(document, checklist, answers)
    ask = shown.section(ASK) if has_new_shape(document) else None
    in_ask = of_section(ask, claims, NAMES) if ask else 0
    aid = shown.section(FIRST_AID)
    total = count_words(shown, claims, NAMES) + _of_front(shown, answers) - in_ask
    total -= of_section(aid, claims, NAMES) if aid else 0
    yield Count(told, total + frame_of(name), int(budget * more))
    if ask:
        yield Count(told, in_ask, int(ASK_YOUR_CLINIC * more), ask.title)


def shown_to(
    document: Document, checklist: Document | None, answers: Answers
) -> Document:
    """The document as a reader with these answers sees it, with all folds shut."""
    facts, anchors = answers.facts, question_anchors(document)
    lines = checklist.tailored(facts).task_lines() if checklist else {}
    applies = document.front_matter.applies.applies(facts)
    if answers.cells and applies is False:
        document = document.narrowed("cells", answers.cells.code)
    return folded(document.tailored(facts).with_tasks(lines), anchors)


def _of_front(document: Document, answers: Answers) -> int:
    """The words of the title, of what stands below it, and of the key facts."""
    front = document.front_matter
    total = words_of(front.title) + words_of(front.message or front.summary)
    if front.applies.applies(answers.facts) is False:
        return total
    for fact in key_facts(document, answers):
        total += words_of(str(fact.question)) + sum(map(words_of, fact.answers))
    return total
