"""Scores of the guide on published instruments for patient material, item by item.

PEMAT-P: AHRQ. DISCERN: Oxford and the British Library. IPDAS: version 4, minimum
standards and quality items. CDC: Clear Communication Index. The items and how they add
up are defined here; their wording, which is the project's own, is in the files.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import Field

from sessions.documents.faults import DocumentError, Fault
from sessions.documents.front_matter import Day, Line, Strict, check, line_of
from sessions.documents.older_scorecards import OlderScorecard
from sessions.documents.yaml_lines import Lines
from sessions.documents.yaml_losses import read_data

WHOLE_GUIDE = "guide"
READERS = ("joint", "hand")
"""The whole guide may be read as somebody with one of these: "guide/hand"."""
MIN_REASON_WORDS = 2
DOES_NOT_APPLY = "n/a"


@dataclass(frozen=True)
class Instrument:
    """An instrument: its items in groups, each with its own result, and its scores.

    `about` is what patients read of it. The best of `scores` comes first; `weak` are
    those that count as weak points. `may_not_apply` are the items that may be scored
    DOES_NOT_APPLY. `pass_marks` are the results that a group needs, by group.
    """

    name: str
    about: str
    groups: Mapping[str, tuple[str, ...]]
    scores: tuple[str, ...]
    weak: frozenset[str]
    may_not_apply: frozenset[str] = frozenset()
    pass_marks: Mapping[str, str] = field(default_factory=dict)

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(item for items in self.groups.values() for item in items)

    @property
    def is_scale(self) -> bool:
        """Whether items get points, rather than being met or not."""
        return self.scores[0] == "5"

    def needs_reason(self, score: str) -> bool:
        return score not in (self.scores[0], DOES_NOT_APPLY)

    def result(self, group: str, scores: Mapping[str, str]) -> str:
        """The group's result as the instrument reports it: percentage, sum or count."""
        given = [scores[item] for item in self.groups[group]]
        counted = [score for score in given if score != DOES_NOT_APPLY]
        if self.is_scale:
            return f"{sum(map(int, counted))} of {5 * len(counted)}"
        good = sum(score in ("1", "yes") for score in counted)
        if "yes" in self.scores:
            return f"{good} of {len(counted)}"
        return f"{round(100 * good / len(counted))}%" if counted else "does not apply"


def _numbers(first: int, last: int) -> tuple[str, ...]:
    return tuple(str(number) for number in range(first, last + 1))


INSTRUMENTS = {
    "pemat-p": Instrument(
        "PEMAT-P",
        "Can people understand a page, and act on it?",
        {
            "To understand": (*_numbers(1, 12), *_numbers(15, 19)),
            "To act on": _numbers(20, 26),
        },
        ("1", "0", DOES_NOT_APPLY),
        frozenset({"0"}),
        frozenset({"6", "8", "9", "11", "12", *_numbers(16, 19), "24", "25"}),
    ),
    "cdc-index": Instrument(
        "CDC Clear Communication Index",
        "Is the message of a page clear?",
        {"Clear": _numbers(1, 20)},
        ("1", "0", DOES_NOT_APPLY),
        frozenset({"0"}),
        frozenset(_numbers(15, 20)),
        {"Clear": "90%"},
    ),
    "discern": Instrument(
        "DISCERN",
        "Can people rely on the guide when they choose? A point gets 1 to 5.",
        {"Sum": _numbers(1, 15), "Overall": ("16",)},
        ("5", "4", "3", "2", "1"),
        frozenset({"1", "2", "3"}),
    ),
    "ipdas": Instrument(
        "IPDAS v4",
        "Does the guide help people decide, and fairly?",
        {
            "Qualifying": ("1.1.1", "1.1.2", "1.1.3", "1.1.4", "1.1.5", "1.2.1"),
            "Certifying": ("2.1.1", "2.2.1", "2.2.2", "2.2.3", "2.2.4", "2.3.1"),
            "Quality": tuple(f"q{number}" for number in range(1, 24)),
        },
        ("yes", "no", DOES_NOT_APPLY),
        frozenset({"no"}),
        pass_marks={"Qualifying": "6 of 6", "Certifying": "6 of 6"},
    ),
}


class Rating(Strict):
    """One person's scores of one subject, and the reasons, by item."""

    scores: dict[str, Line]
    reasons: dict[str, Line] = {}


Ratings = Annotated[dict[str, Rating], Field(min_length=1)]


class Scorecard(Strict):
    """One instrument's scores of all that was rated with it.

    A subject is a page, WHOLE_GUIDE, or the whole guide as one of READERS reads it.
    Each has a rating by every scorer, by the scorer's name ("one", "two").
    """

    instrument: Line
    rated_by: Line
    rated_on: Day
    items: dict[str, Line]
    subjects: Annotated[dict[str, Ratings], Field(min_length=1)]

    @property
    def scorers(self) -> tuple[str, ...]:
        return tuple(sorted({name for by in self.subjects.values() for name in by}))

    def ratings(self, subject: str) -> list[Rating]:
        """The ratings of a subject, in the order of `scorers`."""
        return [self.subjects[subject][name] for name in self.scorers]


def read_scorecard(name: str, text: str) -> tuple[Scorecard | None, list[Fault]]:
    """The scorecard in `text`, or None where it has faults, and its faults.

    The form of version 0.2.0, which lists `pages`, is read as well.
    """
    faults: list[Fault] = []
    instrument = INSTRUMENTS.get(name)
    if instrument is None:
        known = ", ".join(INSTRUMENTS)
        return None, [Fault(1, f'There is no instrument "{name}". Use: {known}.')]
    try:
        data, lines = read_data(text, faults)
    except DocumentError as error:
        return None, list(error.faults)
    if ("pages",) in lines and (older := check(OlderScorecard, data, lines, faults)):
        data = older.in_form_of_today()
    card = None if faults else check(Scorecard, data, lines, faults)
    if card is not None:
        faults += _card_faults(card, instrument, lines)
    return (None if faults else card), faults


def stored_scorecard(name: str, data: Any) -> Scorecard:
    """The scorecard that was stored as `data`. Raises ValueError if it is not valid."""
    card = Scorecard.model_validate(data)
    instrument = INSTRUMENTS.get(name)
    if instrument is None or any(_card_faults(card, instrument, {})):
        raise ValueError(f"It is no scorecard of today's {name}.")
    return card


def _card_faults(
    card: Scorecard, instrument: Instrument, lines: Lines
) -> Iterator[Fault]:
    known = set(card.items)
    yield from _item_set_faults(instrument, known, lines.get(("items",), 1), "items")
    for subject, ratings in card.subjects.items():
        line = _line(lines, subject)
        for message in _subject_messages(subject, set(ratings), card.scorers):
            yield Fault(line, message)
        for scorer, rating in ratings.items():
            at = _line(lines, subject, scorer)
            where = f"{subject}, {scorer}"
            yield from _item_set_faults(instrument, set(rating.scores), at, where)
            for item in dict.fromkeys([*rating.scores, *rating.reasons]):
                at = _line(lines, subject, scorer, item)
                for message in _item_messages(item, rating, instrument):
                    yield Fault(at, message)


def _line(lines: Lines, subject: str, scorer: str = "", item: str = "") -> int:
    """The line of an item, or of the nearest key around it, in either form."""
    if ("pages",) in lines:
        return line_of(("pages", subject, item), lines)
    path = ("subjects", subject, scorer, "scores", item)
    if item and path not in lines:
        path = ("subjects", subject, scorer, "reasons", item)
    return line_of(path, lines)


def _subject_messages(
    subject: str, found: set[str], scorers: tuple[str, ...]
) -> Iterator[str]:
    first, _, reader = subject.partition("/")
    if first == WHOLE_GUIDE and reader not in ("", *READERS):
        known = ", ".join(f"{WHOLE_GUIDE}/{name}" for name in READERS)
        yield f'"{subject}" is not known. Use {WHOLE_GUIDE}, {known}, or a page.'
    if missing := sorted(set(scorers) - found):
        names = ", ".join(missing)
        yield f'"{subject}" has no rating by {names}. Add it: all score the same.'


def _item_set_faults(
    instrument: Instrument, found: set[str], line: int, where: str
) -> Iterator[Fault]:
    wanted = set(instrument.items)
    if missing := sorted(wanted - found):
        message = f'In "{where}" these items are missing: {", ".join(missing)}.'
        yield Fault(line, message)
    if unknown := sorted(found - wanted):
        message = f'In "{where}" these items are unknown: {", ".join(unknown)}.'
        yield Fault(line, message)


def _item_messages(item: str, rating: Rating, instrument: Instrument) -> Iterator[str]:
    score, reason = rating.scores.get(item), rating.reasons.get(item)
    if score is None:
        yield f'There is a reason for "{item}", but no score. Add the score.'
        return
    if score not in instrument.scores:
        known = ", ".join(instrument.scores)
        yield f'"{score}" is not a score. Use one of: {known}.'
    elif score == DOES_NOT_APPLY and item not in instrument.may_not_apply:
        yield "This item always applies. Score it."
    elif reason is None and instrument.needs_reason(score):
        yield f'Add a line "{item}" under reasons: why is it {score}?'
    if reason is not None and len(reason.split()) < MIN_REASON_WORDS:
        yield "Give the reason in a few words."
