"""What people paste as a telephone number is one; a refusal says how to write it."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from sessions.models import Clinic
from sessions.models.telephones import (
    MAX_LENGTH,
    TelephoneFault,
    telephone_link,
    tidy_emergency_number,
    tidy_telephone,
)

# (what is pasted, what is stored and shown, the address of its link)
NUMBERS = [
    ("(312) 555-0100", "(312) 555-0100", "tel:3125550100"),
    ("(312)555-0100", "(312)555-0100", "tel:3125550100"),
    ("312.555.0100", "312.555.0100", "tel:3125550100"),
    ("+1 555 010 0199", "+1 555 010 0199", "tel:+15550100199"),
    (" 555  010\t0199 ", "555 010 0199", "tel:5550100199"),
    ("312\u00a0555\u00a00100", "312 555 0100", "tel:3125550100"),
    ("(312)\u202f555\u20110100", "(312) 555-0100", "tel:3125550100"),
    ("312\u2009555\u20130100", "312 555-0100", "tel:3125550100"),
    ("312\u2212555\u20140100", "312-555-0100", "tel:3125550100"),
    ("\u202a(312) 555-0100\u202c", "(312) 555-0100", "tel:3125550100"),
    ("\ufeff312\u200b5550100", "3125550100", "tel:3125550100"),
    ("\uff08312\uff09555\uff0d0100", "(312)555-0100", "tel:3125550100"),
    ("\u0663\u0661\u0662 555 0100", "312 555 0100", "tel:3125550100"),
    ("( 312 ) 555-0100", "(312) 555-0100", "tel:3125550100"),
    ("Tel: (312) 555-0100.", "(312) 555-0100", "tel:3125550100"),
    ("tel:+13125550100", "+13125550100", "tel:+13125550100"),
    ("+44 (0)20 7946 0958", "+44 (0)20 7946 0958", "tel:+442079460958"),
    ("(+44) 20 7946 0958", "+44 20 7946 0958", "tel:+442079460958"),
    ("(020) 7946 0958", "(020) 7946 0958", "tel:02079460958"),
    ("(312) 555-0100 x12", "(312) 555-0100 ext. 12", "tel:3125550100;ext=12"),
    ("(312) 555-0100, ext. 12", "(312) 555-0100 ext. 12", "tel:3125550100;ext=12"),
    ("312 555 0100 Extension 40", "312 555 0100 ext. 40", "tel:3125550100;ext=40"),
    ("312 555 0100 EXT:12", "312 555 0100 ext. 12", "tel:3125550100;ext=12"),
    ("312 555 0100 extn 007", "312 555 0100 ext. 007", "tel:3125550100;ext=007"),
    ("312 555 0100 (ext 12)", "312 555 0100 ext. 12", "tel:3125550100;ext=12"),
    ("312 555 0100 #12", "312 555 0100 ext. 12", "tel:3125550100;ext=12"),
    ("312 555 0100\u00a0x\u00a012", "312 555 0100 ext. 12", "tel:3125550100;ext=12"),
    ("tel:+1-312-555-0100;ext=1", "+1-312-555-0100 ext. 1", "tel:+13125550100;ext=1"),
    ("111", "111", "tel:111"),
]  # fmt: skip
NO_NUMBERS = [
    ("ring us", "no words or letters"),
    ("1-800-FLOWERS", "no words or letters"),
    ("ext. 12", "too short"),
    ("5", "too short"),
    ("+", "too short"),
    ("\u200b", "too short"),
    ("555 0100 / 555 0101", "more than one"),
    ("555 0100, 555 0101", "more than one"),
    ("555 0100 or 555 0101", "more than one"),
    ("555 0100; 0101", "more than one"),
    ("555 + 0100", "+ at its start only"),
    ("++1 555 0100", "+ at its start only"),
    ("*31 555 0100", "no '*'"),
    ("555\x000100", "no '\\x00'"),
    ("<b>555</b>", "more than one"),
    ("(555 0100)", "ends with a digit"),
    ("1" * 31, "at most 30 characters"),
    ("555 tel. 0100", "no words or letters"),
    ("+44 (0)20 7946 0958 9999 ext. 12345", "at most 30 characters"),
]
# The rule that version 0.1.0 stored numbers by.
OLDER_RULE = r"\A\+?[0-9][0-9 ().-]{1,28}[0-9]\Z"


@pytest.mark.parametrize(("pasted", "stored", "link"), NUMBERS)
def test_pasted_number_is_stored_tidy_and_can_be_called(pasted, stored, link):
    assert tidy_telephone(pasted) == stored
    assert telephone_link(stored) == link


@pytest.mark.parametrize("stored", [stored for _, stored, _ in NUMBERS])
def test_stored_number_stays_as_it_is(stored):
    assert tidy_telephone(stored) == stored


@pytest.mark.parametrize(("typed", "says"), NO_NUMBERS)
def test_what_is_no_number_is_refused_with_a_reason(typed, says):
    with pytest.raises(TelephoneFault) as refused:
        tidy_telephone(typed)

    assert says in str(refused.value)
    assert "Write one like (312) 555-0100" in str(refused.value)


@given(st.from_regex(OLDER_RULE).filter(lambda number: len(number) <= MAX_LENGTH))
def test_number_that_was_valid_before_is_valid(number):
    tidy = tidy_telephone(number)

    digits = [c for c in number if c.isdigit()]
    assert [c for c in tidy if c.isdigit()] == digits


@given(st.text(alphabet="0123456789 ().-+/ext#\u00a0\u2011", max_size=40))
def test_any_text_is_refused_or_stored_in_one_form(typed):
    try:
        tidy = tidy_telephone(typed)
    except TelephoneFault:
        return
    assert tidy_telephone(tidy) == tidy
    assert len(tidy) <= MAX_LENGTH
    scheme, _, rest = telephone_link(tidy).partition(":")
    assert scheme == "tel"
    assert rest.removeprefix("+").replace(";ext=", "").isdigit()


def test_clinic_tidies_its_numbers_and_refuses_what_is_none():
    clinic = Clinic(telephone="(312)\u00a0555-0100", out_of_hours_telephone="call us")

    with pytest.raises(ValidationError) as refused:
        clinic.clean()

    assert clinic.telephone == "(312) 555-0100"
    assert list(refused.value.message_dict) == ["out_of_hours_telephone"]


@pytest.mark.parametrize(
    ("pasted", "stored"),
    [
        ("911", "911"), (" 911 ", "911"), ("9-1-1", "911"), ("9\u00a01\u00a01", "911"),
        ("tel:112", "112"), ("\uff19\uff11\uff11", "911"), ("\u200e999", "999"),
    ],
)  # fmt: skip
def test_emergency_number_is_stored_as_digits(pasted, stored):
    assert tidy_emergency_number(pasted) == stored


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("call us", "This is no number."), ("911 or 112", "This is no number."),
        ("911/112", "This is no number."), ("+911", "This is no number."),
        ("9", "2 to 6 digits"), ("(312) 555-0100", "2 to 6 digits"),
    ],
)  # fmt: skip
def test_what_is_no_emergency_number_is_refused(typed, says):
    with pytest.raises(TelephoneFault) as refused:
        tidy_emergency_number(typed)

    assert says in str(refused.value)
    assert "Write the digits alone: 911." in str(refused.value)
