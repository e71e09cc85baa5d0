"""A patient's own days: the procedure day they type, and the day of each task.

Pure: nothing is stored. The scripts on the pages compute dates by the same rules, in
the same words: pages pass them DAY_FAULTS and DAY_WORDS (`Reading.day_rules`).
"""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sessions.documents.blocks import Task

# A procedure day further away than this is refused as a typing error.
MAX_DAYS_BACK = 366
MAX_DAYS_AHEAD = 731

DAY_FAULTS = {
    "day": "Write the day as a number from 1 to 31.",
    "month": "Write the month as a number from 1 to 12.",
    "year": "Write the year with four numbers, such as {year}.",
    "none": "{month} {year} has no day {day}. Look at your letter again.",
    "past": "This day is more than a year ago. Look at the year again.",
    "far": "This day is more than two years away. Look at the year again.",
}
DAY_WORDS = {
    "by": _("By {last}"),
    "on": _("On {last}"),
    "span": _("From {first} to {last}"),
    "late": _("This day has passed. If it is not done, do it now or call your team."),
    "passed": _("This day has passed."),
    "closed": _(
        "Your clinic is closed that day. If you need to ask, call before then."
    ),
    "day": _("Your day is {last}."),
    "day_today": _("That is today."),
    "day_passed": _("That day has passed. What comes after it still counts."),
    "day_closed": _("Your clinic is closed on that day. Ask your team if it is right."),
}


class DayError(ValueError):
    """What was typed is not a valid day: `box` says in which field."""

    def __init__(self, box: str, message: str):
        super().__init__(message)
        self.box = box


def read_day(day: str, month: str, year: str, today: date) -> date:
    """The day that was typed into three boxes.

    Raises DayError for the first box that is wrong, in the order day, month, year.
    """
    parts = {"day": day.strip(), "month": month.strip(), "year": year.strip()}
    limits = {"day": (1, 31), "month": (1, 12), "year": (0, 9999)}
    numbers = {}
    for box, text in parts.items():
        pattern = "[0-9]{4}" if box == "year" else "[0-9]{1,2}"
        low, high = limits[box]
        if not re.fullmatch(pattern, text) or not low <= int(text) <= high:
            raise DayError(box, DAY_FAULTS[box].format(year=today.year + 1))
        numbers[box] = int(text)
    if numbers["year"] < today.year - 1:
        raise DayError("year", DAY_FAULTS["past"])
    if numbers["year"] > today.year + 2:
        raise DayError("year", DAY_FAULTS["far"])
    if numbers["day"] > monthrange(numbers["year"], numbers["month"])[1]:
        month_name = format_date(date(numbers["year"], numbers["month"], 1), "F")
        named = numbers | {"month": month_name}
        raise DayError("day", DAY_FAULTS["none"].format(**named))
    found = date(**numbers)
    if (today - found).days > MAX_DAYS_BACK:
        raise DayError("year", DAY_FAULTS["past"])
    if (found - today).days > MAX_DAYS_AHEAD:
        raise DayError("year", DAY_FAULTS["far"])
    return found


def in_words(day: date) -> str:
    """`Thursday 7 January 2027`. The month is a word: 7/1 can be read as two days."""
    # Translators: letters of Django's date format. Others need a backslash: j \\d\\e F
    return format_date(day, gettext("l j F Y"))


@dataclass(frozen=True)
class TaskDay:
    """When a task is due, in words, and what has to be said about that day."""

    first: date
    last: date
    words: str
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class ProcedureDay:
    """The patient's day, and every other day that follows from it."""

    day: date
    today: date
    is_closed: Callable[[date], bool]

    @property
    def words(self) -> tuple[str, ...]:
        """The day itself, and what has to be said about it."""
        keys = ["day"]
        keys += ["day_today"] if self.day == self.today else []
        keys += ["day_passed"] if self.day < self.today else []
        keys += ["day_closed"] if self.is_closed(self.day) else []
        return tuple(DAY_WORDS[key].format(last=in_words(self.day)) for key in keys)

    def task_day(self, task: Task) -> TaskDay | None:
        """The task's own day; None for one that has no day."""
        if task.first_day is None or task.last_day is None:
            return None
        first = self.day + timedelta(days=task.first_day)
        last = self.day + timedelta(days=task.last_day)
        key = "span" if first < last else "by" if task.last_day < 0 else "on"
        words = DAY_WORDS[key].format(first=in_words(first), last=in_words(last))
        remarks = []
        if last < self.today:
            is_urgent = task.last_day < 0 and self.day >= self.today
            remarks.append(str(DAY_WORDS["late" if is_urgent else "passed"]))
        elif self.is_closed(last):
            remarks.append(str(DAY_WORDS["closed"]))
        return TaskDay(first, last, words, tuple(remarks))
