"""A stage as patients see it: lines of the checklist, folded questions, its message."""

import re

import pytest

from sessions.documents.stage_shapes import EARLIER_SECTIONS
from sessions.models import Wording
from tests.factories import make_live_wording, make_stage_text, make_text
from tests.page import Page, words
from tests.sample_stage import SAMPLE_CHECKLIST, SAMPLE_STAGE

pytestmark = pytest.mark.django_db
STAGE = "/stages/recovery/"
FAT = "?area=joint&cells=fat"


@pytest.fixture(autouse=True)
def pages(db):
    make_live_wording(page="checklist", text=SAMPLE_CHECKLIST)
    make_live_wording(page="stages/recovery", text=SAMPLE_STAGE)


def tree_of(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return Page(response).tree


def tasks_in(tree):
    """(id, version, words) of each task."""
    return [
        (task.get("data-task"), task.get("data-version"), words(line))
        for task in tree.cssselect(".task")
        for line in task.cssselect(".task__words")
    ]


# --- lines of the checklist --------------------------------------------------


def test_a_line_is_the_one_of_the_checklist_with_its_tick(client):
    stage, checklist = (
        tree_of(client, STAGE + FAT),
        tree_of(client, f"/checklist/{FAT}"),
    )

    assert tasks_in(stage) == tasks_in(checklist)
    assert [name for name, _, _ in tasks_in(stage)] == [
        "ride-home", "clothes-for-wrap", "dressing",
    ]  # fmt: skip
    assert len(stage.cssselect(".task input[type=checkbox]")) == 3
    assert stage.cssselect("script[src*='ticks']")
    assert stage.cssselect("[data-kept-status][role=status]")


@pytest.mark.parametrize("page", [STAGE, "/checklist/"])
def test_why_is_folded_on_screen(client, page):
    fold, *_ = tree_of(client, page).cssselect(".task details")

    assert words(fold).startswith("Why After sedation you must not drive.")
    assert fold.get("open") is None


@pytest.mark.parametrize("page", [STAGE, "/checklist/"])
def test_why_is_open_on_paper_beside_a_box(client, page):
    tree = tree_of(client, f"{page}print/{FAT}")

    assert not tree.cssselect("details") and not tree.cssselect("input")
    boxes = tree.cssselect(".task__box")
    assert len(boxes) == 3
    assert "After sedation you must not drive." in words(tree)


def test_a_short_sheet_has_the_lines_alone(client):
    tree = tree_of(client, f"{STAGE}print/short/{FAT}")

    assert len(tree.cssselect(".task__box")) == 3
    assert "After sedation you must not drive." not in words(tree)


def test_lines_for_others_are_left_out_and_those_that_may_fit_say_for_whom(client):
    others = tree_of(client, f"{STAGE}?area=joint&cells=prepared")
    unsure = tree_of(client, STAGE)

    assert [name for name, _, _ in tasks_in(others)] == ["ride-home", "dressing"]
    (only,) = unsure.cssselect("[aria-labelledby=what-to-do] .only")
    assert words(only).startswith("Only for: Your fat")


def test_the_section_leads_to_the_checklist(client):
    tree = tree_of(client, STAGE + FAT)

    (link,) = tree.cssselect("[aria-labelledby=what-to-do] > p > a")
    assert link.get("href") == f"/checklist/{FAT}"


@pytest.mark.parametrize("address", [STAGE, f"{STAGE}print/", "/guide/print/"])
@pytest.mark.parametrize(
    "checklist",
    [
        {"state": Wording.State.WITHDRAWN, "withdrawn_reason": "It was wrong."},
        {"text": make_text(body="## First\n\n- [ ] Ask. {#older-line}")},
    ],
    ids=["withdrawn", "older"],
)
def test_lines_that_the_live_checklist_lacks_are_left_out(client, checklist, address):
    make_live_wording(page="checklist", **checklist)

    tree = tree_of(client, address)

    names = {name for name, _, _ in tasks_in(tree)}
    assert names <= {"older-line"}
    assert "Some people feel no change." in words(tree)


def test_a_stage_without_lines_keeps_nothing_on_the_device(client):
    text = re.sub(r"::: tasks\n.*?:::\n", "", SAMPLE_STAGE, flags=re.DOTALL)
    make_live_wording(page="stages/recovery", text=text)

    tree = tree_of(client, STAGE)

    assert not tree.cssselect("script[src*='ticks'], [data-kept-status]")


# --- questions ---------------------------------------------------------------


def folds_in(tree):
    return [
        (fold.get("id"), words(fold.cssselect("summary > h3")[0]))
        for fold in tree.cssselect("[aria-labelledby=questions-people-ask] details")
    ]


def test_each_question_is_a_closed_fold_with_an_anchor(client):
    tree = tree_of(client, f"{STAGE}?area=hand")

    assert folds_in(tree) == [
        ("when-may-i-drive", "When may I drive?"),
        ("when-may-i-grip", "When may I grip?"),
        ("is-swelling-normal", "Is swelling normal?"),
    ]
    assert not tree.cssselect("details[open]")
    assert tree.cssselect("script[src*='folds']")


def test_an_answer_is_in_the_fold_of_its_question(client):
    folds = tree_of(client, f"{STAGE}?area=hand").cssselect("details.more[id]")

    assert words(folds[0]).endswith("Ask your clinic. A splint can make it hard.")
    assert words(folds[1]) == "When may I grip? Ask your clinic."


def test_a_question_for_some_stands_in_their_frame_for_who_is_not_sure(client):
    tree = tree_of(client, STAGE)

    frames = tree.cssselect("[aria-labelledby=questions-people-ask] .only")
    assert [len(frame.cssselect("details")) for frame in frames] == [0, 1]
    assert len(folds_in(tree)) == 3


def test_an_anchor_is_the_same_for_every_reader(client):
    twice = SAMPLE_STAGE.replace("When may I grip?", "Is swelling normal?")
    make_live_wording(page="stages/recovery", text=twice)

    hand = folds_in(tree_of(client, f"{STAGE}?area=hand"))
    joint = folds_in(tree_of(client, f"{STAGE}?area=joint"))

    assert [anchor for anchor, _ in hand[1:]] == [
        "is-swelling-normal", "is-swelling-normal-2",
    ]  # fmt: skip
    assert joint[1][0] == "is-swelling-normal-2"


def test_questions_are_headings_on_paper(client):
    tree = tree_of(client, f"{STAGE}print/?area=joint")

    assert not tree.cssselect("details")
    assert "When may I drive?" in [words(heading) for heading in tree.cssselect("h3")]


def test_questions_of_the_earlier_shape_are_no_folds(client):
    text = make_stage_text(sections=EARLIER_SECTIONS).replace(
        "## Questions people ask\n", "## Questions people ask\n\n### Why?\n"
    )
    make_live_wording(page="stages/recovery", text=text)

    assert folds_in(tree_of(client, STAGE)) == []


# --- the message -------------------------------------------------------------


def test_the_message_stands_first_and_the_summary_is_not_beside_it(client):
    tree = tree_of(client, STAGE)

    (lead,) = tree.cssselect(".lead")
    assert words(lead) == "Rest first, then move a little more each day."
    assert "What to expect in the days after" not in words(tree.cssselect("main")[0])
    (description,) = tree.cssselect("meta[name=description]")
    assert description.get("content") == "What to expect in the days after your visit."


def test_a_stage_without_a_message_begins_with_its_summary(client):
    make_live_wording(page="stages/recovery", text=make_stage_text())

    (lead,) = tree_of(client, STAGE).cssselect(".lead")
    assert words(lead) == "What it is."


def test_only_the_facts_that_it_has_are_shown(client):
    tree = tree_of(client, STAGE)

    assert [words(fact) for fact in tree.cssselect(".key-facts dt")] == [
        "Can you drive?"
    ]
