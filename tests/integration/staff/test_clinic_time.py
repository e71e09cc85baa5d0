"""Staff read and type the clinic's time everywhere; what says UTC is in UTC."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils.timezone import get_current_timezone

from sessions import wordings
from sessions.models import AuditEntry, Clinic, FileText, LoadReport, Wording
from sessions.models.time_zones import moment_words
from sessions.people import accounts
from tests.factories import make_live_wording, make_wording
from tests.integration.staff.test_admin import CLINIC_FORM
from tests.page import Page
from tests.staff import sign_in

pytestmark = pytest.mark.django_db
# 21:07 of the day before in Chicago.
MOMENT = datetime(2026, 3, 2, 3, 7, tzinfo=UTC)
APP = "/admin/stemguide_sessions"
# Every staff screen, and whether it shows the time of something that was done.
SCREENS = {
    "/admin/": True,
    f"{APP}/page/": False,
    f"{APP}/page/{{page}}/change/": True,
    f"{APP}/page/{{page}}/compare/": False,
    f"{APP}/page/review-queue/": False,
    f"{APP}/clinic/1/change/": False,
    f"{APP}/clinic/1/history/": True,
    f"{APP}/wording/": True,
    f"{APP}/wording/{{live}}/change/": True,
    f"{APP}/wording/{{draft}}/change/": False,
    f"{APP}/wording/{{draft}}/send/": False,
    f"{APP}/wording/{{draft}}/approve/": False,
    f"{APP}/wording/{{draft}}/publish/": False,
    f"{APP}/wording/{{live}}/withdraw/": False,
    f"{APP}/filetext/": True,
    "/admin/auth/user/": True,
    "/admin/auth/user/{user}/change/": False,
    "/admin/auth/user/{user}/history/": True,
    "/desk/": False,
    "/desk/recall/": False,
}


@pytest.fixture
def chicago(client):
    """A site in Chicago on which everything was done at MOMENT; the ids of its rows."""
    with time_machine.travel(MOMENT, tick=False):
        Clinic.objects.update(time_zone="America/Chicago")
        boss = sign_in(client, "Administrator", "boss")
        live = make_live_wording(publish_from=MOMENT)
        draft = make_wording()
        user = accounts.create_person(by=boss, username="rosa", roles=[])
        FileText.objects.create(page=live.page, text="x", digest="x")
        report = {"moment": MOMENT, "faults": ["x"]}
        LoadReport.objects.update_or_create(pk=1, defaults=report)
        wordings.send_for_review(wording=draft, revision=1, user=boss)
        answer = client.post(
            f"{APP}/clinic/1/change/", CLINIC_FORM | {"name": "Example"}
        )
        assert answer.status_code == 302
        yield {
            "page": live.page_id, "live": live.pk, "draft": draft.pk, "user": user.pk
        }  # fmt: skip


@pytest.mark.parametrize("address", SCREENS)
def test_screen_shows_clinic_time_and_names_its_zone(client, chicago, address):
    page = Page(client.get(address.format(**chicago)))

    assert "Times on this page are those of America/Chicago." in page.text
    assert not re.search(r"0?3:07(?! UTC)", page.text)
    shows = re.search(r"21:07|9:07 p\.m\.", page.text) is not None
    assert shows == SCREENS[address]


@pytest.mark.parametrize("address", ["/", "/get-help/", "/admin/login/"])
def test_other_pages_name_no_zone(client, real_content, address):
    Clinic.objects.update(time_zone="America/Chicago")

    assert "Times on this page" not in Page(client.get(address)).text


def test_next_request_does_not_keep_the_zone(client, chicago):
    client.get("/admin/")

    assert get_current_timezone() == ZoneInfo("UTC")


# (zone of the clinic, what is typed there, the same moment in UTC)
SCHEDULES = [
    ("America/Chicago", "2026-12-01T08:00", "2026-12-01 14:00 UTC"),
    ("America/Chicago", "2026-07-01T08:00", "2026-07-01 13:00 UTC"),
    ("America/Chicago", "2026-12-31T20:00", "2027-01-01 02:00 UTC"),
    ("Asia/Kolkata", "2026-07-01T03:00", "2026-06-30 21:30 UTC"),
    ("UTC", "2026-07-01T08:00", "2026-07-01 08:00 UTC"),
    ("Europe/London", "2026-12-01T08:00", "2026-12-01 08:00 UTC"),
]


@pytest.mark.parametrize(("zone", "typed", "utc"), SCHEDULES)
def test_schedule_in_the_audit_is_right_in_utc(client, zone, typed, utc):
    with time_machine.travel(MOMENT, tick=False):
        Clinic.objects.update(time_zone=zone)
        sign_in(client, "Administrator")
        draft = make_wording()
        client.post(
            f"{APP}/wording/{draft.pk}/publish/",
            {
                "opened_revision": draft.revision, "when": "later",
                "publish_from": typed, "unreviewed_reason": "A reason.",
                "is_accepted": "on", "advisory_reason": "A reason.",
            },
        )  # fmt: skip
        file = client.get(f"{APP}/page/audit.csv").getvalue().decode("utf-8-sig")
        overview = Page(client.get(f"{APP}/page/{draft.page_id}/change/"))

    (row,) = [
        row
        for row in csv.DictReader(io.StringIO(file, newline=""))
        if row["Step"] == AuditEntry.Step.SCHEDULED.label
    ]
    said, there = row["Comment"], f"{typed.replace('T', ' ')} ({zone}), which is {utc}"
    assert said.startswith(utc if typed.replace("T", " ") in utc else there)
    assert said.partition(" UTC")[2] == (
        ". Without the approval of a second person: A reason."
    )
    assert said in overview.text
    stored = Wording.objects.get(pk=draft.pk).publish_from
    assert f"{stored.astimezone(UTC):%Y-%m-%d %H:%M} UTC" == utc
    assert row["Moment"] == MOMENT.isoformat()


EIGHT = datetime(2026, 12, 1, 14, tzinfo=UTC)
RIGHT = "2026-12-01 08:00 (America/Chicago), which is 2026-12-01 14:00 UTC"


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("2026-12-01 08:00 UTC", RIGHT),
        ("2026-12-01 14:00 UTC", "2026-12-01 14:00 UTC"),
        (RIGHT, RIGHT),
        # Another moment than the stored one: nothing is known of it.
        ("2026-11-30 08:00 UTC", "2026-11-30 08:00 UTC"),
    ],
)
def test_schedule_of_an_older_version_is_read_in_utc(client, stored, read):
    Clinic.objects.update(time_zone="America/Chicago")
    user = sign_in(client, "Administrator")
    wording = make_live_wording(publish_from=EIGHT)
    AuditEntry.objects.create(
        wording=wording, step=AuditEntry.Step.SCHEDULED, user=user, comment=stored
    )

    file = client.get(f"{APP}/page/audit.csv").getvalue().decode("utf-8-sig")
    overview = Page(client.get(f"{APP}/page/{wording.page_id}/change/"))

    rows = csv.DictReader(io.StringIO(file, newline=""))
    (row,) = (row for row in rows if row["Step"] == "Scheduled")
    assert row["Comment"] == read
    assert f"Scheduled nurse {read}" in overview.text


@pytest.mark.parametrize("hours", [-6, 0, 5.5])
def test_moment_is_the_same_whatever_zone_it_is_in(hours):
    given = MOMENT.astimezone(timezone(timedelta(hours=hours)))

    words = moment_words(given, ZoneInfo("America/Chicago"))

    assert words == "2026-03-01 21:07 (America/Chicago), which is 2026-03-02 03:07 UTC"
