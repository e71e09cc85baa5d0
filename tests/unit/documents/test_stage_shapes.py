"""The sections of a stage: which shapes pass, and the finding of each gap."""

import re

import pytest

from sessions.documents import parse_document
from sessions.documents.parser import slugify
from sessions.documents.quality import Check, anchor_gaps, review
from sessions.documents.stage_shapes import (
    EARLIER_SECTIONS,
    OPTIONAL,
    SECTIONS,
    has_new_shape,
)
from tests.factories import make_stage_text, make_text, shipped_rules

NEEDED = [title for title in SECTIONS if title not in OPTIONAL]
SHAPES = {"new": SECTIONS, "earlier": EARLIER_SECTIONS}
NEW_SHAPE = (
    "Ask your clinic · What happens · How it may feel · What to do · What can go wrong "
    "· Questions people ask · More."
)


def stage(sections=SECTIONS, **front):
    return make_stage_text(sections=sections, **front)


def gaps(text):
    return [finding.message for finding in found(text, Check.GAP)]


def found(text, check):
    return review(parse_document(text), "stages/recovery", shipped_rules()).of(check)


# --- what passes -------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
def test_a_stage_wholly_in_one_shape_has_no_gap(shape):
    assert gaps(stage(SHAPES[shape])) == []


def test_a_stage_may_have_nothing_to_ask_the_clinic():
    assert gaps(stage(NEEDED)) == []


def test_a_stage_needs_no_key_facts():
    text = re.sub("key_facts: .*\n", "", stage())

    assert parse_document(text).front_matter.key_facts is None
    assert gaps(text) == []


@pytest.mark.parametrize("fact", ["time", "meet", "numbing", "drive", "home"])
def test_a_stage_may_have_one_key_fact(fact):
    text = re.sub("key_facts: .*", f"key_facts: {{{fact}: An answer.}}", stage())

    facts = dict(parse_document(text).front_matter.key_facts)

    assert [name for name, variants in facts.items() if variants] == [fact]


def test_blank_key_facts_are_none():
    text = re.sub("key_facts: .*", "key_facts:", stage())

    assert parse_document(text).front_matter.key_facts is None


def test_a_page_that_is_no_stage_needs_no_sections():
    assert gaps(make_text()) == []


# --- gaps --------------------------------------------------------------------


@pytest.mark.parametrize("title", NEEDED)
def test_missing_section_is_named(title):
    text = stage().replace(f"\n## {title}\n", "\n### Something else\n")

    assert gaps(text) == [f'The section "{title}" is missing. Add a line "## {title}".']


@pytest.mark.parametrize("title", EARLIER_SECTIONS)
def test_missing_section_of_the_earlier_shape_is_named_with_the_new_shape(title):
    (message,) = gaps(stage([name for name in EARLIER_SECTIONS if name != title]))

    assert message == (
        f'The section "{title}" is missing. Add a line "## {title}". Or write the '
        f"whole stage in its new shape: {NEW_SHAPE}"
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_empty_section_is_named_at_its_line(shape):
    text = re.sub("## What happens\n\n.+\n", "## What happens\n", stage(SHAPES[shape]))

    (finding,) = found(text, Check.GAP)

    assert finding.message == 'The section "What happens" is empty. Write its text.'
    assert text.split("\n")[finding.line - 1] == "## What happens"


def test_unknown_section_is_named():
    text = stage() + "\n## Prices\n\nAsk.\n"

    assert gaps(text) == ['A stage has no section "Prices". Use ### inside one.']


def test_unknown_section_of_the_earlier_shape_is_named_with_the_new_shape():
    (message,) = gaps(stage(EARLIER_SECTIONS) + "\n## Prices\n\nAsk.\n")

    assert message.endswith(f"in its new shape: {NEW_SHAPE}")


@pytest.mark.parametrize("title", sorted(set(EARLIER_SECTIONS) - set(SECTIONS)))
def test_a_stage_of_both_shapes_is_told_where_the_text_goes(title):
    text = stage() + f"\n## {title}\n\nAsk.\n"

    assert gaps(text) == [
        f'"{title}" is a section of the earlier shape. Move its text to one of: '
        f"{NEW_SHAPE}"
    ]


@pytest.mark.parametrize(
    ("shape", "order"),
    [("new", NEW_SHAPE[:30]), ("earlier", "In short · What you need")],
)
def test_finding_on_sections_out_of_order_names_the_order(shape, order):
    first, *others = SHAPES[shape]

    (message,) = gaps(stage([*others, first]))

    assert message.startswith(f"The sections are out of order: {order}")


# --- anchors of a translation ------------------------------------------------


def translated(sections, without=""):
    """A stage in another language, whose headings have the anchors of English."""
    kept = (title for title in sections if title != without)
    return parse_document(stage(f"Ĵ{title} {{#{slugify(title)}}}" for title in kept))


@pytest.mark.parametrize("shape", SHAPES)
def test_anchors_of_either_shape_are_enough(shape):
    assert list(anchor_gaps(translated(SHAPES[shape]))) == []


@pytest.mark.parametrize(
    ("shape", "title"),
    [*(("new", title) for title in NEEDED), ("earlier", "Get help")],
)
def test_missing_anchor_is_named(shape, title):
    (finding,) = anchor_gaps(translated(SHAPES[shape], without=title))

    assert finding.message.startswith(f'No heading has the anchor of "{title}".')
    assert finding.message.endswith(f"{{#{slugify(title)}}}.")


def test_a_translation_knows_its_shape_by_its_anchors():
    assert has_new_shape(translated(SECTIONS))
    assert not has_new_shape(translated(EARLIER_SECTIONS))
    assert not has_new_shape(parse_document(make_text()))


# --- the message -------------------------------------------------------------


@pytest.mark.parametrize(
    ("sections", "words", "is_long"),
    [(SECTIONS, 20, False), (SECTIONS, 21, True), (EARLIER_SECTIONS, 21, False)],
)
def test_a_message_of_the_new_shape_has_20_words_at_most(sections, words, is_long):
    message = "Rest now. Then" + " word" * (words - 3) + "."

    told = found(stage(sections, message=f"message: {message}"), Check.LONG_SENTENCE)

    assert [f.is_blocking for f in told] == [False] * is_long
    assert all(
        f"The message has {words} words; 20 is the most." in str(f) for f in told
    )


def test_a_long_message_is_found_at_its_line():
    text = stage(message=f"message: Rest now. Then{' word' * 18}.")

    (finding,) = found(text, Check.LONG_SENTENCE)

    assert text.split("\n")[finding.line - 1].startswith("message:")


@pytest.mark.parametrize("block", ["warning", "department"])
@pytest.mark.parametrize("around", ["", "only area=hand"])
def test_what_nobody_may_have_to_open_is_not_in_a_fold(block, around):
    card = f"::: {block}\nCall.\n:::"
    if around:
        card = f":::: {around}\n{card}\n::::"
    question = f"## Questions people ask\n\n### Is it bad?\n\nNo.\n\n{card}\n"
    text = stage(SECTIONS).replace("## Questions people ask\n", question)

    (message,) = gaps(text)

    assert "folded away with the question" in message


def test_a_task_is_not_in_a_fold():
    question = "## Questions people ask\n\n### What?\n\n::: tasks\n- a-line\n:::\n"
    text = stage(SECTIONS).replace("## Questions people ask\n", question)

    (message,) = gaps(text)

    assert "folded away with the question" in message


def test_a_warning_above_all_questions_is_not_folded():
    question = "## Questions people ask\n\n::: warning\nCall.\n:::\n"
    text = stage(SECTIONS).replace("## Questions people ask\n", question)

    assert gaps(text) == []
