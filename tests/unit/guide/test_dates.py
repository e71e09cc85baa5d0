"""The procedure day as it is typed, and the days that follow from it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.documents.blocks import Task
from sessions.guide.dates import DayError, ProcedureDay, in_words, read_day

TODAY = date(2026, 11, 21)


def typed(text):
    return read_day(*text.split("/"), today=TODAY)


def make_task(first, last):
    return Task(
        line=1, id="ride", inlines=(), first_day=first, last_day=last, details=()
    )


def make_procedure(day, today=TODAY, closed=()):
    return ProcedureDay(day, today, lambda day: day in closed)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("7/1/2027", date(2027, 1, 7)),
        ("07/01/2027", date(2027, 1, 7)),
        (" 7 / 1 / 2027 ", date(2027, 1, 7)),
        ("29/2/2028", date(2028, 2, 29)),
        ("31/12/2026", date(2026, 12, 31)),
        ("21/11/2026", TODAY),
        ("20/11/2025", date(2025, 11, 20)),
        ("21/11/2028", date(2028, 11, 21)),
    ],
)
def test_day_is_read_from_three_boxes(text, day):
    assert typed(text) == day


@pytest.mark.parametrize(
    ("text", "box", "says"),
    [
        ("//", "day", "a number from 1 to 31"),
        ("x/1/2027", "day", "a number from 1 to 31"),
        ("0/1/2027", "day", "a number from 1 to 31"),
        ("32/1/2027", "day", "a number from 1 to 31"),
        ("-1/1/2027", "day", "a number from 1 to 31"),
        ("٧/1/2027", "day", "a number from 1 to 31"),
        ("7//2027", "month", "a number from 1 to 12"),
        ("7/13/2027", "month", "a number from 1 to 12"),
        ("7/January/2027", "month", "a number from 1 to 12"),
        ("7/1/", "year", "four numbers, such as 2027"),
        ("7/1/27", "year", "four numbers"),
        ("7/1/1", "year", "four numbers"),
        ("7/1/99999", "year", "four numbers"),
        ("7/1/0001", "year", "more than a year ago"),
        ("7/1/0000", "year", "more than a year ago"),
        ("19/11/2025", "year", "more than a year ago"),
        ("7/1/9999", "year", "more than two years away"),
        ("22/11/2028", "year", "more than two years away"),
        ("29/2/2027", "day", "February 2027 has no day 29"),
        ("31/4/2027", "day", "April 2027 has no day 31"),
    ],
)
def test_day_that_can_not_be_names_its_box_and_what_to_do(text, box, says):
    with pytest.raises(DayError, match=says) as caught:
        typed(text)

    assert caught.value.box == box


@pytest.mark.thorough
@given(*[st.text(max_size=6)] * 3)
def test_nothing_typed_is_ever_a_crash(day, month, year):
    try:
        found = read_day(day, month, year, TODAY)
    except DayError as error:
        assert error.box in ("day", "month", "year")
    else:
        assert abs((found - TODAY).days) <= 731


def test_day_is_written_out():
    assert in_words(date(2027, 1, 7)) == "Thursday 7 January 2027"


@pytest.mark.parametrize(
    ("offsets", "words"),
    [
        ((-7, -7), "By Thursday 31 December 2026"),
        ((-7, -1), "From Thursday 31 December 2026 to Wednesday 6 January 2027"),
        ((0, 0), "On Thursday 7 January 2027"),
        ((0, 1), "From Thursday 7 January 2027 to Friday 8 January 2027"),
        ((3, 3), "On Sunday 10 January 2027"),
    ],
)
def test_every_task_has_its_own_day(offsets, words):
    day = make_procedure(date(2027, 1, 7)).task_day(make_task(*offsets))

    assert day.words == words and not day.remarks


def test_task_without_an_offset_has_no_day():
    assert make_procedure(date(2027, 1, 7)).task_day(make_task(None, None)) is None


def test_leap_day_counts():
    day = make_procedure(date(2028, 3, 1)).task_day(make_task(-1, -1))

    assert day.last == date(2028, 2, 29)


def test_what_is_late_says_so_and_what_to_do():
    procedure = make_procedure(date(2026, 11, 24))

    late = procedure.task_day(make_task(-7, -7))
    today = procedure.task_day(make_task(-3, -3))

    assert "do it now or call" in late.remarks[0]
    assert not today.remarks


def test_after_the_day_itself_what_was_missed_only_says_it_has_passed():
    day = make_procedure(date(2026, 11, 20)).task_day(make_task(-7, -7))

    assert day.remarks == ("This day has passed.",)


def test_task_on_a_closed_day_says_to_call_before():
    closed = date(2026, 12, 31)
    procedure = make_procedure(date(2027, 1, 7), closed=(closed,))

    assert "closed that day" in procedure.task_day(make_task(-7, -7)).remarks[0]
    assert not procedure.task_day(make_task(-6, -6)).remarks


@pytest.mark.parametrize(
    ("day", "closed", "says"),
    [
        (date(2026, 11, 21), (), "That is today."),
        (date(2026, 11, 20), (), "That day has passed."),
        (date(2027, 1, 7), (date(2027, 1, 7),), "Your clinic is closed on that day."),
    ],
)
def test_procedure_day_is_said_in_words_with_what_matters(day, closed, says):
    words = make_procedure(day, closed=closed).words

    assert words[0] == f"Your day is {in_words(day)}."
    assert words[1].startswith(says)
