"""Times of day as people type them, and refusals of what could be two times."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.staff.typed_times import TimeFault, read_time

TIMES = [
    ("8am", time(8)), ("8 am", time(8)), ("8 AM", time(8)), ("8 a.m.", time(8)),
    ("8a.m", time(8)), ("8\u00a0a.\u202fm.", time(8)), ("8pm", time(20)),
    ("8:30am", time(8, 30)), ("8.30 pm", time(20, 30)), ("12pm", time(12)),
    ("12:30pm", time(12, 30)), ("12:30am", time(0, 30)), ("8.30", time(8, 30)),
    ("8:30", time(8, 30)), ("08:30", time(8, 30)), ("08:30:00", time(8, 30)),
    ("08:30:15", time(8, 30, 15)), ("17h", time(17)), ("17 h", time(17)),
    ("8h", time(8)), ("17h30", time(17, 30)), ("17 h 30", time(17, 30)),
    ("17.00", time(17)), ("0830", time(8, 30)), ("1700", time(17)),
    ("1700 hrs", time(17)), ("17:00h", time(17)), ("17", time(17)), ("00", time(0)),
    ("00:00", time(0)), ("23:59", time(23, 59)), ("noon", time(12)),
    ("midday", time(12)),
    ("Noon", time(12)), ("12 noon", time(12)), ("12noon", time(12)),
    (" 8\u202fam ", time(8)), ("\uff18\uff1a\uff13\uff10", time(8, 30)),
]  # fmt: skip
NO_TIMES = [
    ("8", "8 can be in the morning or in the evening. Write 8 am, 8 pm or 08:00."),
    ("08", "8 can be in the morning"),
    ("12", "12 can be in the morning"),
    ("8 o'clock", "8 can be in the morning"),
    ("8 o\u2019clock", "8 can be in the morning"),
    ("midnight", "Midnight can be the start of a day or its end."),
    ("12am", "Midnight can be"),
    ("12:00 a.m.", "Midnight can be"),
    ("24:00", "Midnight can be"),
    ("8.5", "Minutes have two digits."),
    ("8:3pm", "Minutes have two digits."),
    ("13pm", "an hour is from 1 to 12"),
    ("0am", "an hour is from 1 to 12"),
    ("25:00", "no such time"),
    ("8:60", "no such time"),
    ("8:99 pm", "no such time"),
    ("99", "no such time"),
    ("8-5", "Only one time fits here"),
    ("8am to 5pm", "Only one time fits here"),
    ("08:30\u201317:00", "Only one time fits here"),
    ("late", "no time of day"),
    ("half past 8", "no time of day"),
    ("830", "no time of day"),
    ("-8:30", "no time of day"),
    ("8:30:61", "no such time"),
]


@pytest.mark.parametrize(("typed", "moment"), TIMES)
def test_typed_time_is_a_time(typed, moment):
    assert read_time(typed) == moment


@pytest.mark.parametrize(("typed", "says"), NO_TIMES)
def test_what_is_no_time_or_could_be_two_is_refused(typed, says):
    with pytest.raises(TimeFault) as refused:
        read_time(typed)

    assert says in str(refused.value)
    assert "Write" in str(refused.value)


@given(st.times().map(lambda moment: moment.replace(microsecond=0)))
def test_every_stored_time_is_read_as_it_is_shown(moment):
    assert read_time(moment.isoformat()) == moment


@given(st.text(alphabet="0123456789:.h apmto-'\u00a0", max_size=10))
def test_any_text_is_a_time_or_refused(typed):
    try:
        assert isinstance(read_time(typed), type(time(0)))
    except TimeFault as fault:
        assert "Write" in str(fault)
