"""Checks the help card, and finds sentences that were withdrawn as unsafe."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product

from sessions.documents import blocks as b
from sessions.documents.document import URGENCIES, Document
from sessions.documents.front_matter import CONDITION_KEYS, COUNTRIES, Facts, line_of
from sessions.documents.phrases import folded, says
from sessions.documents.readability import split_sentences
from sessions.documents.rules import HelpCard, SignLine, Withdrawn

OTHER = "another"
"""Stands for each value that no condition names, such as another area."""


def missing_signs(document: Document, card: HelpCard) -> Iterator[str]:
    """A message for each line that the help card must have and some reader would miss.

    The words of a line are its own; it must say what `says` lists.
    """
    every = (*document.introduction, *(x for s in document.sections for x in s.blocks))
    around = tuple(block for block in every if _holds_a_card(block))
    cards = replace(document, introduction=around, sections=())
    readers = list(_readers(cards, card))
    shown = [cards.tailored(facts) for facts in readers]
    for line in card.lines:
        wanted = [
            page
            for page, facts in zip(shown, readers, strict=True)
            if line.when.applies(facts)
        ]
        if not all(_has(page, line) for page in wanted):
            yield _message(line)


def turned_round(document: Document, card: HelpCard) -> Iterator[tuple[int, str]]:
    """(line, message) of each line of the card that tells readers not to seek help."""
    for tier in document.cards():
        if not isinstance(tier, b.CareCard) or tier.urgency == URGENCIES[-1]:
            continue
        for block in b.walk(tier.blocks):
            for run in block.runs():
                words = folded(b.plain_text(run))
                if found := [phrase for phrase in card.never if says(words, phrase)]:
                    yield block.line, _turned(found[0], tier.urgency)


def _turned(phrase: str, tier: str) -> str:
    return (
        f'"{phrase}" would tell readers that a sign can wait. Name the sign '
        f"alone under ::: {tier}."
    )


def _holds_a_card(block: b.Block) -> bool:
    return any(isinstance(inner, b.CareCard) for inner in b.walk((block,)))


def _has(document: Document, line: SignLine) -> bool:
    tiers = URGENCIES[: URGENCIES.index(line.tier) + 1]
    return any(
        sign.id == line.id and _says_all(sign, line)
        for card in document.cards()
        if isinstance(card, b.CareCard) and card.urgency in tiers
        for sign in b.walk(card.blocks)
        if isinstance(sign, b.Sign)
    )


def _says_all(sign: b.Sign, line: SignLine) -> bool:
    words = folded(b.plain_text(sign.inlines))
    return all(says(words, phrase) for phrase in line.says)


def _message(line: SignLine) -> str:
    phrases = ", ".join(f'"{phrase}"' for phrase in line.says)
    whom = ", ".join(f"{key} {value}" for key, value in line.when.items())
    readers = f"readers of {whom}" if whom else "every reader"
    return (
        f"The help card needs its line {{#{line.id}}} under ::: {line.tier}, for "
        f"{readers}, with the words {phrases}."
    )


def _readers(document: Document, card: HelpCard) -> Iterator[Facts]:
    """Every kind of reader that the conditions of the document can tell apart."""
    conditions = [condition for _, condition in document.conditions()]
    conditions += [line.when for line in card.lines]
    values = [
        sorted({value for c in conditions for value in getattr(c, key)} | {OTHER})
        for key in CONDITION_KEYS
    ]
    values[CONDITION_KEYS.index("country")] = sorted(COUNTRIES)
    for facts in product(*values):
        yield dict(zip(CONDITION_KEYS, facts, strict=True))


def withdrawn_in(
    document: Document, withdrawn: Iterable[Withdrawn]
) -> Iterator[tuple[Withdrawn, int, str]]:
    """(what was withdrawn, line, sentence) of each such sentence in the document."""
    front = document.front_matter
    runs = [(front.title, 1), (front.summary, 1), (front.message, 1)]
    runs += [
        (variant.text, line_of(("key_facts", name, index), document.lines))
        for name, variants in front.key_facts or ()
        for index, variant in enumerate(variants)
    ]
    runs += [
        (b.plain_text(run), block.line)
        for block in document.walk()
        for run in block.runs()
    ]
    known = tuple(withdrawn)
    for text, line in runs:
        yield from ((one, line, words) for one, words in unsafe_sentences(text, known))


def unsafe_sentences(
    text: str, withdrawn: Iterable[Withdrawn]
) -> Iterator[tuple[Withdrawn, str]]:
    """(what was withdrawn, sentence) of each such sentence in a plain text."""
    known = tuple(withdrawn)
    for sentence in split_sentences(text):
        plain = folded(sentence)
        yield from ((one, sentence) for one in known if one.is_in(plain))


def unsafe_message(withdrawn: Withdrawn, sentence: str) -> str:
    return f'"{sentence[:80]}" is not safe. {withdrawn.because}'
