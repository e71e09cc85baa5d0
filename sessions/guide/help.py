"""Where a page shows the help bar and the help card, and what stands on the card."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from sessions.documents import Document, DocumentError
from sessions.documents import blocks as b
from sessions.documents.document import TaskLine
from sessions.documents.help_card import unsafe_sentences, withdrawn_in
from sessions.documents.parser import parse_once
from sessions.documents.rules import Rules, is_among
from sessions.documents.rules_file import read_rules
from sessions.guide.snapshot import LivePage
from sessions.library.clinic_texts import shown_on
from sessions.library.folder import RULES
from sessions.library.languages import FIRST
from sessions.library.references import CHECKLIST, HELP
from sessions.library.texts import read_text

logger = logging.getLogger(__name__)

HOME = "home"
"""It leads to get-help in its own lines, and has sections of its own."""
ALL_SIGNS = "/get-help/"
CARD = "#all-signs"
DANGER_PAGES = ("stages/monitoring", "stages/recovery", "after/*", "risks")
"""Pages with the help bar at their top, and the card after what can go wrong."""
FRAMED_PAGES = (CHECKLIST, "diary", "visit")
"""Pages whose templates hold the help bar, outside the text."""


@dataclass(frozen=True)
class PageHelp:
    """What a page shows of the help bar and the help card, and where.

    `after` is what stands after its section on what can go wrong: "bar", "card" or "".
    `href` is where the bar leads.
    """

    bar_on_top: bool = False
    card_on_top: bool = False
    after: str = ""

    @property
    def href(self) -> str:
        return CARD if self.card_on_top or self.after == "card" else ALL_SIGNS


def help_on(page: LivePage, document: Document) -> PageHelp:
    """Where this page shows the bar and the card. No wording can switch them off."""
    if page.withdrawn_sentences:
        return PageHelp(bar_on_top=page.name != HELP, card_on_top=True)
    if page.name == HELP:
        return PageHelp(card_on_top=document.has_signs or not document.cards())
    if page.name in FRAMED_PAGES:
        return PageHelp()
    if not is_among(page.name, DANGER_PAGES):
        is_bare = not document.sections and page.name != HOME
        return PageHelp(bar_on_top=is_bare, after="bar")
    if document.help_section is None:
        return PageHelp(bar_on_top=True, card_on_top=True)
    return PageHelp(bar_on_top=True, after="card")


def placed(document: Document, help_: PageHelp, cards: b.Blocks) -> Document:
    """The document with its help, and without cards that stand above it."""
    if help_.card_on_top and document.has_signs:
        document = document.without_cards()
    return document.with_help(help_.after, cards)


def shipped_help() -> Document | None:
    """The help page that ships with this version of the site; None if it is broken."""
    return _shipped_page(settings.SHIPPED_CONTENT_DIR)


@lru_cache(maxsize=8)
def _shipped_page(folder: Path) -> Document | None:
    try:
        return parse_once(read_text(folder / FIRST / f"{HELP}.md", folder))
    except DocumentError:
        logger.exception("The help page that ships cannot be read.")
        return None


@lru_cache(maxsize=8)
def _shipped_rules(folder: Path) -> Rules | None:
    try:
        rules, faults = read_rules(read_text(folder / RULES, folder))
    except DocumentError as error:
        rules, faults = None, list(error.faults)
    if rules is None:
        logger.error("The clinical rules that ship cannot be read: %s", faults)
    return rules


@lru_cache(maxsize=1024)
def withdrawn_sentences(text: str) -> tuple[str, ...]:
    """The sentences of a live text that were withdrawn as unsafe.

    The rules that ship decide, so that an upgrade is safe before content is loaded.
    """
    try:
        return _sentences_in(parse_once(text))
    except DocumentError:
        return ()


def with_sentences_beside(
    pages: Mapping[str, LivePage], texts: Mapping[str, LivePage]
) -> dict[str, LivePage]:
    """The pages, each with the sentences of what it shows of other texts too.

    That is lines of the checklist, and of `texts` the clinic's statements and areas.
    """
    found = _with_sentences_of_lines(pages)
    for name, text in texts.items():
        page = found.get(shown_on(name))
        if page is not None and text.withdrawn_sentences:
            every = (*page.withdrawn_sentences, *text.withdrawn_sentences)
            found[page.name] = replace(page, withdrawn_sentences=every)
    return found


def _with_sentences_of_lines(pages: Mapping[str, LivePage]) -> dict[str, LivePage]:
    """The pages. One that shows unsafe lines of the checklist has their sentences."""
    checklist = pages.get(CHECKLIST)
    if checklist is None or not checklist.withdrawn_sentences:
        return dict(pages)
    lines = checklist.document.task_lines() if checklist.document else {}
    return {name: _with_lines(page, lines) for name, page in pages.items()}


def _with_lines(page: LivePage, lines: Mapping[str, TaskLine]) -> LivePage:
    if page.document is None or page.is_withdrawn:
        return page
    found = _sentences_in(page.document.with_tasks(lines))
    return replace(page, withdrawn_sentences=found)


@lru_cache(maxsize=1024)
def unsafe_words(texts: tuple[str, ...]) -> tuple[str, ...]:
    """As `withdrawn_sentences`, for plain texts such as those of a claim."""
    rules = _shipped_rules(settings.SHIPPED_CONTENT_DIR)
    known = rules.withdrawn if rules else ()
    found = (one for text in texts for one in unsafe_sentences(text, known))
    return tuple(dict.fromkeys(sentence for _, sentence in found))


def _sentences_in(document: Document) -> tuple[str, ...]:
    rules = _shipped_rules(settings.SHIPPED_CONTENT_DIR)
    found = withdrawn_in(document, rules.withdrawn if rules else ())
    return tuple(dict.fromkeys(sentence for _, _, sentence in found))


def warnings_beside(document: Document) -> b.Blocks:
    """The cards of an older help page, with the warnings in the same sections."""
    return tuple(
        block
        for section in document.sections
        if any(isinstance(block, b.CareCard) for block in section.blocks)
        for block in section.blocks
        if _is_help(block) or _warns(block)
    )


def _is_help(block: b.Block) -> bool:
    return isinstance(block, b.CareCard) and block.urgency != "routine"


def _warns(block: b.Block) -> bool:
    """True for a warning, also inside an `only` block."""
    return isinstance(block, b.Warning) or (
        isinstance(block, b.Only) and any(map(_warns, block.blocks))
    )
