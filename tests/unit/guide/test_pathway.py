"""The stages in order for one patient's answers, without a database."""

from datetime import UTC, date, datetime

import pytest

from sessions.documents import parse_document
from sessions.documents.front_matter import STAGE_KINDS
from sessions.guide.pathway import Answers, build_pathway
from sessions.guide.snapshot import Choice, ClinicDetails, LivePage, Snapshot
from tests.factories import KEY_FACTS, make_stage_text, make_text

HAND = Choice("hand", "Hand")
JOINT = Choice("joint", "Joint")
FAT = Choice("fat", "Your fat")
PREPARED = Choice("prepared", "Prepared cells")
NOT_SURE = Answers()

CLINIC = ClinicDetails(
    name="A clinic",
    telephone="",
    out_of_hours_telephone="",
    emergency_number="",
    country="us",
    time_zone="UTC",
    address=(),
    opening_times=(),
    open_weekdays=(),
    closed_dates=(),
    paper="a4",
)


def make_page(kind, text=None, **overrides):
    """A live stage page."""
    values = {
        "name": f"stages/{kind}",
        "number": 1,
        "document": parse_document(text or make_stage_text(kind)),
        "stage": kind,
        "is_withdrawn": False,
        "withdrawn_reason": "",
        "reviewer_role": "",
        "approved_on": None,
        "review_due": None,
        "unreviewed_reason": "",
        "patient_change_note": "",
        "published_on": date(2026, 1, 5),
    }
    return LivePage(**{**values, **overrides})


def make_snapshot(*pages):
    return Snapshot(
        version=1,
        read_at=datetime(2026, 1, 5, 9, tzinfo=UTC),
        valid_until=None,
        clinic=CLINIC,
        areas=(HAND, JOINT),
        cell_sources=(FAT, PREPARED),
        pages={page.name: page for page in pages},
        sources={},
        claims={},
    )


def pathway(*pages, answers=NOT_SURE):
    return build_pathway(make_snapshot(*pages), answers)


def step_of(text, answers=NOT_SURE, kind="recovery"):
    return pathway(make_page(kind, text), answers=answers).steps[0]


# --- order and places --------------------------------------------------------


def test_stages_stand_in_their_order_whatever_the_order_of_the_pages():
    pages = [make_page(kind) for kind in sorted(STAGE_KINDS)]

    steps = pathway(*pages).steps

    assert [(step.number, step.kind) for step in steps] == [
        (1, "consultation"),
        (2, "preparation"),
        (3, "harvesting"),
        (4, "injection"),
        (5, "monitoring"),
        (6, "recovery"),
        (7, "follow-up"),
    ]


def test_pages_that_are_no_stages_are_no_steps():
    risks = make_page("risks", make_text(), stage="", name="risks")

    assert [step.kind for step in pathway(risks, make_page("recovery")).steps] == [
        "recovery"
    ]


def test_pathway_without_stages_is_empty():
    assert pathway().steps == ()
    assert pathway().place_of("recovery") is None


HARVESTING = make_stage_text(
    "harvesting", applies="applies: {cells: [bone-marrow, fat]}"
)


@pytest.mark.parametrize(
    ("answers", "is_needed"),
    [
        (NOT_SURE, True),
        (Answers(area=HAND), True),
        (Answers(cells=FAT), True),
        (Answers(cells=PREPARED), False),
    ],
)
def test_stage_that_is_not_needed_stays_in_its_place(answers, is_needed):
    steps = pathway(
        make_page("preparation"),
        make_page("harvesting", HARVESTING),
        make_page("injection"),
        answers=answers,
    ).steps

    assert [(step.number, step.kind, step.is_needed) for step in steps] == [
        (1, "preparation", True),
        (2, "harvesting", is_needed),
        (3, "injection", True),
    ]


@pytest.mark.parametrize(
    ("kind", "previous", "after"),
    [
        ("preparation", None, "harvesting"),
        ("harvesting", "preparation", "recovery"),
        ("recovery", "harvesting", None),
    ],
)
def test_place_has_its_neighbours(kind, previous, after):
    place = pathway(
        make_page("preparation"), make_page("harvesting"), make_page("recovery")
    ).place_of(kind)

    assert place.step.kind == kind
    assert (place.previous and place.previous.kind) == previous
    assert (place.next and place.next.kind) == after
    assert place.total == 3


@pytest.mark.parametrize("kind", ["injection", "", "stages/recovery", "Recovery"])
def test_unknown_stage_has_no_place(kind):
    assert pathway(make_page("recovery")).place_of(kind) is None


def test_withdrawn_stage_keeps_its_number():
    steps = pathway(
        make_page("preparation", is_withdrawn=True), make_page("recovery")
    ).steps

    assert [(step.number, step.kind) for step in steps] == [
        (1, "preparation"),
        (2, "recovery"),
    ]


def test_stage_whose_text_can_not_be_read_keeps_its_number_and_says_its_name():
    steps = pathway(
        make_page("preparation", document=None), make_page("recovery")
    ).steps

    assert [step.number for step in steps] == [1, 2]
    assert (steps[0].title, steps[0].summary) == ("stages/preparation", "")
    assert (steps[0].key_facts, steps[0].is_needed) == ((), True)
    assert steps[0].special_document is None


# --- addresses ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "query"),
    [
        (NOT_SURE, ""),
        (Answers(country="us"), ""),
        (Answers(area=HAND), "?area=hand"),
        (Answers(cells=FAT), "?cells=fat"),
        (Answers(area=HAND, cells=FAT, country="us"), "?area=hand&cells=fat"),
        (Answers(area=Choice("a&b=c", "")), "?area=a%26b%3Dc"),
    ],
)
def test_answers_are_in_the_query_string(answers, query):
    assert answers.query == query


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/", "/?cells=fat"),
        ("/risks/", "/risks/?cells=fat"),
        ("/risks/#pain", "/risks/?cells=fat#pain"),
        ("#pain", "#pain"),
        ("/#stages", "/?cells=fat#stages"),
    ],
)
def test_answers_stand_before_the_anchor(path, address):
    assert Answers(cells=FAT).address(path) == address


@pytest.mark.parametrize("path", ["/", "/risks/#pain", "#pain"])
def test_without_answers_an_address_stays_as_it_is(path):
    assert NOT_SURE.address(path) == path


def test_step_leads_to_its_page_with_the_answers():
    step = step_of(make_stage_text(), Answers(area=HAND, cells=FAT))

    assert step.url == "/stages/recovery/?area=hand&cells=fat"
    assert step.whole_url == "/stages/recovery/?area=hand"


@pytest.mark.parametrize(
    ("answers", "is_complete"),
    [
        (NOT_SURE, False),
        (Answers(area=HAND), False),
        (Answers(cells=FAT), False),
        (Answers(area=HAND, cells=FAT), True),
    ],
)
def test_answers_are_complete_when_both_are_given(answers, is_complete):
    assert answers.is_complete is is_complete


def test_facts_are_codes_and_blank_where_the_patient_is_not_sure():
    assert Answers(area=HAND, country="uk").facts == {
        "area": "hand",
        "cells": frozenset(),
        "country": "uk",
    }


def test_facts_are_what_is_offered_where_the_patient_is_not_sure():
    offered = frozenset({"fat", "prepared"})

    facts = Answers(area=HAND, offered_cells=offered).facts

    assert facts["cells"] == offered


# --- what a step says --------------------------------------------------------


def test_step_has_title_and_summary():
    step = step_of(make_stage_text(title="Getting better"))

    assert (step.title, step.summary) == ("Getting better", "What it is.")


def test_key_facts_are_questions_with_their_answers():
    facts = step_of(make_stage_text()).key_facts

    assert [(fact.question, fact.answers) for fact in facts] == [
        ("How long it takes", ("An hour.",)),
        ("Who you meet", ("A nurse.",)),
        ("Numbing or sedation", ("Yes.",)),
        ("Can you drive?", ("No.",)),
        ("Can you go home the same day?", ("Yes.",)),
    ]


OFFERED = Answers(offered_areas=frozenset({"hand", "joint"}))
BY_AREA = "{when: {area: hand}, text: Slow.}, {when: {area: joint}, text: Fast.}"


def drive_answers(variants, answers):
    """What the step answers to "Can you drive?", or None where it does not ask."""
    facts = KEY_FACTS.replace("drive: No.", f"drive: [{variants}]")
    text = make_stage_text().replace(KEY_FACTS, facts)
    found = {fact.question: fact.answers for fact in step_of(text, answers).key_facts}
    return found.get("Can you drive?")


BY_CELLS = "{when: {cells: fat}, text: No.}, {when: {cells: prepared}, text: Yes.}"
WITH_REST = "{when: {cells: fat}, text: No.}, {text: Ask.}"
BY_BOTH = (
    "{when: {cells: fat}, text: No.}, {when: {area: hand}, text: Slow.}, {text: Ask.}"
)


@pytest.mark.parametrize(
    ("variants", "answers", "expected"),
    [
        (BY_CELLS, Answers(cells=FAT), ("No.",)),
        (BY_CELLS, Answers(cells=PREPARED), ("Yes.",)),
        (BY_CELLS, NOT_SURE, ("No.", "Yes.")),
        (BY_CELLS, Answers(cells=Choice("bone-marrow", "")), None),
        (WITH_REST, Answers(cells=FAT), ("No.",)),
        (WITH_REST, Answers(cells=PREPARED), ("Ask.",)),
        (WITH_REST, NOT_SURE, ("No.", "Ask.")),
        (BY_BOTH, Answers(area=HAND), ("No.", "Slow.")),
        (BY_BOTH, Answers(area=JOINT), ("No.", "Ask.")),
        (BY_BOTH, Answers(area=HAND, cells=FAT), ("No.",)),
        (BY_BOTH, Answers(area=HAND, cells=PREPARED), ("Slow.",)),
        (BY_BOTH, NOT_SURE, ("No.", "Slow.", "Ask.")),
        (BY_AREA + ", {text: Ask.}", OFFERED, ("Slow.", "Fast.")),
        (BY_AREA + ", {text: Ask.}", NOT_SURE, ("Slow.", "Fast.", "Ask.")),
        (BY_AREA + ", {text: Ask.}", Answers(area=Choice("spine", "")), ("Ask.",)),
        ("{text: Ask.}, {when: {cells: fat}, text: No.}", NOT_SURE, ("Ask.",)),
        ("{when: {cells: fat}, text: No.}, {text: No.}", NOT_SURE, ("No.",)),
    ],
)
def test_key_fact_is_the_first_variant_that_applies_and_those_that_may(
    variants, answers, expected
):
    assert drive_answers(variants, answers) == expected


def paragraphs(blocks):
    return [block.inlines[0].text for block in blocks if block.template == "paragraph"]


ONLY_PREPARED = "::: only cells=prepared\nNothing is taken.\n:::"


def test_step_holds_the_words_for_this_reader_alone():
    text = make_stage_text(body=f"For all.\n\n{ONLY_PREPARED}")

    for_fat = step_of(text, Answers(cells=FAT)).document
    for_prepared = step_of(text, Answers(cells=PREPARED)).document

    assert "Nothing is taken." not in paragraphs(for_fat.introduction)
    assert paragraphs(for_prepared.introduction)[:2] == [
        "For all.",
        "Nothing is taken.",
    ]


def test_stage_that_is_not_needed_has_what_is_written_for_these_readers():
    text = make_stage_text("harvesting", body=f"For all.\n\n{ONLY_PREPARED}")

    special = step_of(text, Answers(cells=PREPARED), "harvesting").special_document

    assert paragraphs(special.introduction) == ["Nothing is taken."]
    assert [section.title for section in special.sections] == ["Get help"]


def test_who_is_not_sure_of_the_cells_is_shown_all_of_a_stage():
    step = step_of(make_stage_text(body="For all."), Answers(area=HAND))

    assert step.special_document == step.document


# --- a snapshot with a page in it --------------------------------------------


def test_preview_shows_the_page_as_if_it_were_live():
    old = make_page("recovery", make_stage_text(title="Old"))
    new = make_page("recovery", make_stage_text(title="New"))
    snapshot = make_snapshot(old)

    assert build_pathway(snapshot.with_page(new), NOT_SURE).steps[0].title == "New"
    assert build_pathway(snapshot, NOT_SURE).steps[0].title == "Old"
