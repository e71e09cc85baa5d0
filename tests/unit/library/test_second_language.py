"""The made-up second language changes every word, and nothing but words."""

import gettext
import shutil

import polib
import pytest

from sessions.documents import blocks as b
from sessions.documents import parse_document
from sessions.documents.front_matter import split_front_matter
from sessions.documents.quality import reading_runs
from tests.conftest import ROOT
from tests.second_language import (
    LANGUAGE,
    SUFFIX,
    accented,
    english_words,
    write_catalog,
    write_pages,
)

ENGLISH = ROOT / "content" / "en"
PAGES = sorted(p.relative_to(ENGLISH).as_posix() for p in ENGLISH.rglob("*.md"))

POT = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"

#, fuzzy
msgid "Printed on %(day)s, <strong>page</strong> {number}"
msgstr ""

msgctxt "paper"
msgid "Letter"
msgstr ""

#, python-format
msgid "%(count)s sheet"
msgid_plural "%(count)s sheets"
msgstr[0] ""
msgstr[1] ""

msgid "May"
msgstr ""

msgid "l j F Y"
msgstr ""
"""


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    """A copy of the content with every page in both languages."""
    folder = tmp_path_factory.mktemp("second") / "content"
    shutil.copytree(ENGLISH, folder / "en")
    write_pages(folder)
    return folder


@pytest.fixture(params=PAGES)
def page(request):
    return request.param


@pytest.fixture
def english(content, page):
    return parse_document((content / "en" / page).read_text(encoding="utf-8"))


@pytest.fixture
def second(content, page):
    return parse_document((content / LANGUAGE / page).read_text(encoding="utf-8"))


def translated(folder, text):
    """A page with this text, translated into the second language."""
    (folder / "en").mkdir()
    (folder / "en" / "page.md").write_text(text, encoding="utf-8")
    write_pages(folder)
    return (folder / LANGUAGE / "page.md").read_text(encoding="utf-8")


def blocks_of(document):
    """The line and type of each block, and its attributes that are not text."""
    return [
        (block.line, type(block), *(getattr(block, key, None) for key in KEPT))
        for block in document.walk()
    ]


KEPT = ("level", "start", "alignments", "urgency", "condition", "name", "count")


def marks_of(document):
    runs = [run for block in document.walk() for run in block.runs()]
    inlines = [inline for run in runs for inline in b.walk_inlines(run)]
    return [(type(inline), getattr(inline, "kind", None)) for inline in inlines]


def front_matter_without_words(document):
    words = {"title", "summary", "message", "key_facts"}
    facts = document.front_matter.key_facts or ()
    conditions = [[variant.when for variant in fact] for _, fact in facts]
    return document.front_matter.model_dump(exclude=words), conditions


def catalog_at(path):
    with path.with_name("django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


# --- every page ----------------------------------------------------------------


def test_page_has_the_same_sections_and_blocks(english, second):
    slugs = [section.slug for section in english.sections]

    assert [section.slug for section in second.sections] == slugs
    assert blocks_of(second) == blocks_of(english)
    assert marks_of(second) == marks_of(english)


def test_page_has_the_same_tasks_and_links(english, second):
    days = [(task.id, task.first_day, task.last_day) for task in english.tasks()]

    assert [(t.id, t.first_day, t.last_day) for t in second.tasks()] == days
    assert second.links() == english.links()


def test_page_has_the_same_front_matter_but_for_its_words(english, second):
    wanted = front_matter_without_words(english)

    assert front_matter_without_words(second) == wanted


def test_every_word_of_the_page_is_in_the_second_language(english, second):
    runs = [text for text, _ in reading_runs(english)]

    assert [text.removesuffix(SUFFIX) for text, _ in reading_runs(second)] == [
        accented(text) for text in runs
    ]
    assert all(not english_words(text) for text, _ in reading_runs(second))
    assert english_words(" ".join(runs))


# --- one page ------------------------------------------------------------------


A_PAGE = (
    "---\n"
    "title: A page # Noted\n"
    'summary: "One \\"use\\" of \\u00e9"\n'
    "message: >-\n"
    "  Over two\n"
    "  lines.\n"
    "sources: [R1]\n"
    "---\n"
    "\n"
    "Ask {#not} [a team](/about/).\n"
    "\n"
    "## Get help\n"
    "\n"
    "## Obtain it {#have-it}\n"
    "\n"
    "### Smaller\n"
    "\n"
    ":::: only area=hand\n"
    "::: more Why we ask\n"
    "- [no risk]{.quoted}\n"
    ":::\n"
    "::::\n"
    "\n"
    "| Name | Use |\n"
    "|:---|---|\n"
    "- [ ] Arrange it. {#ride-home day=-7..-1}\n"
)
ITS_TRANSLATION = (
    "---\n"
    "title: Á págé # Noted\n"
    'summary: "Óné \\"úsé\\" óf \\u00e9"\n'
    "message: >-\n"
    "  Óvér twó\n"
    "  línés.\n"
    "sources: [R1]\n"
    "---\n"
    "\n"
    "Ásk {#not} [á téám](/about/).\n"
    "\n"
    "## Gét hélp ĵ {#get-help}\n"
    "\n"
    "## Óbtáín ít ĵ {#have-it}\n"
    "\n"
    "### Smállér\n"
    "\n"
    ":::: only area=hand\n"
    "::: more Why wé ásk\n"
    "- [nó rísk]{.quoted}\n"
    ":::\n"
    "::::\n"
    "\n"
    "| Námé | Úsé |\n"
    "|:---|---|\n"
    "- [ ] Árrángé ít. {#ride-home day=-7..-1}\n"
)


def test_a_page_keeps_all_that_is_not_words(tmp_path):
    assert translated(tmp_path, A_PAGE) == ITS_TRANSLATION


def test_key_facts_are_words_and_their_conditions_are_not(tmp_path):
    written = translated(
        tmp_path,
        "---\n"
        "title: Use\n"
        "key_facts:\n"
        "  time: One hour\n"
        "  home:\n"
        '    - {when: {cells: fat}, text: "Fat: one"}\n'
        "    - text: Other\n"
        "stage: recovery\n"
        "---\n",
    )

    header, _, _ = split_front_matter(written)
    assert header == (
        "title: Úsé\n"
        "key_facts:\n"
        "  time: Óné hóúr\n"
        "  home:\n"
        '    - {when: {cells: fat}, text: "Fát: óné"}\n'
        "    - text: Óthér\n"
        "stage: recovery"
    )


# --- words ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Ask us AT once", "Ásk ús ÁT óncé"),
        ("%(name)s of {name}: 5 %% done", "%(name)s óf {name}: 5 %% dóné"),
        ('An <a href="/about/">aim</a>', 'Án <a href="/about/">áím</a>'),
        ("Medi&shy;cine &amp; use", "Médí&shy;cíné &amp; úsé"),
        ("A < b and c > d", "Á < b ánd c > d"),
        ("", ""),
    ],
)
def test_words_are_accented_and_markup_is_not(text, wanted):
    assert accented(text) == wanted


@pytest.mark.parametrize(
    "text", ["j F Y", "l j F Y", "l, j F", "N j, Y", "H:i", "jS F Y", r"j \d\e F Y"]
)
def test_date_formats_stay_as_they_are(text):
    assert accented(text) == text


def test_english_words_are_those_with_plain_vowels_alone():
    text = "Cáll your téám on Mónday, why not? DVT 38 FDA"

    assert english_words(text) == ["your", "not", "FDA"]


def test_english_words_with_soft_hyphens_or_ligatures_are_found():
    assert english_words("medi\u00adcine ﬁnd") == ["medicine", "find"]
    assert english_words("a\u0301sk") == []


# --- the catalog ---------------------------------------------------------------


def test_catalog_translates_every_msgid_of_the_template(tmp_path):
    template = tmp_path / "django.pot"
    template.write_text(POT, encoding="utf-8")

    path = write_catalog(
        tmp_path, more=["Care team", "May", "Care team", ""], template=template
    )

    catalog = catalog_at(path)
    assert path == tmp_path / "locale" / LANGUAGE / "LC_MESSAGES" / "sheets.po"
    assert catalog.info()["language"] == LANGUAGE
    assert catalog.charset() == "UTF-8"
    printed = "Printed on %(day)s, <strong>page</strong> {number}"
    assert catalog.gettext(printed) == accented(printed) != printed
    assert catalog.gettext("Letter") == "Letter"
    assert catalog.pgettext("paper", "Letter") == "Léttér"
    forms = ("%(count)s sheet", "%(count)s sheets")
    assert catalog.ngettext(*forms, 1) == "%(count)s shéét"
    assert catalog.ngettext(*forms, 2) == "%(count)s shééts"
    assert catalog.gettext("Care team") == "Cáré téám"
    assert catalog.gettext("l j F Y") == "l j F Y"


def test_catalog_holds_each_text_once(tmp_path):
    template = tmp_path / "django.pot"
    template.write_text(POT, encoding="utf-8")

    path = write_catalog(
        tmp_path, more=["Care team", "May", "Care team"], template=template
    )

    entries = polib.pofile(str(path), check_for_duplicates=True)
    assert entries.percent_translated() == 100


def test_catalog_without_a_template_holds_months_and_weekdays(tmp_path):
    catalog = catalog_at(write_catalog(tmp_path))

    assert catalog.gettext("January") == "Jánúáry"
    assert catalog.gettext("May") == "Máy"
    assert catalog.gettext("Monday") == "Móndáy"
