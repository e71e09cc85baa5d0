"""The audit derives a publication on its day, and writes nothing when it is read."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sessions import wordings
from sessions.models import AuditEntry, Clinic
from tests.clinic_texts import of_guide, steps_taken
from tests.factories import (
    make_live_wording,
    make_person,
    make_wording,
)
from tests.page import Page
from tests.staff import PAGES, sign_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
DAY = NOW + timedelta(days=7)
LATER = NOW + timedelta(days=9)
Step = AuditEntry.Step


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def boss(client, clock):
    return sign_in(client, "Administrator", "boss")


@pytest.fixture
def doctor():
    return make_person("Clinical reviewer", "doctor")


def approve(wording, doctor):
    return wordings.approve_wording(
        wording=wording, revision=wording.revision, user=doctor,
        reviewer_role="Hand surgeon", review_due=date(2027, 7, 1),
    )  # fmt: skip


def schedule(draft, user, day=DAY, **reasons):
    return wordings.publish_wording(
        wording=draft, revision=draft.revision, user=user, publish_from=day, **reasons
    )


@pytest.fixture
def scheduled(boss, doctor):
    """An approved text that is published on DAY; what was done before is left out."""
    sent = wordings.send_for_review(wording=make_wording(), revision=1, user=boss)
    return schedule(approve(sent, doctor), boss)


def get(client, address):
    """Signs in again, since a sign-in does not last for days."""
    client.force_login(User.objects.get(username="boss"))
    return client.get(address)


def table(client):
    """The rows of the file: moment, step and person. The screen has the same."""
    file = get(client, f"{PAGES}audit.csv").getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file, newline="")))
    return [
        (datetime.fromisoformat(row["Moment"]), row["Step"], row["Person"])
        for row in of_guide(rows)
        if row["Step"] not in ("Sent for review", "Approved")
    ]


def screen(client, wording):
    page = Page(get(client, f"{PAGES}{wording.page_id}/change/"))
    return [
        " ".join(cell.text_content().strip() for cell in row.cssselect("td"))
        for row in page.tree.cssselect("[aria-label='Who did what'] tbody tr")
    ]


def test_scheduling_is_no_publication(client, scheduled):
    assert table(client) == [(NOW, "Scheduled", "boss")]
    assert not steps_taken().filter(step=Step.PUBLISHED).exists()
    assert not any("Published" in line for line in screen(client, scheduled))


def test_text_is_published_on_its_day_by_whoever_scheduled_it(client, scheduled, clock):
    clock.move_to(DAY)

    assert table(client) == [
        (NOW, "Scheduled", "boss"),
        (DAY, "Published", "boss"),
    ]
    assert screen(client, scheduled)[0] == (
        "8 July 2026, 09:00 1 Published boss As scheduled."
    )


def test_lines_stand_in_the_order_of_their_moments(client, scheduled, boss, clock):
    clock.move_to(LATER)
    wordings.withdraw_wording(
        wording=scheduled, revision=scheduled.revision, user=boss, reason="Wrong."
    )
    clock.shift(60)

    steps = ["Scheduled", "Published", "Withdrawn"]
    assert [step for _, step, _ in table(client)] == steps
    shown = [line.split(" 1 ")[1] for line in screen(client, scheduled)][:3]
    assert shown == [
        "Withdrawn boss Wrong.",
        "Published boss As scheduled.",
        "Scheduled boss 2026-07-08 09:00 UTC.",
    ]


def test_moved_schedule_is_published_on_its_last_day(client, scheduled, doctor, clock):
    wordings.move_schedule(
        wording=scheduled, revision=scheduled.revision, user=doctor, publish_from=LATER
    )
    clock.move_to(DAY)
    before = table(client)
    clock.move_to(LATER)

    steps = [(NOW, "Scheduled", "boss"), (NOW, "Scheduled for another time", "doctor")]
    assert before == steps
    assert table(client) == [*steps, (LATER, "Published", "boss")]


def test_cancelled_schedule_is_never_published(client, scheduled, boss, clock):
    wordings.cancel_schedule(wording=scheduled, revision=scheduled.revision, user=boss)
    clock.move_to(LATER)

    assert [step for _, step, _ in table(client)] == [
        "Scheduled", "Schedule cancelled", "Draft started",
    ]  # fmt: skip
    cancelled = steps_taken().get(step=Step.SCHEDULE_CANCELLED)
    assert cancelled.comment == "It was set for 2026-07-08 09:00 UTC."


def test_schedule_that_a_newer_version_came_before_is_never_published(
    client, scheduled, boss, clock
):
    newer = wordings.start_draft(page=scheduled.page, user=boss)
    wordings.publish_wording(
        wording=newer, revision=1, user=boss, unreviewed_reason="Now."
    )
    clock.move_to(LATER)

    steps = [step for _, step, _ in table(client)]

    assert steps == ["Scheduled", "Draft started", "Published without review"]


def test_schedule_without_approval_says_so_with_its_reason(client, boss, clock):
    draft = schedule(make_wording(), boss, unreviewed_reason="The room changed.")
    clock.move_to(DAY)

    reason = "Without the approval of a second person: The room changed."
    assert steps_taken().get().comment == f"2026-07-08 09:00 UTC. {reason}"
    assert screen(client, draft)[0] == (
        "8 July 2026, 09:00 1 Published without review boss As scheduled. "
        "The room changed."
    )


def test_approval_before_its_day_makes_it_a_reviewed_publication(
    client, boss, doctor, clock
):
    draft = schedule(make_wording(), boss, unreviewed_reason="The room changed.")
    clock.shift(60)
    approve(draft, doctor)
    clock.move_to(DAY)

    assert table(client)[-1] == (DAY, "Published", "boss")


def test_approval_after_its_day_does_not_change_how_it_was_published(
    client, boss, doctor, clock
):
    draft = schedule(make_wording(), boss, unreviewed_reason="The room changed.")
    clock.move_to(LATER)
    approve(draft, doctor)

    assert table(client)[-1] == (DAY, "Published without review", "boss")


@pytest.mark.parametrize(
    ("step", "read"),
    [
        ("published", "Set to be published"),
        ("published-unreviewed", "Set to be published without review"),
    ],
)
@pytest.mark.parametrize("is_cancelled", [True, False])
def test_older_version_recorded_a_publication_too_early(
    client, boss, clock, step, read, is_cancelled
):
    ended = {"state": "withdrawn", "withdrawn_reason": "x", "publish_from": None}
    wording = make_live_wording(**(ended if is_cancelled else {"publish_from": DAY}))
    for name, comment in (
        (step, "It is short."),
        ("scheduled", "2026-07-08 09:00 UTC"),
    ):
        AuditEntry.objects.create(
            wording=wording, step=name, user=boss, comment=comment, text=wording.text
        )
    before = [step for _, step, _ in table(client)]
    clock.move_to(DAY)

    after = [step for _, step, _ in table(client)]

    assert before == [read, "Scheduled"]
    assert after == (before if is_cancelled else [*before, "Published"])
    assert any(f"{read} boss It is short." in line for line in screen(client, wording))


def test_publication_at_once_is_recorded_and_stands_once(client, boss, clock):
    wordings.publish_wording(
        wording=make_wording(), revision=1, user=boss, unreviewed_reason="Now."
    )
    clock.shift(60)

    assert table(client) == [(NOW, "Published without review", "boss")]


@pytest.mark.parametrize(
    "address",
    [
        f"{PAGES}audit.csv",
        f"{PAGES}{{}}/change/",
        PAGES,
        "/admin/",
        "/stages/recovery/",
    ],
)
def test_nothing_is_written_when_a_page_is_read(client, scheduled, clock, address):
    clock.move_to(DAY)
    get(client, "/admin/")

    with CaptureQueriesContext(connection) as done:
        assert client.get(address.format(scheduled.page_id)).getvalue()

    writes = ("INSERT", "UPDATE", "DELETE")
    assert [query["sql"] for query in done if query["sql"].startswith(writes)] == []


def test_schedule_of_an_older_version_is_right_in_utc_after_it_was_moved(
    client, boss, clock
):
    Clinic.objects.update(time_zone="America/Chicago")
    wording = make_live_wording(publish_from=datetime(2026, 12, 1, 14, tzinfo=UTC))
    AuditEntry.objects.create(
        wording=wording, step="scheduled", user=boss, comment="2026-12-01 08:00 UTC"
    )

    wordings.move_schedule(wording=wording, revision=1, user=boss, publish_from=LATER)

    right = "2026-12-01 08:00 (America/Chicago), which is 2026-12-01 14:00 UTC"
    assert screen(client, wording)[-1].endswith(f"Scheduled boss {right}")
