"""Scores of the pages on published instruments for patient material, item by item.

PEMAT-P: AHRQ. DISCERN: Oxford and the British Library. IPDAS: version 4, minimum
standards and quality items. CDC: Clear Communication Index. The items and how they add
up are defined here; their wording, which is the project's own, is in the files.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from sessions.documents.faults import DocumentError, Fault
from sessions.documents.front_matter import Day, Line, Strict, check
from sessions.documents.yaml_lines import Lines
from sessions.documents.yaml_losses import read_data

WHOLE_GUIDE = "guide"
MIN_REASON_WORDS = 3


@dataclass(frozen=True)
class Instrument:
    """An instrument: its items in groups, each with its own result, and its scores.

    `weak` are the scores that count as weak points; `may_not_apply` are the items that
    may be scored "n/a".
    """

    name: str
    groups: Mapping[str, tuple[str, ...]]
    scores: tuple[str, ...]
    weak: frozenset[str]
    may_not_apply: frozenset[str] = frozenset()

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(item for items in self.groups.values() for item in items)

    def result(self, group: str, scores: Mapping[str, str]) -> str:
        """The group's result as the instrument reports it: percentage, sum or count."""
        given = [scores[item] for item in self.groups[group]]
        counted = [score for score in given if score != "n/a"]
        if self.scores[0] == "1" and self.scores[-1] == "5":
            return f"{sum(map(int, counted))} of {5 * len(counted)}"
        good = sum(score in ("1", "yes") for score in counted)
        if "yes" in self.scores:
            return f"{good} of {len(counted)}"
        return f"{round(100 * good / len(counted))} %" if counted else "does not apply"


def _numbers(first: int, last: int) -> tuple[str, ...]:
    return tuple(str(number) for number in range(first, last + 1))


INSTRUMENTS = {
    "pemat-p": Instrument(
        "PEMAT-P",
        {
            "Easy to understand": (*_numbers(1, 12), *_numbers(15, 19)),
            "Easy to act on": _numbers(20, 26),
        },
        ("1", "0", "n/a"),
        frozenset({"0"}),
        frozenset({"6", "8", "9", "11", "12", *_numbers(16, 19), "24", "25"}),
    ),
    "cdc-index": Instrument(
        "CDC Clear Communication Index",
        {"Clear": _numbers(1, 20)},
        ("1", "0", "n/a"),
        frozenset({"0"}),
        frozenset(_numbers(15, 20)),
    ),
    "discern": Instrument(
        "DISCERN",
        {"Items 1 to 15": _numbers(1, 15), "Overall": ("16",)},
        ("1", "2", "3", "4", "5"),
        frozenset({"1", "2", "3"}),
    ),
    "ipdas": Instrument(
        "IPDAS v4",
        {
            "Qualifying": ("1.1.1", "1.1.2", "1.1.3", "1.1.4", "1.1.5", "1.2.1"),
            "Certifying": ("2.1.1", "2.2.1", "2.2.2", "2.2.3", "2.2.4", "2.3.1"),
            "Quality": tuple(f"q{number}" for number in range(1, 24)),
        },
        ("yes", "no", "n/a"),
        frozenset({"no"}),
    ),
}


class ItemScore(Strict):
    """One item on one page: the score, the reason, and the part of the page."""

    score: Line
    reason: Line
    place: str = ""


class Scorecard(Strict):
    """One instrument's scores for all the pages it was used on."""

    instrument: Line
    rated_by: Line
    rated_on: Day
    items: dict[str, Line]
    pages: Annotated[dict[str, dict[str, ItemScore]], Field(min_length=1)]


def read_scorecard(name: str, text: str) -> tuple[Scorecard | None, list[Fault]]:
    """The scorecard in `text`, or None where it has faults, and its faults."""
    faults: list[Fault] = []
    instrument = INSTRUMENTS.get(name)
    if instrument is None:
        known = ", ".join(INSTRUMENTS)
        return None, [Fault(1, f'There is no instrument "{name}". Use: {known}.')]
    try:
        data, lines = read_data(text, faults)
    except DocumentError as error:
        return None, list(error.faults)
    card = check(Scorecard, data, lines, faults)
    if card is not None:
        faults += _item_faults(card, instrument, lines)
    return (None if faults else card), faults


def _item_faults(card: Scorecard, instrument: Instrument, lines: Lines) -> list[Fault]:
    wanted = set(instrument.items)
    faults = _item_set_faults(
        wanted, set(card.items), lines.get(("items",), 1), "items"
    )
    for page, scores in card.pages.items():
        line = lines.get(("pages", page), 1)
        faults += _item_set_faults(wanted, set(scores), line, page)
        for item, score in scores.items():
            at = lines.get(("pages", page, item), line)
            messages = _score_messages(item, score, instrument)
            faults += [Fault(at, message) for message in messages]
    return faults


def _item_set_faults(
    wanted: set[str], found: set[str], line: int, where: str
) -> list[Fault]:
    faults = []
    if missing := sorted(wanted - found):
        message = f'In "{where}" these items are missing: {", ".join(missing)}.'
        faults.append(Fault(line, message))
    if unknown := sorted(found - wanted):
        message = f'In "{where}" these items are unknown: {", ".join(unknown)}.'
        faults.append(Fault(line, message))
    return faults


def _score_messages(item: str, score: ItemScore, instrument: Instrument) -> list[str]:
    messages = []
    if score.score not in instrument.scores:
        known = ", ".join(instrument.scores)
        messages.append(f'"{score.score}" is not a score. Use one of: {known}.')
    if score.score == "n/a" and item not in instrument.may_not_apply:
        messages.append("This item always applies. Score it.")
    if len(score.reason.split()) < MIN_REASON_WORDS:
        messages.append("Give the reason in a few words.")
    lowest = score.score in ("n/a", "no", "0", "1" if "5" in instrument.scores else "0")
    if not score.place and not lowest:
        messages.append("Name the part of the page that earns this score.")
    return messages
