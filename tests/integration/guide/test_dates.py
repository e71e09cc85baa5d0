"""The checklist with dates, and the calendar file, over HTTP and without scripts."""

from datetime import UTC, date, datetime

import ical.calendar_stream
import icalendar
import pytest
import time_machine
import vobject
from django.core.management import call_command

from sessions.models import Clinic, ClosedDate, OpeningTime
from tests.factories import make_live_wording, make_text
from tests.page import Page

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = {"day": "7", "month": "1", "year": "2027"}
LONG = "Pack “comfortable” clothes, café snacks, and " + "so on, " * 30
BODY = f"""\
## Before

- [ ] Tell your team. {{#tell}}
- [ ] Plan your ride; then, ask. {{#ride day=-7}}
- [ ] {LONG} {{#pack day=-2..-1}}
- [ ] Rest. {{#rest day=0..1}}
"""


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def checklist():
    return make_live_wording(page="checklist", text=make_text(body=BODY))


def days_of(page):
    return [node.text_content().split() for node in page.tree.cssselect(".task__day")]


def calendar_of(client, **day):
    return client.post("/checklist/calendar.ics", {**DAY, **day})


def test_without_a_day_nothing_is_dated(client, checklist):
    page = Page(client.get("/checklist/"))

    assert not page.has(".task__day") and page.has("form [name=year]")


def test_every_task_shows_its_own_day(client, checklist):
    page = Page(client.post("/checklist/?area=hand", DAY))

    assert [" ".join(words) for words in days_of(page)] == [
        "By Thursday 31 December 2026",
        "From Tuesday 5 January 2027 to Wednesday 6 January 2027",
        "From Thursday 7 January 2027 to Friday 8 January 2027",
    ]
    assert "Your day is Thursday 7 January 2027." in page.main
    assert page.tree.cssselect("#id_year")[0].get("value") == "2027"


def test_dated_page_is_kept_nowhere(client, checklist):
    response = client.post("/checklist/", DAY)

    assert response["Cache-Control"] == "no-store"
    assert not response.cookies and "ETag" not in response
    assert "Thursday" not in client.get("/checklist/").content.decode()


@pytest.mark.parametrize("day", ["31", "", "<b>", "9" * 3000])
def test_day_that_can_not_be_comes_back_with_what_is_wrong(client, checklist, day):
    response = client.post("/checklist/", {**DAY, "day": day, "month": "2"})
    page = Page(response)

    assert response.status_code == 422 and response["Cache-Control"] == "no-store"
    assert page.tree.cssselect("title")[0].text_content().startswith("Error: ")
    link = page.tree.cssselect(".error-summary a")[0]
    box = page.tree.cssselect(link.get("href"))[0]
    assert link.text_content() in page.tree.cssselect(".field__error")[0].text_content()
    assert box.get("value", "") == day and box.get("aria-invalid") == "true"
    assert box.get("aria-describedby") == page.tree.cssselect(".field__error")[0].get(
        "id"
    )
    assert not page.has(".task__day")


def test_body_that_is_far_too_long_is_refused_unread(client, checklist):
    assert client.post("/checklist/", {"day": "9" * 5000}).status_code == 413


def test_day_when_the_clinic_is_closed_says_so(client, checklist):
    clinic = Clinic.objects.get(pk=1)
    for weekday in (1, 2, 3, 4, 5):
        OpeningTime.objects.create(
            clinic=clinic, day=weekday, opens="08:00", closes="17:00"
        )
    ClosedDate.objects.create(clinic=clinic, day=date(2026, 12, 31))

    page = Page(client.post("/checklist/", DAY))
    saturday = Page(client.post("/checklist/", {**DAY, "day": "9"}))

    ride, pack, rest = (" ".join(words) for words in days_of(page))
    assert "Your clinic is closed that day." in ride
    assert "closed" not in pack + rest
    assert "closed on that day" in saturday.main


def test_clinic_without_hours_is_never_called_closed(client, checklist):
    assert "closed" not in Page(client.post("/checklist/", DAY)).main


def test_day_that_has_passed_is_answered_kindly(client, checklist):
    page = Page(
        client.post("/checklist/", {"day": "20", "month": "11", "year": "2026"})
    )

    assert "That day has passed. What comes after it still counts." in page.main


def test_withdrawn_checklist_shows_its_notice_and_no_dates(client, checklist):
    make_live_wording(
        page="checklist", state="withdrawn", withdrawn_reason="A wrong line."
    )

    for address in ("/checklist/", "/checklist/calendar.ics"):
        page = Page(client.post(address, DAY))
        assert "A wrong line." in page.main and not page.has(".task__day")


# --- the calendar file ---


def test_calendar_is_read_the_same_by_three_programs(client, checklist):
    file = calendar_of(client).content

    ours = icalendar.Calendar.from_ical(file).events
    others = list(vobject.readOne(file.decode()).vevent_list)
    strict = ical.calendar_stream.IcsCalendarStream.calendar_from_ics(
        file.decode()
    ).events
    days = [
        (date(2027, 1, 7), date(2027, 1, 8)),
        (date(2026, 12, 31), date(2027, 1, 1)),
        (date(2027, 1, 5), date(2027, 1, 7)),
        (date(2027, 1, 7), date(2027, 1, 9)),
    ]
    assert [(e.start, e.end) for e in ours] == days
    assert [(e.dtstart.value, e.dtend.value) for e in others] == days
    assert [(e.dtstart, e.dtend) for e in strict] == days
    assert LONG.strip() in str(others[2].description.value)


def test_calendar_follows_the_rules_of_its_format(client, checklist):
    response = calendar_of(client)
    lines = response.content.split(b"\r\n")

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="reminders.ics"'
    assert response["Cache-Control"] == "no-store" and not response.cookies
    assert b"\n" not in b"".join(lines)
    assert all(len(line) <= 75 for line in lines)
    assert b"DTSTART;VALUE=DATE:20270107" in lines
    assert lines.count(b"BEGIN:VALARM") == 4


def test_titles_say_nothing_of_the_treatment(client, checklist):
    events = icalendar.Calendar.from_ical(calendar_of(client).content).events

    assert {str(event["summary"]) for event in events} == {"Reminder", "Appointment"}
    alarms = {str(alarm["description"]) for e in events for alarm in e.walk("VALARM")}
    assert alarms == {"Reminder", "Appointment"}


def test_second_file_replaces_the_first(client, checklist):
    def events(**day):
        file = calendar_of(client, **day).content
        return {str(e["uid"]): e for e in icalendar.Calendar.from_ical(file).events}

    first = events()
    with time_machine.travel(NOW.replace(hour=13)):
        second = events(day="8")

    assert set(first) == set(second) and len(first) == 4
    assert all(second[uid]["sequence"] > first[uid]["sequence"] for uid in first)
    assert second["ride@checklist.stemguide"].start == date(2027, 1, 1)


def test_two_events_never_share_a_uid(client):
    """A text that was loaded before its task ids were checked is live still."""
    body = "".join(
        f"- [ ] Rest. {{#{name} day=0}}\n" for name in ("procedure-day", "task", "day")
    )
    make_live_wording(page="checklist", text=make_text(body=body))

    events = icalendar.Calendar.from_ical(calendar_of(client).content).events

    assert len({str(event["uid"]) for event in events}) == len(events) == 4
    assert str(events[0]["uid"]) == "procedure-day@checklist.stemguide"


@pytest.mark.parametrize(
    ("telephone", "says"),
    [("555 010 0199", "Call 555 010 0199."), ("", "Ring the number on your")],
)
def test_every_event_says_whom_to_call(client, checklist, telephone, says):
    Clinic.objects.update(telephone=telephone)

    events = icalendar.Calendar.from_ical(calendar_of(client).content).events

    assert all(says in str(event["description"]) for event in events)


def test_what_has_passed_is_left_out(client, checklist):
    file = calendar_of(client, day="21", month="11", year="2026").content

    events = icalendar.Calendar.from_ical(file).events
    assert [e.start for e in events] == [date(2026, 11, 21)] * 2


def test_nothing_left_for_a_calendar_shows_the_page(client, checklist):
    response = calendar_of(client, day="1", month="11", year="2026")

    assert response["Content-Type"].startswith("text/html")
    assert "no day left" in Page(response).main


def test_bad_day_for_the_calendar_shows_what_is_wrong(client, checklist):
    response = calendar_of(client, month="13")

    assert response.status_code == 422
    assert Page(response).has(".error-summary")


def test_opened_calendar_address_leads_to_where_it_is_asked_for(client, checklist):
    response = client.get("/checklist/calendar.ics?area=hand")

    assert response.status_code == 302
    assert response["Location"] == "/checklist/?area=hand#your-day"


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client, checklist, method):
    assert getattr(client, method)("/checklist/").status_code == 405
    assert getattr(client, method)("/checklist/calendar.ics").status_code == 405


def test_procedure_day_reaches_no_log_and_no_database(
    client, checklist, caplog, tmp_path
):
    def dump(name):
        call_command("dumpdata", output=str(tmp_path / name), verbosity=0)
        return (tmp_path / name).read_bytes()

    before = dump("before.json")
    with caplog.at_level("DEBUG"):
        client.post("/checklist/", DAY)
        calendar_of(client)
        client.post("/checklist/", {**DAY, "day": "77"})

    assert dump("after.json") == before
    logged = " ".join(record.getMessage() for record in caplog.records)
    assert "2027" not in logged and "January" not in logged
