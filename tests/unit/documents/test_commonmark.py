"""The parser follows CommonMark, by the examples of its specification."""

import json
from functools import lru_cache
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from sessions.documents.parser import markdown

pytestmark = pytest.mark.thorough
CORPORA = Path(__file__).parents[3].parent / "shared" / "corpora"
EXAMPLES = CORPORA / "commonmark-0.31.2.json"
EXTENSIONS = (":::", "{", "|")
HTML = {"html_block", "html_inline"}


@lru_cache(maxsize=1)
def examples():
    """The specification's examples without raw HTML, which parse_document refuses."""
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


def uses_extensions(source):
    return any(extension in source for extension in EXTENSIONS)


def rendered_wrongly(reader, chosen):
    """The numbers of the examples whose HTML differs from the specification's."""
    return [
        example["example"]
        for example in chosen
        if normal(reader.render(example["markdown"])) != normal(example["html"])
    ]


def normal(html):
    """HTML in which empty quotes are written alike: without a line break inside."""
    return html.replace("<blockquote>\n</blockquote>", "<blockquote></blockquote>")


def test_plain_reader_renders_every_example_as_the_specification_says():
    assert rendered_wrongly(markdown(plain=True), examples()) == []


def test_extensions_change_no_example_that_does_not_use_them():
    chosen = [e for e in examples() if not uses_extensions(e["markdown"])]

    assert rendered_wrongly(markdown(), chosen) == []


def test_most_examples_are_tested():
    chosen = [e for e in examples() if not uses_extensions(e["markdown"])]

    assert len(examples()) > 550
    assert len(chosen) > 540


def test_an_example_rendered_wrongly_is_found():
    wrong = {"example": 1, "markdown": "*a*\n", "html": "<p>*a*</p>\n"}

    assert rendered_wrongly(markdown(plain=True), [wrong]) == [1]


def test_examples_with_raw_html_are_recognised():
    assert holds_html("<div>\n")
    assert holds_html("a <b>c</b>\n")
    assert not holds_html("a < b\n")
