"""The faults for which a content folder is not loaded."""

from collections.abc import Iterator, Mapping, Set

from sessions.documents import Fault
from sessions.documents.front_matter import STAGE_KINDS
from sessions.documents.quality import anchor_gaps
from sessions.documents.rules import Rules
from sessions.library.folder import RULES, ContentFile, FileFault, Library
from sessions.library.languages import FIRST
from sessions.library.names import name_fault
from sessions.library.references import (
    CHECKLIST,
    HELP,
    Known,
    reference_faults,
    task_reference_faults,
)
from sessions.library.search_faults import search_faults

REQUIRED_PAGES = (
    *(f"stages/{kind}" for kind in STAGE_KINDS),
    "about",
    "accessibility",
    "after/hand",
    "checklist",
    "get-help",
    "helping-someone",
    "home",
    "money-and-approval",
    "options",
    "privacy",
    "questions",
    "risks",
    "words",
)


def library_faults(
    library: Library,
    kept: Set[str] = frozenset(),
    last_rules: Rules | None = None,
    areas: tuple[str, ...] | None = None,
) -> list[FileFault]:
    """Every fault for which a library is not loaded.

    `kept` are the pages that may lack a file: their last wording in the database stays.
    `last_rules` are the rules in the database: they stay in force without a rules file.
    `areas` are those of `Known`.
    """
    rules = library.rules or last_rules
    faults = [*library.faults, *_name_faults(library)]
    # The rest is checked only if there are no faults yet: a page with a fault is not in
    # library.files, so it would seem to be missing, and links to it to be wrong.
    faults = faults or [*_missing_pages(library, kept), *_missing_rules(library, rules)]
    if faults:
        return faults
    first = frozenset(file.name for file in library.files if file.language == FIRST)
    for language in library.languages:
        pages = {f.name: f for f in library.files if f.language == language}
        known = Known(
            pages={name: file.document for name, file in pages.items()},
            claims=library.register.claim_names,
            sources=frozenset(library.register.sources),
            language=language,
            first=first,
            rules=rules,
            areas=areas,
        )
        for file in pages.values():
            for fault in reference_faults(file.name, file.document, known):
                faults.append(FileFault(file.path, fault, file.root))
        faults += _lost_lines(pages, known)
        faults += search_faults(library, pages, known)
        if language != FIRST:
            faults += _translation_faults(language, pages, first)
    return faults


def _lost_lines(pages: Mapping[str, ContentFile], known: Known) -> Iterator[FileFault]:
    """Ids that the checklist of the same folder lacks.

    A clinic's own checklist may lack a line that a page of the shipped folder shows.
    """
    checklist = pages.get(CHECKLIST)
    for file in pages.values():
        if checklist is not None and file.root == checklist.root:
            for fault in task_reference_faults(file.document, known):
                yield FileFault(file.path, fault, file.root)


def _name_faults(library: Library) -> Iterator[FileFault]:
    for file in library.files:
        if message := name_fault(file.name):
            yield FileFault(file.path, Fault(1, message), file.root)


def _missing_pages(library: Library, kept: Set[str]) -> Iterator[FileFault]:
    """A fault for each required page that has no file."""
    if library.overlay is None:
        return  # The library was not read from a folder.
    there = {file.name for file in library.files if file.language == FIRST}
    for name in REQUIRED_PAGES:
        if name not in there | kept:
            message = "This page is missing, and the site leads to it. Put it back."
            root = library.overlay.base_root
            yield FileFault(f"{FIRST}/{name}.md", Fault(1, message), root)


def _missing_rules(library: Library, rules: Rules | None) -> Iterator[FileFault]:
    if library.overlay is None or rules is not None:
        return
    message = (
        "This file is missing, and no text is checked without it. Put it back as it "
        "came with StemGuide."
    )
    yield FileFault(RULES, Fault(1, message), library.overlay.base_root)


def _translation_faults(
    language: str, pages: Mapping[str, ContentFile], first: Set[str]
) -> Iterator[FileFault]:
    """The faults of a later language.

    Each page must exist in the first language too. The help page must exist. Each stage
    must have the anchors by which a sheet finds the sections.
    """
    for name in sorted(pages.keys() - first):
        message = f"There is no page {FIRST}/{name}.md. Write that first."
        yield FileFault(pages[name].path, Fault(1, message), pages[name].root)
    if HELP not in pages:
        message = "This page is missing. Add it first: every sheet ends with its words."
        root = next(iter(pages.values())).root
        yield FileFault(f"{language}/{HELP}.md", Fault(1, message), root)
    for file in pages.values():
        for gap in anchor_gaps(file.document):
            yield FileFault(file.path, Fault(gap.line, gap.message), file.root)
