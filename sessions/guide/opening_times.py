"""The clinic's opening times as patients read them."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from sessions.guide.dates import DAY_WORDS
from sessions.models import OpeningTime


def opening_lines(spans: Iterable[OpeningTime]) -> tuple[str, ...]:
    """One line for each span; days in a row with the same hours share their lines."""
    return tuple(
        span.line(_days(run[0][0].day_name, run[-1][0].day_name))
        for run in _runs(sorted(spans, key=lambda span: (span.day, span.opens)))
        for span in run[0]
    )


def _runs(spans: list[OpeningTime]) -> Iterator[list[list[OpeningTime]]]:
    """The spans of each day, day by day, in runs of days with the same hours."""
    days = [list(of_day) for _, of_day in groupby(spans, key=lambda span: span.day)]
    run: list[list[OpeningTime]] = []
    for day in days:
        if run and not _follows(run[-1], day):
            yield run
            run = []
        run.append(day)
    if run:
        yield run


def _follows(before: list[OpeningTime], day: list[OpeningTime]) -> bool:
    """Whether `day` is the next day and has the same hours."""
    hours, same = ([(s.opens, s.closes) for s in of_day] for of_day in (before, day))
    return day[0].day == before[0].day + 1 and hours == same


def _days(first: str, last: str) -> str:
    if first == last:
        return first
    return DAY_WORDS["span"].format(first=first, last=last)
