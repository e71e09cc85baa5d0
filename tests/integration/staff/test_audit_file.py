"""audit.csv has all that was recorded: of pages, details, areas and people."""

import csv
import io
from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sessions import wordings
from sessions.models import Area, AuditEntry, Clinic, DetailChange
from sessions.people import accounts, second_factor
from tests.clinic_texts import of_guide
from tests.factories import (
    make_live_wording,
    make_person,
    make_rules,
    make_stage_text,
    make_wording,
)
from tests.integration.staff.test_admin import CLINIC_FORM
from tests.page import Page
from tests.staff import PAGES, sign_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 1, 13, tzinfo=UTC)
APP = "admin:stemguide_sessions"


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def boss(client, clock):
    return sign_in(client, "Administrator", "boss")


def table(client):
    file = client.get(f"{PAGES}audit.csv").getvalue().decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(file, newline=""))
    return of_guide(rows)


def cells(row, *names):
    return tuple(row[name] for name in names)


def test_columns_that_were_there_keep_their_names_and_order(client, boss):
    file = client.get(f"{PAGES}audit.csv").getvalue().decode("utf-8-sig")

    assert file.splitlines()[0].split(",") == [
        "Kind",
        "Moment", "Page", "Version", "Step", "Person", "Checked by", "Comment",
        "Next check due", "SHA-256 of the text", "Text",
        "About", "Before", "After",
    ]  # fmt: skip


def test_detail_has_old_and_new_value_who_and_when(client, boss):
    Clinic.objects.update(telephone="555 010 0100", time_zone="America/Chicago")
    fields = CLINIC_FORM | {"telephone": "555 010 0199", "offers_prepared": "on"}

    client.post(
        reverse(f"{APP}_clinic_change", args=[1]), fields | {"offers_bone_marrow": "on"}
    )

    [row] = [row for row in table(client) if row["About"] == "The clinic: Telephone"]
    assert cells(row, "Kind", "Moment", "Step", "Person", "Before", "After") == (
        "Clinic", "2026-07-01T13:00:00+00:00", "Changed", "boss",
        "555 010 0100", "555 010 0199",
    )  # fmt: skip


def test_area_is_told_from_its_beginning_to_its_end(client, boss):
    make_rules()
    fields = {"name": "Back", "slug": "back", "position": "7"}
    client.post(reverse(f"{APP}_area_add"), fields)
    back = Area.objects.get(slug="back")
    client.post(reverse(f"{APP}_area_delete", args=[back.pk]), {"post": "yes"})

    rows = [
        cells(row, "Kind", "Step", "Before", "After")
        for row in table(client)
        if row["About"] == "Area back: Name"
    ]

    assert rows == [("Area", "Added", "", "Back"), ("Area", "Removed", "Back", "")]


def test_what_older_versions_recorded_of_details_is_told(client, boss):
    LogEntry.objects.create(
        user=boss, content_type=ContentType.objects.get_for_model(Clinic),
        object_id="1", object_repr="This clinic", action_flag=2,
        change_message='[{"changed": {"fields": ["Telephone"]}}]',
    )  # fmt: skip

    [row] = table(client)

    assert cells(row, "Kind", "Step", "Person", "About", "Comment") == (
        "Clinic", "Changed", "boss", "This clinic", "Changed Telephone.",
    )  # fmt: skip


def test_people_roles_and_one_time_links_are_told_in_order(client, boss, clock):
    editor = Group.objects.get(name="Editor")
    rosa = accounts.create_person(by=boss, username="rosa", roles=[editor])
    clock.shift(60)
    accounts.set_password(person=rosa, password="four words of mine")
    clock.shift(60)
    accounts.change_person(by=boss, person=rosa, roles=[])
    clock.shift(60)
    accounts.void_password(by=boss, person=rosa)
    clock.shift(60)
    accounts.switch_off(by=boss, person=rosa)

    rows = table(client)

    assert {row["Kind"] for row in rows} == {"Person"}
    assert {row["About"] for row in rows} == {"rosa"}
    assert [cells(row, "Step", "Person", "Comment") for row in rows] == [
        ("Added", "boss", "Created. Roles: Editor. A one-time link was made."),
        ("Changed", "rosa", "Set a password by a one-time link."),
        ("Changed", "boss", "Roles: Editor, now none."),
        (
            "Changed",
            "boss",
            "Password reset. A one-time link was made. Older links are void.",
        ),
        ("Changed", "boss", "Switched off."),
    ]


def test_no_secret_is_in_the_file(client, boss):
    page = client.post("/admin/auth/user/add/", {"username": "rosa"})
    link = Page(page).tree.cssselect(".one-time-link code")[0].text_content()
    new = "four words of mine"
    browser = Client()
    browser.get(link, follow=True)
    fields = {"new_password1": new, "new_password2": new}
    browser.post("/admin/first-password/", fields)
    codes = second_factor.new_recovery_codes(User.objects.get(username="rosa"))

    text = client.get(f"{PAGES}audit.csv").getvalue().decode()

    token = link.rpartition("token=")[2]
    assert "Set a password by a one-time link." in text
    assert "Made new recovery codes." in text
    secrets = [token, new, *codes, *(code.replace("-", "") for code in codes)]
    assert [secret for secret in secrets if secret in text] == []


@pytest.mark.parametrize("role", ["Editor", "Clinical reviewer"])
def test_only_who_may_see_accounts_gets_the_rows_about_people(client, boss, role):
    accounts.create_person(by=boss, username="rosa", roles=[])
    with wordings.recorded_details(boss):
        Clinic.objects.update(name="Other")
    everything = {row["Kind"] for row in table(client)}
    sign_in(client, role)

    assert everything == {"Clinic", "Person"}
    assert {row["Kind"] for row in table(client)} == {"Clinic"}


def test_put_back_and_thrown_away_are_told(client, boss):
    doctor = make_person("Clinical reviewer", "doctor")
    approved = {"reviewer": doctor, "reviewer_role": "Hand surgeon"}
    first = make_live_wording(**approved, approved_on=NOW.date())
    make_live_wording(text=make_stage_text(body="Other words."))
    nurse = make_person("Clinical reviewer")
    wordings.put_back_wording(wording=first, revision=1, user=nurse, reason="Wrong.")
    draft = make_wording()
    wordings.throw_away_draft(wording=draft, revision=1, user=doctor)

    rows = [cells(row, "Kind", "Step", "Person") for row in table(client)]

    assert rows == [
        ("Page", "Put back", "nurse"),
        ("Page", "Draft thrown away", "doctor"),
    ]


def test_all_sources_are_in_one_order_of_time(client, boss, clock):
    live = make_live_wording()
    for minute in range(3):
        clock.move_to(NOW.replace(minute=minute * 10))
        with wordings.recorded_details(boss):
            Clinic.objects.update(name=f"Name {minute}")
        clock.shift(60)
        AuditEntry.objects.create(wording=live, step="loaded")
        clock.shift(60)
        accounts.record(boss, boss, "Something.", ADDITION)

    rows = table(client)

    assert [row["Kind"] for row in rows] == ["Clinic", "Page", "Person"] * 3
    assert [row["Moment"] for row in rows] == sorted(row["Moment"] for row in rows)


def test_file_of_a_long_history_takes_no_more_queries(client, boss):
    def queries():
        with CaptureQueriesContext(connection) as done:
            table(client)
        return len(done)

    live = make_live_wording()
    queries()  # Some things are looked up once.
    before = queries()
    for model, values in (
        (AuditEntry, {"wording": live, "step": "loaded", "text": "x"}),
        (DetailChange, {"user": boss, "kind": "added", "subject": "x", "field": "x"}),
    ):
        model.objects.bulk_create(model(**values) for _ in range(300))
    for _ in range(5):
        accounts.record(boss, boss, "Something.")

    assert queries() == before
    assert len(table(client)) == 605


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_value_of_a_detail_is_a_formula(client, boss, value):
    DetailChange.objects.create(
        user=boss, kind="changed", subject="The clinic", field="Name", old=value,
        new=value,
    )  # fmt: skip

    [row] = table(client)

    assert cells(row, "Before", "After") == (f"'{value}", f"'{value}")
