"""A set of sheets as an address and in words, and how much paper it takes."""

import pytest

from sessions.desk.offer import DeskDocument
from sessions.desk.sets import PrintSet
from sessions.guide.pathway import Answers
from sessions.guide.snapshot import Choice
from sessions.paper.page_setup import PageSetup


def make_set(copies: int = 1, backs: bool = False, **paper) -> PrintSet:
    documents = (DeskDocument("risks", "Risks", "ABCD2345"),)
    answers = Answers(area=Choice("hand", "Hand"), country="us")
    return PrintSet(
        documents, answers, PageSetup(**{"format": "a4", **paper}), copies, backs
    )


@pytest.mark.parametrize(
    ("copies", "backs", "pages", "words"),
    [
        (1, False, (1,), "1 page in all, on 1 sheet of paper on one side."),
        (1, False, (2, 3), "5 pages in all, on 5 sheets of paper on one side."),
        (1, True, (2, 3), "5 pages in all, on 3 sheets of paper on both sides."),
        (
            3, True, (1, 1),
            "2 pages for one copy. 6 pages in all, on 6 sheets of paper on both sides.",
        ),
        (1, False, (99,), "99 pages in all, on 99 sheets of paper on one side."),
        (
            1, True, (100,),
            "This is a big job. 100 pages in all, on 50 sheets of paper on both sides.",
        ),
    ],
)  # fmt: skip
def test_paper_is_told_in_pages_and_sheets(copies, backs, pages, words):
    assert make_set(copies, backs).total_words(pages) == words


def test_words_name_all_that_was_chosen():
    assert make_set().words == "Risks. Hand, any cells. Standard, A4. 1 copy."
    assert make_set(2, True, size=24, is_short=True).words == (
        "Risks. Hand, any cells. Giant, A4. Short. 2 copies. Blank backs."
    )


def test_address_names_all_that_was_chosen_and_no_country():
    assert make_set(2, True, size=24, is_short=True).query == (
        "?document=risks&area=hand&size=24&paper=a4&depth=short&copies=2&backs=on"
    )
