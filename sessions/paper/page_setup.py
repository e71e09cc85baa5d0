"""The page setup of a sheet: paper, size of type, and what stands in its margins."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from unicodedata import east_asian_width

from django.utils.translation import gettext, gettext_noop

SIZES = {
    14: gettext_noop("Standard"),
    18: gettext_noop("Large"),
    24: gettext_noop("Giant"),
}
"""Size of the words in points."""
FORMATS = {"a4": gettext_noop("A4"), "letter": gettext_noop("US Letter")}
PAGES = {"a4": ("A4", 595), "letter": ("letter", 612)}
"""Name in CSS and width in points."""
PAGE_COUNT = gettext_noop("Page %(page)s of %(pages)s")
SIDE = 42
"""Margin at either side in points: 15 mm."""
FONT = 'Arial, "Liberation Sans", Helvetica, sans-serif'


@dataclass(frozen=True)
class Paper:
    """Size of the words in points, paper (empty: what the clinic uses), depth."""

    size: int = 14
    format: str = ""
    is_short: bool = False

    @property
    def query(self) -> dict[str, str]:
        """What an address must say to get this and not what is usual."""
        parts = {
            "size": str(self.size) if self.size != 14 else "",
            "paper": self.format,
        }
        return {key: value for key, value in parts.items() if value}

    def on(self, usual: str) -> "Paper":
        """The same, on the clinic's `usual` paper where none was asked for."""
        return replace(self, format=self.format or usual)


def read_paper(query: Mapping[str, str], *, is_short: bool = False) -> Paper:
    """What an address asks for; a size or paper that we do not have is passed over."""
    size, paper = query.get("size", ""), query.get("paper", "")
    known = {str(points): points for points in SIZES}
    return Paper(known.get(size, 14), paper if paper in FORMATS else "", is_short)


@dataclass(frozen=True)
class Running:
    """What stands on every page of a sheet, and how to get help at the first's foot."""

    version: str
    code: str
    contact: str
    help: tuple[str, ...]


def page_rules(running: Running, paper: Paper, name: str = "") -> str:
    """The @page rules of a sheet, for a browser and for WeasyPrint alike.

    The margins make room for their text at its size. With a `name`, they are for the
    pages of that name: one sheet among others in a document.
    """
    size, width = PAGES[paper.format]
    small = round(paper.size * 0.8, 1)
    inside = width - 2 * SIDE
    number = small * max(8, 0.6 * len(gettext(PAGE_COUNT) % {"page": 88, "pages": 88}))
    code = small * max(9.6, 0.68 * len(running.code))
    top = _height([running.version], small, inside - number) + 34
    bottom = _height([running.contact], small, inside * 0.55) + 34
    line = f"font: {small}pt/1.25 {FONT}"
    above = f"{line}; vertical-align: bottom; padding-bottom: 10pt"
    below = f"{line}; vertical-align: top; padding-top: 10pt"
    rules = f"""@page {name} {{
  size: {size}; margin: {top}pt {SIDE}pt {bottom}pt;
  @top-left {{ content: {css_string(running.version)}; {above};
    width: {inside - number}pt; text-align: left; }}
  @top-right {{ content: {_page_count()}; {above};
    width: {number}pt; text-align: right; white-space: nowrap; }}
  @bottom-left {{ content: {css_string(running.contact)}; {below};
    width: {inside - code}pt; text-align: left; }}
  @bottom-right {{ content: {css_string(running.code)}; {below};
    width: {code}pt; text-align: right; white-space: nowrap; }}
}}
"""
    own_pages = f".{name} {{ page: {name}; }}\n"
    return rules + (own_pages if name else _first_page_rules(running, paper, inside))


def _first_page_rules(running: Running, paper: Paper, inside: int) -> str:
    """The foot of the first page: how to get help. `inside` is its width in points."""
    foot = _height(running.help, paper.size, inside - 26, wide=0.56) + 62
    return f"""@page :first {{
  margin-bottom: {foot}pt;
  @bottom-left {{ content: none; }}
  @bottom-right {{ content: none; }}
  @bottom-center {{ content: {css_string(chr(10).join(running.help))};
    font: bold {paper.size}pt/1.3 {FONT}; white-space: pre-line; text-align: left;
    vertical-align: middle; width: {inside - 26}pt; padding: 4pt 10pt;
    margin: 12pt 0 26pt; border: 3pt solid #000; }}
}}
"""


def _page_count() -> str:
    """`"Page " counter(page) " of " counter(pages)`, in the order of the language."""
    words = re.split(r"%\((pages?)\)s", gettext(PAGE_COUNT))
    parts = [
        f"counter({part})" if index % 2 else css_string(part)
        for index, part in enumerate(words)
        if part
    ]
    return " ".join(parts)


def css_string(text: str) -> str:
    """The text as a CSS string: no character of it can end the string."""
    safe = (c if c.isalnum() or c in " .,:;-()" else f"\\{ord(c):x} " for c in text)
    return f'"{"".join(safe)}"'


def _height(
    lines: list[str] | tuple[str, ...], size: float, width: float, wide: float = 0.5
) -> int:
    """Points that these lines take at most; a character is half as wide as high."""
    count = sum(
        max(1, math.ceil(_columns(line) * size * wide / width)) for line in lines
    )
    return math.ceil(count * size * 1.3)


def _columns(line: str) -> int:
    """The width of a line in columns; a Chinese or Japanese character takes two."""
    return sum(2 if east_asian_width(character) in "FW" else 1 for character in line)
