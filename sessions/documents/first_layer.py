"""Counts the words that a page shows before a reader opens anything.

Folds are shut: of `more`, of a question and of a task's reason only the line that opens
it counts. The help card is not counted. Nor is what the site puts around a document:
see `guide.budgets`.
"""

from collections.abc import Mapping

from sessions.documents import blocks as b
from sessions.documents.document import Document, Section
from sessions.documents.register import Claim

WHY = 1
"""The words that open the details of a task: "Why"."""
HOW_SURE = 2
FACT = 7
"""The words "Fact, last looked up:" and a day."""
WHAT_WAS_STUDIED = 3
ONLY_FOR = 2

Claims = Mapping[str, Claim]
Names = Mapping[str, str]
"""The names of answers by their codes, as labels of `only` blocks show them."""


def count_words(document: Document, claims: Claims, names: Names) -> int:
    """The words of the introduction and of all sections."""
    total = _of_blocks(document.introduction, claims, names)
    return total + sum(of_section(s, claims, names) for s in document.sections)


def of_section(section: Section, claims: Claims, names: Names) -> int:
    return words_of(section.title) + _of_blocks(section.blocks, claims, names)


def words_of(text: str) -> int:
    return len(text.split())


def _of_blocks(blocks: b.Blocks, claims: Claims, names: Names) -> int:
    return sum(_of_block(block, claims, names) for block in blocks)


def _of_block(block: b.Block, claims: Claims, names: Names) -> int:
    match block:
        case b.More():
            return words_of(block.summary)
        case b.Question():
            return _of_run(block.heading.inlines)
        case b.Task():
            return _of_run(block.inlines) + WHY * bool(block.details)
        case b.CareCard():
            return 0
        case b.ClaimReference():
            return _of_claim(claims.get(block.name))
        case b.Picture():
            return _of_run(block.caption)
        case b.Table():
            return sum(map(_of_run, block.runs()))
    own = sum(map(_of_run, block.runs()))
    if isinstance(block, b.Only):
        own += ONLY_FOR + _of_label(block, names)
    if isinstance(block, b.Do | b.Dont | b.Warning):
        own += LABELS[type(block)]
    return own + _of_blocks(block.parts(), claims, names)


LABELS: dict[type[b.Block], int] = {b.Do: 1, b.Dont: 2, b.Warning: 1}
"""The words above a block that the site adds."""


def _of_claim(claim: Claim | None) -> int:
    if claim is None:
        return 0
    shown = WHAT_WAS_STUDIED + words_of(claim.claim) + words_of(claim.result)
    if claim.is_fact:
        return shown + FACT
    return shown + (0 if claim.is_unknown else HOW_SURE + words_of(claim.certainty))


def _of_label(block: b.Only, names: Names) -> int:
    shown = [names.get(value, value) for _, value in block.condition.items()]
    return sum(map(words_of, shown))


def _of_run(run: b.Inlines) -> int:
    return words_of(b.plain_text(run))
