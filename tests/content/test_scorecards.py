"""The ratings that ship: what was rated by whom, and the page about them."""

import pytest

from sessions.documents.scorecards import INSTRUMENTS, READERS, WHOLE_GUIDE
from tests.page import Page

# The shared responses are read from the test database, so it must be set up.
pytestmark = pytest.mark.django_db
PAGES = {
    "home", "stages/preparation", "stages/recovery", "checklist", "risks", "options",
    "get-help", "helping-someone",
}  # fmt: skip
GUIDES = {f"{WHOLE_GUIDE}/{reader}" for reader in READERS}
MAX_WORDS = 800


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


@pytest.mark.parametrize(
    ("name", "subjects"),
    [("discern", GUIDES), ("ipdas", GUIDES), ("pemat-p", PAGES), ("cdc-index", PAGES)],
)
def test_two_people_rated_the_guide_and_its_main_pages(library, name, subjects):
    card = library.scorecards[name]

    assert set(card.subjects) == subjects
    assert len(card.scorers) == 2


def test_page_is_short_enough_to_be_checked(responses):
    page = Page(responses["/about/how-we-score/"])

    assert len(page.main.split()) <= MAX_WORDS


def test_totals_are_those_of_the_points(responses, library):
    page = Page(responses["/about/how-we-score/"])
    ratings = library.scorecards["discern"].ratings("guide/hand")

    one, two = (
        sum(int(score) for item, score in rating.scores.items() if item != "16")
        for rating in ratings
    )

    assert f"Whole guide, sore hand Sum: {one} and {two} of 75" in page.main
