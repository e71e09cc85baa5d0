"""The results of the scorecards, as the page about them shows them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sessions.documents.plurals import count
from sessions.documents.scorecards import INSTRUMENTS, Instrument, Scorecard
from sessions.guide.reading import Reading
from sessions.guide.snapshot import LivePage
from sessions.library.references import HOME

GUIDE = {
    "guide": ("The whole guide", "guide"),
    "guide/joint": ("The whole guide, for a sore joint", "joint"),
    "guide/hand": ("The whole guide, for a sore hand", "hand"),
}
"""Title and short name of the subjects that are no page, in their order."""
NAMED = 2
"""How many pages are named beside an item. Of more, only their number is told."""


@dataclass(frozen=True)
class GroupResult:
    """The result in one group of items, such as "88 % and 94 %" by two scorers."""

    group: str
    text: str


@dataclass(frozen=True)
class SubjectResult:
    """A page, or the whole guide: the result of each group of items.

    There is no address for a page that is about another area than the reader's.
    """

    title: str
    address: str
    results: tuple[GroupResult, ...]


@dataclass(frozen=True)
class ItemNote:
    """An item in our own words, and where what is said of it holds."""

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
    pages = reading.snapshot.pages
    subjects = sorted(card.subjects, key=lambda subject: _place(subject, pages))
    marks = instrument.pass_marks
    return InstrumentResult(
        name=instrument.name,
        about=instrument.about,
        rated_by=card.rated_by,
        rated_on=card.rated_on,
        groups=tuple(instrument.groups),
        subjects=tuple(_subject(s, instrument, card, reading) for s in subjects),
        pass_marks=tuple(
            GroupResult(group, marks.get(group, "none"))
            for group in instrument.groups
            if marks
        ),
        weak=tuple(_notes(card, pages, instrument, instrument.weak.issuperset)),
        differ=tuple(_notes(card, pages, instrument, _differ)),
    )


def _place(subject: str, pages: Mapping[str, LivePage]) -> tuple[int, bool, str]:
    """The whole guide first, then the first page, then the others by their titles."""
    guide = list(GUIDE)
    rank = guide.index(subject) if subject in GUIDE else len(guide)
    return rank, subject != HOME, _title(subject, pages)


def _title(subject: str, pages: Mapping[str, LivePage]) -> str:
    if subject in GUIDE:
        return GUIDE[subject][0]
    return pages[subject].title if subject in pages else subject


def _subject(
    subject: str, instrument: Instrument, card: Scorecard, reading: Reading
) -> SubjectResult:
    pages = reading.snapshot.pages
    page = pages.get(subject)
    is_linked = page is not None and not reading.other_area(page)
    ratings = [rating.scores for rating in card.ratings(subject)]
    return SubjectResult(
        title=_title(subject, pages),
        address=page.address if page and is_linked else "",
        results=tuple(
            GroupResult(group, _both(instrument.result(group, r) for r in ratings))
            for group in instrument.groups
        ),
    )


def _both(results: Iterable[str]) -> str:
    return " and ".join(results)


def _notes(
    card: Scorecard,
    pages: Mapping[str, LivePage],
    instrument: Instrument,
    is_noted: Callable[[list[str]], bool],
) -> Iterator[ItemNote]:
    """The items that are to be noted somewhere for the scores they got there."""
    subjects = sorted(card.subjects, key=lambda subject: _place(subject, pages))
    for item in instrument.items:
        found = {}
        for subject in subjects:
            scores = [rating.scores[item] for rating in card.ratings(subject)]
            if is_noted(scores):
                found[subject] = _both(scores) if instrument.is_scale else ""
        if found:
            yield ItemNote(card.items[item], _where(found, pages))


def _differ(scores: list[str]) -> bool:
    return len(set(scores)) > 1


def _where(found: Mapping[str, str], pages: Mapping[str, LivePage]) -> str:
    """Where an item is to be noted, with the points that it got there, if any."""
    if len(found) > NAMED:
        return count(len(found), "page", "pages")
    names = {
        subject: GUIDE[subject][1] if subject in GUIDE else _title(subject, pages)
        for subject in found
    }
    return ", ".join(f"{names[subject]} {found[subject]}".strip() for subject in found)
