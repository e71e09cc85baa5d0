"""Time zones: finds one by its name, and refuses names that a clinic must not use."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

# Names in the time zone database that mean something else on each machine.
SYSTEM_LOCAL = {"localtime", "posixrules", "Factory", "posix", "right", "SystemV"}


def clinic_zone(name: str) -> tzinfo:
    """The time zone of this name, or UTC if this machine does not know it.

    The name was valid when it was saved, but the site may have moved since.
    """
    return _find(name) or UTC


def moment_words(moment: datetime, zone: tzinfo) -> str:
    """A moment as the audit log keeps it: at the clinic, and in UTC."""
    utc = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    there = moment.astimezone(zone)
    if there.utcoffset() == timedelta(0):
        return utc
    return f"{there:%Y-%m-%d %H:%M} ({zone}), which is {utc}"


def time_zone_fault(name: str) -> str:
    """Why a clinic must not use this time zone; empty if it may."""
    if name.partition("/")[0] in SYSTEM_LOCAL:
        return f'The time zone "{name}" differs from machine to machine.'
    if _find(name) is None:
        return f'This machine does not know the time zone "{name}".'
    return ""


def _find(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # no file, no file name, not a zone
        return None
