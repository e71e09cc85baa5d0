"""Checks texts with a fixed structure: choices, glossary, comparisons and odds.

No page is named here: the caller decides which page is checked for which structure.
"""

import unicodedata
from collections.abc import Iterator

from sessions.documents import blocks as b
from sessions.documents.document import Document, Section
from sessions.documents.faults import Fault
from sessions.documents.readability import words_in

OPTION_FIELDS = (
    "Choice",
    "What may get better",
    "What may go wrong",
    "What it takes",
)
ALSO = "Also called: "
COMPARISON = "how-benefit-and-harm-compare"
"""The anchor of the section that compares benefit and harm, on any page."""


def odds_faults(document: Document) -> Iterator[Fault]:
    """A fault for each `odds` block that cannot be compared with others near it."""
    for section in document.sections:
        yield from _denominator_faults(section)


def _denominator_faults(section: Section) -> Iterator[Fault]:
    """A fault for each denominator that differs from the first one in the section."""
    odds = [block for block in b.walk(section.blocks) if isinstance(block, b.Odds)]
    for block in odds[1:]:
        if block.out_of != odds[0].out_of:
            message = (
                f"These odds are out of {block.out_of:,}, those on line {odds[0].line} "
                f"out of {odds[0].out_of:,}. Use one number for all of a section."
            )
            yield Fault(block.line, message)


def option_faults(document: Document, *, is_first: bool = True) -> Iterator[Fault]:
    """The faults of the table of choices, which is the first table of the document.

    The words of its header are compared only where `is_first`: in a later language they
    are translated.
    """
    table = next(_tables(document), None)
    if table is None:
        header = " | ".join(OPTION_FIELDS)
        yield Fault(1, f"The table of choices is missing. Its header is: {header}.")
        return
    header_cells = _header(table)
    is_as_long = len(header_cells) == len(OPTION_FIELDS)
    if not is_as_long or (is_first and header_cells != OPTION_FIELDS):
        message = f"The header of the choices is: {' | '.join(OPTION_FIELDS)}."
        yield Fault(table.line, message)
        return
    for number, row in enumerate(table.rows):
        for field, cell in zip(OPTION_FIELDS, row, strict=True):
            if not b.plain_text(cell).strip():
                message = f'"{field}" is empty. Say "We do not know" if nobody does.'
                yield Fault(table.line + 2 + number, message)


def _tables(document: Document) -> Iterator[b.Table]:
    return (block for block in document.walk() if isinstance(block, b.Table))


def _header(table: b.Table) -> tuple[str, ...]:
    return tuple(b.plain_text(cell) for cell in table.header)


def glossary_forms(section: Section) -> tuple[str, ...]:
    """A headword and, from its line "Also called: …", every other form of it."""
    names = [section.title]
    for block in section.blocks[1:]:
        text = b.plain_text(block.runs()[0]) if block.runs() else ""
        if text.startswith(ALSO):
            names += [name.strip() for name in text[len(ALSO) :].rstrip(".").split(",")]
    return tuple(filter(None, names))


def word_faults(document: Document, most_words: int | None = None) -> Iterator[Fault]:
    """The faults of a glossary. Each meaning may have `most_words` words at most."""
    previous = ""
    seen: dict[str, str] = {}
    for section in document.sections:
        meaning = section.blocks[0] if section.blocks else None
        if not isinstance(meaning, b.Paragraph):
            message = f'"{section.title}" has no meaning. Write one sentence under it.'
            yield Fault(section.line, message)
        elif most_words and len(words_in(b.plain_text(meaning.inlines))) > most_words:
            message = f"A meaning has {most_words} words at most. Shorten it."
            yield Fault(meaning.line, message)
        for form in glossary_forms(section):
            if form.lower() in seen:
                message = f'"{form}" is explained under "{seen[form.lower()]}" too.'
                yield Fault(section.line, message)
            seen[form.lower()] = section.title
        if _sort_key(section.title) < _sort_key(previous):
            message = f'"{section.title}" belongs before "{previous}" (A to Z).'
            yield Fault(section.line, message)
        previous = section.title


def _sort_key(word: str) -> str:
    """The sort key of a word: lower case, without accents."""
    plain = unicodedata.normalize("NFKD", word.lower())
    return "".join(c for c in plain if not unicodedata.combining(c))


def balance(document: Document) -> Iterator[tuple[int, int]]:
    """(line, percent of words about benefit) of each comparison of benefit and harm.

    A comparison is a row of a table with the header OPTION_FIELDS, or the whole section
    with the anchor COMPARISON.
    """
    for table in _tables(document):
        if _header(table) == OPTION_FIELDS:
            for number, row in enumerate(table.rows):
                better, worse = (len(words_in(b.plain_text(row[i]))) for i in (1, 2))
                yield table.line + 2 + number, _percent(better, worse)
    if section := document.section(COMPARISON):
        better, worse, side = 0, 0, ""
        for block in b.walk(section.blocks):
            if isinstance(block, b.Heading):
                side = b.plain_text(block.inlines).lower()
            count = sum(len(words_in(b.plain_text(run))) for run in block.runs())
            better += count * ("better" in side)
            worse += count * ("worse" in side or "wrong" in side)
        yield section.line, _percent(better, worse)


def one_sided(document: Document) -> Iterator[Fault]:
    """A fault for each pair of headings where only one has an `odds` block.

    The pairs are the "better" and "worse" headings of the section COMPARISON, in order.
    """
    section = document.section(COMPARISON)
    if section is None:
        return
    drawn: dict[int, bool] = {}
    sides: list[tuple[int, str]] = []
    for block in b.walk(section.blocks):
        if isinstance(block, b.Heading):
            sides.append((block.line, b.plain_text(block.inlines).lower()))
            drawn[block.line] = False
        elif isinstance(block, b.Odds) and sides:
            drawn[sides[-1][0]] = True
    pairs = [(at, text) for at, text in sides if "better" in text or "worse" in text]
    for (better, _), (worse, _) in zip(pairs[::2], pairs[1::2], strict=False):
        if drawn[better] != drawn[worse]:
            message = (
                "Here people are drawn on one side alone. Draw benefit and harm in the "
                "same form; where nobody knows how many: `odds unknown in 100`."
            )
            yield Fault(worse if drawn[better] else better, message)


def _percent(better: int, worse: int) -> int:
    return round(100 * better / (better + worse)) if better + worse else 0
