"""What a careful editor would say of a document: grade, length, hype, gaps.

The editor's panel, `manage.py check` and the tests all ask here.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sessions.documents import blocks as b
from sessions.documents.document import Document
from sessions.documents.parser import slugify
from sessions.documents.readability import (
    Readability,
    measure,
    split_sentences,
    words_in,
)
from sessions.documents.shapes import BALANCE, balance, one_sided

MAX_GRADE = 6.0
MAX_SENTENCE_WORDS = 20

REQUIRED_SECTIONS = (
    "In short",
    "What you need to do",
    "What happens",
    "What it may feel like",
    "Do and do not",
    "What can go wrong",
    "Get help",
    "Questions people ask",
    "More",
)

SECTION_TITLES = {slugify(title): title for title in REQUIRED_SECTIONS}

# Hype, unsupported comfort and unsafe advice. An entry ending in * is a stem.
FORBIDDEN_PHRASES = (
    "non-invasive", "noninvasive", "generally safe", "proven safe", "perfectly safe",
    "completely safe", "totally safe", "safe and effective", "no risk", "risk-free",
    "risk free", "zero risk", "without any risk", "no side effects", "painless",
    "pain-free", "cures", "cured", "guarantee*", "ensures success", "ensure precision",
    "regrow cartilage", "regrows cartilage", "rebuild cartilage", "new cartilage",
    "regenerative power", "regenerative energy", "regenerates your",
    "turn into cartilage", "transform into", "replace damaged tissue",
    "repair your joint", "heals arthritis", "reverses arthritis", "stops arthritis",
    "proven treatment", "clinically proven", "scientifically proven", "avoid surgery",
    "replaces surgery", "miracle*", "breakthrough*", "revolutionary", "groundbreaking",
    "cutting-edge", "cutting edge", "game-changing", "state-of-the-art",
    "beacon of hope", "offers hope", "offering hope", "promising frontier",
    "promising realm", "harness*", "taps into", "tapping into", "most potent",
    "most viable", "pure stem cells", "cannot be rejected", "no downtime", "quick fix",
    "permanent relief", "lasting relief", "long-lasting results", "success rate*",
    "success stor*", "anyone can benefit", "stop your blood thinners",
    "stop taking your medic*", "skip your insulin", "covered by insurance",
    "anti-aging", "rejuvenat*", "testimonial*", "trusted by thousands",
    "you will feel better", "great results", "nothing to worry about",
    "minor procedure", "just a needle", "start their work", "solution you have been",
    "compelling option",
)  # fmt: skip
APPROVED = re.compile(r"\bFDA[- ]approved\b|\bapproved by the FDA\b", re.IGNORECASE)
LIMIT = re.compile(
    r"\b(not|no|none|never|nor|without|blood|children|Ryoncil|ask|asked|whether)\b|n't|\?",
    re.IGNORECASE,
)
# A status is no passive: "it is not approved" says what it is, not what is done.
PASSIVE = re.compile(
    r"\b(?:is|are|was|were|be|been|being)\s+(?:\w+ly\s+)?"
    r"(?!(?:approved|cleared|registered|proven)\b)(?:\w+ed|given|taken|done|made|"
    r"kept|put|seen|found|shown|known|sent|held|drawn|grown|written|told)\b",
    re.IGNORECASE,
)

# Short forms in capitals, and those that everybody reads without help.
SHORT_FORM = re.compile(r"(?<![\w-])([A-Z]{2,})s?(?!\w)")
EVERYDAY = frozenset({"AM", "EU", "ID", "OK", "PM", "UK", "US", "USA"})

# The pages that may quote a forbidden phrase as a warning: [no risk]{.quoted}.
QUOTING_PAGES = ("risks", "questions", "learn/")

# What must be said, on which pages, and words that say it (any case).
STATEMENTS = (
    (
        ("home", "stages/consultation", "risks"),
        "that it is not FDA-approved for any joint, tendon or hand problem",
        r"\bnot\b[^.]*\bapproved\b|\bnot FDA-approved\b",
    ),
    (
        ("home", "stages/follow-up", "risks"),
        "that benefit is not proven and some people feel no change",
        r"\bsome people (?:feel|notice|see) no (?:change|difference|benefit)",
    ),
    (
        ("home", "stages/consultation", "risks"),
        "that there are other choices, including waiting",
        r"\bwait(?:ing)?\b",
    ),
    (
        ("stages/preparation", "checklist"),
        "not to stop or start a medicine unless the team says so",
        r"\bdo not (?:stop|start) (?:or (?:stop|start) )?any medicines?\b",
    ),
    (
        ("stages/",),
        "to follow their own care team's instructions",
        r"\bfollow your own (?:care )?team.s (?:\w+ )?(?:instructions|advice)",
    ),
)


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


BLOCKING = frozenset({Check.FAULT, Check.FORBIDDEN, Check.GAP, Check.STATEMENT})


@dataclass(frozen=True)
class Finding:
    """One remark: where, about what, and how to mend it."""

    line: int
    check: Check
    message: str

    @property
    def is_blocking(self) -> bool:
        """True where the text must not reach patients like this."""
        return self.check in BLOCKING


@dataclass(frozen=True)
class Report:
    """Everything there is to say about a document."""

    readability: Readability
    findings: tuple[Finding, ...]

    def of(self, check: Check) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.check is check)


def review(
    document: Document, name: str = "", known_terms: Collection[str] = ()
) -> Report:
    """The report on the page `name`, findings in line order.

    `known_terms` are the words explained to readers; without any of them, nobody can
    say what is not explained, and that check is left out.
    """
    readability = measure(text for text, _ in reading_runs(document))
    findings = [
        *_grade(readability),
        *_long_sentences(document),
        *_forbidden(document, name),
        *_gaps(document),
        *_statements(document, name),
        *_balance(document, name),
        *_passive(document),
        *_undefined(document, known_terms),
    ]
    return Report(readability, tuple(sorted(findings, key=lambda f: f.line)))


def reading_runs(document: Document) -> Iterator[tuple[str, int]]:
    """(words, line) of all a reader reads, a heading or list item at a time."""
    yield from _runs(document, without_marks=())


def longest_sentences(document: Document, count: int = 5) -> list[tuple[int, int, str]]:
    """(words, line, sentence) of the longest, longest first."""
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


def _grade(readability: Readability) -> Iterator[Finding]:
    if readability.grade > MAX_GRADE:
        message = (
            f"The reading grade is {readability.grade}; the goal is {MAX_GRADE} or "
            "lower. Use shorter sentences and more common words."
        )
        yield Finding(1, Check.GRADE, message)


def _long_sentences(document: Document) -> Iterator[Finding]:
    for run, line in reading_runs(document):
        for sentence in split_sentences(run):
            count = len(words_in(sentence))
            if count > MAX_SENTENCE_WORDS:
                message = (
                    f'This sentence has {count} words: "{sentence[:60]}…". Make two of '
                    f"it; {MAX_SENTENCE_WORDS} words is the most."
                )
                yield Finding(line, Check.LONG_SENTENCE, message)


def plainly(text: str) -> str:
    """The text with plain hyphens, apostrophes and spaces, and nothing invisible."""
    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub(r"[\u2010-\u2015\u2212]", "-", plain).replace("’", "'")
    plain = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    return " ".join(plain.split())


def forbidden_in(text: str) -> list[str]:
    """The forbidden phrases that stand in a text, as the list writes them."""
    plain = plainly(text).lower()
    return [phrase for phrase, pattern in _PATTERNS if pattern.search(plain)]


_PATTERNS = [
    (phrase, re.compile(rf"(?<!\w){re.escape(phrase.rstrip('*'))}{end}"))
    for phrase in FORBIDDEN_PHRASES
    for end in (r"\w*" if phrase.endswith("*") else r"(?!\w)",)
]


def _forbidden(document: Document, name: str) -> Iterator[Finding]:
    may_quote = name.startswith(QUOTING_PAGES)
    remedy = "Say what is known"
    if may_quote:
        remedy += ", or mark a warning's words: [words]{.quoted}"
    for run, line in _runs(document, without_marks=("quoted",) if may_quote else ()):
        for phrase in forbidden_in(run):
            message = f'"{phrase}" promises or comforts without proof. {remedy}.'
            yield Finding(line, Check.FORBIDDEN, message)
        for sentence in split_sentences(plainly(run)):
            if APPROVED.search(sentence) and not LIMIT.search(sentence):
                message = (
                    "Say what the FDA has approved it for, or that it has not: "
                    f'"{sentence[:60]}".'
                )
                yield Finding(line, Check.FORBIDDEN, message)


def anchor_gaps(document: Document) -> Iterator[Finding]:
    """The anchors that a stage lacks in a later language, by which parts are found."""
    for anchor, title in SECTION_TITLES.items():
        if document.front_matter.stage and document.section(anchor) is None:
            message = (
                f'No heading has the anchor of "{title}". Write it behind the words of '
                f"that heading: {{#{anchor}}}."
            )
            yield Finding(1, Check.GAP, message)


def _gaps(document: Document) -> Iterator[Finding]:
    if document.front_matter.stage is None:
        return
    titles = [section.title for section in document.sections]
    for missing in (title for title in REQUIRED_SECTIONS if title not in titles):
        message = f'The section "{missing}" is missing. Add a line "## {missing}".'
        yield Finding(1, Check.GAP, message)
    present = [section for section in document.sections if section.blocks]
    for section in document.sections:
        if section not in present:
            message = f'The section "{section.title}" is empty. Write its text.'
            yield Finding(section.line, Check.GAP, message)
        if section.title not in REQUIRED_SECTIONS:
            message = f'A stage has no section "{section.title}". Use ### inside one.'
            yield Finding(section.line, Check.GAP, message)
    known = [title for title in titles if title in REQUIRED_SECTIONS]
    if known != sorted(known, key=REQUIRED_SECTIONS.index):
        message = "The sections are out of order: " + " · ".join(REQUIRED_SECTIONS)
        yield Finding(1, Check.GAP, message)


def _statements(document: Document, name: str) -> Iterator[Finding]:
    text = plainly(" ".join(run for run, _ in reading_runs(document)))
    for pages, statement, pattern in STATEMENTS:
        if name.startswith(pages) and not re.search(pattern, text, re.IGNORECASE):
            message = f"This page must tell patients {statement}."
            yield Finding(1, Check.STATEMENT, message)


def _balance(document: Document, name: str) -> Iterator[Finding]:
    low, high = BALANCE
    for line, percent in balance(name, document):
        if not low <= percent <= high:
            message = (
                f"Of the words here about benefit and harm, {percent} % are about "
                f"benefit; {low} to {high} % is even. Never cut a harm, or add a "
                "benefit, only to mend this."
            )
            yield Finding(line, Check.BALANCE, message)
    for fault in one_sided(name, document):
        yield Finding(fault.line, Check.BALANCE, fault.message)


def _passive(document: Document) -> Iterator[Finding]:
    for run, line in reading_runs(document):
        for sentence in split_sentences(run):
            if match := PASSIVE.search(sentence):
                message = f'"{match[0]}": say who does it, where you can.'
                yield Finding(line, Check.PASSIVE, message)


def _undefined(document: Document, known_terms: Collection[str]) -> Iterator[Finding]:
    """Short forms that neither the words page nor brackets in the text explain."""
    known = EVERYDAY | {word.upper() for term in known_terms for word in term.split()}
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
