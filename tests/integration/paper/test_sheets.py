"""Sheets drawn one after another from one reading."""

import pytest
from django.test import RequestFactory
from lxml import html

from sessions.guide.reading import read_request
from sessions.guide.rendering import render_page
from sessions.paper.page_setup import PageSetup
from sessions.paper.sheets import render_sheet, render_sheets
from tests.factories import make_live_wording, make_text
from tests.page import Page, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def reading(real_content):
    return read_request(RequestFactory().get("/"))


def listed(tree) -> list[str]:
    return [words(term) for term in tree.cssselect(".words-used dt")]


@pytest.mark.parametrize("kind", ["stages/injection", "checklist", "guide"])
def test_sheet_drawn_again_is_the_same(reading, kind):
    first = render_sheet(reading, kind, PageSetup())

    assert "words-used" in first
    assert render_sheet(reading, kind, PageSetup()) == first


def test_page_drawn_again_is_the_same(reading):
    first = render_page(reading, "stages/injection")

    assert "popovertarget" in first
    assert render_page(reading, "stages/injection") == first


def test_each_sheet_of_a_set_lists_the_words_it_uses(reading):
    kinds = ["stages/injection", "stages/recovery", "stages/injection"]

    tree = html.document_fromstring(render_sheets(reading, kinds, PageSetup()))

    lists = [listed(sheet) for sheet in tree.cssselect("article.sheet")]
    assert all(lists)
    assert lists[0] == lists[2]


@pytest.mark.parametrize("kind", ["diary", "visit"])
def test_sheet_lists_no_words_of_sections_that_it_leaves_out(client, kind):
    glossary = "## Sedation\n\nMedicine.\n\n## Tendon\n\nA strong cord.\n"
    make_live_wording(page="words", text=make_text(title="Words", body=glossary))
    body = "After sedation.\n\n## A section\n\nYour tendon.\n"
    make_live_wording(page=kind, text=make_text(body=body))

    page = Page(client.get(f"/{kind}/print/"))

    assert listed(page.tree) == ["Sedation"]


def test_words_that_only_the_help_uses_are_not_listed_before_it(client):
    glossary = "## Sedation\n\nMedicine.\n\n## Tendon\n\nA strong cord.\n"
    make_live_wording(page="words", text=make_text(title="Words", body=glossary))
    help_text = "## Now\n\n::: emergency\n- Your tendon is bare.\n:::\n"
    make_live_wording(page="get-help", text=make_text(body=help_text))
    make_live_wording(page="about", text=make_text(body="After sedation."))

    page = Page(client.get("/about/print/"))

    assert listed(page.tree) == ["Sedation"]
    assert "Your tendon is bare." in page.main


@pytest.mark.parametrize(
    ("kinds", "number"),
    [
        (["risks"], 0),
        (["checklist", "risks", "questions"], 2),
        (["get-help", "risks"], 0),
    ],
)
def test_help_card_comes_once_in_a_set(reading, kinds, number):
    tree = html.document_fromstring(render_sheets(reading, kinds, PageSetup()))

    sheets = [words(sheet) for sheet in tree.cssselect("article.sheet")]
    assert ["gurgling breaths" in sheet for sheet in sheets] == [
        index == number for index in range(len(kinds))
    ]
    assert all("stand once in this set" in s for s in sheets if "gurgling" not in s)
