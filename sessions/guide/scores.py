"""The results of the scorecards, as the page about them shows them."""

from dataclasses import dataclass
from datetime import date

from sessions.documents.scorecards import INSTRUMENTS
from sessions.guide.reading import Reading
from sessions.guide.snapshot import LivePage


@dataclass(frozen=True)
class WeakItem:
    """An item that a page does not earn, or only in part, and why."""

    item: str
    score: str
    reason: str


@dataclass(frozen=True)
class GroupResult:
    """The result of one page in one group of items."""

    group: str
    text: str


@dataclass(frozen=True)
class PageResult:
    """One page: the result of each group of items, and its weak items.

    There is no address for a page that is about another area than the reader's.
    """

    title: str
    address: str
    results: tuple[GroupResult, ...]
    weak: tuple[WeakItem, ...]


@dataclass(frozen=True)
class InstrumentResult:
    """One instrument: its groups, and every page it was used on."""

    name: str
    rated_by: str
    rated_on: date
    groups: tuple[str, ...]
    pages: tuple[PageResult, ...]


def score_results(reading: Reading) -> list[InstrumentResult]:
    """Every instrument that was used, in the order of INSTRUMENTS."""
    used = reading.snapshot.scorecards
    return [_instrument(name, reading) for name in INSTRUMENTS if name in used]


def _instrument(name: str, reading: Reading) -> InstrumentResult:
    snapshot = reading.snapshot
    instrument, card = INSTRUMENTS[name], snapshot.scorecards[name]
    pages = []
    for page_name, items in card.pages.items():
        page = snapshot.pages.get(page_name)
        scores = {item: score.score for item, score in items.items()}
        weak = tuple(
            WeakItem(card.items[item], scores[item], items[item].reason)
            for item in instrument.items
            if scores[item] in instrument.weak
        )
        pages.append(
            PageResult(
                title=page.title if page else "The whole guide",
                address=_address(page, reading) if page else "/",
                results=tuple(
                    GroupResult(group, instrument.result(group, scores))
                    for group in instrument.groups
                ),
                weak=weak,
            )
        )
    pages.sort(key=lambda result: (result.address != "/", result.title))
    return InstrumentResult(
        name=instrument.name,
        rated_by=card.rated_by,
        rated_on=card.rated_on,
        groups=tuple(instrument.groups),
        pages=tuple(pages),
    )


def _address(page: LivePage, reading: Reading) -> str:
    return "" if reading.other_area(page) else page.address
