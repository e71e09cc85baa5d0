"""The indexes of one snapshot. Everything is built once and kept in memory."""

from collections.abc import Hashable, Iterator
from functools import lru_cache

from sessions.documents import blocks as b
from sessions.guide.pathway import Answers
from sessions.guide.search.lexicon import Lexicon, words_in_synonyms
from sessions.guide.search.place_index import PlaceIndex
from sessions.guide.search.places import places_of
from sessions.guide.search.questions import QuestionIndex
from sessions.guide.search.spelling import Vocabulary
from sessions.guide.search.symptoms import SymptomIndex
from sessions.guide.search.words import words_of
from sessions.guide.snapshot import Snapshot


class Engine:
    """What a snapshot can be searched with, for any answers."""

    def __init__(self, snapshot: Snapshot):
        self.snapshot = snapshot
        self.lexicon = Lexicon(snapshot.synonyms)
        self.vocabulary = Vocabulary(_words(snapshot))
        self.questions = QuestionIndex(snapshot.questions, self.lexicon)
        self.symptoms = SymptomIndex(
            snapshot.synonyms.symptoms, self.lexicon, self.vocabulary
        )


class _Same(Hashable):
    """A cache key that compares snapshots by identity, not by their content."""

    def __init__(self, snapshot: Snapshot):
        self.snapshot = snapshot

    def __hash__(self) -> int:
        return id(self.snapshot)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.snapshot is self.snapshot


@lru_cache(maxsize=1)
def _engine(same: _Same) -> Engine:
    return Engine(same.snapshot)


# An index takes more than a megabyte.
@lru_cache(maxsize=4)
def _places(same: _Same, answers: Answers) -> PlaceIndex:
    return PlaceIndex(
        places_of(same.snapshot, answers), engine_of(same.snapshot).lexicon
    )


def engine_of(snapshot: Snapshot) -> Engine:
    """The engine of this snapshot; kept until there is another one."""
    return _engine(_Same(snapshot))


def place_index_of(snapshot: Snapshot, answers: Answers) -> PlaceIndex:
    """The places for these answers; kept for the answers that were searched last."""
    return _places(_Same(snapshot), answers)


def _words(snapshot: Snapshot) -> Iterator[str]:
    """Every word that the guide and its synonyms know."""
    yield from words_in_synonyms(snapshot.synonyms)
    for question in snapshot.questions:
        for text in (*question.wordings, question.answer):
            yield from words_of(text)
    for page in snapshot.pages.values():
        if page.document is not None:
            yield from words_of(f"{page.title} {page.summary}")
            for section in page.document.sections:
                yield from words_of(section.title)
            for block in page.document.walk():
                for run in block.runs():
                    yield from words_of(b.plain_text(run))
    for claim in snapshot.claims.values():
        yield from words_of(f"{claim.claim} {claim.result} {claim.who}")
