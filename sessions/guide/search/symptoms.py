"""Which words of a query are a sign of the help card."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from sessions.documents.synonyms import Symptom
from sessions.guide.search.lexicon import Lexicon
from sessions.guide.search.spelling import Vocabulary
from sessions.guide.search.words import words_of

EXACT = 4
"""Words of so few letters hold no mistake: harmless ones are one letter away."""
TWO_MISTAKES = 8


@dataclass(frozen=True)
class _Phrase:
    """Its words as they are written, by their stems."""

    words: Mapping[str, str]

    def is_in(self, stems: set[str], unknown: list[str]) -> bool:
        missing = self.words.keys() - stems
        return len(missing) <= len(unknown) and all(
            any(_may_mean(typed, self.words[one]) for typed in unknown)
            for one in missing
        )


@dataclass(frozen=True)
class _Rule:
    signs: tuple[str, ...]
    phrases: tuple[_Phrase, ...]
    harmless: tuple[_Phrase, ...]
    by_stem: Mapping[str, list[_Phrase]]

    def near(self, stems: set[str], unknown: list[str]) -> Iterable[_Phrase]:
        """The phrases that may be in a text with these words."""
        if unknown:
            return self.phrases
        return (p for stem in stems for p in self.by_stem.get(stem, ()))


class SymptomIndex:
    """The symptoms of the synonyms."""

    def __init__(
        self,
        symptoms: Iterable[Symptom],
        lexicon: Lexicon,
        vocabulary: Vocabulary,
    ):
        self._lexicon = lexicon
        self._vocabulary = vocabulary
        self._rules = [self._rule(symptom) for symptom in symptoms]

    def signs_in(self, text: str) -> tuple[str, ...]:
        """The ids of the lines that the text may mean, the best matched first.

        All words of a phrase are in the text, in any order.
        """
        typed = words_of(text)
        stems = {*map(self._lexicon.stem, typed)}
        unknown = [w for w in typed if len(w) > EXACT and w not in self._vocabulary]
        found = sorted(self._found(stems, unknown), key=lambda match: -match[0])
        return tuple(dict.fromkeys(sign for _, signs in found for sign in signs))

    def _rule(self, symptom: Symptom) -> _Rule:
        phrases = tuple(map(self._phrase, symptom.phrases))
        by_stem = defaultdict(list)
        for phrase in phrases:
            for stem in phrase.words:
                by_stem[stem].append(phrase)
        harmless = tuple(map(self._phrase, symptom.harmless))
        return _Rule(symptom.sign, phrases, harmless, by_stem)

    def _phrase(self, text: str) -> _Phrase:
        return _Phrase({self._lexicon.stem(word): word for word in words_of(text)})

    def _found(
        self, stems: set[str], unknown: list[str]
    ) -> Iterator[tuple[int, tuple[str, ...]]]:
        """(how many words matched, signs) for each rule."""
        for rule in self._rules:
            near = rule.near(stems, unknown)
            sizes = [len(p.words) for p in near if p.is_in(stems, unknown)]
            if sizes and not any(p.is_in(stems, []) for p in rule.harmless):
                yield max(sizes), rule.signs


def _may_mean(typed: str, word: str) -> bool:
    if len(word) <= EXACT:
        return False
    most = 2 if len(word) >= TWO_MISTAKES else 1
    return OSA.distance(typed, word, score_cutoff=most) <= most
