"""Numbers that no form or link of ours holds: a sentence says so, nothing changes.

The same on SQLite and on PostgreSQL. Work is counted, not timed: a forged count of rows
once made two thousand of them, in eight seconds.
"""

import sqlite3
from contextlib import closing

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.forms.formsets import BaseFormSet
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlsafe_base64_encode

from sessions import wordings
from sessions.guide.errors import ErrorMiddleware
from sessions.models import (
    Area,
    Clinic,
    ClosedDate,
    ContentVersion,
    OpeningTime,
    Page,
    PrintCount,
    Wording,
)
from tests.factories import make_person, make_rules, make_wording
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
    make_rules()
    return sign_in(client, "Administrator")


@pytest.fixture
def hours(db) -> OpeningTime:
    clinic = Clinic.objects.get()
    return OpeningTime.objects.create(
        clinic=clinic, day=1, opens="08:00", closes="9:00"
    )


@pytest.fixture
def rows_made(monkeypatch) -> list[int]:
    """The number of each row that a formset makes."""
    made: list[int] = []
    make = BaseFormSet._construct_form

    def counted(self, i, **kwargs):
        made.append(i)
        return make(self, i, **kwargs)

    monkeypatch.setattr(BaseFormSet, "_construct_form", counted)
    return made


def named(prefix: str, fields: dict[str, str]) -> dict[str, str]:
    return {f"{prefix}-{name}": value for name, value in fields.items()}


def opening_row(hours: OpeningTime, **changed: str) -> dict[str, str]:
    row = {"id": str(hours.pk), "clinic": "1", "day": "1"}
    row |= {"opens": "08:00", "closes": "16:00", **changed}
    return named("opening_times-0", row)


def post_clinic(client, opening: dict[str, str], **changed):
    """Posts the clinic form with another name."""
    fields = {
        "name": "Another name", "country": "us", "time_zone": "UTC",
        "paper": "letter", "areas_offered": ["1"], "offers_fat": "on",
        **named("closed_dates", NONE),
        **opening, **changed,
    }  # fmt: skip
    return client.post(reverse(f"{APP}_clinic_change", args=[1]), fields)


def post_areas(client, **changed: str):
    """Posts the list of areas with the two in the other order."""
    rows = list(Area.objects.order_by("pk"))
    fields = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "_save": "Save"}
    for number, area in enumerate(rows):
        position = str(len(rows) - number)
        fields |= named(f"form-{number}", {"id": str(area.pk), "position": position})
    fields |= {name.replace("__", "-"): value for name, value in changed.items()}
    return client.post(reverse(f"{APP}_area_changelist"), fields)


def stored() -> list[list[dict]]:
    """All that these forms could change."""
    kinds = (Clinic, OpeningTime, ClosedDate, Area, Wording, ContentVersion)
    return [list(kind.objects.order_by("pk").values()) for kind in kinds]


# --- rows of a form -----------------------------------------------------------


def test_forms_as_we_send_them_are_saved(client, boss, hours):
    opening = {**named("opening_times", ONE), **opening_row(hours)}

    assert post_clinic(client, opening).status_code == 302
    assert post_areas(client).status_code == 302

    assert Clinic.objects.get().name == "Another name"
    assert OpeningTime.objects.get().closes.hour == 16
    assert [area.position for area in Area.objects.order_by("pk")] == [2, 1]


FORGED_ROWS = {
    "id of a row": ({}, {"id": HUGE}),
    "unknown id": ({}, {"id": "999"}),
    "id in words": ({}, {"id": "x"}),
    "no id": ({}, {"id": ""}),
    "clinic": ({}, {"clinic": HUGE}),
    "other clinic": ({}, {"clinic": "2"}),
    "stored row as new": ({"INITIAL_FORMS": "0"}, {}),
    "new row as stored": ({"INITIAL_FORMS": "0"}, {"id": HUGE}),
    "negative INITIAL_FORMS": ({"INITIAL_FORMS": "-1"}, {}),
}


@pytest.mark.parametrize(("counts", "row"), FORGED_ROWS.values(), ids=FORGED_ROWS)
def test_row_that_is_not_stored_is_refused(client, boss, hours, counts, row):
    before = stored()
    opening = {
        **named("opening_times", {**ONE, **counts}),
        **opening_row(hours, **row),
    }

    page = Read(post_clinic(client, opening))

    assert OTHER_ROWS in page.text and LOAD_AGAIN in page.text
    assert page.tree.cssselect("[name=name]")[0].get("value") == "Another name"
    assert stored() == before


@pytest.mark.parametrize("name", ["TOTAL_FORMS", "INITIAL_FORMS"])
@pytest.mark.parametrize("count", [*ABOVE, "2000", "2", "-1", "x", ""])
def test_forged_count_of_rows_is_refused_with_few_rows(
    client, boss, hours, rows_made, name, count
):
    before = stored()
    opening = {**named("opening_times", ONE), **opening_row(hours)}

    with CaptureQueriesContext(connection) as queries:
        page = Read(post_clinic(client, {**opening, f"opening_times-{name}": count}))

    assert LOAD_AGAIN in page.text
    assert page.tree.cssselect("[name=name]")[0].get("value") == "Another name"
    assert len(rows_made) <= 1 and len(queries) < 50
    assert stored() == before


def test_count_below_the_rows_that_came_is_refused(client, boss, hours):
    before = stored()

    page = Read(
        post_clinic(client, {**named("opening_times", NONE), **opening_row(hours)})
    )

    assert "This form says that it has 0 rows; 1 came." in page.text
    assert stored() == before


def test_more_rows_than_a_form_has_room_for_are_not_made(client, boss, rows_made):
    days = {f"closed_dates-{number}-day": "2026-01-01" for number in range(900)}
    counts = {"closed_dates-TOTAL_FORMS": "900"}

    page = Read(post_clinic(client, named("opening_times", NONE), **{**days, **counts}))

    assert "has no room for as many rows as it says" in page.text
    assert len(rows_made) == 100


def test_rows_above_that_room_can_be_kept(client, boss):
    clinic = Clinic.objects.get()
    fields = {"closed_dates-TOTAL_FORMS": "120", "closed_dates-INITIAL_FORMS": "120"}
    for number in range(120):
        day = timezone.now().date().replace(day=1 + number % 28, month=1 + number // 28)
        row = ClosedDate.objects.create(clinic=clinic, day=day)
        fields |= named(
            f"closed_dates-{number}",
            {"id": str(row.pk), "clinic": "1", "day": str(day)},
        )
    first = {"closed_dates-0-day": "2031-05-01"}

    response = post_clinic(client, named("opening_times", NONE), **{**fields, **first})

    assert response.status_code == 302
    assert ClosedDate.objects.filter(day="2031-05-01").count() == 1


FORGED_LISTS = {
    "id": ({"form__0__id": HUGE}, OTHER_ROWS),
    "unknown id": ({"form__0__id": "999"}, OTHER_ROWS),
    "id in words": ({"form__0__id": "x"}, OTHER_ROWS),
    "same id twice": ({"form__0__id": "2", "form__1__id": "2"}, OTHER_ROWS),
    "TOTAL_FORMS": ({"form__TOTAL_FORMS": HUGE}, "no room for as many rows"),
    "INITIAL_FORMS": ({"form__INITIAL_FORMS": HUGE}, OTHER_ROWS),
    "no INITIAL_FORMS": ({"form__INITIAL_FORMS": "0"}, OTHER_ROWS),
    "position": ({"form__0__position": HUGE}, "less than or equal to 32767"),
    "small position": ({"form__0__position": "32768"}, "less than or equal to 32767"),
    "position below": ({"form__0__position": "-" + HUGE}, "greater than or equal to 0"),
}


@pytest.mark.parametrize(("forged", "says"), FORGED_LISTS.values(), ids=FORGED_LISTS)
def test_forged_list_of_areas_is_refused(client, boss, rows_made, forged, says):
    before = stored()

    response = post_areas(client, **forged)

    assert response.status_code == 200
    assert says in Read(response).text
    assert len(rows_made) <= 2
    assert stored() == before


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


@pytest.mark.parametrize("number", ["32768", *ABOVE])
def test_position_of_an_area_has_the_same_limit_on_both_databases(client, boss, number):
    address = reverse(f"{APP}_area_change", args=[1])

    page = Read(client.post(address, {"name": "New name", "position": number}))

    assert "less than or equal to 32767" in page.text
    assert not Area.objects.filter(name="New name").exists()


@pytest.mark.parametrize("number", [*ABOVE, "-" + HUGE, "x", ""])
def test_forged_revision_saves_nothing_and_keeps_the_text(client, boss, number):
    draft = make_wording()
    address = reverse(f"{APP}_wording_change", args=[draft.pk])

    page = Read(client.post(address, {"text": "Mine.", "opened_revision": number}))

    assert "Please correct the error" in page.text
    assert page.tree.cssselect("textarea[name=text]")[0].text.strip() == "Mine."
    assert Wording.objects.of_guide().get().text == draft.text


@pytest.mark.parametrize("step", ["send", "publish", "withdraw"])
@pytest.mark.parametrize(
    ("number", "says"),
    [
        *((number, "Nothing of yours was lost") for number in ABOVE),
        ("x", "This came without the version that it was made on."),
        ("", "This came without the version that it was made on."),
    ],
)
def test_forged_revision_takes_no_step(client, boss, step, number, says):
    draft = make_wording()
    before = stored()
    typed = {
        "when": "now", "reason": "Wrong.", "unreviewed_reason": "Because.",
        "is_accepted": "on", "advisory_reason": "Because.",
    }  # fmt: skip

    address = reverse(f"{APP}_wording_{step}", args=[draft.pk])
    page = Read(client.post(address, {**typed, "opened_revision": number}))

    assert says in page.text
    assert stored() == before


@pytest.mark.parametrize("day", ["9999-12-31T23:59", "2400-01-01T09:00"])
def test_nothing_is_scheduled_beyond_the_years_that_can_be_kept(client, boss, day):
    Clinic.objects.update(time_zone="America/Chicago")
    draft = make_wording()
    before = stored()
    typed = {
        "opened_revision": "1", "when": "later", "publish_from": day,
        "unreviewed_reason": "Because.", "is_accepted": "on", "advisory_reason": "So.",
    }  # fmt: skip

    page = Read(client.post(reverse(f"{APP}_wording_publish", args=[draft.pk]), typed))

    assert "Choose a time at most ten years ahead." in page.text
    assert stored() == before


def test_act_schedules_nothing_beyond_ten_years(boss):
    draft = make_wording()
    late = timezone.now().replace(year=9999)

    with pytest.raises(PermissionDenied, match="at most ten years ahead"):
        wordings.publish_wording(
            wording=draft, revision=1, user=boss, publish_from=late,
            unreviewed_reason="Because.", advisory_reason="So.",
        )  # fmt: skip

    assert Wording.objects.of_guide().get().is_draft


FORGED_AT_THE_DESK = {
    "copies": "Write how many copies: a number from 1 to 100.",
    "day": "Write the day as a number from 1 to 31.",
    "size": "Choose one of these.",
}


@pytest.mark.parametrize("number", ABOVE)
@pytest.mark.parametrize("name", FORGED_AT_THE_DESK)
@pytest.mark.parametrize("view", ["desk", "desk_sheets", "desk_printed"])
def test_number_that_cannot_be_prints_nothing(client, view, name, number):
    sign_in(client, "Reception")
    fields = {"document": "checklist", "copies": "1", "month": "1", "year": "2027"}

    response = client.post(reverse(f"sessions:{view}"), {**fields, name: number})

    assert response.status_code == 422
    assert FORGED_AT_THE_DESK[name] in response.content.decode()
    assert not PrintCount.objects.exists()


@pytest.mark.parametrize("number", ABOVE)
def test_number_that_cannot_be_is_no_code_and_no_link(client, boss, number):
    code = client.post("/admin/second-factor/set-up/", {"code": number[:40]})
    coded = urlsafe_base64_encode(number[:1000].encode())
    link = client.get("/admin/first-password/", {"person": coded, "token": "1"})

    assert "This code does not work." in Read(code).text
    assert link.status_code == 404 and "This link does not work" in Read(link).text


# --- addresses ----------------------------------------------------------------

ADDRESSES = {
    f"{APP}_{kind}_{view}": status
    for kind in ("wording", "page", "area", "clinic")
    for view, status in (("change", 302), ("history", 302))
}
ADDRESSES |= {
    f"{APP}_area_delete": 302,
    f"{APP}_filetext_change": 404,
    f"{APP}_page_compare": 404,
    f"{APP}_wording_preview": 404,
    f"{APP}_wording_send": 404,
    f"{APP}_wording_publish": 404,
    f"{APP}_wording_restore": 404,
    "admin:auth_user_change": 404,
    "admin:auth_user_history": 302,
}


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("number", IN_ADDRESS)
def test_address_of_what_cannot_be(client, boss, name, number):
    response = client.get(reverse(name, args=[number]), follow=True)

    first = response.redirect_chain[0][1] if response.redirect_chain else 404
    assert first == ADDRESSES[name]
    said = "There is no page here" if first == 404 else "doesn’t exist"
    assert said in Read(response).text


@pytest.mark.parametrize(
    ("name", "others"),
    [
        (f"{APP}_page_edit", []),
        (f"{APP}_wording_check_text", []),
        (f"{APP}_wording_preview_text", []),
        (f"{APP}_area_move", ["up"]),
        ("admin:auth_user_link", []),
        ("admin:auth_user_switch_off", []),
    ],
)
def test_form_sent_to_what_cannot_be(client, boss, name, others):
    before = stored()

    response = client.post(reverse(name, args=[HUGE, *others]), {"text": "Words."})

    assert response.status_code == 404
    assert stored() == before


def test_version_that_cannot_be_is_not_compared(client, boss):
    draft = make_wording()
    address = reverse(f"{APP}_page_compare", args=[draft.page_id])

    page = Read(client.get(address, {"old": HUGE, "new": "1"}))

    assert "There is no such version." in page.text


LISTS = ["wording", "page", "area", "filetext"]
FORGED_QUERIES = [
    f"id__exact={HUGE}",
    f"id={2**63}",
    f"id__in=1,{HUGE}",
    f"id__gt=-{HUGE}",
    f"p={HUGE}",
    f"o={HUGE}",
    f"e={HUGE}",
    "id__exact=x",
    "id__in=1,x",
    "nothing=1",
    "e=1&id__exact=x",
]
OF_WORDINGS = [
    f"page__id__exact={HUGE}",
    f"page={HUGE}",
    f"page__in=1,{HUGE}",
    f"author__id={HUGE}",
    f"revision__range=1,{HUGE}",
    "publish_from__year=99999999999",
    "publish_from__gt=99999-01-01",
]


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        *((kind, query) for kind in LISTS for query in FORGED_QUERIES),
        *(("wording", query) for query in OF_WORDINGS),
    ],
)
def test_list_says_that_it_cannot_be_shown_like_that(client, boss, kind, query):
    make_wording()

    response = client.get(f"{reverse(f'{APP}_{kind}_changelist')}?{query}")

    assert response.status_code == 400
    assert "This list cannot be shown like that" in Read(response).text


def test_page_beyond_the_end_of_a_list(client, boss):
    for number in range(101):
        Page.objects.create(name=f"learn/page-{number}")
    address = reverse(f"{APP}_page_changelist")

    assert client.get(f"{address}?p=2").status_code == 200
    assert client.get(f"{address}?p=3").status_code == 400


def test_long_number_can_be_searched_for(client, boss):
    response = client.get(reverse(f"{APP}_wording_changelist"), {"q": HUGE})

    assert response.status_code == 200
    assert "0 wordings" in Read(response).text


@pytest.mark.parametrize("query", ["", "?state__exact=draft", "?e=1", "?o=1.-2"])
def test_list_is_shown_as_our_links_ask_for_it(client, boss, query):
    make_wording()
    address = reverse(f"{APP}_wording_changelist")

    assert "stages/recovery version 1" in Read(client.get(address + query)).text


def test_action_on_rows_that_cannot_be_changes_nothing(client, boss):
    before = stored()
    fields = {"action": "delete_selected", "_selected_action": HUGE, "post": "yes"}

    for kind in LISTS:
        response = client.post(reverse(f"{APP}_{kind}_changelist"), fields)
        assert response.status_code == 200

    assert stored() == before


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
