"""The clinic's details change at once, and the audit keeps old and new value."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from sessions import wordings
from sessions.models import Area, Clinic, ClosedDate, DetailChange, OpeningTime
from tests.factories import make_person, make_rules
from tests.integration.staff.test_admin import CLINIC_FORM
from tests.page import Page
from tests.staff import sign_in

pytestmark = pytest.mark.django_db
APP = "admin:stemguide_sessions"
CLINIC = reverse(f"{APP}_clinic_change", args=[1])
AREAS = reverse(f"{APP}_area_changelist")


@pytest.fixture
def boss(client):
    Clinic.objects.update(time_zone="America/Chicago", offers_bone_marrow=False)
    Clinic.objects.update(offers_prepared=False, country="us", paper="letter")
    make_rules()
    return sign_in(client, "Administrator", "boss")


def recorded():
    """All changes, the oldest first: what, field, kind, old, new."""
    rows = DetailChange.objects.order_by("pk")
    return list(rows.values_list("subject", "field", "kind", "old", "new"))


def post(client, address, fields):
    assert client.post(address, fields).status_code == 302


def hours(**row):
    """The form with one opening time. `row` are its fields; it may be stored."""
    stored = {"TOTAL_FORMS": "1", "INITIAL_FORMS": "1" if "id" in row else "0"}
    return {
        **CLINIC_FORM,
        **{f"opening_times-{name}": value for name, value in stored.items()},
        **{f"opening_times-0-{name}": value for name, value in row.items()},
        "opening_times-0-clinic": "1",
    }


# --- the words among them ---


@pytest.mark.parametrize("field", ["name", "address"])
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("It is 100 % safe and cures arthritis", "promises or comforts without proof"),
        ("The FDA approved clinic", "Say what the FDA has approved it for"),
    ],
)
def test_words_that_one_person_writes_on_every_page_promise_nothing(
    client, boss, field, words, told
):
    make_rules()

    refused = client.post(CLINIC, CLINIC_FORM | {field: words, "telephone": "555 0199"})

    assert refused.status_code == 200 and told in Page(refused).main
    assert getattr(Clinic.objects.get(), field) == Clinic.objects.get().telephone == ""


def test_name_that_is_stored_keeps_nobody_from_changing_a_number(client, boss):
    make_rules()
    Clinic.objects.update(name="We cure arthritis")

    fields = {"name": "We cure arthritis", "telephone": "555 010 0199"}
    post(client, CLINIC, CLINIC_FORM | fields)

    assert Clinic.objects.get().telephone == "555 010 0199"


def test_address_has_a_limit(client, boss):
    refused = client.post(CLINIC, CLINIC_FORM | {"address": "a" * 1001})

    assert "at most 1000 characters" in Page(refused).main


# --- every way to change one -------------------------------------------------


def test_telephone_keeps_old_and_new_and_who(client, boss):
    Clinic.objects.update(telephone="555 010 0100")

    post(client, CLINIC, CLINIC_FORM | {"telephone": "555 010 0199"})

    change = ("The clinic", "Telephone", "changed", "555 010 0100", "555 010 0199")
    assert recorded() == [change]
    assert DetailChange.objects.get().user == boss


def test_choices_and_ticks_are_kept_as_staff_read_them(client, boss):
    hand = Area.objects.get(slug="hand")
    fields = CLINIC_FORM | {"country": "uk", "areas_offered": [hand.pk]}
    fields |= {"offers_bone_marrow": "on"}
    del fields["offers_fat"]

    post(client, CLINIC, fields)

    assert sorted(recorded()) == [
        ("The clinic", "Areas offered", "changed", "hand, joint", "hand"),
        ("The clinic", "Cells from bone marrow", "changed", "No", "Yes"),
        ("The clinic", "Cells from fat", "changed", "Yes", "No"),
        ("The clinic", "Country", "changed", "United States", "United Kingdom"),
    ]


def test_opening_time_is_added_changed_and_removed(client, boss):
    post(client, CLINIC, hours(day="1", opens="8am", closes="17h"))
    row = {"id": str(OpeningTime.objects.get().pk), "day": "1", "opens": "9:00"}
    post(client, CLINIC, hours(**row, closes="17:00"))
    post(client, CLINIC, hours(**row, closes="17:00", DELETE="on"))

    eight, nine = "Monday 08:00 to 17:00", "Monday 09:00 to 17:00"
    assert recorded() == [
        ("The clinic", "Opening time", "added", "", eight),
        ("The clinic", "Opening time", "changed", eight, nine),
        ("The clinic", "Opening time", "removed", nine, ""),
    ]


def test_closed_date_is_recorded(client, boss):
    fields = {
        "closed_dates-TOTAL_FORMS": "1",
        "closed_dates-0-clinic": "1",
        "closed_dates-0-day": "2026-12-25",
    }

    post(client, CLINIC, CLINIC_FORM | fields)

    assert ClosedDate.objects.exists()
    assert recorded() == [
        ("The clinic", "Closed date", "added", "", "25 December 2026")
    ]


def test_area_is_added_changed_and_deleted(client, boss):
    fields = {"name": "Back", "slug": "back", "position": "7", "introduction": ""}
    post(client, reverse(f"{APP}_area_add"), fields)
    back = Area.objects.get(slug="back")
    change = reverse(f"{APP}_area_change", args=[back.pk])
    post(client, change, {"position": "8"})
    post(client, reverse(f"{APP}_area_delete", args=[back.pk]), {"post": "yes"})

    assert [row for row in recorded() if row[1] != "Slug"] == [
        ("Area back", "Name", "added", "", "Back"),
        ("Area back", "Position", "added", "", "7"),
        ("Area back", "Position", "changed", "7", "8"),
        ("Area back", "Name", "removed", "Back", ""),
        ("Area back", "Position", "removed", "8", ""),
    ]


def numbered():
    for number, area in enumerate(Area.objects.all(), start=1):
        Area.objects.filter(pk=area.pk).update(position=number)
    return list(Area.objects.all())


def test_area_that_is_moved_by_a_button_is_recorded(client, boss):
    joint, hand = numbered()

    post(client, reverse(f"{APP}_area_move", args=[hand.pk, "up"]), {})

    assert sorted(recorded()) == [
        ("Area hand", "Position", "changed", "2", "1"),
        ("Area joint", "Position", "changed", "1", "2"),
    ]
    assert {change.user for change in DetailChange.objects.all()} == {boss}
    assert joint.slug == "joint"


def test_positions_typed_in_the_list_are_recorded_once(client, boss):
    joint, hand = numbered()
    fields = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "_save": "Save"}
    for number, (area, position) in enumerate(((joint, 5), (hand, 4))):
        fields |= {f"form-{number}-id": area.pk, f"form-{number}-position": position}

    post(client, AREAS, fields)

    assert sorted(recorded()) == [
        ("Area hand", "Position", "changed", "2", "4"),
        ("Area joint", "Position", "changed", "1", "5"),
    ]


def test_area_that_is_offered_is_not_deleted_and_nothing_is_recorded(client, boss):
    hand = Area.objects.get(slug="hand")

    client.post(reverse(f"{APP}_area_delete", args=[hand.pk]), {"post": "yes"})

    assert Area.objects.filter(slug="hand").exists() and recorded() == []


# --- nothing but changes, and together with them -----------------------------


def test_saving_without_a_change_records_nothing(client, boss):
    post(client, CLINIC, CLINIC_FORM)

    assert recorded() == []


def test_refused_form_records_nothing(client, boss):
    response = client.post(CLINIC, CLINIC_FORM | {"telephone": "ring us"})

    assert response.status_code == 200 and recorded() == []


def test_change_that_cannot_be_recorded_is_not_made(client, boss, monkeypatch):
    def fail(*_, **__):
        raise DatabaseError

    monkeypatch.setattr("sessions.wordings.details._record", fail)

    assert client.post(CLINIC, CLINIC_FORM | {"name": "Other"}).status_code == 503
    assert Clinic.objects.get().name == ""


def test_one_within_another_records_once(boss):
    with wordings.recorded_details(boss), wordings.recorded_details(None):
        Clinic.objects.update(name="Other")

    assert recorded() == [("The clinic", "Name", "changed", "", "Other")]


@pytest.mark.parametrize("way", ["update", "delete"])
def test_record_is_never_edited_or_deleted(boss, way):
    with wordings.recorded_details(boss):
        Clinic.objects.update(name="Other")
    before = recorded()
    rows = DetailChange.objects.all()

    with pytest.raises(DatabaseError), transaction.atomic():
        if way == "update":
            rows.update(new="Better")
        else:
            rows._raw_delete(rows.db)

    assert recorded() == before


# --- on the screen -----------------------------------------------------------


def lines(client, address):
    page = Page(client.get(address))
    return page, [
        [cell.text_content().strip() for cell in row.cssselect("td")][1:]
        for row in page.tree.cssselect("[aria-label='Changed details'] tbody tr")
    ]


@pytest.mark.parametrize("role", ["Administrator", "Editor"])
def test_history_of_the_clinic_tells_every_change(client, boss, role):
    post(client, CLINIC, CLINIC_FORM | {"telephone": "555 010 0199"})
    post(client, reverse(f"{APP}_area_move", args=[Area.objects.last().pk, "up"]), {})
    sign_in(client, role, "looker")
    history = Page(client.get(CLINIC)).link("History").href

    page, rows = lines(client, f"{CLINIC.removesuffix('change/')}history/")

    assert history.endswith("/clinic/1/history/")
    assert page.headings(1) == ["Changes to the clinic's details"]
    assert rows[-1] == [
        "boss", "The clinic: Telephone", "Changed", "Blank", "555 010 0199",
    ]  # fmt: skip
    assert any(row[1].endswith(": Position") for row in rows[:-1])


def test_history_of_an_area_tells_its_own_changes(client, boss):
    hand, joint = numbered()[::-1]
    with wordings.recorded_details(make_person("Administrator", "ann")):
        Area.objects.filter(pk=hand.pk).update(name="Hands")
        Area.objects.filter(pk=joint.pk).update(name="Joints")

    _, rows = lines(client, reverse(f"{APP}_area_history", args=[hand.pk]))

    assert [row[:4] for row in rows] == [["ann", "Area hand: Name", "Changed", "Hand"]]


def test_change_by_a_command_names_no_person(client, boss):
    with wordings.recorded_details(None):
        Clinic.objects.update(name="Other")

    _, rows = lines(client, reverse(f"{APP}_clinic_history", args=[1]))

    assert rows[0][0] == "A command on the server"
