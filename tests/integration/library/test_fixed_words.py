"""The fixed text of sheets: all of it is in django.pot, and translations are used."""

import re
import subprocess
import sys
from dataclasses import replace
from datetime import date

import polib
import pytest
from django.utils import translation

from sessions.guide.dates import in_words
from sessions.library.catalogs import POT_FILE
from sessions.paper.page_setup import MarginText, PageSetup, page_rules
from tests.conftest import ROOT, need_program

REORDERED = {
    "j F Y": "F j Y",
    "l j F Y": "F j Y, l",
    "Page %(page)s of %(pages)s": "%(pages)s pages; this is %(page)s",
}
MARGIN_TEXT = MarginText("Version 1.", "Code ABCD 2345", "Your clinic", ("Call.",))


@pytest.fixture
def other_order(tmp_path, settings):
    """A language with another order of the parts of dates and page numbers."""
    catalog = polib.POFile()
    catalog.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    catalog.extend(polib.POEntry(msgid=k, msgstr=v) for k, v in REORDERED.items())
    folder = tmp_path / "xx" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalog.save_as_mofile(str(folder / "django.mo"))
    settings.LOCALE_PATHS = [tmp_path]
    with translation.override("xx"):
        yield


def test_committed_django_pot_matches_the_code(tmp_path):
    need_program("xgettext")
    found = tmp_path / "django.pot"
    subprocess.run(
        [
            "make", "-s", "-o", f"{sys.prefix}/installed", "words",
            f"VENV={sys.prefix}", f"VAR={tmp_path}", f"WORDS={found}",
        ],
        cwd=ROOT, capture_output=True, check=True,
    )  # fmt: skip

    def words(path):
        return [(e.msgctxt, e.msgid, e.msgid_plural) for e in polib.pofile(str(path))]

    assert words(POT_FILE) == words(found), "Run `make words` and commit what it wrote."


def test_django_pot_names_no_machine_path_and_no_day():
    text = POT_FILE.read_text(encoding="utf-8")

    assert "POT-Creation-Date" not in text
    assert "#:" not in text


def test_page_count_is_in_the_order_of_the_language(other_order):
    rules = page_rules(MARGIN_TEXT, PageSetup(format="a4"))

    assert 'content: counter(pages) " pages; this is " counter(page);' in rules


def test_page_count_in_english():
    rules = page_rules(MARGIN_TEXT, PageSetup(format="a4"))

    assert 'content: "Page " counter(page) " of " counter(pages);' in rules


def test_longer_words_in_the_margin_have_more_room(other_order):
    in_other, with_long_code = (
        page_rules(margin_text, PageSetup(format="a4"))
        for margin_text in (
            MARGIN_TEXT,
            replace(MARGIN_TEXT, code="Kóntról-kód ABCD 2345"),
        )
    )
    with translation.override("en"):
        in_english = page_rules(MARGIN_TEXT, PageSetup(format="a4"))

    assert room(in_other, "top-right") > room(in_english, "top-right")
    assert room(with_long_code, "bottom-right") > room(in_english, "bottom-right")


def room(rules: str, box: str) -> float:
    """The width of a box in the margin, in points."""
    found = re.search(rf"@{box}.*?width: ([\d.]+)pt", rules, re.DOTALL)
    return float(found[1])


def test_day_is_in_the_order_of_the_language(other_order):
    assert in_words(date(2027, 1, 7)) == "January 7 2027, Thursday"
