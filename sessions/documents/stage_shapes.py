"""The sections of a stage, in their order: today's shape, and the earlier one.

A clinic's own wording in the earlier shape stays valid: it can be edited and published.
A stage has one shape as a whole.
"""

from collections.abc import Iterator

from sessions.documents import blocks as b
from sessions.documents.document import Document
from sessions.documents.faults import Fault
from sessions.documents.parser import slugify

SECTIONS = (
    "Ask your clinic",
    "What happens",
    "How it may feel",
    "What to do",
    "What can go wrong",
    "Questions people ask",
    "More",
)
OPTIONAL = frozenset({"Ask your clinic"})
EARLIER_SECTIONS = (
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
ASK = slugify("Ask your clinic")
QUESTIONS = slugify("Questions people ask")
"""The section whose headings are drawn as folds."""
NEVER_FOLDED = b.CareCard | b.Warning | b.TaskList | b.TaskReferences

Shape = tuple[str, ...]


def has_new_shape(document: Document) -> bool:
    """Whether a document is a stage, and not one in the earlier shape.

    Sections are known by their anchors, so that this holds in every language.
    """
    return document.front_matter.stage is not None and _shape_of(document) == SECTIONS


def _shape_of(document: Document) -> Shape:
    """The earlier shape for a stage that has sections of that one alone."""
    found = {section.slug for section in document.sections}
    own = found & _anchors_of_one(SECTIONS, EARLIER_SECTIONS)
    earlier = found & _anchors_of_one(EARLIER_SECTIONS, SECTIONS)
    return EARLIER_SECTIONS if earlier and not own else SECTIONS


def _anchors_of_one(shape: Shape, other: Shape) -> set[str]:
    return {slugify(title) for title in shape if title not in other}


def section_gaps(document: Document) -> Iterator[Fault]:
    """A fault for each section of a stage that is missing, empty, unknown or misplaced.

    One that has sections of both shapes is judged by the new one.
    """
    if document.front_matter.stage is None:
        return
    shape = _shape_of(document)
    titles = [section.title for section in document.sections]
    for missing in _needed(shape):
        if missing not in titles:
            message = f'The section "{missing}" is missing. Add a line "## {missing}".'
            yield Fault(1, f"{message}{_new_shape(shape)}")
    for section in document.sections:
        if not section.blocks:
            message = f'The section "{section.title}" is empty. Write its text.'
            yield Fault(section.line, message)
        if section.title not in shape:
            yield Fault(section.line, _not_a_section(section.title, shape))
    known = [title for title in titles if title in shape]
    if known != sorted(known, key=shape.index):
        message = "The sections are out of order: " + " · ".join(shape)
        yield Fault(1, message)
    if shape == SECTIONS:
        yield from _folded_away(document)


def _folded_away(document: Document) -> Iterator[Fault]:
    """A fault for each block under a question that nobody may have to open."""
    section = document.section(QUESTIONS)
    is_folded = False
    for block in b.walk(section.blocks) if section else ():
        is_folded = is_folded or (isinstance(block, b.Heading) and block.level == 3)
        if is_folded and isinstance(block, NEVER_FOLDED):
            message = (
                "This block would be folded away with the question above it. Move it "
                "to another section."
            )
            yield Fault(block.line, message)


def anchor_gaps(document: Document) -> Iterator[Fault]:
    """A fault for each section whose anchor a translated stage lacks."""
    if document.front_matter.stage is None:
        return
    for title in _needed(_shape_of(document)):
        if document.section(slugify(title)) is None:
            message = (
                f'No heading has the anchor of "{title}". Write it behind the words of '
                f"that heading: {{#{slugify(title)}}}."
            )
            yield Fault(1, message)


def _needed(shape: Shape) -> Iterator[str]:
    return (title for title in shape if title not in OPTIONAL)


def _not_a_section(title: str, shape: Shape) -> str:
    if title in EARLIER_SECTIONS:
        return (
            f'"{title}" is a section of the earlier shape. Move its text to one of: '
            f"{' · '.join(SECTIONS)}."
        )
    return f'A stage has no section "{title}". Use ### inside one.{_new_shape(shape)}'


def _new_shape(shape: Shape) -> str:
    """For a stage in the earlier shape: what the new one is."""
    if shape == SECTIONS:
        return ""
    return f" Or write the whole stage in its new shape: {' · '.join(SECTIONS)}."
