"""What staff type is the clinic's time; what says UTC is in UTC."""

import csv
import io
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
import time_machine

from sessions.models import AuditEntry, Clinic, Wording
from sessions.models.time_zones import moment_words
from tests.factories import make_wording
from tests.page import Page
from tests.staff import sign_in

pytestmark = pytest.mark.django_db
# 21:07 of the day before in Chicago.
MOMENT = datetime(2026, 3, 2, 3, 7, tzinfo=UTC)
APP = "/admin/stemguide_sessions"
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
    said = row["Comment"]
    assert said.endswith(utc) and said in overview.text
    if typed.replace("T", " ") not in utc:
        assert said == f"{typed.replace('T', ' ')} ({zone}), which is {utc}"
    stored = Wording.objects.get(pk=draft.pk).publish_from
    assert f"{stored.astimezone(UTC):%Y-%m-%d %H:%M} UTC" == utc
    assert row["Moment"] == MOMENT.isoformat()


@pytest.mark.parametrize("hours", [-6, 0, 5.5])
def test_moment_is_the_same_whatever_zone_it_is_in(hours):
    given = MOMENT.astimezone(timezone(timedelta(hours=hours)))

    words = moment_words(given, ZoneInfo("America/Chicago"))

    assert words == "2026-03-01 21:07 (America/Chicago), which is 2026-03-02 03:07 UTC"
