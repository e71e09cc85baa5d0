"""Checks a document: reading grade, long sentences, forbidden phrases, missing parts.

Phrases, statements and limits are clinical decisions, and come from the rules. Which
sections a stage has is defined in `stage_shapes`.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sessions.documents import blocks as b
from sessions.documents import stage_shapes
from sessions.documents.document import Document
from sessions.documents.front_matter import line_of
from sessions.documents.help_card import (
    missing_signs,
    turned_round,
    unsafe_message,
    withdrawn_in,
)
from sessions.documents.joined import joined_runs
from sessions.documents.kinds import Found, kinds_across, kinds_in, reads_on
from sessions.documents.phrases import folded, mixed_words, plainly, says
from sessions.documents.readability import (
    Readability,
    measure,
    split_sentences,
    words_in,
)
from sessions.documents.rules import Approval, Limits, Rules, is_among
from sessions.documents.shapes import balance, one_sided
from sessions.documents.stage_shapes import has_new_shape, section_gaps

# A status does not count as a passive: "it is not approved" describes no action.
PASSIVE = re.compile(
    r"\b(?:is|are|was|were|be|been|being)\s+(?:\w+ly\s+)?"
    r"(?!(?:approved|cleared|registered|proven)\b)(?:\w+ed|given|taken|done|made|"
    r"kept|put|seen|found|shown|known|sent|held|drawn|grown|written|told)\b",
    re.IGNORECASE,
)

SHORT_FORM = re.compile(r"(?<![\w-])([A-Z]{2,})s?(?!\w)")


MIXED = '"{word}" mixes letters of two alphabets. Type the word again.'


class Check(StrEnum):
    """What a finding is about."""

    FAULT = "fault"
    GRADE = "grade"
    LONG_SENTENCE = "long-sentence"
    FORBIDDEN = "forbidden"
    GAP = "gap"
    STATEMENT = "statement"
    BALANCE = "balance"
    PASSIVE = "passive"
    UNDEFINED = "undefined"
    TASKS = "tasks"
    BUDGET = "budget"


BLOCKING = frozenset({Check.FAULT, Check.FORBIDDEN, Check.GAP, Check.STATEMENT})


@dataclass(frozen=True)
class Finding:
    """One remark: where, about what, and how to mend it.

    `line` is 0 for what stands beside the text, such as the note for patients.
    """

    line: int
    check: Check
    message: str

    @property
    def is_blocking(self) -> bool:
        """True where the text must not reach patients like this."""
        return self.check in BLOCKING

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}" if self.line else self.message


@dataclass(frozen=True)
class Report:
    """The readability of a document, and every finding about it."""

    readability: Readability
    findings: tuple[Finding, ...]

    def of(self, check: Check) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.check is check)


def review(
    document: Document, name: str, rules: Rules, known_terms: Collection[str] = ()
) -> Report:
    """Checks the page `name` against the rules. Findings are in line order.

    `known_terms` are the terms of the glossary. Without any, short forms that are not
    explained are not reported.
    """
    readability = readability_of(document)
    findings = [
        *_grade(readability, rules.limits),
        *_long_sentences(document, rules.limits),
        *_message(document, rules.limits),
        *_forbidden(document, name, rules),
        *_kinds(document, name, rules),
        *_gaps(document),
        *_statements(document, name, rules),
        *_help_card(document, name, rules),
        *_balance(document, rules.limits),
        *_passive(document),
        *_undefined(document, known_terms, rules.everyday),
    ]
    return Report(readability, tuple(sorted(findings, key=lambda f: f.line)))


def readability_of(document: Document) -> Readability:
    """The readability of the whole document."""
    return measure(text for text, _ in reading_runs(document))


def reading_runs(document: Document) -> Iterator[tuple[str, int]]:
    """(text, line) of each run that readers see, such as a heading or a list item."""
    yield from _runs(document, without_marks=())


def longest_sentences(document: Document, count: int = 5) -> list[tuple[int, int, str]]:
    """(number of words, line, sentence) of the longest sentences, longest first."""
    sentences = [
        (len(words_in(sentence)), line, sentence)
        for run, line in reading_runs(document)
        for sentence in split_sentences(run)
    ]
    return sorted(sentences, key=lambda found: -found[0])[:count]


def _runs(
    document: Document, without_marks: tuple[str, ...]
) -> Iterator[tuple[str, int]]:
    yield document.front_matter.title, 1
    yield document.front_matter.summary, 1
    yield document.front_matter.message, 1
    facts = document.front_matter.key_facts
    if facts:
        for fact in (facts.time, facts.meet, facts.numbing, facts.drive, facts.home):
            yield from ((variant.text, 1) for variant in fact)
    for block in b.walk(document.introduction):
        yield from _words_of(block, without_marks)
    for section in document.sections:
        yield section.title, section.line
        for block in b.walk(section.blocks):
            yield from _words_of(block, without_marks)


def _words_of(block: b.Block, without: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    if isinstance(block, b.More):
        yield block.summary, block.line
    for run in block.runs():
        yield b.plain_text(run, without), block.line


def _grade(readability: Readability, limits: Limits) -> Iterator[Finding]:
    goal = limits.reading_grade
    if readability.grade > goal:
        message = (
            f"The reading grade is {readability.grade}; the goal is {goal} or "
            "lower. Use shorter sentences and more common words."
        )
        yield Finding(1, Check.GRADE, message)


def _long_sentences(document: Document, limits: Limits) -> Iterator[Finding]:
    most = limits.sentence_words
    for run, line in reading_runs(document):
        for sentence in split_sentences(run):
            count = len(words_in(sentence))
            if count > most:
                message = (
                    f'This sentence has {count} words: "{sentence[:60]}…". Make two of '
                    f"it; {most} words is the most."
                )
                yield Finding(line, Check.LONG_SENTENCE, message)


def forbidden_in(text: str, rules: Rules) -> list[str]:
    """The forbidden phrases that a text contains, spelt as in the rules."""
    plain = folded(text)
    return [phrase for phrase in rules.phrases if says(plain, phrase)]


def promises(text: str, rules: Rules, remedy: str = "Say what is known.") -> list[str]:
    """A message for each forbidden phrase in a text."""
    return [
        f'"{phrase}" promises or comforts without proof. {remedy}'
        for phrase in forbidden_in(text, rules)
    ]


def unlimited_approvals(text: str, rules: Rules) -> list[str]:
    """A message for each sentence that speaks of approval without its limits."""
    return [
        f'Say what the FDA has approved it for, or that it has not: "{sentence[:60]}".'
        for sentence in split_sentences(plainly(text))
        if _is_unlimited(sentence, rules.approval)
    ]


def _forbidden(document: Document, name: str, rules: Rules) -> Iterator[Finding]:
    may_quote = is_among(name, rules.may_quote)
    remedy = "Say what is known"
    if may_quote:
        remedy += ", or mark a warning's words: [words]{.quoted}"
    for run, line in _runs(document, without_marks=("quoted",) if may_quote else ()):
        found = promises(run, rules, f"{remedy}.") + unlimited_approvals(run, rules)
        yield from (Finding(line, Check.FORBIDDEN, message) for message in found)


def text_findings(text: str, rules: Rules) -> list[str]:
    """What blocks a plain text that patients read, such as the name of an area.

    Each message has the words it is about, and how to mend them.
    """
    messages = promises(text, rules)
    messages += (MIXED.format(word=word) for word in mixed_words(text))
    paragraphs = re.split(r"\n\s*\n", text)
    for lead, paragraph in zip(["", *paragraphs], paragraphs, strict=False):
        messages += unlimited_approvals(paragraph, rules)
        found = [*kinds_in(paragraph, rules), *kinds_across(lead, paragraph, rules)]
        messages += dict.fromkeys(one.message for one in found)
    return messages


def _kinds(document: Document, name: str, rules: Rules) -> Iterator[Finding]:
    without = ("quoted",) if is_among(name, rules.may_quote) else ()
    told: set[tuple[int, str]] = set()
    for line, found in _of_kinds(document, without, rules):
        if (line, found.kind.finds) not in told:
            told.add((line, found.kind.finds))
            yield Finding(line, Check.FORBIDDEN, found.message)
    for run, line in _runs(document, without):
        for word in mixed_words(run):
            yield Finding(line, Check.FORBIDDEN, MIXED.format(word=word))


def _of_kinds(
    document: Document, without: tuple[str, ...], rules: Rules
) -> Iterator[tuple[int, Found]]:
    """(line, what is found) in each run alone, and in runs that are read as one."""
    joined = list(joined_runs(document, without))
    leads = {(run, line): lead for lead, run, line in joined if reads_on(lead)}
    for run, line in _runs(document, without):
        lead = leads.get((run, line), "").rstrip().removesuffix(":")
        yield from ((line, found) for found in kinds_in(f"{lead} {run}", rules))
    for lead, run, line in joined:
        if not reads_on(lead):
            yield from ((line, one) for one in kinds_across(lead, run, rules))


def _is_unlimited(sentence: str, approval: Approval) -> bool:
    """Whether a sentence has a phrase of `says` and none of `limited_by`."""
    plain = folded(sentence)
    return any(says(plain, words) for words in approval.says) and not any(
        says(plain, words) for words in approval.limited_by
    )


def anchor_gaps(document: Document) -> Iterator[Finding]:
    """A finding for each section whose anchor a translated stage lacks."""
    for gap in stage_shapes.anchor_gaps(document):
        yield Finding(gap.line, Check.GAP, gap.message)


def _gaps(document: Document) -> Iterator[Finding]:
    for gap in section_gaps(document):
        yield Finding(gap.line, Check.GAP, gap.message)


def _message(document: Document, limits: Limits) -> Iterator[Finding]:
    """A finding for a message of a stage that is more than one sentence may have."""
    most = limits.sentence_words
    count = len(words_in(document.front_matter.message))
    if has_new_shape(document) and count > most:
        message = (
            f"The message has {count} words; {most} is the most. Say the one thing to "
            "take away."
        )
        line = line_of(("message",), document.lines)
        yield Finding(line, Check.LONG_SENTENCE, message)


def _statements(document: Document, name: str, rules: Rules) -> Iterator[Finding]:
    every = folded(" ".join(run for run, _ in reading_runs(document)))
    unfolded = folded(" ".join(_unfolded(document)))
    for statement in rules.statements:
        text = unfolded if statement.unfolded else every
        if is_among(name, statement.pages) and not statement.is_told_in(text):
            place = ", outside a fold and for every reader" * statement.unfolded
            message = f"This page must tell patients {statement.tells}{place}."
            yield Finding(1, Check.STATEMENT, message)


def _unfolded(document: Document) -> Iterator[str]:
    """The words that every reader of the page sees at once."""
    sections = (section.blocks for section in document.sections)
    for blocks in (document.introduction, *sections):
        yield from _open_runs(blocks)


def _open_runs(blocks: b.Blocks) -> Iterator[str]:
    for block in blocks:
        if not isinstance(block, b.More | b.Only):
            yield from map(b.plain_text, block.runs())
            yield from _open_runs(block.parts())


def _help_card(document: Document, name: str, rules: Rules) -> Iterator[Finding]:
    if is_among(name, rules.help_card.pages):
        for message in missing_signs(document, rules.help_card):
            yield Finding(1, Check.STATEMENT, message)
        for line, message in turned_round(document, rules.help_card):
            yield Finding(line, Check.STATEMENT, message)
    for withdrawn, line, sentence in withdrawn_in(document, rules.withdrawn):
        message = unsafe_message(withdrawn, sentence)
        yield Finding(line, Check.STATEMENT, message)


def _balance(document: Document, limits: Limits) -> Iterator[Finding]:
    low, high = limits.least_benefit, limits.most_benefit
    for line, percent in balance(document):
        if not low <= percent <= high:
            message = (
                f"Of the words here about benefit and harm, {percent} % are about "
                f"benefit; {low} to {high} % is even. Never cut a harm, or add a "
                "benefit, only to mend this."
            )
            yield Finding(line, Check.BALANCE, message)
    for fault in one_sided(document):
        yield Finding(fault.line, Check.BALANCE, fault.message)


def _passive(document: Document) -> Iterator[Finding]:
    for run, line in reading_runs(document):
        for sentence in split_sentences(run):
            if match := PASSIVE.search(sentence):
                message = f'"{match[0]}": say who does it, where you can.'
                yield Finding(line, Check.PASSIVE, message)


def _undefined(
    document: Document, known_terms: Collection[str], everyday: Collection[str]
) -> Iterator[Finding]:
    """A finding for each short form that nothing explains.

    An explanation is a term of the glossary, or brackets in the text. The short forms
    in `everyday` need none.
    """
    known = {word.upper() for term in known_terms for word in term.split()}
    known |= {short.upper() for short in everyday}
    runs = list(reading_runs(document)) if known_terms else []
    text = " ".join(run for run, _ in runs)
    reported = set()
    for run, line in runs:
        for match in SHORT_FORM.finditer(run):
            short = match[1]
            in_brackets = f"({short})" in text or f"{match[0]} (" in text
            if short not in known and short not in reported and not in_brackets:
                reported.add(short)
                message = (
                    f'"{short}" is not explained. Write it out, or say what it is in '
                    "brackets, or have it added to the page of words."
                )
                yield Finding(line, Check.UNDEFINED, message)
