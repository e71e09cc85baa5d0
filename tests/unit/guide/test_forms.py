"""The two questions, read from an address that anybody may have typed."""

from dataclasses import replace

import pytest
from django.http import QueryDict

from sessions.guide.forms import AnswersForm
from sessions.guide.snapshot import Choice
from tests.unit.guide.test_pathway import make_snapshot

HAND = Choice("hand", "Hand")
JOINT = Choice("joint", "Joint")
FAT = Choice("fat", "Your fat")
MARROW = Choice("bone-marrow", "Your bone marrow")
NOT_UNDERSTOOD = (
    "Part of the address was not understood, so this page shows more than you may "
    "need. Choose your answers again."
)


def make_form(query="", *, areas=(HAND, JOINT), cells=(MARROW, FAT)):
    snapshot = replace(make_snapshot(), areas=areas, cell_sources=cells)
    return AnswersForm(QueryDict(query), snapshot)


def read(query, **options):
    """(area, cells, notices) as a page takes them from its address."""
    form = make_form(query, **options)
    answers = form.answers()
    return (
        answers.area and answers.area.code,
        answers.cells and answers.cells.code,
        form.notices,
    )


def offered(form, name):
    """(name, is chosen) of each answer, in the order they are shown."""
    options = [option.data for option in form[name].subwidgets]
    return [(str(data["label"].name), data["selected"]) for data in options]


@pytest.mark.parametrize(
    ("query", "area", "cells"),
    [
        ("area=hand&cells=fat", "hand", "fat"),
        ("cells=bone-marrow&area=joint", "joint", "bone-marrow"),
        ("area=hand", "hand", None),
        ("cells=fat", None, "fat"),
        ("", None, None),
        ("area=&cells=", None, None),
        ("utm_source=mail&area=hand", "hand", None),
        ("area=joint&area=hand", "hand", None),
    ],
)
def test_known_answers_are_taken_without_a_notice(query, area, cells):
    assert read(query) == (area, cells, [])


HOSTILE = [
    "foot", "Hand", "hand ", "hand%00", "%00", "%0d%0aSet-Cookie:a", "%ff%fe",
    "<script>alert(1)</script>", "../../etc/passwd", "hand'--", "%F0%9F%A6%B4", "[]",
    "0", "None", "a" * 10_000, "hand%2Cjoint", "{{7*7}}", "%E2%80%8Bhand",
]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE)
def test_unknown_answer_is_passed_over_with_a_notice(value):
    assert read(f"area={value}&cells=fat") == (None, "fat", [NOT_UNDERSTOOD])


@pytest.mark.parametrize("value", HOSTILE)
def test_unknown_value_never_reaches_the_notice_or_the_next_address(value):
    form = make_form(f"area={value}")

    assert form.answers().query == ""
    assert form.notices == [NOT_UNDERSTOOD]


def test_answers_can_be_read_twice_without_a_second_notice():
    form = make_form("area=foot")

    form.answers()
    form.answers()

    assert form.notices == [NOT_UNDERSTOOD]


def test_questions_offer_every_choice_and_not_sure():
    form = make_form()

    assert form.is_asked
    assert form["area"].label == "What is being treated?"
    assert [name for name, _ in offered(form, "area")] == [
        "Hand",
        "Joint",
        "I am not sure",
    ]
    assert [name for name, _ in offered(form, "cells")] == [
        "Your bone marrow",
        "Your fat",
        "I am not sure",
    ]


def test_answer_in_the_address_is_chosen_in_the_form():
    form = make_form("area=joint")

    assert offered(form, "area") == [
        ("Hand", False),
        ("Joint", True),
        ("I am not sure", False),
    ]


def test_form_sends_the_answers_in_the_address():
    assert make_form().helper.form_method == "get"


def test_single_choice_is_not_asked_and_is_the_answer():
    form = make_form("cells=fat", areas=(HAND,))

    assert list(form.fields) == ["cells"]
    assert form.answers().query == "?area=hand&cells=fat"


@pytest.mark.parametrize("value", ["joint", "foot"])
def test_address_can_not_change_a_single_choice_and_is_told(value):
    notice = "The address asks for something else. This clinic offers only this: Hand."

    assert read(f"area={value}", areas=(HAND,)) == ("hand", None, [notice])


@pytest.mark.parametrize("query", ["area=hand", "area=", ""])
def test_address_that_agrees_with_a_single_choice_needs_no_notice(query):
    assert read(query, areas=(HAND,)) == ("hand", None, [])


def test_nothing_is_asked_where_there_is_nothing_to_choose():
    form = make_form(areas=(HAND,), cells=(FAT,))

    assert not form.is_asked
    assert form.answers().is_complete


def test_nothing_offered_is_not_asked():
    assert read("area=hand", areas=()) == (None, None, [NOT_UNDERSTOOD])
    assert list(make_form(areas=()).fields) == ["cells"]


def test_country_comes_from_the_clinic_and_not_from_the_address():
    assert make_form("country=uk").answers().country == "us"
