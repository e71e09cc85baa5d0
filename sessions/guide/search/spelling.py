"""Typing mistakes: what a word that the guide does not know may have meant."""

from collections import Counter
from collections.abc import Iterable, Iterator

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST = 4
"""Shorter words are left as they are."""
TWO_MISTAKES = 7
"""From this length on a word may hold two mistakes."""
LEAST_PART = 3
MOST_NEAREST = 3


class Vocabulary:
    """Every word that is known, with how often it occurs."""

    def __init__(self, words: Iterable[str]):
        self._counts = Counter(words)
        self._words = [w for w in self._counts if not w.isdigit() and len(w) > 2]

    def __contains__(self, word: str) -> bool:
        return word in self._counts

    def __iter__(self) -> Iterator[str]:
        return iter(self._counts)

    def corrected(self, word: str) -> list[tuple[str, ...]]:
        """What was meant: for each word of it, the words that are equally near.

        It is the word itself where it is known, short or like nothing that is known.
        """
        if word in self or len(word) < SHORTEST or any(c.isdigit() for c in word):
            return [(word,)]
        parts = self._parts(word)
        return [(part,) for part in parts] or [self._nearest(word) or (word,)]

    def _parts(self, word: str) -> tuple[str, ...]:
        """Two known words that were written as one."""
        splits = [
            (word[:at], word[at:])
            for at in range(LEAST_PART, len(word) - LEAST_PART + 1)
            if word[:at] in self and word[at:] in self
        ]
        least = {split: min(map(self._counts.__getitem__, split)) for split in splits}
        return max(splits, key=least.__getitem__, default=())

    def _nearest(self, word: str) -> tuple[str, ...]:
        """The nearest words, most frequent first; those that begin alike, if any do."""
        most = 2 if len(word) >= TWO_MISTAKES else 1
        found = process.extract(
            word, self._words, scorer=OSA.distance, score_cutoff=most, limit=None
        )

        def distance(known: str, mistakes: float) -> tuple[float, bool]:
            return mistakes, known[0] != word[0]

        least = min((distance(k, m) for k, m, _ in found), default=None)
        near = [k for k, m, _ in found if distance(k, m) == least]
        return tuple(sorted(near, key=lambda k: (-self._counts[k], k))[:MOST_NEAREST])
