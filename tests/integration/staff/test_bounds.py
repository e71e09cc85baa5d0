"""Numbers that no form or link of ours holds: a sentence says so, nothing changes.

The same on SQLite and on PostgreSQL.
"""

import sqlite3
from contextlib import closing

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from sessions.guide.errors import ErrorMiddleware
from sessions.models import (
    Area,
    Clinic,
    ClosedDate,
    ContentVersion,
    OpeningTime,
    Wording,
)
from tests.factories import make_person
from tests.page import Page as Read
from tests.staff import sign_in

pytestmark = pytest.mark.django_db
APP = "admin:stemguide_sessions"
HUGE = str(10**30)
ABOVE = [str(2**63), HUGE, "9" * 4000]
IN_ADDRESS = [str(2**63), HUGE, "9" * 300]
LOAD_AGAIN = "Nothing was saved. Load this page again"
OTHER_ROWS = "are not those that are stored now"
ONE = {"TOTAL_FORMS": "1", "INITIAL_FORMS": "1"}
NONE = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0"}


@pytest.fixture
def boss(client):
    return sign_in(client, "Administrator")


def named(prefix: str, fields: dict[str, str]) -> dict[str, str]:
    return {f"{prefix}-{name}": value for name, value in fields.items()}


def post_clinic(client, opening: dict[str, str], **changed):
    """Posts the clinic form with another name."""
    fields = {
        "name": "Another name", "country": "us", "time_zone": "UTC",
        "paper": "letter", "offers_fat": "on", **named("closed_dates", NONE),
        **opening, **changed,
    }  # fmt: skip
    return client.post(reverse(f"{APP}_clinic_change", args=[1]), fields)


def stored() -> list[list[dict]]:
    """All that these forms could change."""
    kinds = (Clinic, OpeningTime, ClosedDate, Area, Wording, ContentVersion)
    return [list(kind.objects.order_by("pk").values()) for kind in kinds]


# --- fields -------------------------------------------------------------------


@pytest.mark.parametrize("number", ABOVE)
def test_area_that_cannot_be_is_no_choice_of_the_clinic(client, boss, number):
    before = stored()
    counts = named("opening_times", NONE)

    page = Read(post_clinic(client, counts, areas_offered=["1", number]))

    assert f"{number} is not one of the available choices." in page.text
    assert stored() == before


@pytest.mark.parametrize("number", ABOVE)
def test_group_that_cannot_be_is_no_role(client, boss, number):
    person = make_person("Editor", "somebody")
    address = reverse("admin:auth_user_change", args=[person.pk])

    page = Read(client.post(address, {"first_name": "Ann", "roles": [number]}))

    assert f"{number} is not one of the available choices." in page.text
    assert page.tree.cssselect("[name=first_name]")[0].get("value") == "Ann"
    assert [role.name for role in person.groups.all()] == ["Editor"]


# --- whatever else the database cannot take ------------------------------------


def test_number_that_reaches_sqlite_is_refused_with_a_sentence():
    middleware = ErrorMiddleware(lambda request: HttpResponse())

    with (
        closing(sqlite3.connect(":memory:")) as database,
        pytest.raises(OverflowError) as raised,
    ):
        database.execute("SELECT ?", [int(HUGE)])
    response = middleware.process_exception(RequestFactory().post("/"), raised.value)

    assert response.status_code == 400
    assert "A value in this cannot be kept" in response.content.decode()


def test_other_overflow_stays_our_fault():
    middleware = ErrorMiddleware(lambda request: HttpResponse())
    ours = OverflowError("date value out of range")

    assert middleware.process_exception(RequestFactory().get("/"), ours) is None
