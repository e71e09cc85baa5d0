"""Reads the names of medicines in spite of typing mistakes."""

from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from sessions.documents.phrases import folded

SHORTEST = 6
"""A word of fewer letters is read as it is written."""
SHORT = 6
"""A name of so many letters may have one mistake. A longer one may have two."""


class Spelling:
    """Names, and the ordinary words that look like one of them.

    A word is read as a name if one letter is wrong, missing, added or swapped with the
    next; in a name of seven letters or more, two. Its first letter is right.
    """

    def __init__(self, names: Iterable[str], ordinary: Iterable[str]):
        words = {word for word in map(folded, names) if word.isalpha()}
        self._known = words | set(map(folded, ordinary))
        self._by_letter: dict[str, list[str]] = {}
        for word in sorted(words):
            if len(word) >= SHORTEST:
                self._by_letter.setdefault(word[0], []).append(word)

    def read(self, word: str) -> str:
        """The name that the word is meant to be, or the word."""
        names = self._by_letter.get(word[0], ())
        if len(word) < SHORTEST or word in self._known or not names:
            return word
        best = process.extractOne(word, names, scorer=OSA.distance, score_cutoff=2)
        if best is None or best[1] > (1 if len(best[0]) <= SHORT else 2):
            return word
        return best[0]
