"""Which time zone a name stands for, and which names a clinic may have."""

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

# Files and folders of the time zone database whose meaning each machine sets itself.
SYSTEM_LOCAL = {"localtime", "posixrules", "Factory", "posix", "right", "SystemV"}


def clinic_zone(name: str) -> tzinfo:
    """The time zone of this name, or UTC where this machine does not know it.

    It was known where it was typed; the site may run on another machine now.
    """
    return _find(name) or UTC


def time_zone_fault(name: str) -> str:
    """Why a clinic should not have this time zone; empty where it may."""
    if name.partition("/")[0] in SYSTEM_LOCAL:
        return f'The time zone "{name}" differs from machine to machine.'
    if _find(name) is None:
        return f'This machine does not know the time zone "{name}".'
    return ""


def _find(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # no file, no file name, no zone in it
        return None
