"""A set of sheets to print, as a query string and in words. It names no patient."""

from dataclasses import dataclass
from urllib.parse import urlencode

from sessions.desk.offer import DeskDocument
from sessions.documents.plurals import count
from sessions.guide.pathway import Answers
from sessions.library.languages import FIRST, language_name
from sessions.paper.page_setup import FORMATS, SIZES, PageSetup

MANY_PAGES = 100


@dataclass(frozen=True)
class PrintSet:
    """Documents to print, with the answers, page setup and number of copies."""

    documents: tuple[DeskDocument, ...]
    answers: Answers
    page_setup: PageSetup
    copies: int
    has_blank_backs: bool
    language: str = FIRST

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(document.kind for document in self.documents)

    @property
    def query(self) -> str:
        """The set as a query string. The procedure day is never in it."""
        return f"?{urlencode(self.fields)}"

    @property
    def fields(self) -> list[tuple[str, str]]:
        """(name, value) of every field, as the form sends it."""
        answers = {"area": self.answers.area, "cells": self.answers.cells}
        parts = [("document", kind) for kind in self.kinds]
        parts += [("language", self.language)] if self.language != FIRST else []
        parts += [(key, choice.code) for key, choice in answers.items() if choice]
        parts += [
            ("size", str(self.page_setup.size)),
            ("paper", self.page_setup.format),
            ("depth", "short" if self.page_setup.is_short else "full"),
            ("copies", str(self.copies)),
        ]
        parts += [("backs", "on")] if self.has_blank_backs else []
        return parts

    @property
    def words(self) -> str:
        """The set in words: `Risks, Options. Hand, your fat. Large, A4. 1 copy.`"""
        area, cells = self.answers.area, self.answers.cells
        sentences = [
            ", ".join(document.title for document in self.documents),
            *([language_name(self.language)] if self.language != FIRST else []),
            f"{area.name if area else 'Any area'}, "
            f"{cells.name.lower() if cells else 'any cells'}",
            f"{SIZES[self.page_setup.size]}, {FORMATS[self.page_setup.format]}",
            *(["Short"] if self.page_setup.is_short else []),
            count(self.copies, "copy", "copies"),
            *(["Blank backs"] if self.has_blank_backs else []),
        ]
        return "".join(f"{sentence}. " for sentence in sentences).strip()

    @property
    def doubtful(self) -> tuple[DeskDocument, ...]:
        """The documents that are printed only if staff tick their boxes."""
        return tuple(document for document in self.documents if document.doubts)

    def total_words(self, pages: tuple[int, ...]) -> str:
        """How much paper the set needs; `pages` has the page count of each document."""
        one, all_pages = sum(pages), sum(pages) * self.copies
        leaves = one
        if self.has_blank_backs:
            leaves = sum((number + 1) // 2 for number in pages)
        paper = count(leaves * self.copies, "sheet of paper", "sheets of paper")
        side = " on both sides" if self.has_blank_backs else " on one side"
        words = f"{count(all_pages, 'page', 'pages')} in all, on {paper}{side}."
        if self.copies > 1:
            words = f"{count(one, 'page', 'pages')} for one copy. {words}"
        return f"This is a big job. {words}" if all_pages >= MANY_PAGES else words
