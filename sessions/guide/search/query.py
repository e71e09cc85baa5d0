"""Reads what somebody typed: mistakes mended, phrases found, each unit weighed."""

from collections.abc import Mapping
from dataclasses import dataclass

from sessions.guide.search.lexicon import OWN, Lexicon, Stems, Terms
from sessions.guide.search.spelling import Vocabulary
from sessions.guide.search.words import words_of

LITTLE = 0.2
"""The weight of a little word, where others weigh as much as they are rare."""


@dataclass(frozen=True)
class Wanted:
    """A unit of the query. `terms` hold broader ones."""

    stems: Stems
    terms: Terms
    is_little: bool


@dataclass(frozen=True)
class Query:
    """What was typed, as a search compares it. `words` are the stems of all words."""

    wanted: tuple[Wanted, ...]
    words: frozenset[str]

    @property
    def stems(self) -> frozenset[str]:
        """The stems by which a passage is chosen, and marked."""
        big = {s for w in self.wanted if not w.is_little for s in w.stems}
        return frozenset(big or self.words)


def read_query(text: str, lexicon: Lexicon, vocabulary: Vocabulary) -> Query:
    typed = words_of(text)
    read = [meant for word in typed for meant in vocabulary.corrected(word)]
    others = {lexicon.stem(meant[0]): meant[1:] for meant in read if len(meant) > 1}
    wanted = []
    for unit in lexicon.units_typed([meant[0] for meant in read]):
        terms = dict(lexicon.widened(unit))
        for word in (w for s in unit.stems for w in others.get(s, ())):
            [other] = lexicon.units_typed([word])
            for term, strength in lexicon.widened(other).items():
                terms[term] = max(terms.get(term, 0.0), strength)
        wanted.append(Wanted(unit.stems, terms, unit.is_little))
    stems = frozenset(lexicon.stem(word) for meant in read for word in meant)
    return Query(tuple(wanted), stems)


def weighed(query: Query, rarity: Mapping[str, float], most: float) -> list[float]:
    """The weight of each unit: how rare it is, by the commonest of its own terms.

    A term that is nowhere weighs `most`.
    """
    weights = []
    for unit in query.wanted:
        own = [term for term, strength in unit.terms.items() if strength >= OWN]
        weight = min((rarity[term] for term in own if term in rarity), default=most)
        weights.append(weight * LITTLE if unit.is_little else weight)
    return weights
