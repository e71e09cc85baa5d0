"""Over budget, and lines that the checklist lacks: what staff are told, and where."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from sessions import wordings
from sessions.documents import parse_document
from sessions.documents.quality import Check
from sessions.wordings.word_counts import word_counts
from tests.factories import (
    make_live_wording,
    make_page,
    make_person,
    make_text,
    make_wording,
)
from tests.sample_stage import SAMPLE_CHECKLIST, SAMPLE_STAGE

pytestmark = pytest.mark.django_db
WORDS = "Words that nobody needs at first sight.\n\n" * 60


def found(page, text, check):
    return [f for f in wordings.all_findings(make_page(page), text) if f.check == check]


def test_a_page_over_its_budget_is_an_advisory_finding_with_the_answers():
    text = SAMPLE_STAGE.replace("You may be sore.", f"{WORDS}You may be sore.")

    (finding,) = found("stages/recovery", text, Check.BUDGET)

    assert not finding.is_blocking
    assert finding.message.startswith("With ")
    assert "430 is the most. Fold what can wait into `more`" in finding.message


def test_what_is_folded_is_not_counted():
    for place in ("Few studies looked", "Nerve pain", "A splint"):
        text = SAMPLE_STAGE.replace(place, f"{WORDS}{place}")

        assert found("stages/recovery", text, Check.BUDGET) == []


def test_what_to_ask_has_a_budget_of_its_own():
    more = "".join(f"- {'word ' * 20}\n" for _ in range(6))
    text = SAMPLE_STAGE.replace("- When may I drive?\n", more)

    (finding,) = found("stages/recovery", text, Check.BUDGET)

    assert 'words in "Ask your clinic" before anything is opened; 120 is' in (
        finding.message
    )


def test_lines_of_the_live_checklist_are_counted():
    before = word_counts(make_page("stages/recovery"), parse_document(SAMPLE_STAGE))
    make_live_wording(page="checklist", text=SAMPLE_CHECKLIST)
    after = word_counts(make_page("stages/recovery"), parse_document(SAMPLE_STAGE))

    # Three lines of 4, 9 and 6 words, with "Why" below each.
    assert after[0].words - before[0].words == 22


@pytest.mark.parametrize("page", ["words", "stages/recovery"])
def test_the_glossary_has_no_budget(page):
    text = make_text(body=f"## A\n\n{WORDS}")

    assert len(found(page, text, Check.BUDGET)) == (page != "words")


def test_a_line_that_the_checklist_lacks_is_an_advisory_finding():
    make_live_wording(page="checklist", text=SAMPLE_CHECKLIST)

    (finding,) = found("stages/recovery", SAMPLE_STAGE, Check.TASKS)

    assert not finding.is_blocking
    assert SAMPLE_STAGE.split("\n")[finding.line - 1] == "- gone"
    assert 'No line of the checklist has the id "gone".' in finding.message


def test_the_checklist_is_told_of_a_page_that_would_lose_its_line():
    make_live_wording(page="stages/recovery", text=SAMPLE_STAGE)
    text = SAMPLE_CHECKLIST.replace("{#ride-home", "{#ride")

    lost = [finding.message for finding in found("checklist", text, Check.TASKS)]

    assert any('"stages/recovery" shows the line "ride-home"' in each for each in lost)


def test_the_panel_shows_the_words_of_the_page(client):
    draft = make_wording(page="stages/recovery", text=SAMPLE_STAGE)
    client.force_login(make_person("Editor"))

    panel = client.post(
        reverse("admin:stemguide_sessions_wording_check_text", args=[draft.pk]),
        {"text": SAMPLE_STAGE},
    )

    assert " of 430 words (" in panel.content.decode()
    assert "Ask your clinic: 12 of 120 words (any answers)" in panel.content.decode()


def test_load_content_prints_the_words_of_each_page():
    out = StringIO()

    call_command("load_content", "--check", stdout=out)

    lines = out.getvalue().splitlines()
    (home,) = (line for line in lines if line.strip().startswith(("OVER home", "home")))
    assert " of 200 words (" in home
    assert not any(" words:" in line for line in lines)
