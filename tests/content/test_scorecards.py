"""The ratings that ship: what was rated by whom, and the page about them."""

import pytest

from sessions.documents.scorecards import INSTRUMENTS
from tests.page import Page

# The shared responses are read from the test database, so it must be set up.
pytestmark = pytest.mark.django_db


def test_every_instrument_was_used(library):
    assert set(library.scorecards) == set(INSTRUMENTS)


def test_items_that_need_tests_with_patients_score_no(library):
    """Neither field tests with patients or professionals nor effects were studied."""
    card = library.scorecards["ipdas"]
    tested = [
        item
        for item, words in card.items.items()
        if any(w in words.lower() for w in ("field", "tried out", "shown to"))
    ]

    assert tested == ["q17", "q22", "q23"]
    for subject in card.subjects:
        for rating in card.ratings(subject):
            assert {rating.scores[item] for item in tested} == {"no"}, subject


def test_page_says_that_nobody_from_outside_rated(responses):
    page = Page(responses["/about/how-we-score/"])

    assert "Nobody outside the project has rated this guide." in page.main
    assert "No patient has tested it." in page.main
    assert {i.name for i in INSTRUMENTS.values()} <= set(page.headings(2))
