"""Syntax errors of a PO file, with their lines.

polib does not report a missing closing quote: it drops the last character.
"""

import re

from sessions.documents import Fault
from sessions.documents.letters import letter_faults

KEYWORD = re.compile(r"(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?)(?:\s+(.*))?")
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
ESCAPE = re.compile(r"\\(.)")
KNOWN_ESCAPES = '"\\nrtvbf'  # those that polib reads


def po_faults(text: str) -> list[Fault]:
    """Every fault of a PO file. Comments and obsolete entries (#~) are skipped."""
    reader = _Reader()
    lines = text.removeprefix("\ufeff").split("\n")
    for number, line in enumerate(map(str.strip, lines), start=1):
        if line and not line.startswith("#"):
            reader.read(number, line)
    reader.end_entry()
    return sorted({*reader.faults, *letter_faults("\n".join(lines))})


class _Reader:
    """Reads the lines in order, and keeps the keywords of the current entry."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.keywords: set[str] = set()
        self.line = 0

    def fault(self, line: int, message: str) -> None:
        self.faults.append(Fault(line, message))

    def read(self, number: int, line: str) -> None:
        match = KEYWORD.fullmatch(line)
        if match:
            self.start(number, match[1])
        elif not line.startswith('"'):
            message = (
                "This line begins neither with a keyword, such as msgstr, nor with a "
                "quote. Correct it, or delete it."
            )
            self.fault(number, message)
            return
        elif not self.keywords:
            message = "This text belongs to no msgid or msgstr. Write that before it."
            self.fault(number, message)
            return
        string = (match[2] or "") if match else line
        if message := _string_fault(string):
            self.fault(number, message)

    def start(self, number: int, keyword: str) -> None:
        """Handles a keyword. msgctxt, or msgid without it, begins a new entry."""
        if keyword == "msgctxt" or (
            keyword == "msgid" and self.keywords != {"msgctxt"}
        ):
            self.end_entry()
        if keyword in self.keywords:
            message = f"This entry has a {keyword} already. Delete one of the two."
            self.fault(number, message)
        elif "msgid" not in self.keywords and keyword not in ("msgctxt", "msgid"):
            self.fault(number, f"There is no msgid before this {keyword}. Write it.")
        if not self.keywords:
            self.line = number
        self.keywords.add(keyword)

    @property
    def is_translated(self) -> bool:
        return any(word.startswith("msgstr") for word in self.keywords)

    def end_entry(self) -> None:
        """Reports what the entry lacks, after its last line."""
        if self.keywords == {"msgctxt"}:
            self.fault(self.line, "This entry has no msgid. Write it under this line.")
        elif "msgid" in self.keywords and not self.is_translated:
            message = 'This entry has no msgstr. Write msgstr "" where it is not'
            self.fault(self.line, f"{message} translated yet.")
        self.keywords = set()


def _string_fault(string: str) -> str:
    if not string.startswith('"'):
        return 'The text is not in quotes. Write it as "…".'
    match = STRING.match(string)
    if match is None:
        return 'The closing quote is missing. End the line with ".'
    if match.end() < len(string):
        return (
            "There is more after the closing quote. Delete it; a quote inside the text "
            r"is written \"."
        )
    for character in ESCAPE.findall(string):
        if character not in KNOWN_ESCAPES:
            return (
                rf"\{character} is not a known escape. Write \n for a new line, "
                r"\\ for a \."
            )
    return ""
