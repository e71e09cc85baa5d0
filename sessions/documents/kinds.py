"""Finds kinds of sentence, such as an order about a medicine, by lists of phrases.

A kind is data (`rules.Kind`). Each list is searched once in each sentence, and no
phrase makes the search go back further than its own few words. So the time grows with
the length of the text alone.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate

from sessions.documents.phrases import plainly
from sessions.documents.readability import split_sentences
from sessions.documents.rules import Kind, Rules
from sessions.documents.word_patterns import Span, is_number

TOKEN = re.compile(
    r"(?P<word>\d+(?:[.,]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*|%)"
    r"|(?P<strong>[;:.!?|•]|(?<=\s)-+(?=\s))|(?P<weak>[,()\[\]\"“”])"
)
NONE, WEAK, STRONG = range(3)
SHORTENED = {"n't": ("not",), "'re": ("are",), "'ve": ("have",), "'ll": ("will",)}
STEMS = {"ca": "can", "wo": "will", "sha": "shall"}
WITH_IS = frozenset(("it", "that", "there", "what", "who", "he", "she", "here"))
STANDS_FOR = frozenset(
    ("it", "them", "these", "those", "this", "that", "both", "one", "yes")
)
LONGEST = 30
"""No phrase has more words."""
SHORT_ANSWER = 6
"""The words of a sentence that may stand between a question and its answer: "Yes."."""
NAME_ALONE = 3
"""The words of a question that only names a medicine: "And my aspirin?"."""
JOINS = frozenset(("and", "or", "nor", "to"))
ANEW = frozenset(("and", "but", "so", "then"))
READS_ON = re.compile(
    r"\b(?:you|they|we|who|not|never|to|should|must|can|may|if|whether|and|or)\s*:?$",
    re.I,
)


@dataclass(frozen=True)
class Sentence:
    """The words of one sentence, in lower case.

    `breaks` says for each word what stands before it: nothing, a comma, or a mark that
    ends a clause. `places` are the letters of each word in `text`.
    """

    text: str
    words: tuple[str, ...]
    breaks: tuple[int, ...]
    places: tuple[Span, ...]

    @cached_property
    def clauses(self) -> list[int]:
        """For each word, how many clauses of the sentence ended before it."""
        ends = zip(self.breaks, ("", *self.words), strict=False)
        return list(accumulate(mark == STRONG or last == "then" for mark, last in ends))

    @property
    def is_question(self) -> bool:
        return self.text.rstrip("\"'”’) ").endswith("?")

    def excerpt(self, start: int, end: int) -> str:
        """The words from `start` to `end` as they are written."""
        return self.text[self.places[start][0] : self.places[end - 1][1]][:80]


def sentence_of(text: str) -> Sentence:
    words: list[str] = []
    breaks: list[int] = []
    places: list[Span] = []
    before = NONE
    for match in TOKEN.finditer(text):
        if match["word"]:
            for word in _whole_words(match["word"].lower()):
                words.append(word)
                breaks.append(before)
                places.append(match.span())
                before = NONE
        else:
            before = max(before, STRONG if match["strong"] else WEAK)
    return Sentence(text, tuple(words), tuple(breaks), tuple(places))


def _whole_words(word: str) -> tuple[str, ...]:
    """The words of a short form: "don't" is "do not", "aspirin's" is "aspirin"."""
    if "'" not in word:
        return ("can", "not") if word == "cannot" else (word,)
    for ending, rest in SHORTENED.items():
        if word.endswith(ending):
            stem = word.removesuffix(ending)
            return (STEMS.get(stem, stem), *rest)
    stem, _, ending = word.rpartition("'")
    if ending == "s" and stem in WITH_IS:
        return (stem, "is")
    return (stem or ending,)


@dataclass(frozen=True)
class Found:
    """A sentence of a kind, and the words that show it."""

    kind: Kind
    words: str

    @property
    def message(self) -> str:
        return f'"{self.words}" reads as {self.kind.finds}. {self.kind.mend}'


class Search:
    """The search of one sentence. `before` is that of the sentence before it."""

    def __init__(self, sentence: Sentence, before: "Search | None", rules: Rules):
        self.sentence, self.before, self.rules = sentence, before, rules
        self.question = None if before is None else before.as_question
        self._of_list = rules.looked_for.spans(sentence.words, sentence.breaks)
        self._of_lists: dict[tuple[str, ...], list[Span]] = {}
        self._ends: dict[tuple[str, ...], list[int]] = {}

    @property
    def as_question(self) -> "Search | None":
        """The question that the next sentence may answer."""
        if self.sentence.is_question:
            return self
        return self.question if len(self.sentence.words) <= SHORT_ANSWER else None

    def found(self) -> Iterator[Found]:
        """The first sign of each kind that the sentence is of."""
        for kind in self.rules.kinds:
            if words := _Kind(self, kind).first():
                yield Found(kind, words)

    def spans(self, names: tuple[str, ...]) -> list[Span]:
        """Where a phrase of these lists is, in order."""
        if names not in self._of_lists:
            found = (span for name in names for span in self._of(name))
            self._of_lists[names] = sorted(found)
        return self._of_lists[names]

    def ends(self, names: tuple[str, ...]) -> list[int]:
        """Where each phrase of these lists ends, in order."""
        if names not in self._ends:
            self._ends[names] = sorted(end for _, end in self.spans(names))
        return self._ends[names]

    def _of(self, name: str) -> list[Span]:
        if name not in self._of_list:
            sentence, words = self.sentence, self.rules.lists[name]
            self._of_list |= words.spans(sentence.words, sentence.breaks)
        return self._of_list[name]


@dataclass(frozen=True)
class _Kind:
    """One kind in one sentence."""

    search: Search
    kind: Kind

    @cached_property
    def near(self) -> list[Span]:
        """The words that must be near, such as medicines, without the exceptions."""
        near = self.search.spans(self.kind.near or self.kind.followed_by)
        excepted = self.search.spans(self.kind.not_near)
        return [span for span in near if not _is_inside(span, excepted)]

    @cached_property
    def starts(self) -> list[int]:
        return [start for start, _ in self.near]

    def first(self) -> str:
        """The words that show the kind, or ""."""
        kind, search = self.kind, self.search
        if kind.answers and not self._has_its_question():
            return ""
        last: Span | None = None
        for hit in search.spans(kind.looks_for):
            partner = self._partner(hit)
            if partner is None:
                continue
            if kind.only_with and not search.spans(kind.only_with):
                return ""
            if _is_inside(hit, search.spans(kind.unless_part_of)):
                continue
            if self._is_excused(hit, last):
                last = hit
                continue
            start, end = min(hit[0], partner[0]), max(hit[1], partner[1])
            return search.sentence.excerpt(start, end)
        return ""

    def _partner(self, hit: Span) -> Span | None:
        """The words near a hit; the hit itself where none are asked for."""
        kind = self.kind
        if kind.answers or not (kind.near or kind.followed_by):
            return hit
        at = bisect_left(self.starts, hit[1])
        if at < len(self.near) and self.near[at][0] - hit[1] <= kind.within:
            return self.near[at]
        inside = self._is_about_the_sentence_before(hit)
        if kind.followed_by:
            return hit if inside else None
        for span in reversed(self.near[max(0, at - 3) : at]):
            if hit[0] - span[1] <= kind.within and span != hit:
                return span
        return hit if inside else None

    def _has_its_question(self) -> bool:
        """Whether the sentence answers a question that names a medicine and an act."""
        question = self.search.question
        if question is None:
            return False
        near = _Kind(question, self.kind).near
        if near and len(question.sentence.words) <= NAME_ALONE:
            return True
        return any(
            start - act_end <= self.kind.within and act - end <= self.kind.within
            for act, act_end in question.spans(self.kind.answers)
            for start, end in near
        )

    def _is_about_the_sentence_before(self, hit: Span) -> bool:
        """Whether "it" or "them" stands for the medicine of the sentence before."""
        sentence, before = self.search.sentence, self.search.before
        if before is None or not self.kind.reads_on:
            return False
        words = sentence.words[hit[0] : hit[1] + 1]
        if not any(word in STANDS_FOR or is_number(word) for word in words):
            return False
        spoken_of = (one for one in (before, self.search.question) if one is not None)
        return any(_Kind(one, self.kind).near for one in spoken_of)

    def _is_excused(self, hit: Span, last: Span | None) -> bool:
        """Whether an exception lets the hit pass. `last` is one that passed before."""
        kind, search = self.kind, self.search
        if last is not None and self._continues(last, hit):
            return True
        if self._is_right_after(hit, search.spans(kind.unless_right_after)):
            return True
        if search.sentence.is_question and self._is_governed(hit, kind.unless_asked_by):
            return True
        if search.spans(kind.but_never_with):
            return False
        if self._is_governed(hit, kind.unless_after):
            return True
        return bool(search.spans(kind.unless_with))

    def _continues(self, last: Span, hit: Span) -> bool:
        """Whether a hit goes on from one that passed: "do not stop, skip or pause"."""
        sentence = self.search.sentence
        between = sentence.words[last[1] : hit[0]]
        if STRONG in sentence.breaks[last[1] : hit[0] + 1]:
            return False
        return JOINS.issuperset(between) or between[-1] in ("or", "nor")

    def _is_right_after(self, hit: Span, others: Sequence[Span]) -> bool:
        if self.search.sentence.breaks[hit[0]]:
            return False
        return any(end == hit[0] for _, end in _close_to(hit[0], others))

    def _is_governed(self, hit: Span, names: tuple[str, ...]) -> bool:
        """Whether words such as "ask" stand before the hit, in the same clause."""
        sentence, start = self.search.sentence, hit[0]
        ends = self.search.ends(names)
        nearest = ends[bisect_right(ends, start) - 1] if ends else start + 1
        if nearest > start or sentence.clauses[nearest - 1] != sentence.clauses[start]:
            return False
        if nearest < start and sentence.words[start].endswith("ing"):
            return True
        return not sentence.breaks[start] and sentence.words[start - 1] not in ANEW


def _close_to(start: int, spans: Sequence[Span]) -> Iterator[Span]:
    """The spans that begin at a word, or not far before it."""
    for at in range(bisect_left(spans, (start + 1, 0)) - 1, -1, -1):
        if spans[at][0] < start - LONGEST:
            return
        yield spans[at]


def _is_inside(hit: Span, spans: Sequence[Span]) -> bool:
    return any(
        start <= hit[0] and hit[1] <= end for start, end in _close_to(hit[0], spans)
    )


def _read(text: str, rules: Rules) -> Sentence:
    """A sentence, with the names that are spelt wrong as they are meant."""
    sentence = sentence_of(text)
    return replace(sentence, words=tuple(map(rules.spelt.read, sentence.words)))


def kinds_in(text: str, rules: Rules) -> list[Found]:
    """What a run of text has of each kind, sentence by sentence."""
    found: list[Found] = []
    before: Search | None = None
    for words in sentences_in(text):
        before = Search(_read(words, rules), before, rules)
        found += before.found()
        before.before = None
    return found


def kinds_across(lead: str, text: str, rules: Rules) -> list[Found]:
    """What the first sentence of a text has only with what patients read before it."""
    first, last = sentences_in(text)[:1], sentences_in(lead)[-1:]
    if not first or not last:
        return []
    if last[0].endswith((".", "!", "?")):
        before = Search(_read(last[0], rules), None, rules)
        found = list(Search(_read(first[0], rules), before, rules).found())
    else:
        found = kinds_in(f"{last[0].removesuffix(':')}: {first[0]}", rules)
    return [one for one in found if one.kind.reads_on and one.words not in last[0]]


def reads_on(lead: str) -> bool:
    """Whether a lead such as "Tell us if you:" begins the sentence of the next line."""
    return READS_ON.search(lead.rstrip()) is not None


def sentences_in(text: str) -> list[str]:
    return split_sentences(plainly(re.sub("[—―]", " - ", text)))
