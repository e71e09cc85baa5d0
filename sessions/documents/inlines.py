"""Inlines: strong text, emphasis, links, and marks such as [words]{.quoted}."""

import re
from urllib.parse import urlsplit

from markdown_it.tree import SyntaxTreeNode

from sessions.documents import blocks as b
from sessions.documents.faults import FaultSink

MARKS = ("quoted", "not-outcome")
TASK_END = re.compile(r"\{#(?P<id>[^\s{}]*)(?P<arguments>(?:\s[^{}]*)?)\}\s*$")
STRAY_MARK = re.compile(r"\]\{|\{[.#]|\{[a-z]+=")
HTML_FAULT = (
    "HTML is not used here. Write it in Markdown, or use a block such as ::: warning. "
    "For a plain < type \\<."
)


class InlineReader:
    """Converts the inline nodes of one text, and reports faults with their line."""

    def __init__(self, fault: FaultSink):
        self.fault = fault

    def read(self, node: SyntaxTreeNode, line: int, *, task: bool = False) -> b.Inlines:
        """The inlines of `node`, which starts on `line`. A task may end in its id."""
        result: list[b.Inline] = []
        for child in node.children:
            if child.type == "inline":
                result.extend(self.children(child, line, task=task))
        return _merged(result)

    def children(
        self, node: SyntaxTreeNode, line: int, *, task: bool = False
    ) -> list[b.Inline]:
        result: list[b.Inline] = []
        for child in node.children:
            result.extend(self.inline(child, line, task=task))
            line += sum(map(_line_ends, child.walk()))
        return result

    def inline(self, node: SyntaxTreeNode, line: int, *, task: bool) -> list[b.Inline]:
        def inside() -> b.Inlines:
            return _merged(self.children(node, line, task=task))

        match node.type:
            case "text":
                allowed = TASK_END.sub("", node.content) if task else node.content
                if STRAY_MARK.search(allowed):
                    message = (
                        "A mark in { } is not understood here. Marks follow square "
                        "brackets: [words]{.quoted}."
                    )
                    self.fault(line, message)
                return [b.Text(node.content)]
            case "softbreak":
                return [b.Text(" ")]
            case "hardbreak":
                return [b.LineBreak()]
            case "code_inline":
                return [b.Code(node.content)]
            case "strong":
                return [b.Strong(inside())]
            case "em":
                return [b.Emphasis(inside())]
            case "link":
                href = str(node.attrs.get("href", ""))
                self.check_address(href, line)
                words = inside()
                if not b.plain_text(words).strip():
                    self.fault(line, "This link has no words. Write them in the [ ].")
                return [b.Link(href, words)]
            case "span":
                return [b.Mark(self.mark(node, line), inside())]
            case "image":
                message = "Pictures are drawn with ::: picture NAME, not with ![…]."
                self.fault(line, message)
            case "html_inline":
                self.fault(line, HTML_FAULT)
        return []

    def mark(self, node: SyntaxTreeNode, line: int) -> str:
        kind = str(node.attrs.get("class", ""))
        if kind not in MARKS or len(node.attrs) > 1:
            message = (
                f"Only [words]{{.{'} and [words]{.'.join(MARKS)}}} are known marks."
            )
            self.fault(line, message)
        return kind

    def check_address(self, href: str, line: int) -> None:
        if problem := address_problem(href):
            self.fault(line, f'The link to "{href[:80]}" is not allowed. {problem}')


def address_problem(href: str) -> str | None:
    """What is wrong with the address of a link, or None.

    A link leads to a page of the guide or to a telephone number. Pages of other sites
    are linked from the register of sources only.
    """
    if re.search(r"[\s\\\x00-\x1f]|%(?:0[0-9a-f]|5c)", href, re.IGNORECASE):
        return "Take the spaces, backslashes and control characters out."
    try:
        parts = urlsplit(href)
    except ValueError:
        return "It is not a valid address."
    if parts.scheme == "tel" and re.fullmatch(r"tel:\+?[0-9-]+", href):
        return None
    if parts.scheme or parts.netloc or href.startswith("//"):
        return (
            "Link to pages of this guide (/risks/) or a telephone (tel:911). Whoever "
            "runs the site can add outside pages to sources.yaml."
        )
    if parts.query:
        return "Leave out everything after the ?. Answers are added by the site."
    if href.startswith("#") and len(href) > 1:
        return None
    if not href.startswith("/"):
        return "Begin with / (/risks/) or # (#get-help)."
    return None


def _line_ends(node: SyntaxTreeNode) -> int:
    if node.type == "html_inline":
        return node.content.count("\n")
    return node.type in ("softbreak", "hardbreak")


def _merged(inlines: list[b.Inline]) -> b.Inlines:
    """Adjacent texts joined: text that is wrapped over lines becomes one `Text`."""
    result: list[b.Inline] = []
    for inline in inlines:
        last = result[-1] if result else None
        if isinstance(inline, b.Text) and isinstance(last, b.Text):
            result[-1] = b.Text(last.text + inline.text)
        else:
            result.append(inline)
    return tuple(result)
