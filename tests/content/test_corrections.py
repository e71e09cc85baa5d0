"""The corrections of the facts are in the texts; no page repeats a sign of the card."""

import re
from itertools import product
from pathlib import Path

import pytest
import yaml

from sessions.documents import blocks as b
from sessions.documents.front_matter import COUNTRIES
from sessions.documents.phrases import folded
from sessions.documents.quality import reading_runs

HERE = Path(__file__).parent
CORRECTIONS = yaml.safe_load((HERE / "corrections.yaml").read_text())
SIGNS = yaml.safe_load((HERE / "signs.yaml").read_text())
FOUND = [
    pytest.param(place, id=f"{name}-{number}")
    for name, entry in CORRECTIONS.items()
    for number, place in enumerate(entry.get("found", ()), start=1)
]
GONE = [
    pytest.param(pattern, id=f"{name}-{pattern}")
    for name, entry in CORRECTIONS.items()
    for pattern in entry.get("gone", ())
]
AREAS = ("hand", "joint", "wrist", frozenset())
CELLS = ("bone-marrow", "fat", "prepared", frozenset())
FIRST_AID = (
    "10 minutes by the clock",
    "level with the heart",
    "use a second pen",
    "start chest compressions",
    "sugar now",
)
HEADINGS = (
    "Warning signs Call 911 now Emergency department now Do not drive yourself. Cannot "
    "get there? Call 911. Clinic today (no answer: emergency department) Can wait"
)


def document_of(library, name):
    return next(file for file in library.files if file.name == name).document


def words_of(document):
    return folded(" ".join(run for run, _ in reading_runs(document)))


def words_of_claim(library, name):
    return folded(" ".join(library.register.claims[name].words.values()))


def lines_of(card):
    return [
        b.plain_text(x.inlines) for x in b.walk(card.blocks) if isinstance(x, b.Sign)
    ]


def test_every_correction_is_in_the_table():
    """One that says what another says, or a rule for the register, names its proof."""
    numbered = [name for name in CORRECTIONS if name.startswith("K")]

    assert numbered == [f"K{number}" for number in range(1, 84)]
    for name, entry in CORRECTIONS.items():
        assert entry.get("found") or entry.get("gone") or entry["proof"], name
    proofs = {e["proof"] for e in CORRECTIONS.values() if "proof" in e}
    tests = "".join(path.read_text() for path in HERE.glob("test_*.py"))
    assert all(p in CORRECTIONS or f"def {p}(" in tests for p in proofs)


@pytest.mark.parametrize("place", FOUND)
def test_correction_is_found_by_the_readers_it_is_for(library, place):
    if claim := place.get("claim"):
        assert re.search(place["words"], words_of_claim(library, claim)), place
        return
    facts = {key: place.get(key, "") for key in ("area", "cells", "country")}
    document = document_of(library, place.get("page", "get-help")).tailored(facts)
    text = words_of(document)
    if tier := place.get("tier"):
        (card,) = (card for card in document.cards() if card.urgency == tier)
        text = folded(" ".join(lines_of(card)))

    assert re.search(place["words"], text), place


@pytest.mark.parametrize("pattern", GONE)
def test_what_was_withdrawn_is_in_no_text(library, pattern):
    texts = {file.name: words_of(file.document) for file in library.files}
    texts |= {c: words_of_claim(library, c) for c in library.register.claims}

    assert not [name for name, text in texts.items() if re.search(pattern, text)]


@pytest.mark.parametrize("sign", SIGNS["signs"])
def test_no_other_page_states_a_sign_in_its_own_words(library, sign):
    copies = []
    for file in library.files:
        if file.name in SIGNS["only_on"]:
            continue
        for run, line in reading_runs(file.document):
            text = folded(run)
            for phrase in SIGNS["allowed"].get(file.name, ()):
                text = text.replace(phrase, "")
            if re.search(SIGNS["signs"][sign], text):
                copies.append((file.name, line, run))

    assert not copies


@pytest.mark.parametrize(
    ("area", "cells", "country"), list(product(AREAS, CELLS, COUNTRIES))
)
def test_card_is_short_for_every_combination_of_answers(library, area, cells, country):
    facts = {"area": area, "cells": cells, "country": country}
    document = document_of(library, "get-help").tailored(facts)

    lines = [line for card in document.cards() for line in lines_of(card)]

    is_known = bool(cells) and area in ("hand", "joint")
    words = len(f"{HEADINGS} {' '.join(lines)}".split())
    assert 250 < words <= (310 if is_known else 370)
    assert len(lines) <= (31 if is_known else 37)


def test_each_line_of_the_card_begins_with_its_key_in_bold(library):
    document = document_of(library, "get-help")
    signs = [block for block in document.walk() if isinstance(block, b.Sign)]

    assert signs and all(isinstance(sign.inlines[0], b.Strong) for sign in signs)


@pytest.mark.parametrize("name", ["get-help", "helping-someone"])
def test_first_aid_is_not_folded(library, name):
    section = document_of(library, name).section("first-aid")
    blocks = list(b.walk(section.blocks))

    shown = folded(" ".join(b.plain_text(run) for x in blocks for run in x.runs()))
    assert not any(isinstance(block, b.More) for block in blocks)
    assert all(words in shown for words in FIRST_AID)
