"""Reads headings, links and text from the HTML of a response."""

from dataclasses import dataclass

from django.http import HttpResponse
from lxml import html

BLOCK_TAGS = {
    "p", "li", "h1", "h2", "h3", "h4", "dt", "dd", "td", "th", "summary", "figcaption",
    "label", "legend", "caption", "button", "address", "blockquote", "pre",
}  # fmt: skip

INLINE_TAGS = {"a", "abbr", "code", "em", "span", "strong"}


@dataclass(frozen=True)
class PageLink:
    text: str
    href: str
    rel: str


class Page:
    """One HTML page."""

    def __init__(self, response: HttpResponse):
        self.source = response.content.decode()
        self.tree = html.document_fromstring(self.source)

    @property
    def title(self) -> str:
        return self.tree.findtext(".//title") or ""

    def headings(self, level: int) -> list[str]:
        return [words(element) for element in self.tree.iter(f"h{level}")]

    def links(self) -> list[PageLink]:
        return [
            PageLink(words(a), a.get("href", ""), a.get("rel", ""))
            for a in self.tree.iter("a")
        ]

    def link(self, text: str = "", rel: str = "") -> PageLink:
        """The first link with this text and this `rel`; an error lists all links."""
        found = [
            link
            for link in self.links()
            if (not text or text in link.text) and (not rel or rel in link.rel)
        ]
        assert found, f"No link {text or rel!r} among {self.links()}"
        return found[0]

    @property
    def text(self) -> str:
        """All text of the body."""
        return words(self.tree.body)

    @property
    def main(self) -> str:
        return words(self.tree.get_element_by_id("main"))

    def has(self, selector: str) -> bool:
        return bool(self.tree.cssselect(selector))

    def runs(self) -> list[str]:
        """The text of each heading, paragraph and list item in `main`.

        Titles of sources and text in popovers are left out, as in the reading grade.
        """
        main = self.tree.get_element_by_id("main")
        for unread in main.cssselect(
            ".sources, .sources__list, address, script, [popover]"
        ):
            unread.drop_tree()
        runs = []
        for element in main.iter():
            if element.tag in BLOCK_TAGS and not _has_block_inside(element):
                runs.append(words(element))
            elif element.tag in BLOCK_TAGS:
                runs.append(" ".join((element.text or "").split()))
        return [run for run in runs if run]


def _has_block_inside(element) -> bool:
    return any(child.tag in BLOCK_TAGS for child in element.iterdescendants())


def words(element) -> str:
    """An element's text with white space collapsed, and a space between blocks."""

    def pieces(node):
        apart = " " if node.tag not in INLINE_TAGS else ""
        yield apart + (node.text or "")
        for child in node:
            if isinstance(child.tag, str):
                yield from pieces(child)
            yield child.tail or ""
        yield apart

    return " ".join("".join(pieces(element)).split())
