"""load_content takes in the common questions and the synonyms."""

import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from sessions.guide.live import read_snapshot
from sessions.models import CommonQuestion, ContentVersion, Synonyms
from tests.shipped_versions import CONTENT

pytestmark = pytest.mark.django_db
QUESTIONS = "en/common-questions.yaml"
SYNONYMS = "synonyms.yaml"
QUESTION = """- id: {id}
  ask: Can I drive home?
  also: [drive, driving after sedation, can i take the car]
  {answer}
"""
ANSWER = """answer: After sedation, no. Plan a ride home.
  leads: {leads}"""
LEADS = "/stages/monitoring/#what-to-do"
ENGLISH = """en:
  groups: [[drive, car]]
  symptoms: [{sign: bleeding, any: [blood everywhere]}]
"""


def question(name="drive", leads=LEADS, **more):
    lines = [ANSWER.format(leads=leads), *(f"{k}: {v}" for k, v in more.items())]
    return QUESTION.format(id=name, answer="\n  ".join(lines))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A content folder with one question and one group of synonyms."""
    copy = tmp_path / "content"
    shutil.copytree(settings.CONTENT_DIR, copy)
    (copy / QUESTIONS).write_text(question())
    (copy / SYNONYMS).write_text(ENGLISH)
    return copy


@pytest.fixture
def load(folder, capsys):
    """Loads the folder. Returns what was printed; raises CommandError."""

    def run() -> str:
        call_command("load_content", folder=folder)
        return capsys.readouterr().out

    return run


@pytest.fixture
def faults(load, capsys):
    """What load_content says of a folder that it refuses."""

    def run() -> str:
        with pytest.raises(CommandError, match="Nothing was changed"):
            load()
        return capsys.readouterr().err

    return run


def names() -> list[str]:
    return list(CommonQuestion.objects.values_list("name", flat=True))


def test_questions_and_synonyms_become_rows_of_the_snapshot(load):
    printed = load()

    snapshot = read_snapshot(version=0)
    assert "published  common-questions.yaml, synonyms.yaml: 1 question" in printed
    assert [one.id for one in snapshot.questions] == ["drive"]
    assert snapshot.synonyms.groups == (("drive", "car"),)


def test_only_a_change_raises_the_content_version(load, folder):
    load()
    before = ContentVersion.objects.get().number

    assert "unchanged  common-questions.yaml, synonyms.yaml" in load()
    assert ContentVersion.objects.get().number == before
    (folder / SYNONYMS).write_text(ENGLISH.replace("car", "cab"))
    assert "published  common-questions.yaml, synonyms.yaml" in load()
    assert ContentVersion.objects.get().number == before + 1


def test_rows_keep_the_order_of_the_file(load, folder):
    (folder / QUESTIONS).write_text(question("b") + question("a"))
    load()
    assert names() == ["b", "a"]

    (folder / QUESTIONS).write_text(question("a") + question("c") + question("b"))
    load()

    assert names() == ["a", "c", "b"]


def test_folder_without_the_files_leaves_no_rows(load, folder):
    load()
    (folder / QUESTIONS).unlink()
    (folder / SYNONYMS).unlink()

    load()

    assert not CommonQuestion.objects.exists() and not Synonyms.objects.exists()


def test_row_that_is_no_longer_valid_is_left_out(load, folder, caplog):
    (folder / QUESTIONS).write_text(question("a") + question("b"))
    load()
    CommonQuestion.objects.filter(name="a").update(data={"id": "a"})
    Synonyms.objects.update(data={"groups": 3})

    snapshot = read_snapshot(version=0)

    assert [one.id for one in snapshot.questions] == ["b"]
    assert not snapshot.synonyms.groups
    assert "common question en/a cannot be read" in caplog.text
    assert "synonyms en cannot be read" in caplog.text


@pytest.mark.parametrize(
    ("more", "line", "words"),
    [
        ({"leads": "/no-such-page/"}, 5, 'no page at "/no-such-page/"'),
        ({"leads": "/risks/#nowhere"}, 5, 'has no section "#nowhere"'),
        ({"leads": "risks"}, 5, "Write the address of a page"),
        ({"area": "elbow"}, 6, 'There is no area "elbow"'),
        ({"cells": "blood"}, 6, 'There is no cell source "blood"'),
    ],
)
def test_what_a_question_names_must_exist(faults, folder, more, line, words):
    (folder / QUESTIONS).write_text(question(**more))

    said = faults()

    assert f"{QUESTIONS}:{line}: " in said and words in said
    assert not CommonQuestion.objects.exists()


def test_signs_must_be_lines_of_the_help_card(faults, folder):
    sign = QUESTION.format(id="a", answer="sign: [bleeding, no-sign]")
    (folder / QUESTIONS).write_text(sign)
    (folder / SYNONYMS).write_text(ENGLISH.replace("bleeding", "itch"))

    said = faults()

    assert f'{QUESTIONS}:4: No line of the help card has the id "no-sign"' in said
    assert f'{SYNONYMS}:3: No line of the help card has the id "itch"' in said


def test_forbidden_words_of_several_answers_are_named_at_once(faults, folder):
    bad = question().replace("After sedation, no.", "It is a miracle.")
    worse = question("b").replace("Plan a ride home.", "Stop your Eliquis.")
    (folder / QUESTIONS).write_text(bad + worse)

    said = faults()

    assert f"{QUESTIONS}:4: " in said and f"{QUESTIONS}:9: " in said


# --- a clinic with a folder of its own ---


@pytest.fixture
def clinic(tmp_path, folder, settings) -> Path:
    """The clinic's own folder, empty yet, beside a shipped one."""
    own = tmp_path / "own"
    (own / "en").mkdir(parents=True)
    settings.SHIPPED_CONTENT_DIR, settings.CONTENT_DIR = folder, own
    return own


def load_clinic(capsys) -> str:
    call_command("load_content", folder=settings.CONTENT_DIR)
    return capsys.readouterr().out


def test_a_clinics_own_questions_stand_in_place_of_the_shipped_ones(clinic, capsys):
    load_clinic(capsys)
    assert names() == ["drive"]

    (clinic / QUESTIONS).write_text(question("ours"))
    load_clinic(capsys)

    assert names() == ["ours"]
    assert Synonyms.objects.count() == 1


def test_a_clinics_own_page_may_lack_a_section_that_a_question_leads_to(clinic, capsys):
    page = (CONTENT / "en/risks.md").read_text()
    (clinic / "en/risks.md").write_text(
        page.replace("## How often things get worse\n", "## What may go badly\n")
        .replace("#how-often-things-get-worse", "#what-may-go-badly")
    )  # fmt: skip
    (Path(settings.SHIPPED_CONTENT_DIR) / QUESTIONS).write_text(
        question(leads="/risks/#how-often-things-get-worse")
    )

    printed = load_clinic(capsys)

    assert "1 question" in printed


def test_a_shipped_question_that_a_clinics_rules_forbid_is_left_out(clinic, capsys):
    (Path(settings.SHIPPED_CONTENT_DIR) / QUESTIONS).write_text(
        question("a") + question("b").replace("Plan a ride home.", "Take a cab home.")
    )
    (clinic / "rules.yaml").write_text("phrases: [a cab]\n")

    printed = load_clinic(capsys)

    assert names() == ["a"]
    assert "1 question; 1 is left out, by the clinic's rules" in printed
