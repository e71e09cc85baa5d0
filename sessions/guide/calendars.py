"""The calendar file: one all-day event for each task that still lies ahead (RFC 5545).

Titles are neutral, because a calendar is often shared. What to do is in the details.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sessions.documents.blocks import Task, plain_text
from sessions.guide.dates import ProcedureDay
from sessions.guide.snapshot import ClinicDetails
from sessions.library.references import PROCEDURE_DAY

if TYPE_CHECKING:
    from icalendar import Alarm

REMINDER = "Reminder"
APPOINTMENT = "Appointment"
# An offset from midnight of the first day: 09:00 on the day before.
ALARM_BEFORE = timedelta(hours=-15)


def _alarm(title: str) -> "Alarm":
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", ALARM_BEFORE)
    return alarm


def calendar_file(
    tasks: Iterable[Task], procedure: ProcedureDay, clinic: ClinicDetails, now: datetime
) -> bytes | None:
    """The calendar file; None if the procedure day and every task's day have passed.

    A second import replaces the first: an event's UID is its task's id, which no other
    task of the guide has, and its SEQUENCE (minutes since 1970) grows.
    """
    # Imported late: few readers ask for a calendar, and this takes 4 MB of memory.
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//StemGuide//checklist//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    contact = _contact(clinic)
    days = [(PROCEDURE_DAY, APPOINTMENT, "Your day.", procedure.day, procedure.day)]
    for task in tasks:
        if day := procedure.task_day(task):
            words = plain_text(task.inlines)
            days.append((_name_of(task), REMINDER, words, day.first, day.last))
    for name, title, words, first, last in days:
        if last < procedure.today:
            continue
        event = Event()
        event.add("uid", f"{name}@checklist.stemguide")
        event.add("sequence", int(now.timestamp()) // 60)
        event.add("dtstamp", now)
        event.add("dtstart", first)
        event.add("dtend", last + timedelta(days=1))
        event.add("summary", title)
        event.add("description", f"{words}\n\n{contact}")
        event.add("class", "PRIVATE")
        event.add("transp", "TRANSPARENT")
        event.add_component(_alarm(title))
        calendar.add_component(event)
    return calendar.to_ical() if calendar.events else None


def _name_of(task: Task) -> str:
    """The task's id, for the UID of its event.

    A task of an older text may have the id of the procedure day's own event. It gets a
    name with a dot, which no id contains.
    """
    return task.id if task.id != PROCEDURE_DAY else f"task.{task.id}"


def _contact(clinic: ClinicDetails) -> str:
    if clinic.telephone:
        return f"Questions? Call {clinic.telephone}."
    return "Questions? Ring the number on your appointment letter."
