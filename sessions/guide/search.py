"""Full-text search in pages, claims and terms. No query is stored."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sessions.documents import blocks as b
from sessions.guide.pathway import Answers, other_area
from sessions.guide.snapshot import Snapshot
from sessions.library.references import page_address

MAX_QUESTION = 100
MAX_FOUND = 20
TITLE_WEIGHT = 8
WORD = re.compile(r"[a-z0-9]+")
SUFFIXES = re.compile(r"(?<=...)(?:ings?|ed|es|s|ies|y)$")
STOP_WORDS = {
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "can", "do", "does", "for",
    "from", "have", "how", "i", "if", "in", "is", "it", "me", "my", "of", "on", "or",
    "should", "so", "that", "the", "this", "to", "was", "we", "what", "when", "where",
    "which", "who", "will", "with", "you", "your",
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One place that can be found: a section of a page, a claim or a word."""

    title: str
    page: str
    address: str
    text: str
    title_words: frozenset[str]
    words: Counter[str]


@dataclass(frozen=True)
class Found:
    """A search result, and the sentence in it that matches."""

    title: str
    page: str
    address: str
    excerpt: str


class Index:
    """The search index of the guide for one set of answers."""

    def __init__(self, entries: list[Entry]):
        self.entries = entries

    def find(self, question: str) -> list[Found]:
        """The entries that match the most words of the question, best score first.

        Empty for a question without a word in it.
        """
        wanted = stems(question)
        if not wanted:
            return []
        scored = [
            (matched, score, entry)
            for entry in self.entries
            for matched, score in [_score(entry, wanted)]
            if matched
        ]
        most = max((matched for matched, _, _ in scored), default=0)
        best = [item for item in scored if item[0] == most]
        best.sort(key=lambda item: -item[1])
        return [
            Found(entry.title, entry.page, entry.address, _excerpt(entry.text, wanted))
            for _, _, entry in best[:MAX_FOUND]
        ]


# An index takes more than a megabyte.
@lru_cache(maxsize=4)
def _index(version: int, answers: Answers, snapshot: "_ByIdentity") -> Index:
    return Index(list(_entries(snapshot.snapshot, answers)))


@dataclass(frozen=True, eq=False)
class _ByIdentity:
    """A cache key that compares snapshots by identity, not by their content."""

    snapshot: Snapshot

    def __hash__(self) -> int:
        return hash(self.snapshot.read_at)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByIdentity) and other.snapshot is self.snapshot


def index_of(snapshot: Snapshot, answers: Answers) -> Index:
    """The index for these answers, cached for one content version."""
    return _index(snapshot.version, answers, _ByIdentity(snapshot))


def stems(text: str) -> list[str]:
    """The stems of the words that are no stop words: `Needles` as `needl`."""
    folded = unicodedata.normalize("NFKD", text.lower())
    words = WORD.findall("".join(c for c in folded if not unicodedata.combining(c)))
    counted = [word for word in words if word not in STOP_WORDS]
    return [_stem(word) for word in counted or words]


def _stem(word: str) -> str:
    return SUFFIXES.sub("", word).removesuffix("e")


def _score(entry: Entry, wanted: list[str]) -> tuple[int, float]:
    """(how many of the words the entry has, how much weight they have in it)."""
    matched, score = 0, 0.0
    for word in wanted:
        strength = TITLE_WEIGHT * (word in entry.title_words) + min(
            entry.words[word], 5
        )
        matched += bool(strength)
        score += strength
    return matched, score / (1 + len(entry.words) / 400)


def _excerpt(text: str, wanted: list[str]) -> str:
    """The first sentence with one of the words, or else the first sentence."""
    sentences = re.split(r"(?<=[.!?]) +", text)
    for sentence in sentences:
        if set(stems(sentence)) & set(wanted):
            return sentence
    return sentences[0]


def _entries(snapshot: Snapshot, answers: Answers) -> Iterator[Entry]:
    for name, page in snapshot.pages.items():
        if page.is_withdrawn or page.document is None:
            continue
        if other_area(page, snapshot, answers):
            continue
        document = page.document.tailored(answers.facts)
        start = f"{document.front_matter.summary} {_words(document.introduction)}"
        yield _entry(page.title, page.title, page_address(name), start)
        for section in document.sections:
            address = f"{page_address(name)}#{section.slug}"
            yield _entry(section.title, page.title, address, _words(section.blocks))
    for name, claim in snapshot.claims.items():
        text = f"{claim.claim} {claim.result} {claim.who}"
        yield _entry(claim.claim, "Evidence", f"/evidence/{name}/", text)


def _entry(title: str, page: str, address: str, text: str) -> Entry:
    words = Counter(stems(text))
    return Entry(title, page, address, text, frozenset(stems(title)), words)


def _words(blocks: b.Blocks) -> str:
    runs = (run for block in b.walk(blocks) for run in block.runs())
    return " ".join(b.plain_text(run).strip() for run in runs)
