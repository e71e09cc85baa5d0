"""Texts of the clinic itself: its statements, and the names of its areas.

Each is stored as the wordings of a page whose name begins with `clinic/`, so it has
drafts, reviews and a history like any other text. It has no file and no address:
patients read it on another page.
"""

import json
import re
from collections.abc import Iterator

from sessions.documents import Document, Fault
from sessions.documents import blocks as b
from sessions.documents.plurals import count
from sessions.documents.yaml_lines import UNPRINTABLE

PREFIX = "clinic/"
APPROVAL = "clinic/approval"
FUNDING = "clinic/funding"
AREAS = "clinic/areas/"
STATEMENTS = {
    APPROVAL: ("Is it approved", "What this clinic says about approval."),
    FUNDING: ("Who pays, and who earns", "What this clinic says about money."),
}
"""The title and the summary of each statement. Patients read neither."""
STATEMENTS_ON = "money-and-approval"
"""The page on which patients read the statements."""
AREAS_ON = "home"
MAX_NAME = 60
MAX_INTRODUCTION = 200
MAX_STATEMENT = 1500

LINE_END = re.compile(r"\r\n|\r|\n")
# What programs paste as the end of a line, into a field of one line too.
ANY_LINE_END = re.compile("[\t-\r\x1c-\x1f\x85\u2028\u2029]+")
# A line that Markdown takes for plain words.
PLAIN_LINE = re.compile(r"[^\W\d_][^`*_{}\[\]<>&\\~|]*")
MARKS = re.compile(r"""[!-/:-@\[-`{-~]""")


def is_clinic_text(name: str) -> bool:
    """Whether the page of this name is a text of the clinic, and no page of its own."""
    return name.startswith(PREFIX)


def name_for_staff(name: str, title: str = "") -> str:
    """What staff call a text of the clinic. An area without a title has its slug.

    Staff never read the name of its page, such as `clinic/approval`.
    """
    if name in STATEMENTS:
        return f'Clinic statement "{STATEMENTS[name][0]}"'
    return f'Area "{title or name.removeprefix(AREAS)}"'


def shown_on(name: str) -> str:
    """The page on which patients read the page `name`: itself, or a clinic text's."""
    if not is_clinic_text(name):
        return name
    return AREAS_ON if name.startswith(AREAS) else STATEMENTS_ON


def area_page(slug: str) -> str:
    """The name of the page that holds the name and the introduction of an area."""
    return f"{AREAS}{slug}"


def statement_text(name: str, words: str) -> str:
    """The text of a statement with these plain words, which may have several lines."""
    title, summary = STATEMENTS[name]
    paragraphs = re.split(r"\n\s*\n", "\n".join(LINE_END.split(words.strip())))
    body = "\n\n".join(_as_markdown(paragraph) for paragraph in paragraphs)
    return f"---\ntitle: {title}\nsummary: {summary}\n---\n\n{body}\n"


def first_text(name: str) -> str:
    """What the first draft of a page begins with; empty for all but a statement."""
    return statement_text(name, "") if name in STATEMENTS else ""


def _as_markdown(paragraph: str) -> str:
    """The lines as one paragraph in which no character is a mark.

    Braces become brackets: the grammar takes them for a mark even where a backslash
    stands before them.
    """
    paragraph = paragraph.replace("{", "(").replace("}", ")")
    lines = [
        " ".join(UNPRINTABLE.sub("", line).split()) for line in paragraph.splitlines()
    ]
    lines = [line for line in lines if line]
    if not all(PLAIN_LINE.fullmatch(line) for line in lines):
        lines = [MARKS.sub(r"\\\g<0>", line) for line in lines]
    return "\\\n".join(lines)


def area_text(name: str, introduction: str) -> str:
    """The text of an area. One without an introduction has its name in its place."""
    name, introduction = _one_line(name), _one_line(introduction)
    title = json.dumps(name, ensure_ascii=False)
    summary = json.dumps(introduction or name, ensure_ascii=False)
    return f"---\ntitle: {title}\nsummary: {summary}\n---\n"


def _one_line(words: str) -> str:
    """The words without the characters that a text cannot hold."""
    return UNPRINTABLE.sub("", ANY_LINE_END.sub(" ", words)).strip()


def area_introduction(document: Document) -> str:
    """The introduction of an area; empty where it has none."""
    summary = document.front_matter.summary
    return "" if summary == document.title else summary


def statement_words(document: Document) -> str:
    """The words of a statement as patients read them, without marks."""
    return "\n\n".join(
        "".join(
            "\n" if isinstance(inline, b.LineBreak) else b.plain_text((inline,))
            for inline in run
        )
        for block in document.introduction
        for run in block.runs()
    )


def clinic_text_faults(name: str, document: Document) -> Iterator[Fault]:
    """The faults of a text of the clinic that its form rules out. None for a page."""
    if name.startswith(AREAS):
        yield from _area_faults(document)
    elif is_clinic_text(name):
        yield from _statement_faults(document)


def _area_faults(document: Document) -> Iterator[Fault]:
    for value, what, most in (
        (document.title, "name", MAX_NAME),
        (document.front_matter.summary, "introduction", MAX_INTRODUCTION),
    ):
        if len(value) > most:
            length = count(len(value), "character", "characters")
            message = f"The {what} has {length}. Use {most} at most."
            yield Fault(1, message)
    lines = [block.line for block in document.introduction]
    lines += [section.line for section in document.sections]
    for line in lines[:1]:
        message = (
            "An area has a title and a summary alone: its name, and one line that "
            "helps a patient choose it. Take the rest out."
        )
        yield Fault(line, message)


def _statement_faults(document: Document) -> Iterator[Fault]:
    for section in document.sections:
        yield Fault(section.line, "A statement has no headings. Write sentences.")
    for block in document.walk():
        plain = all(
            isinstance(inline, b.Text | b.LineBreak)
            for run in block.runs()
            for inline in run
        )
        if not (isinstance(block, b.Paragraph) and plain):
            message = (
                "A statement is plain sentences: without lists, links, bold words or "
                "blocks. Write sentences."
            )
            yield Fault(block.line, message)
    words = statement_words(document)
    if not words.strip():
        message = "Write the statement below the second line ---, or withdraw it."
        yield Fault(1, message)
    if len(words) > MAX_STATEMENT:
        length = count(len(words), "character", "characters")
        message = f"The statement has {length}. Use {MAX_STATEMENT} at most."
        yield Fault(1, message)
