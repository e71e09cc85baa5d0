"""The glossary, and the first use of each of its terms on a page or sheet."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from sessions.documents import Document
from sessions.documents import blocks as b
from sessions.documents.document import Section
from sessions.documents.phrases import plainly
from sessions.documents.shapes import glossary_forms

Terms = Mapping[str, b.Term]
"""Terms that were used, by slug, in the order of their first use."""

# The address of a term, up to its slug.
ADDRESS = "/words/#"
SOFT_HYPHEN = "\u00ad"
HYPHENS = "[-\u2010\u2011]"


class Glossary:
    """All terms, found by any of their forms, in singular or plural."""

    def __init__(self, terms: tuple[b.Term, ...]):
        self.terms = {term.slug: term for term in terms}
        forms = {plainly(form): term for term in terms for form in term.forms}
        forms.pop("", None)
        self.by_form = {form.lower(): term for form, term in forms.items()}
        self.forms = sorted(forms, key=len, reverse=True)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds the forms in a text without soft hyphens."""
        return _pattern(self.forms, between="")

    @cached_property
    def hyphenated(self) -> re.Pattern[str]:
        """Finds the forms with soft hyphens between any of their letters. Slower."""
        return _pattern(self.forms, between=f"{SOFT_HYPHEN}*")

    def uses(self, text: str) -> Iterator[tuple[re.Match[str], b.Term]]:
        """(match, term) for each place in the text where a term is used."""
        if not self.forms:
            return
        pattern = self.hyphenated if SOFT_HYPHEN in text else self.pattern
        for match in pattern.finditer(text):
            yield match, self.by_form[plainly(match[0]).lower()]

    def linked(self, link: b.Link) -> b.Term | None:
        """The term that a link leads to; None for a link to anything else."""
        return self.terms.get(link.href.removeprefix(ADDRESS))


def _pattern(forms: Iterable[str], between: str) -> re.Pattern[str]:
    choices = "|".join(" ".join(_word(w, between) for w in f.split()) for f in forms)
    choices = choices.replace(" ", rf"{between}\s+{between}")
    return re.compile(
        rf"(?<![\w{SOFT_HYPHEN}])(?:{choices})(?={between}s?(?![\w{SOFT_HYPHEN}]))"
    )


def _word(word: str, between: str) -> str:
    """The pattern of one word of a form.

    A word in capitals is found in capitals only: OR is a room, "or" is not. A hyphen is
    also found as a no-break hyphen.
    """
    letters = (HYPHENS if sign == "-" else re.escape(sign) for sign in word)
    pattern = between.join(letters)
    return pattern if word.isupper() else f"(?i:{pattern})"


def read_glossary(document: Document | None) -> Glossary:
    """The glossary of the page `words`; an empty one where there is no such page."""
    sections = document.sections if document else ()
    return Glossary(tuple(_term(section) for section in sections if section.blocks))


def _term(section: Section) -> b.Term:
    meaning = b.plain_text(section.blocks[0].runs()[0])
    return b.Term(section.slug, section.title, meaning, glossary_forms(section))


def explain(
    document: Document, glossary: Glossary, seen: Terms | None = None
) -> tuple[Document, Terms]:
    """The document with the first use of each term marked, and the terms seen so far.

    `seen` are the terms that came earlier on the same page or sheet: they are not
    marked again.
    """
    marker = _FirstUses(glossary, seen or {})
    return marker.document(document), marker.seen


def explain_blocks(
    blocks: b.Blocks, glossary: Glossary, seen: Terms | None = None
) -> tuple[b.Blocks, Terms]:
    """`explain` for blocks outside a document, such as the help cards."""
    marker = _FirstUses(glossary, seen or {})
    return marker.blocks(blocks), marker.seen


def by_title(terms: Terms) -> list[b.Term]:
    """The terms sorted by title, as the list at the end of a sheet shows them."""
    return sorted(terms.values(), key=lambda term: term.title.lower())


class _FirstUses:
    """Marks the first use of each term, in the order in which blocks are drawn.

    Only paragraphs and the cells of tables are searched. Not searched are headings,
    captions, code, the lines of tasks, and the first column of a table.
    """

    def __init__(self, glossary: Glossary, seen: Terms):
        self.glossary = glossary
        self.seen = dict(seen)

    def document(self, document: Document) -> Document:
        return replace(
            document,
            introduction=self.blocks(document.introduction),
            sections=tuple(self.section(section) for section in document.sections),
        )

    def section(self, section: Section) -> Section:
        return replace(
            section,
            blocks=self.blocks(section.blocks),
            help_cards=self.blocks(section.help_cards),
        )

    def blocks(self, blocks: b.Blocks) -> b.Blocks:
        return tuple(self.block(block) for block in blocks)

    def block(self, block: b.Block) -> b.Block:
        match block:
            case b.Paragraph():
                return replace(block, inlines=self.inlines(block.inlines))
            case b.Table():
                return replace(block, rows=tuple(self.row(row) for row in block.rows))
            case b.BulletList() | b.OrderedList():
                return replace(block, items=tuple(map(self.blocks, block.items)))
            case b.TaskList():
                return replace(block, tasks=tuple(self.task(t) for t in block.tasks))
            case b.Task():
                return self.task(block)
            case b.Quote() | b.Container():
                return replace(block, blocks=self.blocks(block.blocks))
        return block

    def task(self, task: b.Task) -> b.Task:
        """The task, marked.

        A task that `is_short` is drawn without its details, so no term is used there.
        """
        if task.is_short:
            return task
        return replace(task, details=self.blocks(task.details))

    def row(self, row: tuple[b.Inlines, ...]) -> tuple[b.Inlines, ...]:
        return (*row[:1], *map(self.inlines, row[1:]))

    def inlines(self, inlines: b.Inlines) -> b.Inlines:
        return tuple(piece for inline in inlines for piece in self.inline(inline))

    def inline(self, inline: b.Inline) -> Iterable[b.Inline]:
        match inline:
            case b.Text(text):
                return self.text(text)
            case b.Strong() | b.Emphasis() | b.Mark():
                return (replace(inline, children=self.inlines(inline.children)),)
            case b.Link():
                term = self.glossary.linked(inline)
                if term is not None and self.is_first_use(term):
                    return (b.Explained(term, b.plain_text(inline.children)),)
        return (inline,)

    def text(self, text: str) -> Iterator[b.Inline]:
        start = 0
        for use, term in self.glossary.uses(text):
            if self.is_first_use(term):
                yield b.Text(text[start : use.start()])
                yield b.Explained(term, use[0])
                start = use.end()
        yield b.Text(text[start:])

    def is_first_use(self, term: b.Term) -> bool:
        """Whether the term was not seen before. Marks it as seen."""
        is_first = term.slug not in self.seen
        self.seen.setdefault(term.slug, term)
        return is_first
