"""The scorecards: every page on every instrument, and the guide as a whole."""

import pytest

from sessions.documents.scorecards import INSTRUMENTS, WHOLE_GUIDE
from tests.page import Page

# The shared responses are read from the test database, so it must be set up.
pytestmark = pytest.mark.django_db


def test_every_instrument_was_used(library):
    assert set(library.scorecards) == set(INSTRUMENTS)


def test_every_page_is_scored_on_every_instrument(library):
    pages = {file.name for file in library.files}

    for name, card in library.scorecards.items():
        assert set(card.pages) - {WHOLE_GUIDE} == pages, name


def test_whole_guide_is_scored_as_a_decision_aid(library):
    for name in ("discern", "ipdas"):
        assert WHOLE_GUIDE in library.scorecards[name].pages, name


def test_items_that_need_tests_with_patients_score_no(library):
    """Neither field tests with patients or professionals nor effects were studied."""
    card = library.scorecards["ipdas"]
    tested = [
        item
        for item, words in card.items.items()
        if any(w in words.lower() for w in ("field", "tested with", "shown to"))
    ]

    assert tested
    for page, scores in card.pages.items():
        for item in tested:
            assert scores[item].score != "yes", (page, item)


def test_most_reasons_are_written_for_one_page(library):
    for name, card in library.scorecards.items():
        reasons = [s.reason for scores in card.pages.values() for s in scores.values()]

        assert len(set(reasons)) > 0.5 * len(reasons), name


def test_results_and_weak_points_are_shown(responses):
    page = Page(responses["/about/how-we-score/"])

    sentence = (
        "Scored by the project itself, not by outside raters; no patient has tested it"
        " yet"
    )
    assert sentence in page.main
    assert {i.name for i in INSTRUMENTS.values()} <= set(page.headings(2))
    assert page.has("main table details li")
