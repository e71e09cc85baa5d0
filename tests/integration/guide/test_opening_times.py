"""Days in a row with the same hours are one line, on pages and on paper."""

from datetime import time

import pytest

from sessions.guide.opening_times import opening_lines
from sessions.models import OpeningTime
from tests.page import Page

WORK = ("08:30", "17:00")
MORNING, AFTERNOON = ("08:00", "12:00"), ("13:00", "17:00")


def spans_of(hours):
    return [
        OpeningTime(
            day=day, opens=time.fromisoformat(opens), closes=time.fromisoformat(closes)
        )
        for day, spans in hours.items()
        for opens, closes in spans
    ]


@pytest.mark.parametrize(
    ("hours", "lines"),
    [
        ({}, ()),
        ({1: [WORK]}, ("Monday 08:30 to 17:00",)),
        (
            dict.fromkeys(range(1, 6), [WORK]),
            ("From Monday to Friday 08:30 to 17:00",),
        ),
        (
            dict.fromkeys(range(1, 8), [WORK]),
            ("From Monday to Sunday 08:30 to 17:00",),
        ),
        (
            dict.fromkeys((1, 2, 4, 5), [WORK]),
            (
                "From Monday to Tuesday 08:30 to 17:00",
                "From Thursday to Friday 08:30 to 17:00",
            ),
        ),
        (
            {**dict.fromkeys(range(1, 5), [WORK]), 5: [MORNING]},
            ("From Monday to Thursday 08:30 to 17:00", "Friday 08:00 to 12:00"),
        ),
        (
            {1: [MORNING, AFTERNOON], 2: [MORNING, AFTERNOON], 3: [MORNING]},
            (
                "From Monday to Tuesday 08:00 to 12:00",
                "From Monday to Tuesday 13:00 to 17:00",
                "Wednesday 08:00 to 12:00",
            ),
        ),
        (
            {7: [WORK], 1: [WORK]},
            ("Monday 08:30 to 17:00", "Sunday 08:30 to 17:00"),
        ),
        (
            {1: [AFTERNOON, MORNING], 2: [MORNING, AFTERNOON]},
            (
                "From Monday to Tuesday 08:00 to 12:00",
                "From Monday to Tuesday 13:00 to 17:00",
            ),
        ),
    ],
)
def test_days_in_a_row_with_the_same_hours_are_one_line(hours, lines):
    assert opening_lines(spans_of(hours)) == lines


@pytest.mark.parametrize("path", ["/get-help/", "/get-help/print/"])
def test_patients_read_one_line_for_the_working_week(client, real_content, path):
    for day in range(1, 6):
        OpeningTime.objects.create(clinic_id=1, day=day, opens="08:00", closes="17:00")

    page = Page(client.get(path))

    assert "Open: From Monday to Friday 08:00 to 17:00" in page.text
    assert "Tuesday" not in page.text
