"""Times of day as people type them: 8am, 8.30, 17h, noon."""

import re
from datetime import time

from sessions.models.pasted import plain

HOW = "Write a time such as 8:30 am, 08:30, 17h or noon."
MIDNIGHT = (
    "Midnight can be the start of a day or its end. Write 00:00 for the start or 23:59 "
    "for the end."
)
_MIDNIGHTS = {"midnight", "12 midnight", "24", "24h", "24:00", "24.00", "2400"}
_NOONS = {"noon", "midday", "12 noon", "12noon", "12:00 noon"}
_SPAN = re.compile(r".*[0-9a-z] ?(?:-|\bto\b|\buntil\b) ?[0-9a-z].*")
_TWELVE_HOURS = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))? ?([ap])m")
_CLOCK = re.compile(r"([0-9]{1,2}) ?[:.h] ?([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)? ?h?")
_HOUR = re.compile(r"([0-9]{1,2}) ?(?:h|hrs?|hours)")
_FOUR_DIGITS = re.compile(r"([0-9]{2})([0-9]{2})(?: ?(?:h|hrs?|hours))?")
_BARE = re.compile(r"([0-9]{1,2})(?: ?o'?clock)?")
_HALF_WRITTEN = re.compile(r"[0-9]{1,2} ?[:.h] ?[0-9](?: ?[ap]m)?")


class TimeFault(ValueError):
    """Why a text is no time of day, and how to write one."""


def read_time(typed: str) -> time:
    """The time of day that was typed. Raises TimeFault where it could be another."""
    text = plain(typed).lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    text = re.sub(r"([ap])\.? ?m\b\.?", r"\1m", text)
    if text in _NOONS:
        return time(12)
    if text in _MIDNIGHTS:
        raise TimeFault(MIDNIGHT)
    if match := _TWELVE_HOURS.fullmatch(text):
        return _twelve_hours(int(match[1]), match[2], match[3])
    for pattern in (_CLOCK, _HOUR, _FOUR_DIGITS):
        if match := pattern.fullmatch(text):
            return _time(*(int(part or 0) for part in match.groups()))
    if match := _BARE.fullmatch(text):
        return _bare(int(match[1]))
    raise TimeFault(f"{_fault(text)} {HOW}")


def _twelve_hours(hour: int, minutes: str | None, half: str) -> time:
    if not 1 <= hour <= 12:
        raise TimeFault(f"With am or pm, an hour is from 1 to 12. {HOW}")
    if hour == 12 and half == "a" and int(minutes or 0) == 0:
        raise TimeFault(MIDNIGHT)
    return _time(hour % 12 + (12 if half == "p" else 0), int(minutes or 0))


def _bare(hour: int) -> time:
    if 1 <= hour <= 12:
        raise TimeFault(
            f"{hour} can be in the morning or in the evening. Write {hour} am, "
            f"{hour} pm or {hour:02}:00."
        )
    return _time(hour)


def _time(hour: int, minute: int = 0, second: int = 0) -> time:
    try:
        return time(hour, minute, second)
    except ValueError:
        raise TimeFault(f"There is no such time of day. {HOW}") from None


def _fault(text: str) -> str:
    if _HALF_WRITTEN.fullmatch(text):
        return "Minutes have two digits."
    if _SPAN.fullmatch(text):
        return "Only one time fits here: opening and closing have a field each."
    return "This is no time of day."
