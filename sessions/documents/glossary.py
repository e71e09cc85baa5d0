"""The words the guide explains, and where they stand in a text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sessions.documents import Document
from sessions.documents import blocks as b
from sessions.documents.document import Section
from sessions.documents.shapes import glossary_forms


@dataclass(frozen=True)
class Term:
    """A word with its plain meaning. `slug` is its anchor on the page of words."""

    slug: str
    title: str
    meaning: str
    forms: tuple[str, ...]


class Glossary:
    """All terms, found by any form they take, singular or plural."""

    def __init__(self, terms: tuple[Term, ...]):
        self.terms = {term.slug: term for term in terms}
        self.by_form = {form.lower(): term for term in terms for form in term.forms}
        longest_first = sorted(self.by_form, key=len, reverse=True)
        choices = "|".join(map(re.escape, longest_first))
        self.pattern = re.compile(rf"(?<!\w)(?:{choices})(?=s?(?!\w))", re.IGNORECASE)

    def split(
        self, text: str, used: dict[str, Term]
    ) -> Iterator[str | tuple[str, Term]]:
        """The text in pieces; the first use of each term as (words, term).

        `used` remembers, for the whole page, which terms were met.
        """
        start = 0
        for match in self.pattern.finditer(text) if self.terms else ():
            term = self.by_form[match[0].lower()]
            if term.slug in used:
                continue
            used[term.slug] = term
            yield text[start : match.start()]
            yield match[0], term
            start = match.end()
        yield text[start:]


def read_glossary(document: Document | None) -> Glossary:
    """The glossary in the page of words; an empty one when there is no such page."""
    sections = document.sections if document else ()
    return Glossary(tuple(_term(section) for section in sections if section.blocks))


def _term(section: Section) -> Term:
    meaning = b.plain_text(section.blocks[0].runs()[0])
    return Term(section.slug, section.title, meaning, glossary_forms(section))
