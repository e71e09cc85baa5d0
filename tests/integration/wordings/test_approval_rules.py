"""An approval names a role and never a person, and ends within three years."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from sessions import wordings
from sessions.models import Clinic, Wording
from sessions.wordings.approval_rules import (
    NAME,
    NO_ROLE,
    NOT_AHEAD,
    ROLES,
    TITLE,
    TOO_FAR,
    due_refusal,
    latest_due,
    role_refusal,
)
from tests.factories import make_person, make_wording
from tests.page import Page as Read
from tests.staff import sign_in

pytestmark = pytest.mark.django_db
REVIEWER = "Clinical reviewer"


@pytest.fixture
def staff():
    for username, first, last in [
        ("nurse", "", ""),
        ("r.nair7", "Ravi", "Nair"),
        ("ng", "An", "Ng"),
        ("lena.holm", "", ""),
        ("mc", "María José", "de la Cruz"),
        ("left", "Otto", "Weiß"),
    ]:
        person = make_person(username=username)
        person.first_name, person.last_name = first, last
        person.is_active = username != "left"
        person.save()


@pytest.mark.parametrize(
    "role",
    [
        "Dr Hand", "dr. of hands", "DR.", "Prof. of surgery", "Professor",
        "Surgeon, MD", "Surgeon, M.D.", "Surgeon M. D.", "Surgeon (m d)", "RN", "R.N.",
        "Mr Fox", "Mrs Fox", "Ms Fox", "Miss Fox", "Surgeon PhD", "Surgeon, Ph.D.",
        "Dr.Fox", "Dr.med. Fox", "D\u200br Fox", "Surgeon, M\u00adD",
        "Nurse-RN", "Surgeon/FRCS", "Ｄｒ Fox", "Hand surgeon, MBBS", "Sr Fox", "PA-C",
    ],
)  # fmt: skip
def test_role_with_a_title_is_refused(role):
    assert role_refusal(role) == TITLE


@pytest.mark.parametrize(
    "role",
    [
        "Surgeon Nair", "nair", "Ravi, surgeon", "RAVI NAIR", "r.nair7", "Surgeon (Ng)",
        "Surgeon Cruz", "Nurse María", "nurse josé", "Surgeon Weiss", "left",
        "Nurse Jose", "Nurse Maria", "Lena Holm", "Surgeon Holm", "L\u200bena Holm",
        "Ravi.Nair", "Surgeon.Nair",
    ],
)  # fmt: skip
def test_role_with_the_name_of_staff_is_refused(role, staff):
    assert role_refusal(role) == NAME


@pytest.mark.parametrize(
    "role",
    [
        *ROLES, "Nurse", "Head of the nurse team", "Cirujano de la mano", "Drug expert",
        "Medical director", "Manager of care", "Radiographer", "Another nurse",
    ],
)  # fmt: skip
def test_role_without_title_or_name_may_be_read(role, staff):
    assert role_refusal(role) == ""


def test_role_is_never_empty():
    assert role_refusal(" ") == NO_ROLE


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (date(2026, 11, 30), date(2029, 11, 30)),
        (date(2024, 2, 29), date(2027, 2, 28)),
        (date(2025, 3, 1), date(2028, 3, 1)),
    ],
)
def test_next_check_is_at_most_three_years_ahead(today, last):
    day = timedelta(days=1)

    assert latest_due(today) == last
    assert due_refusal(today, today) == NOT_AHEAD
    assert due_refusal(today + day, today) == due_refusal(last, today) == ""
    assert due_refusal(last + day, today) == TOO_FAR


def typed(**values):
    due = Clinic.objects.get(pk=1).today() + timedelta(days=90)
    return {"reviewer_role": "Hand surgeon", "review_due": due, **values}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"reviewer_role": "Dr Fox"}, TITLE),
        ({"reviewer_role": "Surgeon anne"}, NAME),
        ({"reviewer_role": ""}, NO_ROLE),
        ({"review_due": date(2999, 1, 1)}, TOO_FAR),
    ],
)
def test_approving_refuses_it_whoever_asks(values, message):
    draft = make_wording(state="in-review")
    doctor = make_person(REVIEWER, "anne")

    with pytest.raises(PermissionDenied, match=message):
        wordings.approve_wording(
            wording=draft, revision=1, user=doctor, **typed(**values)
        )

    assert not Wording.objects.of_guide().get().is_approved


def approve(client, **values):
    draft = make_wording(state="in-review")
    sign_in(client, REVIEWER, "anne")
    address = reverse("admin:stemguide_sessions_wording_approve", args=[draft.pk])
    return client.post(address, {"opened_revision": 1, **typed(**values)}, follow=True)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"reviewer_role": "other", "other_role": "Dr Fox"}, TITLE),
        ({"reviewer_role": "other", "other_role": "Surgeon Anne"}, NAME),
        ({"reviewer_role": "other", "other_role": " "}, NO_ROLE),
        ({"reviewer_role": "Dr Fox"}, "Choose a role from the list."),
        ({"review_due": "2999-01-01"}, TOO_FAR),
    ],
)
def test_form_tells_what_is_wrong_and_keeps_what_was_typed(client, values, message):
    page = Read(approve(client, **values))

    assert message in page.text
    assert not Wording.objects.of_guide().get().is_approved
    box = page.tree.cssselect("[name=other_role]")[0]
    assert box.get("value", "") == values.get("other_role", "")


@pytest.mark.parametrize(
    ("values", "role"),
    [
        ({}, "Hand surgeon"),
        ({"reviewer_role": "other", "other_role": " Podiatrist "}, "Podiatrist"),
        ({"other_role": "Left in the box"}, "Hand surgeon"),
    ],
)
def test_patients_read_the_role_that_was_chosen(client, values, role):
    page = Read(approve(client, **values))

    assert "Approved. It can be published now." in page.text
    assert Wording.objects.of_guide().get().reviewer_role == role
