"""One name for one thing, and chances that can be compared, in every text that ships.

Which names is said in the table of content/README.md, which is read here.
"""

import re

import pytest

from sessions.documents import blocks as b
from sessions.documents import parse_document
from sessions.documents.phrases import folded
from sessions.library.references import GLOSSARY
from tests.conftest import ROOT
from tests.content.test_pages import names
from tests.factories import make_text

README = (ROOT / "content/README.md").read_text()
ALSO_CALLED = "Also called"
NUMBER_WORDS = "two|three|four|five|six|seven|eight|nine|ten|a hundred|a thousand"
ONE_IN = re.compile(rf"\b(?:1|one) in (?:\d|(?:{NUMBER_WORDS})\b)")
PERCENT = re.compile(r"%|\bper ?cent(?:age)?s?\b")
BASE = re.compile(r"\bof (10|20|50|100|1,000|10,000)\b")


def table_of_names() -> dict[str, str]:
    """By each word that is never said: what to say."""
    part = README.partition("### One name for one thing\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", part, re.MULTILINE)
    return {
        phrase.strip(): say
        for say, never in rows
        if never != "Never say"
        for phrase in never.split(",")
    }


NEVER = table_of_names()


def texts_of(document, name=""):
    """(line, words) of each text of a page, without quoted words."""
    front = document.front_matter
    yield from ((1, text) for text in (front.title, front.summary, front.message))
    for _, variants in front.key_facts or ():
        yield from ((1, variant.text) for variant in variants)
    yield from ((section.line, section.title) for section in document.sections)
    for block in document.walk():
        if isinstance(block, b.More):
            yield block.line, block.summary
        for run in block.runs():
            text = b.plain_text(run, without_marks=("quoted",))
            if not (name == GLOSSARY and text.startswith(ALSO_CALLED)):
                yield block.line, text


def wrong_names(text):
    plain = folded(text)
    return [
        f'"{phrase}": say {say}'
        for phrase, say in NEVER.items()
        if re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", plain)
    ]


def wrong_chances(text):
    plain = folded(text)
    return [
        found[0] for found in (ONE_IN.search(plain), PERCENT.search(plain)) if found
    ]


def bases_in(table):
    cells = folded(" | ".join(map(b.plain_text, table.runs())))
    return set(BASE.findall(cells))


def document_of(library, name):
    return next(file for file in library.files if file.name == name).document


@pytest.mark.parametrize("name", names())
def test_page_has_one_name_for_one_thing(library, name):
    found = [
        (line, wrong)
        for line, text in texts_of(document_of(library, name), name)
        for wrong in wrong_names(text)
    ]

    assert not found, found


@pytest.mark.parametrize("name", names())
def test_chances_have_a_base_that_can_be_compared(library, name):
    document = document_of(library, name)
    found = [
        (line, wrong)
        for line, text in texts_of(document)
        for wrong in wrong_chances(text)
    ]
    tables = [block for block in document.walk() if isinstance(block, b.Table)]

    assert not found, found
    assert all(len(bases_in(table)) <= 1 for table in tables), tables


def test_claims_have_the_same_names_and_chances(library):
    found = [
        (name, wrong)
        for name, claim in library.register.claims.items()
        for text in claim.words.values()
        for wrong in (*wrong_names(text), *wrong_chances(text))
    ]

    assert not found, found


def test_the_table_is_read():
    assert len(NEVER) > 20
    assert NEVER["jab"] == "injection" and NEVER["caregiver"].startswith("helper")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Get your Cell Shot now.", 1),
        ("A screenshot.", 0),
        ("Ask [your team]{.quoted}.", 0),
        ("1 in 4 people.", 1),
        ("One in four people.", 1),
        ("25 out of 100 people. It was 1 in June.", 0),
        ("About 25 % got better.", 1),
        ("Ten per cent.", 1),
    ],
)
def test_what_is_found(text, found):
    document = parse_document(make_text(body=text))

    wrong = [
        one
        for _, each in texts_of(document)
        for one in (*wrong_names(each), *wrong_chances(each))
    ]

    assert len(wrong) == found


def test_other_names_may_stand_behind_also_called():
    text = make_text(body="## Injection\n\nA needle.\n\nAlso called: shot.")

    texts = texts_of(parse_document(text), GLOSSARY)

    assert not [wrong for _, each in texts for wrong in wrong_names(each)]


@pytest.mark.parametrize(("other", "bases"), [("2 of 1,000", 1), ("2 of 100", 2)])
def test_bases_of_a_table_are_found(other, bases):
    body = f"|a|b|\n|-|-|\n|1 of 1,000|{other}|"

    (table,) = parse_document(make_text(body=body)).introduction

    assert len(bases_in(table)) == bases
