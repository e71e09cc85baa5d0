"""What the project's own documents hold: links, anchors and code."""

import re
from functools import cache
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt

from tests.conftest import ROOT

# Pages that people read on the site are no documents of the project.
NOT_OURS = re.compile(r"^(\.|var/|templates/|content/(?!README))")


def documents():
    """Each document's path from the root, sorted."""
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*.md"))
    return sorted(str(path) for path in found if not NOT_OURS.match(str(path)))


@cache
def tokens(document):
    """Every token of a document, inline ones too."""
    markdown = MarkdownIt("commonmark").enable("table")
    blocks = markdown.parse((ROOT / document).read_text())
    return [part for block in blocks for part in (block, *(block.children or ()))]


def links(document):
    """Where its links and pictures lead, addresses of other sites left out."""
    found = [part.attrs for part in tokens(document)]
    targets = [attrs.get("href") or attrs.get("src") for attrs in found]
    return [target for target in targets if target and "://" not in target]


def anchors(document):
    """The anchors that a forge gives to its headings."""
    neighbours = pairwise(tokens(document))
    titles = [part.content for mark, part in neighbours if mark.type == "heading_open"]
    plain = (re.sub(r"[^\w\- ]", "", title.lower()) for title in titles)
    return {title.replace(" ", "-") for title in plain}


def code_words(document):
    """What stands in backticks."""
    return [part.content for part in tokens(document) if part.type == "code_inline"]


def code_blocks(document):
    """Its indented and fenced blocks of code."""
    return [part for part in tokens(document) if part.type in ("code_block", "fence")]


def leads_to(document, target):
    """The file and the anchor that a link of a document names."""
    path, _, anchor = target.partition("#")
    file = (ROOT / document).parent / path if path else ROOT / document
    return Path(file).resolve(), anchor
