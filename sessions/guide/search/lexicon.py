"""What words mean to a search: each unit of a text, with the terms that it stands for.

A unit is one word, or a phrase of the synonyms. Its terms are its stem and the groups
of synonyms that it is in. Two units match as strongly as their strongest common term.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sessions.documents.synonyms import Broader, Synonyms
from sessions.guide.search.words import stem, words_of

SAME_GROUP = 0.95
"""How strongly a unit stands for its group, where its own words are 1."""
SAME_STEM = 0.75
"""The same where the group has another form of it: "training" is no "train"."""
INNER_GROUP = 0.6
INNER_WORD = 0.5
"""The groups and the words inside a longer phrase."""
OWN = 0.7
"""What stands for a unit at least so strongly are its own terms."""
BROADER = 0.65

Terms = Mapping[str, float]
Stems = tuple[str, ...]


@dataclass(frozen=True)
class Unit:
    """A word or phrase. `is_little` is true for words that decide nothing alone."""

    stems: Stems
    terms: Terms = field(hash=False)
    is_little: bool = False


class Lexicon:
    """The synonyms of a language, ready to be looked up."""

    def __init__(self, synonyms: Synonyms):
        self._stems: dict[str, str] = {}
        self._units: dict[Stems, Unit] = {}
        self._groups: dict[Stems, dict[str, set[Stems]]] = {}
        self._starts: dict[str, list[Stems]] = {}
        self._broader: dict[Stems, list[str]] = {}
        self._broader_of_group: dict[str, list[str]] = {}
        self.little = {self._learned(word) for word in synonyms.little}
        for number, group in enumerate(synonyms.groups):
            for phrase in group:
                words = tuple(words_of(phrase))
                groups = self._groups.setdefault(self._learned_stems(words), {})
                groups.setdefault(f"={number}", set()).add(_singular(words))
        for phrase_stems in sorted(self._groups, key=len, reverse=True):
            if len(phrase_stems) > 1:
                self._starts.setdefault(phrase_stems[0], []).append(phrase_stems)
        for kind in synonyms.kinds:
            self._add_kind(kind)

    def _add_kind(self, kind: Broader) -> None:
        to = self._learned_stems(words_of(kind.to))
        terms = [*self._groups[to]] if to in self._groups else [" ".join(to)]
        for phrase in kind.narrow:
            stems = self._learned_stems(words_of(phrase))
            self._broader.setdefault(stems, []).extend(terms)
            for group in self._groups.get(stems, ()):
                self._broader_of_group.setdefault(group, []).extend(terms)

    def _learned(self, word: str) -> str:
        if word not in self._stems:
            self._stems[word] = stem(word)
        return self._stems[word]

    def _learned_stems(self, words: Sequence[str]) -> Stems:
        return tuple(map(self._learned, words))

    def stem(self, word: str) -> str:
        """The stem of a word. Words of the guide are kept, those of readers are not."""
        return self._stems.get(word) or stem(word)

    def stems(self, text: str) -> Stems:
        return tuple(map(self.stem, words_of(text)))

    def units(self, text: str) -> list[Unit]:
        """The units of a text of the guide, the longest phrases first."""
        words = words_of(text)
        self._learned_stems(words)
        return [
            self._units.setdefault(
                phrase, self._units.get(phrase) or self._unit(phrase)
            )
            for phrase in self._phrases(words)
        ]

    def units_typed(self, words: Sequence[str]) -> list[Unit]:
        """The units of what a reader typed. They are not kept."""
        return [
            self._units.get(phrase) or self._unit(phrase)
            for phrase in self._phrases(words)
        ]

    def _phrases(self, words: Sequence[str]) -> Iterator[Stems]:
        """The words of each unit."""
        stems = tuple(map(self.stem, words))
        start = 0
        while start < len(stems):
            places = self._phrase_at(stems, start)
            yield tuple(words[place] for place in places)
            start = places[-1] + 1

    def widened(self, unit: Unit) -> Terms:
        """The terms of a unit that was searched for: broader ones are among them."""
        terms = dict(unit.terms)
        broader = list(self._broader.get(unit.stems, ()))
        for group in self._groups.get(unit.stems, ()):
            broader += self._broader_of_group.get(group, ())
        for term in broader:
            terms.setdefault(term, BROADER)
        return terms

    def _phrase_at(self, stems: Stems, start: int) -> tuple[int, ...]:
        """Where the words of the longest phrase stand that begins here.

        One little word may stand inside it: "get my money back".
        """
        for phrase in self._starts.get(stems[start], ()):
            if places := self._places(phrase, stems, start):
                return places
        return (start,)

    def _places(self, phrase: Stems, stems: Stems, start: int) -> tuple[int, ...]:
        places = [start]
        for word in phrase[1:]:
            at = places[-1] + 1
            may_skip = at - start == len(places) and stems[at : at + 1] != (word,)
            if may_skip and stems[at : at + 1] and stems[at] in self.little:
                at += 1
            if stems[at : at + 1] != (word,):
                return ()
            places.append(at)
        return tuple(places)

    def _unit(self, words: Stems) -> Unit:
        stems = tuple(map(self.stem, words))
        is_little = len(stems) == 1 and stems[0] in self.little
        return Unit(stems, dict(self._terms(words, stems)), is_little)

    def _terms(self, words: Stems, stems: Stems) -> Iterator[tuple[str, float]]:
        """The later of two is the stronger one."""
        size = len(stems)
        if size > 1:
            yield from ((word, INNER_WORD) for word in stems)
            for length in range(1, size):
                for start in range(size - length + 1):
                    inner = self._groups.get(stems[start : start + length], ())
                    yield from ((group, INNER_GROUP) for group in inner)
        yield " ".join(stems), 1.0
        for group, written in self._groups.get(stems, {}).items():
            yield group, SAME_GROUP if _singular(words) in written else SAME_STEM


def _singular(words: Stems) -> Stems:
    return tuple(word.removesuffix("s") for word in words)


def words_in_synonyms(synonyms: Synonyms) -> Iterable[str]:
    """Every word, as it is written."""
    lists = [*synonyms.groups, synonyms.little]
    lists += [(*kind.narrow, kind.to) for kind in synonyms.kinds]
    lists += [(*s.phrases, *s.harmless) for s in synonyms.symptoms]
    for phrases in lists:
        for phrase in phrases:
            yield from words_of(phrase)
