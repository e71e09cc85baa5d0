"""What a search shows: signs, else answers, then places; eight results at most."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from sessions.documents import blocks as b
from sessions.documents.common_questions import CommonQuestion
from sessions.documents.document import URGENCIES
from sessions.guide.help import ALL_SIGNS, HOME
from sessions.guide.reading import Reading
from sessions.guide.search.engine import engine_of, place_index_of
from sessions.guide.search.marks import Piece, marked
from sessions.guide.search.place_index import passage
from sessions.guide.search.places import Place
from sessions.guide.search.query import read_query
from sessions.library.references import SIGN_ID

MOST = 8
MOST_SIGNS = 3
MOST_CLOSE = 3
ANSWERS = 0.5
"""The least score of a question that is shown as our answer."""
IS_SIGN = 0.6
"""The least score of a question about a sign that puts help first."""
CLOSE = 0.3
"""The least score of a question that is shown as close."""
CLOSE_TO_BEST = 0.6
"""The least share of the best score that another question needs to be close."""
LEAST_PLACE = 0.1
GENERATED = {"evidence": "Evidence", "learn": "Learn", "sources": "Sources"}


@dataclass(frozen=True)
class FoundSign:
    """A line of the help card, the words that it begins with, and its tier."""

    title: str
    words: str
    tier: str
    address: str


@dataclass(frozen=True)
class FoundQuestion:
    """A common question with its answer, and the page that says more."""

    question: CommonQuestion
    page: str
    address: str
    is_for_some: bool
    """Whether it depends on answers that this reader did not give."""


@dataclass(frozen=True)
class FoundPlace:
    title: str
    page: str
    address: str
    passage: tuple[Piece, ...]


@dataclass(frozen=True)
class Found:
    """The results of a search. `nearest` are shown where nothing else was found."""

    signs: tuple[FoundSign, ...] = ()
    is_symptom: bool = False
    answer: FoundQuestion | None = None
    close: tuple[FoundQuestion, ...] = ()
    places: tuple[FoundPlace, ...] = ()
    nearest: tuple[FoundQuestion, ...] = ()

    @property
    def has_answers(self) -> bool:
        return self.answer is not None or bool(self.close)

    @property
    def is_nothing(self) -> bool:
        return not (self.is_symptom or self.has_answers or self.places)


def search(reading: Reading, text: str) -> Found:
    """The results for what somebody typed. Nothing of it is kept."""
    return _Search(reading, text).found()


class _Search:
    """One search by one reader."""

    def __init__(self, reading: Reading, text: str):
        self.reading = reading
        self.text = text
        self.engine = engine_of(reading.snapshot)
        self.places = place_index_of(reading.snapshot, reading.answers)
        self.query = read_query(text, self.engine.lexicon, self.engine.vocabulary)
        self.matches = [
            match
            for match in self.engine.questions.find(self.query)
            if self._is_for_reader(match.question) is not False
        ]

    def found(self) -> Found:
        if self._typed_signs or self._asked_signs:
            asked = self._lines(self._asked_signs)
            lines = tuple(dict.fromkeys((*self._gravest(), *asked)))[:MOST_SIGNS]
            places = self._places(MOST - len(lines), set())
            return Found(signs=lines, is_symptom=True, places=places)
        shown = self._answers()
        seen = {question.address for question in shown}
        is_sure = bool(shown) and self._best_score() >= ANSWERS
        found = Found(
            answer=shown[0] if is_sure else None,
            close=tuple(shown[1:] if is_sure else shown[:MOST_CLOSE]),
            places=self._places(MOST - len(shown), seen),
        )
        return Found(nearest=self._nearest()) if found.is_nothing else found

    @cached_property
    def _typed_signs(self) -> tuple[str, ...]:
        """The lines of the help card that the words mean, the best match first."""
        return self.engine.symptoms.signs_in(self.text)

    @cached_property
    def _asked_signs(self) -> tuple[str, ...]:
        """The lines that the best question is about."""
        best = self.matches[0] if self.matches else None
        is_sign = best is not None and best.score >= IS_SIGN
        return best.question.sign if best and is_sign else ()

    def _gravest(self) -> list[FoundSign]:
        lines = self._lines(self._typed_signs)
        return sorted(lines, key=lambda line: URGENCIES.index(line.tier))

    def _lines(self, signs: tuple[str, ...]) -> Iterator[FoundSign]:
        """The lines with these ids, in this order, as on this reader's card."""
        found = {
            sign.id: (sign, card.urgency)
            for card in self.reading.help_cards
            if isinstance(card, b.CareCard)
            for sign in b.walk(card.blocks)
            if isinstance(sign, b.Sign)
        }
        for name in signs:
            if name in found:
                sign, tier = found[name]
                words = b.plain_text(sign.inlines)
                address = f"{ALL_SIGNS}#{SIGN_ID}{name}"
                yield FoundSign(_key_words(sign) or words, words, tier, address)

    def _answers(self) -> list[FoundQuestion]:
        """The best question and those close to it, if any is good enough."""
        least = max(CLOSE, self._best_score() * CLOSE_TO_BEST)
        good = (match.question for match in self.matches if match.score >= least)
        return list(islice(self._shown(good), 1 + MOST_CLOSE))

    def _best_score(self) -> float:
        """The score of the best question that has an answer here."""
        for match in self.matches:
            if any(self._shown([match.question])):
                return match.score
        return 0.0

    def _nearest(self) -> tuple[FoundQuestion, ...]:
        """The nearest questions, or where there is none those that are asked most."""
        near = self._shown(match.question for match in self.matches)
        every = self._shown(
            question
            for question in self.reading.snapshot.questions
            if self._is_for_reader(question) is not False
        )
        return tuple(islice(near, MOST_CLOSE)) or tuple(islice(every, MOST_CLOSE))

    def _is_for_reader(self, question: CommonQuestion) -> bool | None:
        return question.condition.applies(self.reading.answers.facts)

    def _shown(self, questions: Iterable[CommonQuestion]) -> Iterator[FoundQuestion]:
        """The questions with an answer whose page this reader can read."""
        for question in questions:
            path, _, _ = question.leads.partition("#")
            if title := path and self._title_of(path):
                is_there = question.leads in self.places.addresses
                yield FoundQuestion(
                    question=question,
                    page=title,
                    address=question.leads if is_there else path,
                    is_for_some=self._is_for_reader(question) is None,
                )

    def _title_of(self, path: str) -> str:
        """The title of a page; empty where it is away, or for other readers."""
        name = path.strip("/") or HOME
        page = self.reading.page(name)
        if page is None:
            return GENERATED.get(name.partition("/")[0], "")
        is_away = page.is_withdrawn or page.document is None
        return "" if is_away or self.reading.other_area(page) else page.title

    def _places(self, most: int, seen: set[str]) -> tuple[FoundPlace, ...]:
        good = (
            match.place
            for match in self.places.find(self.query)
            if match.score >= LEAST_PLACE and match.place.address not in seen
        )
        return tuple(map(self._shown_place, islice(good, most)))

    def _shown_place(self, place: Place) -> FoundPlace:
        lexicon, query = self.engine.lexicon, self.query
        words = marked(passage(place, query, lexicon), query.stems, lexicon)
        return FoundPlace(place.title, place.page, place.address, words)


def _key_words(sign: b.Sign) -> str:
    """The words at the beginning of a line that are bold."""
    first = sign.inlines[0] if sign.inlines else None
    if not isinstance(first, b.Strong):
        return ""
    return b.plain_text(first.children).strip(" .:,;")
