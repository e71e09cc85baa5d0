"""Reads the project's own documents: links, anchors, code and commands."""

import re
import shlex
from functools import cache
from itertools import dropwhile, pairwise
from pathlib import Path

from markdown_it import MarkdownIt

from tests.conftest import ROOT

# Pages of the site are not documents of the project.
NOT_OURS = re.compile(r"^(\.|var/|templates/|content/(?!README))")
SRC = re.compile(r'<img src="([^"]+)"')
# Commands inside a sentence.
NAMED = re.compile(
    r"(make|git|pre-commit|manage\.py|stemguide-manage|apt|pip|\.venv/bin/\w+) \S"
)
SETS = re.compile(r"[A-Za-z_]+=")


def documents():
    """Each document's path from the root, sorted."""
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*.md"))
    return sorted(str(path) for path in found if not NOT_OURS.match(str(path)))


def documents_of_today():
    """Without CHANGELOG and decisions: paths in them may have changed since."""
    past = re.compile(r"CHANGELOG|stemguide/docs/decisions/\d")
    return [name for name in documents() if not past.match(name)]


@cache
def tokens(document):
    """Every token of a document, inline ones too."""
    markdown = MarkdownIt("commonmark").enable("table")
    blocks = markdown.parse((ROOT / document).read_text())
    return [part for block in blocks for part in (block, *(block.children or ()))]


def links(document):
    """The targets of its links and pictures, without URLs of other sites."""
    found = [part.attrs for part in tokens(document)]
    targets = [attrs.get("href") or attrs.get("src") for attrs in found]
    targets += [path for part in tokens(document) for path in SRC.findall(part.content)]
    return [target for target in targets if target and "://" not in target]


def anchors(document):
    """The anchors of its headings, as GitHub and others generate them."""
    neighbours = pairwise(tokens(document))
    titles = [part.content for mark, part in neighbours if mark.type == "heading_open"]
    plain = (re.sub(r"[^\w\- ]", "", title.lower()) for title in titles)
    return {title.replace(" ", "-") for title in plain}


def code_words(document):
    """The text of its code spans."""
    return [part.content for part in tokens(document) if part.type == "code_inline"]


def blocks_of_commands(document):
    """Its indented blocks, which hold commands. Fenced blocks hold samples."""
    if document == "content/README.md":  # Its blocks show how a page is written.
        return []
    return [part.content for part in tokens(document) if part.type == "code_block"]


def commands(document):
    """Each command of its blocks and code spans, as a list of words."""
    lines = "\n".join(blocks_of_commands(document)).replace("\\\n", " ").splitlines()
    named = [word for word in code_words(document) if NAMED.match(word)]
    return [words for line in lines + named for words in _commands_of(line)]


def _commands_of(line):
    """The commands of a line, without variables set before them and comments."""
    parts = re.split(r"\s(?:&&|\|\|?|;)\s", line)
    words = [shlex.split(part, comments=True) for part in parts]
    bare = [list(dropwhile(SETS.match, found)) for found in words]
    return [found for found in bare if found]


def leads_to(document, target):
    """The file and the anchor that a link of a document names."""
    path, _, anchor = target.partition("#")
    file = (ROOT / document).parent / path if path else ROOT / document
    return Path(file).resolve(), anchor
