"""The common questions as they ship, and what people ask finds them."""

import re
from functools import cache
from pathlib import Path

import pytest
import yaml
from django.http import QueryDict

from sessions.documents.phrases import folded
from sessions.guide.current import current_snapshot
from sessions.guide.reading import read_answers
from sessions.guide.search.found import Found, search
from tests.conftest import ROOT

HERE = Path(__file__).parent
SIGNS = yaml.safe_load((HERE / "signs.yaml").read_text())
OWN = yaml.safe_load((HERE / "search_questions.yaml").read_text())["questions"]
READERS = ROOT.parent / "shared" / "reader-questions.yaml"
KEYS = ("area", "cells")
LONGEST_PASSAGE = 60


@cache
def readers_questions() -> list[dict]:
    return yaml.safe_load(READERS.read_text())["questions"]


def found_for(words: str, answers: dict[str, str]) -> Found:
    given = QueryDict(mutable=True)
    given.update(answers)
    return search(read_answers(given, current_snapshot()), words)


def results(found: Found) -> list[tuple[str, str]]:
    """(question's id or address, passage) of each result, in order."""
    signs = [(sign.address, f"{sign.words} {tier_words(sign)}") for sign in found.signs]
    questions = [*([found.answer] if found.answer else []), *found.close]
    questions += found.nearest
    answers = [(one.question.id, one.question.answer) for one in questions]
    places = [(p.address, "".join(x.text for x in p.passage)) for p in found.places]
    return [*signs, *answers, *places]


def tier_words(sign) -> str:
    words = {"emergency": "Call now", "department": "Emergency department now"}
    return words.get(sign.tier, "Clinic today, or emergency department")


def test_answers_state_no_sign_of_the_card_in_their_own_words(real_content):
    copies = [
        (question.id, name)
        for question in current_snapshot().questions
        for name, pattern in SIGNS["signs"].items()
        if re.search(pattern, folded(question.answer))
    ]

    assert copies == []


def test_there_are_eighty_questions_with_three_other_wordings(real_content):
    questions = current_snapshot().questions

    assert len(questions) >= 80
    assert all(len(question.also) >= 3 for question in questions)


def test_common_questions_in_other_words_find_their_answer(real_content):
    asked = [one for one in OWN if "finds" in one]

    right = [
        one["ask"]
        for one in asked
        if results(found_for(one["ask"], answers_of(one)))[0][0] in one["finds"]
    ]

    assert len(right) >= 0.8 * len(asked), set(o["ask"] for o in asked) - set(right)


def test_signs_in_other_words_put_a_line_of_the_card_first(real_content):
    missed = []
    for one in OWN:
        wanted = one.get("sign", [])
        found = found_for(one["ask"], answers_of(one))
        signs = [sign.address.partition("#sign-")[2] for sign in found.signs]
        right = signs[:1] and signs[0] in (
            [wanted] if isinstance(wanted, str) else wanted
        )
        if bool(wanted) != found.is_symptom or (wanted and not right):
            missed.append((one["ask"], signs))

    assert missed == []


def answers_of(one: dict) -> dict[str, str]:
    return {key: one[key] for key in KEYS if key in one}


@pytest.mark.skipif(not READERS.is_file(), reason="../shared is not here.")
def test_what_readers_ask_is_answered_by_the_first_result(real_content):
    """As ../shared/ask.py judges it, by passages alone: 36 of 40, and 108 of 120."""
    right = {}
    for question in readers_questions():
        must = re.compile(question["must"], re.IGNORECASE | re.DOTALL)
        answers = {} if question["answers"] == "any" else question["answers"]
        for wording in (question["ask"], *question["also"]):
            first = results(found_for(wording, answers))[0][1]
            passage = " ".join(first.split()[:LONGEST_PASSAGE])
            right[question["id"], wording] = bool(must.search(passage))

    typed = [right[q["id"], q["ask"]] for q in readers_questions()]
    assert sum(typed) >= 36 and sum(right.values()) >= 108, right


@pytest.mark.skipif(not READERS.is_file(), reason="../shared is not here.")
def test_help_is_first_for_urgent_words_and_seldom_for_others(real_content):
    alarms = []
    for question in readers_questions():
        answers = {} if question["answers"] == "any" else question["answers"]
        for wording in (question["ask"], *question["also"]):
            is_first = found_for(wording, answers).is_symptom
            if question.get("urgent"):
                assert is_first, wording
            elif is_first:
                alarms.append(wording)

    assert len(alarms) <= 8, alarms
