"""The results of the scorecards, as the page about them shows them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sessions.documents.plurals import count
from sessions.documents.scorecards import INSTRUMENTS, Instrument, Rating, Scorecard
from sessions.guide.reading import Reading
from sessions.library.references import HOME

GUIDE = {
    "guide": "Whole guide",
    "guide/joint": "Whole guide, sore joint",
    "guide/hand": "Whole guide, sore hand",
}
"""The titles of the subjects that are no page, in their order."""
NAMED = 2
"""How many pages are named beside an item. Of more, only their number is told."""


@dataclass(frozen=True)
class GroupResult:
    """The result in one group of items, such as "88% and 94%" by two scorers."""

    group: str
    text: str


@dataclass(frozen=True)
class SubjectResult:
    """A page, or the whole guide: the result of each group of items.

    There is no address for the whole guide, for a page without a text, and for one that
    is about another area than the reader's.
    """

    title: str
    address: str
    results: tuple[GroupResult, ...]


@dataclass(frozen=True)
class ItemNote:
    """An item in our own words, and where what is said of it holds.

    `where` is empty if it holds in every row.
    """

    item: str
    where: str


@dataclass(frozen=True)
class InstrumentResult:
    """One instrument: its results, and the items on which to look.

    `weak` are the items that every scorer found weak, `differ` those on which two of
    them differ. `pass_marks` is empty for an instrument that has none.
    """

    name: str
    about: str
    rated_by: str
    rated_on: date
    groups: tuple[str, ...]
    subjects: tuple[SubjectResult, ...]
    pass_marks: tuple[GroupResult, ...]
    weak: tuple[ItemNote, ...]
    differ: tuple[ItemNote, ...]


def score_results(reading: Reading) -> list[InstrumentResult]:
    """Every instrument that was used, in the order of INSTRUMENTS."""
    used = reading.snapshot.scorecards
    return [_instrument(name, reading) for name in INSTRUMENTS if name in used]


def _instrument(name: str, reading: Reading) -> InstrumentResult:
    instrument, card = INSTRUMENTS[name], reading.snapshot.scorecards[name]
    marks = instrument.pass_marks
    return InstrumentResult(
        name=instrument.name,
        about=instrument.about,
        rated_by=card.rated_by,
        rated_on=card.rated_on,
        groups=tuple(instrument.groups),
        subjects=tuple(
            SubjectResult(
                title=GUIDE.get(subject, _short(subject).capitalize()),
                address=_address(subject, reading),
                results=tuple(_results(card.ratings(subject), instrument)),
            )
            for subject in _in_order(card)
        ),
        pass_marks=tuple(
            GroupResult(group, marks.get(group, "none"))
            for group in instrument.groups
            if marks
        ),
        weak=tuple(_weak(card, instrument)),
        differ=tuple(_differ(card, instrument)),
    )


def _in_order(card: Scorecard) -> list[str]:
    """The whole guide first, then the first page, then the others by name."""
    first = [*GUIDE, HOME]
    others = sorted(subject for subject in card.subjects if subject not in first)
    return [subject for subject in first if subject in card.subjects] + others


def _short(subject: str) -> str:
    """The subject in a word or two: "get help" for `get-help`."""
    return subject.rpartition("/")[2].replace("-", " ")


def _address(subject: str, reading: Reading) -> str:
    page = reading.snapshot.pages.get(subject)
    return page.address if page and not reading.other_area(page) else ""


def _results(ratings: list[Rating], instrument: Instrument) -> Iterator[GroupResult]:
    for group in instrument.groups:
        each = [instrument.result(group, rating.scores) for rating in ratings]
        yield GroupResult(group, _together(each))


def _together(results: list[str]) -> str:
    """ "62 and 56 of 75" for "62 of 75" and "56 of 75"."""
    *others, last = results
    return " and ".join([*(result.partition(" of ")[0] for result in others), last])


def _weak(card: Scorecard, instrument: Instrument) -> Iterator[ItemNote]:
    for item in instrument.items:
        scores = _scores(card, item)
        found = [name for name, s in scores.items() if instrument.weak.issuperset(s)]
        if found:
            yield ItemNote(card.items[item], _where(found, card))


def _differ(card: Scorecard, instrument: Instrument) -> Iterator[ItemNote]:
    for item in instrument.items:
        found = {name: s for name, s in _scores(card, item).items() if len(set(s)) > 1}
        if found and instrument.is_scale:
            yield ItemNote(card.items[item], _points(found, card))
        elif found:
            yield ItemNote(card.items[item], _where([*found], card))


def _scores(card: Scorecard, item: str) -> dict[str, list[str]]:
    """What each scorer gave the item, by the short name of the subject."""
    return {
        _short(subject): [rating.scores[item] for rating in card.ratings(subject)]
        for subject in _in_order(card)
    }


def _where(names: list[str], card: Scorecard) -> str:
    if len(names) == len(card.subjects):
        return ""
    if len(names) > NAMED:
        return count(len(names), "page", "pages")
    return ", ".join(names)


def _points(found: dict[str, list[str]], card: Scorecard) -> str:
    """What each scorer gave: "4 and 5" if the same in all rows, or by subject."""
    points = {name: " and ".join(scores) for name, scores in found.items()}
    if len(points) == len(card.subjects) and len(set(points.values())) == 1:
        return next(iter(points.values()))
    return ", ".join(f"{name} {both}" for name, both in points.items())
