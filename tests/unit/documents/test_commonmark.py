"""Our reader follows CommonMark, by the examples of its specification."""

import json
from functools import lru_cache
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from sessions.documents.parser import markdown

pytestmark = pytest.mark.thorough
CORPORA = Path(__file__).parents[3].parent / "shared" / "corpora"
EXAMPLES = CORPORA / "commonmark-0.31.2.json"
OURS = (":::", "{", "|")
HTML = {"html_block", "html_inline"}


@lru_cache(maxsize=1)
def examples():
    """The specification's examples that hold no raw HTML, which we refuse."""
    if not EXAMPLES.is_file():
        pytest.skip(
            f"the CommonMark examples are not here: shared/corpora/{EXAMPLES.name}"
        )
    every = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    return [example for example in every if not holds_html(example["markdown"])]


def holds_html(source):
    tokens = MarkdownIt("commonmark").parse(source)
    inner = [child for token in tokens for child in token.children or ()]
    return any(token.type in HTML for token in [*tokens, *inner])


def uses_ours(source):
    return any(addition in source for addition in OURS)


def told_apart(reader, chosen):
    """The numbers of the examples that `reader` renders otherwise than it should."""
    return [
        example["example"]
        for example in chosen
        if same(reader.render(example["markdown"])) != same(example["html"])
    ]


def same(html):
    """An empty quote is the same with or without a line in it."""
    return html.replace("<blockquote>\n</blockquote>", "<blockquote></blockquote>")


def test_plain_reader_renders_every_example_as_the_specification_says():
    assert told_apart(markdown(plain=True), examples()) == []


def test_full_reader_changes_nothing_where_our_additions_are_not_used():
    chosen = [e for e in examples() if not uses_ours(e["markdown"])]

    assert told_apart(markdown(), chosen) == []


def test_enough_examples_are_left_to_mean_something():
    chosen = [e for e in examples() if not uses_ours(e["markdown"])]

    assert len(examples()) > 550
    assert len(chosen) > 540


def test_an_example_rendered_wrongly_would_be_noticed():
    wrong = {"example": 1, "markdown": "*a*\n", "html": "<p>*a*</p>\n"}

    assert told_apart(markdown(plain=True), [wrong]) == [1]


def test_raw_html_is_recognised_so_that_it_can_be_refused():
    assert holds_html("<div>\n")
    assert holds_html("a <b>c</b>\n")
    assert not holds_html("a < b\n")
