"""The marks of the format: the signs of a source text that its page does not show.

Each has its place. A sign in any other place is text, and must be shown.
"""

import re

PUNCTUATION = r"!-/:-@\[-`{-~"
WHOLE_LINE = re.compile(
    r"(?P<block>:{3,}(?!:|\s*more\b).*)"
    r"|(?P<rule>([-*_])\s*(?:\3\s*){2,})"
    r"|(?P<heading>=+|-{3,})"
    r"|(?P<fence>`{3,}|~{3,})"
    r"|(?P<table>(?!-{1,2}$)\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?)"
)
"""Lines that are a mark as a whole. `-` and `--` alone are not among them."""
PREFIX = re.compile(
    r"(?P<skip>>|[-*+](?=\s)|\#{1,6}(?=\s|$)|\[ \](?=[ \xa0])|:{3,}\s*more\b"
    r"|(?:`{3,}|~{3,}))\s*"
    r"|(?P<number>[0-9]{1,9})(?P<dot>[.)])(?=\s)\s*"
)
"""Marks at the beginning of a line. They may follow each other: `> - `."""
TOKEN = re.compile(
    rf"(?P<escape>\\[{PUNCTUATION}])"
    r"|(?P<entity>&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
    r"|(?P<id>\{\#[^\s{}]+(?:\s+[a-z]+=[^\s{}]+)*\s*\})"
    r"|(?P<mark>\]\{\.[a-z-]+\})"
    r"|(?P<run>\*+|_+|`+)"
    r"|(?P<skip>\]\(<?|>?\)|[\[\]|]|\\$)"
    r"|(?P<address><[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*>)"
    r"|(?P<closing>\#+$)"
    r"|(?P<words>[^\s\\&{}*_`\[\]()|<>#][^\\&{}*_`\[\]()|<>#]*)"
    r"|(?P<sign>\S)"
)
"""What a line is made of: signs that may be marks, and words between them."""
ORDINARY = re.compile(r"[^\\&{}*_`\[\]()|<>#~:=\-+>0-9\s][^\\&{}*_`\[\]()|<>#]*")
"""A line without any mark: all of it is shown, or none."""

OPENING = ("(", "[", "{")
NOT_BEFORE_OPENING = re.compile(r"[)\]}%°]")
NOT_AFTER_OPENING = re.compile(r"[\s)\]},.;:!?%]")
NUMBERS_AROUND = re.compile(r"[0-9)\]}%°][(\[{]")
NUMBERS = re.compile(r".?[0-9]\s?\*\s?[0-9]")
HEADING = re.compile(r"[>\s]*(\#+)\s")


def is_delimiter(line: str, start: int, end: int) -> bool:
    """Whether a run of `*`, `_` or backticks stands where a mark may stand.

    It may not stand between numbers, as in 2*500, even where CommonMark reads it as
    emphasis. Two stars may stand beside a letter: **F**ace.
    """
    before, after = line[max(start - 1, 0) : start], line[end : end + 1]
    if line[start] == "`":
        return not (before.isalnum() and after.isalnum())
    if end - start == 1 and NUMBERS.match(line[max(start - 2, 0) : end + 2]):
        return False
    is_strong = end - start > 1
    belongs = str.isnumeric if is_strong else str.isalnum
    opens = not belongs(before) and not NOT_BEFORE_OPENING.match(before)
    opens = opens and bool(after) and not NOT_AFTER_OPENING.match(after)
    closes = bool(before.strip()) and before not in OPENING and not belongs(after)
    return opens or (closes and not NUMBERS_AROUND.match(before + after))


def closes_heading(line: str, hashes: str) -> bool:
    """Whether hashes at the end of a heading are as many as those at its start."""
    start = HEADING.match(line)
    return start is not None and start[1] == hashes
