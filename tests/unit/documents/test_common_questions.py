"""The file of common questions: what it holds, and what it may not."""

import pytest

from sessions.documents.common_questions import (
    grade_message,
    read_common_questions,
    rule_messages,
)
from tests.factories import shipped_rules

DRIVE = """- id: drive
  ask: Can I drive home?
  also:
    - drive
    - driving after sedation
    - can i take the car
  answer: After sedation, no. Plan a ride home.
  leads: /stages/monitoring/#what-to-do
"""


def faults_of(text):
    return [(fault.line, fault.message) for fault in read_common_questions(text)[1]]


def changed(old, new):
    assert old in DRIVE
    return DRIVE.replace(old, new)


def test_question_is_read_with_all_its_wordings():
    file, faults = read_common_questions(DRIVE)

    [question] = file.questions
    assert faults == []
    assert question.wordings == (
        "Can I drive home?",
        "drive",
        "driving after sedation",
        "can i take the car",
    )
    assert not question.condition.items()


def test_question_for_some_readers_has_their_condition():
    text = DRIVE + "  area: [hand]\n  cells: fat\n  country: uk\n"
    [question] = read_common_questions(text)[0].questions

    applies = question.condition.applies
    assert applies({"area": "hand", "cells": "fat", "country": "uk"})
    assert applies({"area": "joint"}) is False
    assert applies({}) is None


def test_sign_stands_in_place_of_an_answer():
    text = DRIVE[: DRIVE.index("  answer")] + "  sign: bleeding\n"
    file, faults = read_common_questions(text)

    assert faults == []
    assert file.questions[0].sign == ("bleeding",)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (changed("ask:", "asks:"), 2, '"asks" is not a known key'),
        (changed("id: drive", "id: Drive home"), 1, '"id" is not valid'),
        (changed("    - drive\n", ""), 3, '"also" has 2 other wordings. Write 3'),
        (changed("    - drive\n", "    - can i drive home?\n"), 4, "is there already"),
        (changed("Can I drive home?", "why " * 13), 2, '"ask" has 13 words'),
        (changed("Plan a ride home.", "now " * 40 + "."), 7, "The answer has 43 words"),
        (changed("no. ", "no. No. No. No. "), 7, "The answer has 5 sentences"),
        (
            changed("  leads: /stages/monitoring/#what-to-do\n", ""),
            1,
            '"leads" is miss',
        ),
        (changed("no. Plan", "*no*. Plan"), 7, "Patients would see"),
        (DRIVE + "  sign: bleeding\n", 7, 'Take "answer" out'),
        (DRIVE + DRIVE, 9, 'The id "drive" is on line 1 too'),
        ("ask: Why?\n", 1, "Write a list"),
        ("- [a\n", 2, "not valid YAML"),
        (changed("home?", "home?  # often"), 2, "YAML"),
    ],
)
def test_fault_is_named_by_its_line(text, line, words):
    found = faults_of(text)

    assert any(at == line and words in message for at, message in found), found


def test_all_faults_of_a_file_are_named_at_once():
    text = changed("ask:", "asks:") + changed("id: drive", "id: B B")

    assert {line for line, _ in faults_of(text)} >= {2, 9}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("It is a miracle cure.", "promises or comforts"),
        ("Stop your Eliquis two days before.", "medicine"),
        ("If it feels too tight, wait.", "is not safe"),
        ("It is FDA approved.", "Say what the FDA has approved"),
        ("One " + "and one " * 12 + "is a lot.", "A sentence has 28 words"),
        ("Immunosuppressive chemotherapeutic contraindications.", "reading grade"),
    ],
)
def test_answer_is_checked_by_the_rules_of_texts(answer, words):
    [question] = read_common_questions(
        changed("After sedation, no. Plan a ride home.", answer)
    )[0].questions

    found = [
        message
        for keys, message in rule_messages(question, shipped_rules())
        if keys == ("answer",)
    ]

    assert any(words in message for message in found), found


def test_plain_answer_passes_the_rules():
    questions = read_common_questions(DRIVE)[0].questions

    assert not list(rule_messages(questions[0], shipped_rules()))
    assert grade_message(questions, shipped_rules()) == ""


def test_answers_that_are_hard_together_are_named():
    answer = "Nobody understands the regulatory uncertainty of it."
    text = changed("After sedation, no. Plan a ride home.", answer)
    questions = read_common_questions(text)[0].questions

    assert "The reading grade is" in grade_message(questions, shipped_rules())
