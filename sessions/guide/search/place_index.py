"""Finds places by their words, and the passage of a place that says the most."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sessions.guide.search.lexicon import Lexicon
from sessions.guide.search.places import Place
from sessions.guide.search.query import Query, weighed

OFTEN = 1.2
"""How often a term occurs before more of it says little more."""
USUAL_LENGTH = 120
IN_TITLE = 1.2
LONGEST_PASSAGE = 40


@dataclass(frozen=True)
class PlaceMatch:
    place: Place
    score: float


class PlaceIndex:
    """The places for one set of answers."""

    def __init__(self, places: Iterable[Place], lexicon: Lexicon):
        self.places = list(places)
        self.addresses = frozenset(place.address for place in self.places)
        self._found: dict[str, list[tuple[int, float]]] = {}
        for number, place in enumerate(self.places):
            for term, value in _values(place, lexicon).items():
                self._found.setdefault(term, []).append((number, value))
        count = len(self.places)
        self.rarity = {
            t: math.log(1 + count / len(at)) for t, at in self._found.items()
        }
        self.most = math.log(1 + count / 0.5)

    def find(self, query: Query) -> list[PlaceMatch]:
        """The places with most of what was asked, the best first."""
        weights = weighed(query, self.rarity, self.most)
        total = sum(weights) or 1.0
        scores: dict[int, float] = {}
        covered: dict[int, float] = {}
        for unit, weight in zip(query.wanted, weights, strict=True):
            own: dict[int, tuple[float, float]] = {}
            for term, strength in unit.terms.items():
                for number, value in self._found.get(term, ()):
                    if strength * value > own.get(number, (0.0, 0.0))[0]:
                        own[number] = strength * value, strength
            for number, (value, strength) in own.items():
                scores[number] = scores.get(number, 0.0) + weight * value
                covered[number] = covered.get(number, 0.0) + weight * strength
        found = [
            PlaceMatch(self.places[number], score * (covered[number] / total) / total)
            for number, score in scores.items()
        ]
        return sorted(found, key=lambda match: -match.score)


def _values(place: Place, lexicon: Lexicon) -> dict[str, float]:
    """How much each term says of a place."""
    counts: Counter[str] = Counter()
    length = 0
    for sentence in place.sentences:
        for unit in lexicon.units(sentence):
            length += 1
            for term, strength in unit.terms.items():
                counts[term] += strength  # type: ignore[assignment]
    often = OFTEN * (0.4 + 0.6 * length / USUAL_LENGTH)
    values = {term: count / (count + often) for term, count in counts.items()}
    for unit in lexicon.units(place.title):
        for term, strength in unit.terms.items():
            values[term] = values.get(term, 0.0) + IN_TITLE * strength
    return values


def passage(place: Place, query: Query, lexicon: Lexicon) -> str:
    """The sentence with the most of what was asked, and what follows it."""
    sentences = place.sentences
    if not sentences:
        return ""
    wanted = query.stems
    counts = [len(wanted & set(lexicon.stems(s))) for s in sentences]
    best = max(range(len(sentences)), key=lambda index: (counts[index], -index))
    chosen = [sentences[best]]
    for sentence in sentences[best + 1 :]:
        if len(" ".join([*chosen, sentence]).split()) > LONGEST_PASSAGE:
            break
        chosen.append(sentence)
    return " ".join(chosen)
