"""The places of the guide that can be found: sections, folds, words and claims."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sessions.documents import Document
from sessions.documents import blocks as b
from sessions.documents.folds import folded, question_anchors
from sessions.documents.readability import split_sentences
from sessions.documents.register import Claim
from sessions.guide.pathway import Answers, key_facts, other_area
from sessions.guide.snapshot import LivePage, Snapshot
from sessions.library.references import page_address


@dataclass(frozen=True)
class Place:
    """One place: its heading, the title of its page, its address and its sentences."""

    title: str
    page: str
    address: str
    sentences: tuple[str, ...]


def places_of(snapshot: Snapshot, answers: Answers) -> Iterator[Place]:
    """Every place for these answers. Withdrawn pages and unsafe sentences have none."""
    for page in snapshot.pages.values():
        if page.is_withdrawn or page.document is None:
            continue
        if other_area(page, snapshot, answers):
            continue
        yield from _of_page(page, page.document, answers)
    for name, claim in snapshot.claims.items():
        yield _of_claim(name, claim)


def _of_claim(name: str, claim: Claim) -> Place:
    words = _sentences((claim.result, claim.who))
    return Place(claim.claim, "Evidence", f"/evidence/{name}/", words)


def _of_page(page: LivePage, whole: Document, answers: Answers) -> Iterator[Place]:
    document = folded(whole.tailored(answers.facts), question_anchors(whole))
    address = page_address(page.name)
    facts = (f"{f.question}: {' '.join(f.answers)}" for f in key_facts(whole, answers))
    front = document.front_matter
    start = [front.summary, front.message, *facts, *_runs(document.introduction)]
    unsafe = page.withdrawn_sentences
    yield Place(page.title, page.title, address, _sentences(start, unsafe))
    for section in document.sections:
        at = f"{address}#{section.slug}"
        words = _sentences(_runs(section.blocks), unsafe)
        yield Place(section.title, page.title, at, words)
        for fold in b.walk(section.blocks):
            if isinstance(fold, b.Question):
                title = b.plain_text(fold.heading.inlines)
                words = _sentences(_runs(fold.blocks), unsafe)
                yield Place(title, page.title, f"{address}#{fold.id}", words)


def _runs(blocks: b.Blocks) -> Iterator[str]:
    """The text of each block, without heads of tables, and without folded questions,
    which are places of their own.
    """
    for block in blocks:
        if isinstance(block, b.Question):
            continue
        heads = len(block.header) if isinstance(block, b.Table) else 0
        yield from (b.plain_text(run).strip() for run in block.runs()[heads:])
        yield from _runs(block.parts())


def _sentences(runs: Iterable[str], unsafe: Iterable[str] = ()) -> tuple[str, ...]:
    left_out = frozenset(unsafe)
    sentences = (sentence for run in runs for sentence in split_sentences(run))
    return tuple(sentence for sentence in sentences if sentence not in left_out)
