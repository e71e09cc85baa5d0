"""Real sheets to draw, as the site serves them, and the same cut to two pages."""

import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

import lxml.html

from sessions.pdf import client as pdf
from tests.addresses import ANSWERS

NAMES = [
    "checklist", "diary", "questions", "options", "money-and-approval", "get-help",
    "helping-someone", "learn/warning-signs", "learn/is-it-approved",
    "learn/what-are-stem-cells", "stages/consultation", "stages/preparation",
    "stages/injection", "stages/monitoring", "stages/recovery", "stages/follow-up",
]  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    name: str
    html: str
    pages: int


def sheet(site: str, name: str, answers: str = "?area=hand&cells=fat") -> Sheet:
    with urllib.request.urlopen(f"{site}/{name}/print/{answers}") as response:
        html = response.read().decode()
    return Sheet(name, html, pages_of(html))


def pages_of(html: str) -> int:
    *_, job = pdf.make_pdf([html])
    assert isinstance(job, pdf.PrintJob)
    return sum(job.pages)


def two_page_sheets(site: str, count: int) -> list[Sheet]:
    """Sheets of two pages that all differ: by page, answers or both."""
    found = list(_two_page_sheets(site, count))
    assert len(found) == len({one.html for one in found}) == count
    return found


def _two_page_sheets(site: str, count: int) -> Iterator[Sheet]:
    seen: set[str] = set()
    for answers in ANSWERS:
        for name in NAMES:
            if len(seen) == count:
                return
            whole = sheet(site, name, answers)
            html = cut(whole.html, pages=2)
            if html not in seen and pages_of(html) == 2:
                seen.add(html)
                yield Sheet(name, html, 2)


def cut(html: str, *, pages: int) -> str:
    """The beginning of the sheet, as much as fits on this number of pages."""
    least, most = 0, len(_blocks(lxml.html.document_fromstring(html)))
    while least < most:
        middle = (least + most + 1) // 2
        if pages_of(_shortened(html, middle)) <= pages:
            least = middle
        else:
            most = middle - 1
    return _shortened(html, least)


def _shortened(html: str, blocks: int) -> str:
    """The sheet with so many of its blocks, and without the pages on getting help.

    It has no tools and no scripts either: the desk draws sheets without them.
    """
    root = lxml.html.document_fromstring(html)
    for left_out in root.cssselect(".sheet-help, .sheet-tools, script"):
        left_out.drop_tree()
    for block in _blocks(root)[blocks:]:
        _drop(block)
    return "<!doctype html>" + lxml.html.tostring(root, encoding="unicode")


def _drop(block: lxml.html.HtmlElement) -> None:
    """Removes the element, and its parent if that is empty then."""
    holder = block.getparent()
    block.drop_tree()
    if not len(holder) and not holder.text_content().strip():
        _drop(holder)


def _blocks(root: lxml.html.HtmlElement) -> list[lxml.html.HtmlElement]:
    """The elements that can be removed one by one, in reading order."""
    kinds = "self::p or self::li or self::tr or self::dt or self::dd or self::figure"
    return root.xpath(f"//main//*[{kinds} or self::h2 or self::h3]")
