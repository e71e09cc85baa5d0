"""What an approval may say: the role that patients read, and the day of the next check.

Patients read a role after "Checked by", and never a person: names and titles of staff
are kept in admin.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from django.contrib.auth.models import User

ROLES = (
    "Doctor",
    "Family doctor",
    "Hand surgeon",
    "Hand therapist",
    "Nurse",
    "Orthopedic surgeon",
    "Pain doctor",
    "Pharmacist",
    "Physical therapist",
    "Radiologist",
    "Rehabilitation doctor",
    "Rheumatologist",
    "Specialist nurse",
    "Sports medicine doctor",
    "Surgeon",
)
NO_ROLE = 'Say what patients read after "Checked by".'
TITLE = "Leave out titles. Write what you do, such as: Hand surgeon."
NAME = "Leave out names. Write what you do, such as: Hand surgeon."
NOT_AHEAD = "The next check must lie ahead."
YEARS_AHEAD = 3
TOO_FAR = "The next check must be at most three years ahead."

TITLES = frozenset(
    ["dr", "dra", "esq", "jr", "miss", "mr", "mrs", "ms", "mx", "prof", "professor"]
    + ["sir", "sr", "bs", "bsc", "bsn", "dds", "dmd", "dnp", "dpt", "facs", "faans"]
    + ["fnp", "fracs", "frcp", "frcs", "lpn", "lvn", "mbbs", "mbchb", "md", "mds"]
    + ["mph", "mrcp", "mrcs", "msc", "msn", "np", "otr", "pa", "pac", "pharmd", "phd"]
    + ["pt", "rn"]
)
"""Titles before and after a name, as they are without full stops and spaces."""

WORD_OF_A_NAME = 4
"""A word of a name is refused by itself if it is as long as this: "van" is not."""


def role_refusal(role: str) -> str:
    """Why patients may not read this role; empty if they may."""
    if not role.strip():
        return NO_ROLE
    if role in ROLES:
        return ""
    # "M.D." is one word, and "Dr.Fox" two.
    for words in (_words(role), _words(role, stop=" ")):
        if TITLES.intersection(words) or TITLES.intersection(_spaced_out(words)):
            return TITLE
        text = f" {' '.join(words)} "
        if any(f" {name} " in text for name in _names_of_staff()):
            return NAME
    return ""


def due_refusal(due: date, today: date) -> str:
    """Why the next check may not be due on that day; empty if it may."""
    if due <= today:
        return NOT_AHEAD
    return TOO_FAR if due > latest_due(today) else ""


def latest_due(today: date) -> date:
    """The last day on which a next check may be due."""
    # The day before, where the year that is meant has no 29 February.
    day = 28 if (today.month, today.day) == (2, 29) else today.day
    return today.replace(year=today.year + YEARS_AHEAD, day=day)


def _words(text: str, stop: str = "") -> list[str]:
    """The words in small letters, without accents and signs that nobody sees.

    A full stop is part of a short form, as in `M.D.`; with `stop` " " it ends a word.
    """
    plain = unicodedata.normalize("NFKD", text).casefold()
    seen = "".join(c for c in plain if unicodedata.category(c) not in ("Mn", "Cf"))
    return re.findall(r"[^\W_]+", seen.replace(".", stop))


def _spaced_out(words: list[str]) -> Iterator[str]:
    """Runs of single characters put together: `m`, `d` as `md`."""
    run = ""
    for word in [*words, "ended"]:
        if len(word) == 1:
            run += word
        elif run:
            yield run
            run = ""


def _names_of_staff() -> Iterator[str]:
    """Names of everybody who signs in or ever did; words of ROLES are no names."""
    of_roles = {word for role in ROLES for word in _words(role)}
    people = User.objects.values_list("username", "first_name", "last_name")
    for name in {name for person in people for name in person}:
        for stop in ("", " "):
            words = [word for word in _words(name, stop) if not word.isdigit()]
            if words and not of_roles.issuperset(words):
                yield " ".join(words)
            for word in words:
                if len(word) >= WORD_OF_A_NAME and word not in of_roles:
                    yield word
