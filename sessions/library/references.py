"""The references of a text: do the pages, claims, sources and pictures exist?"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.contrib.staticfiles import finders

from sessions.documents import Document, Fault
from sessions.documents import blocks as b
from sessions.documents.folds import question_anchors
from sessions.documents.front_matter import COUNTRIES, Condition
from sessions.documents.rules import Rules
from sessions.documents.shapes import odds_faults, option_faults, word_faults
from sessions.library.clinic_texts import shown_on
from sessions.library.languages import FIRST

CELL_SOURCES = ("bone-marrow", "fat", "prepared")
SHIPPED_AREAS = ("joint", "hand")
CONDITION_WORDS = {"cells": "cell source", "area": "area", "country": "country"}
HOME = "home"
CHECKLIST = "checklist"
"""The page whose lines other pages show by their ids."""
CHOICES = "options"
"""The page whose table holds the choices that a patient has."""
GLOSSARY = "words"
HELP = "get-help"
"""The page with the help card."""
AFTER = "after"
"""The folder of the pages that are read after a treatment, one for each area."""
# Pages that have no text of their own: the site generates them.
GENERATED_PAGES = ("about/how-we-score", "evidence", "learn", "search", "sources", "v")
PROCEDURE_DAY = "procedure-day"
"""The id of the procedure day in a calendar file, where tasks have their own ids."""
OWN_QUESTIONS = "own-questions"
"""The key of a reader's own questions in localStorage, among the notes on tasks."""
# Every JavaScript object has `constructor`, so a task of that id would be ticked.
RESERVED_IDS = (PROCEDURE_DAY, OWN_QUESTIONS, "constructor")
SITE_IDS = {
    "all-signs", "also", "answers-title", "chart", "contact-title", "contents",
    "diary-activity", "diary-activity-hint", "diary-day", "diary-day-error",
    "diary-day-hint", "diary-note", "diary-note-error", "diary-note-hint",
    "diary-pain-hint", "diary-temperature", "diary-temperature-error",
    "diary-temperature-hint", "entries", "error-summary-title", "footer-search", "help",
    "how-it-was-done", "kept", "main", "my-matters", "my-medicines", "my-questions",
    "my-sheet", "my-tasks", "my-visit", "own-questions", "own-questions-text", "search",
    "sheet-code", "sheet-help", "stages", "this-clinic", "words-used", "write",
    "what-the-numbers-do-not-tell", "your-answers", "your-day",
}  # fmt: skip
"""The ids that templates of pages and sheets write. A test compares them."""
NUMBERED_IDS = re.compile(r"(?:topic|instrument)-[0-9]+")
MEANING_ID = "word-"
"""Before the slug of a term: the id of its meaning, on any page."""
SIGN_ID = "sign-"
"""Before the id of a line of the help card: the id of the line on a page."""


@dataclass(frozen=True)
class Known:
    """Everything that a text in one language may refer to.

    `pages` holds the document of each page by the page's name.
    """

    pages: Mapping[str, Document]
    claims: frozenset[str]
    sources: frozenset[str]
    language: str = FIRST
    first: frozenset[str] = frozenset()
    """The pages in the first language: pages in later languages may link to them."""
    rules: Rules | None = None
    """None before any rules are loaded. No limit is checked then."""
    areas: tuple[str, ...] | None = None
    """All areas, offered or not. None before there is a database: none is checked."""

    @cached_property
    def addresses(self) -> dict[str, str]:
        """The page at each address."""
        return {page_address(name): name for name in self.pages}

    @cached_property
    def other_addresses(self) -> frozenset[str]:
        """What a link may lead to beside these pages."""
        return frozenset(
            {
                *(f"/{name}/" for name in GENERATED_PAGES),
                *(f"/evidence/{claim}/" for claim in self.claims),
                *(page_address(page) for page in self.first - self.pages.keys()),
            }
        )

    @cached_property
    def task_pages(self) -> dict[str, list[str]]:
        """The pages with each task id. Only one may have it: ticks are stored by id."""
        found: dict[str, list[str]] = {}
        for name, document in self.pages.items():
            for block in document.walk():
                if isinstance(block, b.Task):
                    found.setdefault(block.id, []).append(name)
        return found


def page_address(name: str, language: str = FIRST) -> str:
    """The address of a page: `/stages/recovery/` of `stages/recovery`, `/` of home.

    A page in a later language exists only as a sheet: `/es/stages/recovery/print/`. For
    a text of the clinic it is the page that shows it.
    """
    name = shown_on(name)
    if language != FIRST:
        return f"/{language}/{name}/print/"
    return "/" if name == HOME else f"/{name}/"


def area_of(name: str) -> str:
    """The slug of the area that a page is for: `hand` of `after/hand`; else empty."""
    folder, _, slug = name.partition("/")
    return slug if folder == AFTER else ""


def picture_exists(name: str) -> bool:
    return finders.find(f"img/{name}.svg") is not None


def reference_faults(name: str, document: Document, known: Known) -> Iterator[Fault]:
    """The faults of the page `name`.

    These are references to something missing, unknown values in conditions, a wrong
    `stage`, task ids used elsewhere, and errors in the structure of odds, the table of
    choices or the glossary.
    """
    stage = document.front_matter.stage
    if stage is not None and name != f"stages/{stage}":
        message = f'This page is "{name}" but says stage: {stage}. Make them the same.'
        yield Fault(1, message)
    if stage is None and name.startswith("stages/"):
        yield Fault(1, "A page under stages/ needs a line stage: with its kind.")
    for source in document.front_matter.sources:
        if source not in known.sources:
            message = (
                f'"{source}" is not in sources.yaml. Correct its name, or let whoever '
                "runs the site add it."
            )
            yield Fault(1, message)
    yield from condition_faults(document, known.areas)
    yield from _shape_faults(name, document, known)
    yield from _block_faults(name, document, known)
    yield from _heading_faults(document, known)
    for line, href in document.links():
        if message := link_fault(href, known, name, document):
            yield Fault(line, message)


def link_fault(
    href: str, known: Known, name: str = "", document: Document | None = None
) -> str:
    """What is wrong with a link; empty if it leads somewhere.

    It may stand on the page `name`, which has this document and may not be among the
    known pages yet.
    """
    path, _, anchor = href.partition("#")
    target = known.addresses.get(path) if path else name
    if href.startswith("tel:") or path in known.other_addresses:
        return ""
    if target is None:
        return f'There is no page at "{path}". Correct the link.'
    linked = document if document and target == name else known.pages[target]
    if anchor and not has_anchor(linked, anchor):
        return f'"{path}" has no section "#{anchor}". Correct the link.'
    return ""


def _shape_faults(name: str, document: Document, known: Known) -> Iterator[Fault]:
    """The faults of odds on any page, and of the table of choices or the glossary."""
    yield from odds_faults(document)
    if name == CHOICES:
        yield from option_faults(document, is_first=known.language == FIRST)
    if name == GLOSSARY:
        most = known.rules.limits.meaning_words if known.rules else None
        yield from word_faults(document, most)


def _block_faults(name: str, document: Document, known: Known) -> Iterator[Fault]:
    for block in document.walk():
        if isinstance(block, b.Task):
            for conflict in _id_conflicts(block.id, name, document, known):
                message = (
                    f'The task id "{block.id}" {conflict}. Give this task its own.'
                )
                yield Fault(block.line, message)
        if isinstance(block, b.ClaimReference) and block.name not in known.claims:
            message = (
                f'There is no claim "{block.name}" in claims.yaml. Correct its name, '
                "or let whoever runs the site add it."
            )
            yield Fault(block.line, message)
        if isinstance(block, b.Picture) and not picture_exists(block.name):
            message = f'There is no drawing "static/img/{block.name}.svg".'
            yield Fault(block.line, message)


def task_reference_faults(document: Document, known: Known) -> Iterator[Fault]:
    """A fault for each id in `tasks` that no line of the checklist has.

    A page leaves such a line out, so that a clinic's own checklist hurts no page.
    """
    checklist = known.pages.get(CHECKLIST)
    ids = {task.id for task in checklist.tasks()} if checklist else set()
    for block in document.walk():
        if isinstance(block, b.TaskReference) and block.id not in ids:
            message = (
                f'No line of the checklist has the id "{block.id}". The page leaves it '
                "out. Correct the id."
            )
            yield Fault(block.line, message)


def lost_task_faults(checklist: Document, known: Known) -> Iterator[Fault]:
    """A fault for each line that another page shows and this checklist lacks."""
    ids = {task.id for task in checklist.tasks()}
    for name, document in known.pages.items():
        for block in document.walk():
            if isinstance(block, b.TaskReference) and block.id not in ids:
                message = (
                    f'The page "{name}" shows the line "{block.id}", which is not '
                    "here. Keep the ids of lines."
                )
                yield Fault(1, message)


def _heading_faults(document: Document, known: Known) -> Iterator[Fault]:
    """A fault for each heading whose anchor is an id of the site itself."""
    for section in document.sections:
        if _is_of_the_site(section.slug, known):
            message = (
                f'"#{section.slug}" is a place of the site itself. Give this heading '
                f"an anchor of its own: {section.title} {{#our-{section.slug}}}."
            )
            yield Fault(section.line, message)
    for anchor, line in question_anchors(document).items():
        if _is_of_the_site(anchor, known):
            message = f'"#{anchor}" is a place of the site itself. Use other words.'
            yield Fault(line, message)


def _is_of_the_site(anchor: str, known: Known) -> bool:
    glossary = known.pages.get(GLOSSARY)
    term = anchor.removeprefix(MEANING_ID)
    is_meaning = term != anchor and glossary is not None and has_anchor(glossary, term)
    sign, help_page = anchor.removeprefix(SIGN_ID), known.pages.get(HELP)
    is_sign = sign != anchor and help_page is not None and sign in sign_ids(help_page)
    is_numbered = NUMBERED_IDS.fullmatch(anchor) is not None
    return anchor in SITE_IDS or is_numbered or is_meaning or is_sign


def sign_ids(document: Document) -> frozenset[str]:
    """The ids of the lines of the help card."""
    return frozenset(block.id for block in document.walk() if isinstance(block, b.Sign))


def _id_conflicts(
    task_id: str, name: str, document: Document, known: Known
) -> Iterator[str]:
    """What else has the id of a task on the page `name`, as the end of a sentence."""
    for other in known.task_pages.get(task_id, ()):
        if other != name:
            yield f'is on "{other}" too'
    if task_id in RESERVED_IDS:
        yield "is reserved for the site itself"
    # The checkbox of a task and the field for its note have these ids in the HTML.
    for anchor in (f"task-{task_id}", f"note-{task_id}"):
        if has_anchor(document, anchor):
            yield f'makes "#{anchor}", the anchor of a section'


def has_anchor(document: Document, anchor: str) -> bool:
    """Whether a page has a section or a folded question with this anchor."""
    sections = {section.slug for section in document.sections}
    return anchor in sections | question_anchors(document).keys()


def condition_faults(
    document: Document, areas: Collection[str] | None
) -> Iterator[Fault]:
    """A fault for each unknown value in a condition (`only`, `applies` or `when`).

    Areas are not checked where `areas` is None.
    """
    for line, condition in document.conditions():
        for _, message in unknown_values(condition, areas):
            yield Fault(line, message)


def unknown_values(
    condition: Condition, areas: Collection[str] | None
) -> Iterator[tuple[str, str]]:
    """(key, message) for each value of a condition that does not exist."""
    known = {"cells": CELL_SOURCES, "area": areas, "country": COUNTRIES}
    for key, value in condition.items():
        values = known[key]
        if values is not None and value not in values:
            yield key, _unknown_value(key, value, values)


def _unknown_value(key: str, value: str, values: Collection[str]) -> str:
    what = f'There is no {CONDITION_WORDS[key]} "{value}".'
    names = ", ".join(values)
    if key != "area":
        return f"{what} Use one of: {names}."
    added = "let an Administrator add it in admin first"
    if not values:
        return f"{what} There is none at all: {added}."
    return f"{what} Use one of: {names}. Or {added}."
