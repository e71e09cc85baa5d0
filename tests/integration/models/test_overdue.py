"""Overdue has one meaning on pages for patients, the desk and screens for staff."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from sessions.desk.offer import desk_groups, titles_of
from sessions.guide.current import clear_snapshot_cache, current_snapshot
from sessions.models import SheetCode, Wording
from sessions.wordings.review_queue import Reason, review_queue
from sessions.wordings.sheet_codes import make_sheet_codes
from tests.factories import make_live_wording, make_person
from tests.page import Page
from tests.staff import sign_in

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)
BEFORE, AFTER = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def day(time_machine):
    time_machine.move_to(datetime(2026, 6, 1, 12, tzinfo=UTC))


def make_risks(due: date | None, *, is_checked: bool = True, **fields) -> Wording:
    if is_checked:
        doctor = make_person(username="doctor")
        fields |= {"reviewer": doctor, "approved_on": date(2026, 1, 5)}
    wording = make_live_wording(page="risks", review_due=due, **fields)
    make_sheet_codes()
    return wording


# (review_due, other arguments of make_risks, is it overdue?)
CASES = [
    (BEFORE, {}, True),
    (TODAY, {}, False),
    (AFTER, {}, False),
    (None, {}, False),
    (None, {"is_checked": False}, False),
    (BEFORE, {"is_checked": False}, False),
]


def overdue_by_place(client) -> dict[str, bool]:
    """Each place that shows overdue pages, and whether it shows this one."""
    clear_snapshot_cache()
    snapshot = current_snapshot()
    code = SheetCode.objects.get(kind="risks").code
    sign_in(client, "Clinical reviewer", "reviewer")
    overview = reverse("admin:stemguide_sessions_page_change", args=[page_id()])
    desk = desk_groups(snapshot, TODAY, {}, titles_of(snapshot))
    notes = " ".join(n for g in desk for d in g.documents for n in d.notes)
    reasons = [entry.reason for entry in review_queue(today=TODAY)]
    return {
        "database": Wording.objects.live().overdue(TODAY).exists(),
        "snapshot": snapshot.pages["risks"].is_overdue(TODAY),
        "page": "overdue for its check" in Page(client.get("/risks/")).main,
        "code": "The check of" in Page(client.get(f"/v/{code}/")).main,
        "desk": "Its check was due on" in notes,
        "queue": Reason.OVERDUE in reasons,
        "home": "overdue for the next check" in Page(client.get("/admin/")).text,
        "overview": "Patients are told so" in Page(client.get(overview)).text,
    }


def page_id() -> int:
    return Wording.objects.of_guide().get().page_id


@pytest.mark.parametrize(("due", "rest", "is_overdue"), CASES)
def test_every_place_shows_the_same(client, due, rest, is_overdue):
    make_risks(due, **rest)

    shown = overdue_by_place(client)

    assert shown == dict.fromkeys(shown, is_overdue)


def test_no_check_of_a_withdrawn_page_is_due(client):
    risks = make_risks(BEFORE)
    risks.state, risks.withdrawn_reason = Wording.State.WITHDRAWN, "It is wrong."
    risks.save()

    shown = overdue_by_place(client)

    assert shown == dict.fromkeys(shown, False)


@pytest.mark.parametrize(
    ("days", "is_soon"), [(-1, False), (0, True), (60, True), (61, False)]
)
def test_soon_is_today_and_sixty_days_from_it(days, is_soon):
    make_risks(TODAY + timedelta(days=days))

    assert Wording.objects.live().due_soon(TODAY).exists() == is_soon
