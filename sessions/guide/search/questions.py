"""Finds the common question that somebody means, by all its wordings."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sessions.documents.common_questions import CommonQuestion
from sessions.guide.search.lexicon import OWN, Lexicon, Unit
from sessions.guide.search.query import LITTLE, Query, weighed

ASKED = 0.7
"""How much of the score is how much of the query a wording has. The rest is how much of
the wording the query has."""
WHOLE = 0.25
"""How much of the score is what all wordings together have of the query."""
IN_ANSWER = 0.5
UNKNOWN = 2.0
"""The weight of a word that no question has."""


@dataclass(frozen=True)
class Match:
    """A question and how well it matches, from 0 to 1."""

    question: CommonQuestion
    score: float


@dataclass(frozen=True)
class _Wording:
    question: int
    weights: tuple[float, ...]
    total: float


class QuestionIndex:
    """All common questions, by the terms of their wordings."""

    def __init__(self, questions: Iterable[CommonQuestion], lexicon: Lexicon):
        self.questions = list(questions)
        units = [[lexicon.units(w) for w in q.wordings] for q in self.questions]
        self.rarity = _rarity(units)
        self.most = UNKNOWN
        self._wordings: list[_Wording] = []
        self._places: dict[str, list[tuple[int, int, float]]] = {}
        self._wholes: dict[str, dict[int, float]] = {}
        for number, wordings in enumerate(units):
            for wording in wordings:
                self._add(number, wording)
            for unit in lexicon.units(self.questions[number].answer):
                self._add_whole(number, unit, IN_ANSWER)

    def _add(self, number: int, units: list[Unit]) -> None:
        at = len(self._wordings)
        weights = tuple(self._weight(unit) for unit in units)
        self._wordings.append(_Wording(number, weights, sum(weights) or 1.0))
        for place, unit in enumerate(units):
            self._add_whole(number, unit, 1.0)
            for term, strength in unit.terms.items():
                self._places.setdefault(term, []).append((at, place, strength))

    def _add_whole(self, number: int, unit: Unit, factor: float) -> None:
        for term, strength in unit.terms.items():
            found = self._wholes.setdefault(term, {})
            found[number] = max(found.get(number, 0.0), strength * factor)

    def _weight(self, unit: Unit) -> float:
        own = [term for term, strength in unit.terms.items() if strength >= OWN]
        weight = min(self.rarity[term] for term in own)
        return weight * LITTLE if unit.is_little else weight

    def find(self, query: Query) -> list[Match]:
        """Every question that has a word of the query, the best first."""
        weights = weighed(query, self.rarity, self.most)
        total = sum(weights) or 1.0
        whole = self._whole(query, weights)
        best: dict[int, float] = {}
        for at, score in self._scores(query, weights, total):
            number = self._wordings[at].question
            best[number] = max(best.get(number, 0.0), score)
        found = [
            Match(
                self.questions[number],
                score * (1 - WHOLE) + WHOLE * whole.get(number, 0.0) / total,
            )
            for number, score in sorted(best.items())
        ]
        return sorted(found, key=lambda match: -match.score)

    def _scores(
        self, query: Query, weights: list[float], total: float
    ) -> Iterable[tuple[int, float]]:
        """(wording, score) for each wording with a term of the query."""
        asked: dict[int, float] = {}
        said: dict[tuple[int, int], float] = {}
        for unit, weight in zip(query.wanted, weights, strict=True):
            own: dict[int, float] = {}
            for term, strength in unit.terms.items():
                for at, place, other in self._places.get(term, ()):
                    both = strength * other
                    if both > own.get(at, 0.0):
                        own[at] = both
                    if both > said.get((at, place), 0.0):
                        said[at, place] = both
            for at, both in own.items():
                asked[at] = asked.get(at, 0.0) + weight * both
        told: dict[int, float] = {}
        for (at, place), both in said.items():
            told[at] = told.get(at, 0.0) + self._wordings[at].weights[place] * both
        for at, value in asked.items():
            share = told[at] / self._wordings[at].total
            yield at, ASKED * value / total + (1 - ASKED) * share

    def _whole(self, query: Query, weights: list[float]) -> Mapping[int, float]:
        found: dict[int, float] = {}
        for unit, weight in zip(query.wanted, weights, strict=True):
            own: dict[int, float] = {}
            for term, strength in unit.terms.items():
                for number, other in self._wholes.get(term, {}).items():
                    own[number] = max(own.get(number, 0.0), strength * other)
            for number, both in own.items():
                found[number] = found.get(number, 0.0) + weight * both
        return found


def _rarity(units: list[list[list[Unit]]]) -> dict[str, float]:
    """How rare each term is: the fewer questions have it, the more it says."""
    counts: dict[str, int] = {}
    for wordings in units:
        terms = {t for wording in wordings for unit in wording for t in unit.terms}
        for term in terms:
            counts[term] = counts.get(term, 0) + 1
    return {term: math.log(1 + len(units) / count) for term, count in counts.items()}
