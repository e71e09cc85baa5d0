"""For any input the parser returns a Document or raises faults with their lines."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions.documents import Document, DocumentError, parse_document
from sessions.documents.guard import source_faults
from sessions.documents.quality import review
from tests.cases import soak_only
from tests.factories import shipped_rules

pytestmark = pytest.mark.thorough
CORPORA = Path(__file__).parents[3].parent / "shared" / "corpora"
FRONT_MATTER = "---\ntitle: A page\nsummary: What it is.\n---\n"
SIZE = 90_000

# Characters and keywords of the format, so that random texts hold them often.
PIECES = st.sampled_from(
    [
        "::: ", ":::\n", "::::\n", ":::: only cells=fat\n", "only ", "more a\n",
        "claim a", "odds ", "1 in 4", ",", "picture a\n", "warning\n", "do\n",
        "steps\n", "urgent\n", "- [ ] ", "- [x] ", "{#a day=-7}", "{#", "}",
        "{.quoted}", "[", "]", "(/risks/)", "](", "# ", "## ", "### ", "#### ", "- ",
        "1. ", "> ", "|", "-|", "`", "```\n", "*", "**", "_", "<b>", "<", "&", "&#0;",
        "\\", "!", "\n", "\n\n", "    ", "\t", "a", "\r", "\x00", "\x85", "\u2028",
        "\ufeff", "\u200b", "٣", "---\n", "tel:", "//", "é",
    ]
)  # fmt: skip
YAML_PIECES = st.sampled_from(
    [
        "title: ", "summary: ", "stage: ", "recovery", "key_facts: ", "applies: ",
        "reviewed: ", "sources: ", "cells: ", "when: ", "text: ", "by: ", "on: ",
        "time: ", "{", "}", "[", "]", ", ", "- ", "? ", ": ", "\n", "\n  ", "'", '"',
        "*a", "&a ", "!!", "!<", "%YAML ", "%TAG ", "1.1", "|", ">", "#", "...", "~",
        "no", "<<: ", "\\", "\\x00", "\\U00110000", "\\ud800", "\x07", "\x85", "\u2028",
        "\ufffe", "\t", "é", "2027-01-31", "9" * 5000, "a", "@", "`",
    ]
)  # fmt: skip
BODIES = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map("".join))
HEADERS = st.one_of(
    st.text(max_size=100), st.lists(YAML_PIECES, max_size=25).map("".join)
)
OFTEN = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def lines_of(text):
    return text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1


def parse_or_faults(text):
    """The document, or None; asserts that each fault has a line and a message."""
    assert_told(source_faults(text), text)
    try:
        document = parse_document(text)
    except DocumentError as error:
        assert error.faults
        assert_told(error.faults, text)
        return None
    assert isinstance(document, Document)
    return document


def assert_told(faults, text):
    for fault in faults:
        assert 1 <= fault.line <= lines_of(text), fault
        assert fault.message.endswith((".", "?")), fault


@OFTEN
@given(st.text(max_size=300))
def test_any_text_is_a_document_or_faults(text):
    parse_or_faults(text)


@OFTEN
@given(BODIES)
def test_any_body_is_a_document_or_faults(body):
    parse_or_faults(FRONT_MATTER + body)


@OFTEN
@given(HEADERS)
def test_any_front_matter_is_a_document_or_faults(header):
    parse_or_faults(f"---\n{header}\n---\nWords.\n")


@OFTEN
@given(BODIES)
def test_any_document_can_be_tailored_listed_and_reviewed(body):
    document = parse_or_faults(FRONT_MATTER + body)

    if document is not None:
        document.tailored({"cells": "fat"})
        document.narrowed("cells", "fat")
        document.links()
        assert all(task.id and task.version for task in document.tasks())
        assert review(document, "risks", shipped_rules()).readability.grade is not None


@OFTEN
@given(st.lists(PIECES, max_size=30).map("".join))
def test_parsing_twice_gives_the_same_document(body):
    assert parse_or_faults(FRONT_MATTER + body) == parse_or_faults(FRONT_MATTER + body)


def filled(piece, after=""):
    return (piece * (SIZE // len(piece)))[:SIZE] + after


BOMBS = {
    "open brackets": filled("["),
    "brackets": filled("[]"),
    "links": filled("[a](/b/) "),
    "open links": filled("[a]("),
    "link titles": filled('[a](b "'),
    "angle links": filled("[a](<"),
    "nested quotes": filled(">"),
    "spaced quotes": filled("> "),
    "nested lists": filled("- "),
    "numbered lists": filled("1. "),
    "stepped lists": "\n".join(" " * 2 * depth + "- a" for depth in range(290)),
    "stars": filled("*"),
    "open emphasis": filled("*a _b "),
    "nested emphasis": "*a **b " * (SIZE // 14) + "c** d* " * (SIZE // 14),
    "backticks": "".join("`" * length + " " for length in range(420)),
    "angles": filled("<"),
    "open tags": filled("<a "),
    "comments": filled("<!--"),
    "declarations": filled("<!"),
    "ampersands": filled("&"),
    "backslashes": filled("\\"),
    "marks": filled("[a]{"),
    "open marks": filled("[a]{.quoted "),
    "colons": filled(":"),
    "open blocks": filled("::: only cells=fat\n"),
    "nested blocks": "\n".join(":" * n + " more a" for n in range(400, 3, -1)),
    "table": filled("|", "\n") + filled("|-", "\n"),
    "references": filled("[a]: b\n"),
    "headings": filled("### a\n"),
    "tasks": "".join(f"- [ ] a {{#a{number}}}\n" for number in range(SIZE // 18)),
    "task of spaces": "- [ ] a" + filled(" ", "b"),
    "task with an open id": "- [ ] a {#" + filled("a"),
    "task of open ids": "- [ ] a " + filled("{#"),
    "task of open arguments": "- [ ] a {#b" + filled(" a"),
    "blank lines": filled("\n"),
    "tabs": filled("\t"),
}


SLOW_BOMBS = {
    "images": filled("!["),
    "nested links": "[" * (SIZE // 2) + "a" + "](/b/)" * 5_000,
    "starred word": "*" * (SIZE // 2) + "a" + "*" * (SIZE // 2),
    "wide table": "a|" * 300 + "\n" + "-|" * 300 + "\n" + ("x|" * 300 + "\n") * 120,
    "sections": "\n".join(f"## a{number}\n" for number in range(SIZE // 10)),
}


def named(quick, slow):
    """Parameters with ids. The slow texts run in `make soak` only."""
    return [
        *(pytest.param(text, id=name) for name, text in quick.items()),
        *(soak_only(text, id=name) for name, text in slow.items()),
    ]


@pytest.mark.parametrize("body", named(BOMBS, SLOW_BOMBS))
def test_long_repetitive_text_is_parsed_in_time(body):
    parse_or_faults(FRONT_MATTER + body + "\n")


YAML_BOMBS = {
    "open brackets": filled("["),
    "open braces": filled("{"),
    "open mappings": filled("{a: "),
    "open lists": filled("[a, "),
    "brackets on lines": filled("[\n"),
    "dashes": filled("- "),
    "questions": filled("? "),
    "quote": '"' + filled("a"),
    "laughs": "a: &a [b, b]\nc: &c [*a, *a]\nd: [*c, *c]",
}


SLOW_YAML_BOMBS = {
    "keys": "\n".join(f"k{number}: a" for number in range(SIZE // 10)),
    "anchors": "\n".join(f"k{number}: &a{number} b" for number in range(5_000)),
}


@pytest.mark.parametrize("header", named(YAML_BOMBS, SLOW_YAML_BOMBS))
def test_long_repetitive_front_matter_is_refused_in_time(header):
    assert parse_or_faults(f"---\n{header}\n---\nWords.\n") is None


@pytest.mark.parametrize("name", ["blns.json", "xss-owasp.json"])
def test_hostile_strings_are_documents_or_faults(name):
    path = CORPORA / name
    if not path.is_file():
        pytest.skip(f"the hostile strings are not here: shared/corpora/{name}")

    for string in json.loads(path.read_text(encoding="utf-8")):
        parse_or_faults(FRONT_MATTER + string)
        parse_or_faults(FRONT_MATTER + f"## {string}\n\n- [ ] {string} {{#a}}\n")
        parse_or_faults(f"---\ntitle: {string}\nsummary: {string}\n---\nWords.\n")
        parse_or_faults(string)
