"""Counting what is printed at the desk: sheets and copies, never people."""

from collections.abc import Iterable
from datetime import date

from django.db.models import F

from sessions.locks import one_writer
from sessions.models import PrintCount, SheetCode


def count_prints(*, codes: Iterable[str], copies: int, day: date) -> None:
    """Adds so many copies of each sheet to what was printed that day.

    Raises SheetCode.DoesNotExist for a code that is none of ours, and counts nothing.
    """
    with one_writer():
        for code in sorted(set(codes)):
            sheet = SheetCode.objects.get(code=code)
            row, _ = PrintCount.objects.get_or_create(code=sheet, day=day)
            PrintCount.objects.filter(pk=row.pk).update(copies=F("copies") + copies)
