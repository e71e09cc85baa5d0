"""The page setup of a sheet: paper, font size, and the text in its margins."""

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
"""Names of the font sizes, which are in points."""
FORMATS = {"a4": gettext_noop("A4"), "letter": gettext_noop("US Letter")}
PAGES = {"a4": ("A4", 595), "letter": ("letter", 612)}
"""The name of each format in CSS, and its width in points."""
PAGE_COUNT = gettext_noop("Page %(page)s of %(pages)s")
SIDE = 42
"""The left and right margin in points: 15 mm."""
FONT = 'Arial, "Liberation Sans", Helvetica, sans-serif'


@dataclass(frozen=True)
class PageSetup:
    """Font size in points, paper format (empty: the clinic's), short or full text."""

    size: int = 14
    format: str = ""
    is_short: bool = False

    @property
    def query(self) -> dict[str, str]:
        """The query parameters for what differs from the defaults."""
        parts = {
            "size": str(self.size) if self.size != 14 else "",
            "paper": self.format,
        }
        return {key: value for key, value in parts.items() if value}

    def with_default_format(self, default: str) -> "PageSetup":
        """This setup; an empty format is replaced by `default`, the clinic's."""
        return replace(self, format=self.format or default)


def read_page_setup(query: Mapping[str, str], *, is_short: bool = False) -> PageSetup:
    """The page setup in a query string; an unknown size or paper is ignored."""
    size, paper = query.get("size", ""), query.get("paper", "")
    known = {str(points): points for points in SIZES}
    return PageSetup(known.get(size, 14), paper if paper in FORMATS else "", is_short)


@dataclass(frozen=True)
class MarginText:
    """The text in the margins of every page, and the help at the foot of the first."""

    version: str
    code: str
    contact: str
    help: tuple[str, ...]


def page_rules(margin_text: MarginText, setup: PageSetup, name: str = "") -> str:
    """The @page rules of a sheet, for a browser and for WeasyPrint alike.

    The margins are high enough for their text. With a `name`, the rules are for the
    named pages of one sheet in a document with several.
    """
    size, width = PAGES[setup.format]
    small = round(setup.size * 0.8, 1)
    inside = width - 2 * SIDE
    number = small * max(8, 0.6 * len(gettext(PAGE_COUNT) % {"page": 88, "pages": 88}))
    code = small * max(9.6, 0.68 * len(margin_text.code))
    top = _height([margin_text.version], small, inside - number) + 34
    bottom = _height([margin_text.contact], small, inside * 0.55) + 34
    line = f"font: {small}pt/1.25 {FONT}"
    above = f"{line}; vertical-align: bottom; padding-bottom: 10pt"
    below = f"{line}; vertical-align: top; padding-top: 10pt"
    rules = f"""@page {name} {{
  size: {size}; margin: {top}pt {SIDE}pt {bottom}pt;
  @top-left {{ content: {css_string(margin_text.version)}; {above};
    width: {inside - number}pt; text-align: left; }}
  @top-right {{ content: {_page_count()}; {above};
    width: {number}pt; text-align: right; white-space: nowrap; }}
  @bottom-left {{ content: {css_string(margin_text.contact)}; {below};
    width: {inside - code}pt; text-align: left; }}
  @bottom-right {{ content: {css_string(margin_text.code)}; {below};
    width: {code}pt; text-align: right; white-space: nowrap; }}
}}
"""
    own_pages = f".{name} {{ page: {name}; }}\n"
    return rules + (
        own_pages if name else _first_page_rules(margin_text, setup, inside)
    )


def _first_page_rules(margin_text: MarginText, setup: PageSetup, inside: int) -> str:
    """The @page rule with the foot of the first page, which says how to get help.

    `inside` is the width of the foot in points.
    """
    foot = _height(margin_text.help, setup.size, inside - 26, wide=0.56) + 62
    return f"""@page :first {{
  margin-bottom: {foot}pt;
  @bottom-left {{ content: none; }}
  @bottom-right {{ content: none; }}
  @bottom-center {{ content: {css_string(chr(10).join(margin_text.help))};
    font: bold {setup.size}pt/1.3 {FONT}; white-space: pre-line; text-align: left;
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
    """The height of these lines in points, at most, when wrapped to `width`.

    `wide` is the width of a character as a share of the font size.
    """
    count = sum(
        max(1, math.ceil(_columns(line) * size * wide / width)) for line in lines
    )
    return math.ceil(count * size * 1.3)


def _columns(line: str) -> int:
    """The width of a line in columns; a Chinese or Japanese character counts as two."""
    return sum(2 if east_asian_width(character) in "FW" else 1 for character in line)
