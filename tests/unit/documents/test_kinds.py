"""Kinds of sentence that no text may have: orders about medicines, and promises."""

import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from sessions.documents import parse_document
from sessions.documents.quality import Check, Finding, review, text_findings
from tests.factories import make_text, shipped_rules

ROWS: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "clinical_kinds.yaml").read_text()
)
CAUGHT = [
    *ROWS["must_be_caught_as_the_clinical_brief_says"],
    *ROWS["must_be_caught"],
]
PASS = [*ROWS["must_pass_as_the_clinical_brief_says"], *ROWS["must_pass"]]


MEDICINES = [name.strip("~*") for name in shipped_rules().word_lists["medicines"]]
REST = "meet: A., numbing: B., drive: C., home: D."


def forbidden(body: str, name: str = "learn/a-page") -> list[Finding]:
    document = parse_document(make_text(body=body))
    return list(review(document, name, shipped_rules()).of(Check.FORBIDDEN))


@pytest.mark.parametrize("body", CAUGHT)
def test_page_with_this_is_refused(body):
    assert forbidden(body)


@pytest.mark.parametrize("body", PASS)
def test_page_with_this_passes(body):
    assert forbidden(body) == []


@pytest.mark.parametrize("text", [row for row in CAUGHT if row[0].isalnum()])
def test_plain_text_with_this_is_refused(text):
    assert text_findings(text, shipped_rules())


@pytest.mark.parametrize("text", [row for row in PASS if "\n" not in row])
def test_plain_text_with_this_passes(text):
    assert text_findings(text, shipped_rules()) == []


def test_sixty_rows_are_more_than_those_of_the_clinical_brief():
    assert min(len(ROWS["must_be_caught"]), len(ROWS["must_pass"])) >= 60
    assert len(set(CAUGHT)) == len(CAUGHT) and len(set(PASS)) == len(PASS)


@pytest.mark.parametrize("medicine", [m for m in MEDICINES if m.isalpha()])
@pytest.mark.parametrize("order", ["Stop {}.", "Hold the {} now.", "{}: skip that."])
def test_order_about_each_medicine_is_refused(medicine, order):
    assert text_findings(order.format(medicine.upper()), shipped_rules())


def test_message_has_the_words_and_how_to_mend_them():
    assert text_findings("First, stop your Eliquis.", shipped_rules()) == [
        '"stop your Eliquis" reads as an order about a medicine. Write what to ask: '
        '"Ask the doctor who prescribes it". Give no day and no dose.'
    ]


@pytest.mark.parametrize(
    ("text", "finds"),
    [
        (
            "Should I stop Eliquis? Yes. Two days before.",
            "an answer that has a medicine stopped",
        ),
        (
            "Do I take my insulin? No, not that morning.",
            "an answer about taking a medicine",
        ),
        ("Stop your wafarin.", "an order about a medicine"),
        ("Your Eliquis can wait.", "a medicine that is left for later"),
        ("Tylenol helps: take it.", "advice to take a medicine"),
    ],
)
def test_sentence_is_found_as_its_kind(text, finds):
    (message, *_) = text_findings(text, shipped_rules())

    assert f"reads as {finds}." in message


@pytest.mark.parametrize(
    "body",
    [
        "### Should I stop Eliquis?\n\nTwo days before.",
        "Should I stop Eliquis?\n\nYes.",
        "::: more Should I stop Eliquis?\nYes. Two days before.\n:::",
    ],
)
def test_answer_is_read_with_the_question_above_it(body):
    assert forbidden(body)


def test_answer_far_from_the_question_is_none():
    between = "We talk about that with you when you come in for the first visit."

    text = f"Should I stop Eliquis? {between} Yes."

    assert text_findings(text, shipped_rules()) == []


def test_paragraphs_and_lines_of_plain_text_are_read():
    text = "Come to\nthe front door.\n\nStop your\naspirin."

    (message,) = text_findings(text, shipped_rules())

    assert message.startswith('"Stop your aspirin"')


def test_plain_text_has_all_that_blocks_a_page():
    text = "No risk. It is FDA-approved. Stop your aspirin. It is p\u0430inful."

    found = text_findings(text, shipped_rules())

    assert [message.split('"')[1] for message in found] == [
        "no risk", "p\u0430inful", "It is FDA-approved.", "Stop your aspirin",
    ]  # fmt: skip


def test_finding_is_blocking_and_at_its_line():
    body = "Words.\n\n- One.\n- Stop your aspirin."

    (found,) = forbidden(body)

    assert found.line == 9 and found.is_blocking


@pytest.mark.parametrize(
    "body",
    [
        "| a | b |\n|---|---|\n| Stop your aspirin. | b |",
        "Stop these:\n\n- aspirin, at once",
        "- [ ] Stop aspirin. {#stop-aspirin}\n\n  Stop aspirin.",
    ],
)
def test_what_is_found_twice_is_told_once_a_line(body):
    lines = [found.line for found in forbidden(body)]

    assert lines and len(lines) == len(set(lines))


@pytest.mark.parametrize(
    "front",
    [
        {"title": "Stop your aspirin"},
        {"summary_": "message: Stop your aspirin."},
        {"facts": f"key_facts: {{time: Stop aspirin., {REST}}}"},
    ],
)
def test_front_matter_is_read(front):
    document = parse_document(make_text(**front))

    assert review(document, "", shipped_rules()).of(Check.FORBIDDEN)


def test_order_that_is_quoted_as_a_warning_passes_where_pages_may_quote():
    body = "Be wary of \u201c[stop your aspirin]{.quoted}\u201d."

    assert [forbidden(body, name) == [] for name in ("learn/x", "home")] == [
        True, False,
    ]  # fmt: skip


# --- letters of two alphabets ------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It is p\u0430inless.", ["p\u0430inless"]),
        ("N\u03bf risk, n\u043e risk.", ["N\u03bf", "n\u043e"]),
        ("p\u0430in\u200bless", ["p\u0430inless"]),
        ("A \u0441ure and a cur\u0435.", ["\u0441ure", "cur\u0435"]),
        ("5 \u00b5g and 5 \u03bcg and 5\u03bcl", []),
        ("caf\u00e9, na\u00efve, \u0141\u00f3d\u017a, stra\u00dfe", []),
        ("\u041a\u043b\u0438\u043d\u0438\u043a\u0430 and clinic", []),
        ("TGF-\u03b2", []),
    ],
)
def test_word_of_two_alphabets_is_found(text, words):
    found = text_findings(text, shipped_rules())

    assert found == [
        f'"{word}" mixes letters of two alphabets. Type the word again.'
        for word in words
    ]


def test_word_of_two_alphabets_blocks_a_page():
    (found,) = forbidden("It is n\u043et known.")

    assert found.is_blocking and found.line == 6


# --- how long it takes -------------------------------------------------------


@pytest.mark.parametrize(
    "piece",
    [
        "stop ", "ask whether to stop aspirin ", "never stop aspirin ", "leave it ",
        "stop bleeding aspirin ", "if you stop aspirin and ", "it. Stop it, aspirin. ",
        "stop bleeding aspirin ", "if you stop aspirin and ", "it. Stop it, aspirin. ",
        "ask ", "not ", "aspirin ", "stop aspirin ", "a ", "5 days ",
        "cells become ", "take/use ", "a'b-c ", "9", "...", "\u00e9",
    ],
)  # fmt: skip
def test_time_grows_with_the_length_of_a_text_alone(piece):
    seconds = [time_of(piece * (length // len(piece))) for length in (10_000, 40_000)]

    assert seconds[1] < 8 * max(seconds[0], 0.05), seconds


def time_of(text: str) -> float:
    before = time.process_time()
    text_findings(text, shipped_rules())
    return time.process_time() - before
