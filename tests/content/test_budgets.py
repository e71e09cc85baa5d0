"""What ships is short: the words of each rendered page before anything is opened."""

from urllib.parse import parse_qs

import pytest

from sessions.documents import blocks as b
from sessions.documents.front_matter import STAGE_KINDS
from sessions.documents.phrases import folded
from sessions.documents.stage_shapes import ASK
from sessions.guide.budgets import (
    ASK_YOUR_CLINIC,
    UNSURE,
    budget_of,
    counts_for,
    frame_of,
)
from sessions.guide.pathway import Answers
from sessions.guide.snapshot import CELL_SOURCE_CHOICES, Choice
from sessions.library.references import CHECKLIST, SHIPPED_AREAS, page_address
from sessions.models import Clinic
from tests.addresses import ANSWERS
from tests.content.test_pages import names
from tests.rendered_words import first_layer_words

BUDGETED = [name for name in names() if budget_of(name)]
RUN = 6
MOST_REPEATED = 0.05
"""The share of a stage's words in runs of six that another stage has too."""


def country_of_the_site() -> str:
    return Clinic.objects.get().country


def answers_in(address: str) -> Answers:
    """The answers in an address of the site that `responses` reads."""
    given = parse_qs(address.partition("?")[2])
    area, cells = (given.get(key, [""])[0] for key in ("area", "cells"))
    return Answers(
        Choice(area, area) if area else None,
        next((choice for choice in CELL_SOURCE_CHOICES if choice.code == cells), None),
        country_of_the_site(),
        frozenset(SHIPPED_AREAS),
        frozenset(choice.code for choice in CELL_SOURCE_CHOICES),
    )


def pages_of(responses, name):
    """(answers, HTML) of a page for every reader whom it is for."""
    for given in ANSWERS:
        answers = answers_in(given)
        source = responses[page_address(name) + given].content.decode()
        if name.startswith("after/") and answers.area not in (None, area_named(name)):
            continue
        yield answers, source


def area_named(name: str) -> Choice:
    code = name.removeprefix("after/")
    return Choice(code, code)


@pytest.mark.django_db
@pytest.mark.parametrize("name", BUDGETED)
def test_rendered_page_is_within_its_budget(responses, name):
    over = []
    for answers, source in pages_of(responses, name):
        more = 1 if answers.is_complete else UNSURE
        ask = first_layer_words(source, ASK)
        words = first_layer_words(source) - ask
        if words > budget_of(name) * more or ask > ASK_YOUR_CLINIC * more:
            over.append((answers.query, words, ask))

    assert not over, f"{budget_of(name)} words are the most: {over}"


@pytest.mark.django_db
@pytest.mark.parametrize("name", BUDGETED)
def test_count_that_staff_see_is_the_rendered_one_but_for_the_frame(
    responses, library, name
):
    documents = {file.name: file.document for file in library.files}
    for answers, source in pages_of(responses, name):
        first, *asked = counts_for(
            name,
            answers,
            documents[name],
            documents[CHECKLIST],
            library.register.claims,
        )
        ask = first_layer_words(source, ASK)
        frame = first_layer_words(source) - ask - (first.words - frame_of(name))

        assert [count.words for count in asked] == [ask] * bool(ask), answers.query
        assert 0 < frame <= frame_of(name), (answers.query, frame)


# --- nothing is said on two stages -------------------------------------------


Texts = list[list[str]]
"""The words of each heading, paragraph, item and cell."""


def texts_of(document) -> Texts:
    """What a stage itself says: neither lines of the checklist, nor claims."""
    runs = [b.plain_text(run) for block in document.walk() for run in block.runs()]
    runs += [x.summary for x in document.walk() if isinstance(x, b.More)]
    return [folded(run).split() for run in (document.front_matter.message, *runs)]


def runs_of(texts: Texts) -> set[tuple[str, ...]]:
    return {
        tuple(words[start : start + RUN])
        for words in texts
        for start in range(len(words) - RUN + 1)
    }


def shared_part(texts: Texts, others: set[tuple[str, ...]]) -> float:
    """The share of words that lie in a run which is also in `others`."""
    inside = {
        (number, position)
        for number, words in enumerate(texts)
        for start in range(len(words) - RUN + 1)
        if tuple(words[start : start + RUN]) in others
        for position in range(start, start + RUN)
    }
    return len(inside) / sum(map(len, texts))


@pytest.mark.parametrize("kind", STAGE_KINDS)
def test_a_stage_says_nearly_nothing_that_another_stage_says(library, kind):
    texts = {
        file.document.front_matter.stage: texts_of(file.document)
        for file in library.files
        if file.document.front_matter.stage
    }
    others = set().union(*(runs_of(texts[k]) for k in STAGE_KINDS if k != kind))

    shared = sorted(runs_of(texts[kind]) & others)

    assert shared_part(texts[kind], others) <= MOST_REPEATED, shared[:40]


def test_the_share_of_repeated_words_is_counted():
    words = [str(number) for number in range(16)]
    texts = [words, ["Rest", "now."] * 2]

    assert shared_part(texts, runs_of([words[4:10]])) == 6 / 20
    assert shared_part(texts, runs_of([words[:7]])) == 7 / 20
    assert shared_part(texts, runs_of([words[:5], words[5:10]])) == 0
