"""An unknown time zone breaks nothing, and staff are told of it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client

from sessions.models import Clinic, FileText, LoadReport, Wording
from sessions.models.time_zones import clinic_zone
from tests.addresses import EVERY_PATH
from tests.factories import make_live_wording, make_person, make_wording
from tests.page import Page
from tests.staff import sign_in

pytestmark = pytest.mark.django_db
UNKNOWN = [
    "Mars/Base",
    "",
    "utc ",
    "America",  # a folder
    "zone.tab",  # a file that is not a time zone
    "/etc/localtime",
    "../UTC",
    "America/../UTC",
    "caf\u00e9",
    "a/b" * 20,
]
SYSTEM_LOCAL = [
    "localtime",
    "posixrules",
    "Factory",
    "posix/UTC",
    "right/America/Chicago",
    "SystemV/EST5",
]
STAFF_PAGES = [
    "/admin/",
    "/admin/stemguide_sessions/page/{page}/change/",
    "/admin/stemguide_sessions/page/{page}/compare/",
    "/admin/stemguide_sessions/page/review-queue/",
    "/admin/stemguide_sessions/page/review-queue.csv",
    "/admin/stemguide_sessions/page/audit.csv",
    "/admin/stemguide_sessions/clinic/1/change/",
    "/admin/stemguide_sessions/wording/{wording}/change/",
    *(
        f"/admin/stemguide_sessions/wording/{{wording}}/{step}/"
        for step in (
            "send",
            "approve",
            "ask-for-changes",
            "publish",
            "move-schedule",
            "cancel-schedule",
            "withdraw",
            "put-back",
            "throw-away",
            "restore",
            "preview",
        )
    ),
    "/admin/auth/user/",
    "/admin/auth/user/add/",
    "/admin/auth/user/{user}/change/",
    "/desk/",
    "/desk/recall/",
]


def store(time_zone: str) -> Clinic:
    """Stores it without validation, as another machine or an older version may have."""
    Clinic.objects.update(time_zone=time_zone)
    return Clinic.objects.get()


@pytest.mark.parametrize("name", UNKNOWN)
def test_unknown_zone_gives_the_day_of_utc(name):
    clinic = store(name)

    assert clinic.today(datetime(2026, 3, 2, 23, 59, tzinfo=UTC)) == date(2026, 3, 2)
    assert clinic.zone.utcoffset(None) == UTC.utcoffset(None)


def test_known_zone_gives_the_day_there():
    clinic = store("Pacific/Kiritimati")

    assert clinic.today(datetime(2026, 3, 2, 11, tzinfo=UTC)) == date(2026, 3, 3)
    assert clinic_zone("Pacific/Kiritimati") == ZoneInfo("Pacific/Kiritimati")


@pytest.mark.parametrize("path", EVERY_PATH)
def test_page_with_unknown_zone_is_the_same_as_in_utc(real_content, path):
    store("UTC")
    expected = Client().get(path)
    store("Mars/Base")

    response = Client().get(path)

    assert response.status_code == 200
    assert response.content == expected.content


@pytest.mark.parametrize("address", STAFF_PAGES)
@pytest.mark.parametrize("state", ["draft", "in-review", "published"])
def test_staff_page_opens(client, address, state):
    live = make_live_wording()
    ahead = {"publish_from": datetime(2099, 1, 1, tzinfo=UTC)}
    wording = make_wording(state=state, **(ahead if state == "published" else {}))
    FileText.objects.create(page=live.page, text="x", digest="x")
    sign_in(client, "Administrator")
    LoadReport.objects.update(moment=datetime(2026, 3, 2, tzinfo=UTC), faults=["x"])
    store("Mars/Base")
    ids = {"page": live.page_id, "wording": wording.pk}

    user = make_person("Editor", "somebody").pk
    response = client.get(address.format(**ids, user=user))

    assert response.status_code == 200


def test_text_is_scheduled_in_the_zone_that_the_page_names(client):
    make_live_wording()
    wording = make_wording()
    sign_in(client, "Administrator")
    store("Mars/Base")
    day = date.today() + timedelta(days=9)

    response = client.post(
        f"/admin/stemguide_sessions/wording/{wording.pk}/publish/",
        {
            "opened_revision": wording.revision,
            "when": "later",
            "publish_from": f"{day}T09:00",
            "unreviewed_reason": "A reason.",
            "is_accepted": "on",
            "advisory_reason": "A reason.",
        },
        follow=True,
    )

    assert f"from {day:%-d %B %Y}, 09:00 (UTC)" in Page(response).text
    moment = Wording.objects.get(pk=wording.pk).publish_from
    assert moment == datetime.combine(day, time(9), tzinfo=UTC)


@pytest.mark.parametrize("command", ["review_due", "check", "load_content"])
def test_command_runs(command, capsys):
    make_live_wording()
    store("Mars/Base")

    call_command(command)

    assert capsys.readouterr().out


@pytest.mark.parametrize("role", ["Editor", "Clinical reviewer", "Administrator"])
def test_admin_index_names_an_unknown_zone(client, role):
    make_live_wording()
    sign_in(client, role)
    store("Mars/Base")

    text = Page(client.get("/admin/")).text

    assert 'This machine does not know the time zone "Mars/Base".' in text
    assert "Until another is chosen, days and times are those of UTC." in text


@pytest.mark.parametrize("name", SYSTEM_LOCAL)
def test_admin_index_names_a_zone_that_differs_by_machine(client, name):
    make_live_wording()
    sign_in(client, "Administrator")
    store(name)

    assert f'The time zone "{name}" differs from machine to machine.' in (
        Page(client.get("/admin/")).text
    )


def test_admin_index_says_nothing_of_a_known_zone(client):
    make_live_wording()
    sign_in(client, "Administrator")
    store("America/Chicago")

    assert "time zone" not in Page(client.get("/admin/")).text


@pytest.mark.parametrize("name", [*UNKNOWN, *SYSTEM_LOCAL])
def test_clinic_with_such_a_zone_is_not_valid(name):
    clinic = store("UTC")
    clinic.time_zone = name

    with pytest.raises(ValidationError) as refused:
        clinic.full_clean()

    assert "time_zone" in refused.value.message_dict


@pytest.mark.parametrize("name", ["UTC", "America/Chicago", "Etc/GMT+5", "EST5EDT"])
def test_clinic_may_have_any_zone_that_is_the_same_everywhere(name):
    clinic = store("UTC")
    clinic.time_zone = name

    clinic.full_clean()
