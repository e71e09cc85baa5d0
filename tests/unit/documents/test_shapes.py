"""The shape of the choices, the glossary and the comparisons, and their balance."""

import pytest

from sessions.documents import parse_document
from sessions.documents.quality import Check, review
from sessions.documents.shapes import (
    balance,
    odds_faults,
    one_sided,
    option_faults,
    word_faults,
)
from tests.factories import shipped_rules

HEADER = "| Choice | What may get better | What may go wrong | What it takes |"
RULE = "|---|---|---|---|"


def parse(body: str):
    return parse_document(f"---\ntitle: A page\nsummary: What it is.\n---\n{body}\n")


def words_of(document):
    return word_faults(document, 20)


def faults(shape, body: str) -> list[tuple[int, str]]:
    return [(f.line, f.message) for f in shape(parse(body))]


def test_whole_table_of_choices_is_in_order():
    assert not faults(option_faults, f"{HEADER}\n{RULE}\n| Rest | a | b | c |")


def test_empty_field_of_a_choice_names_its_line():
    table = f"{HEADER}\n{RULE}\n| Rest | a | b | c |\n| Wait | a |  | c |"

    assert faults(option_faults, table) == [
        (8, '"What may go wrong" is empty. Say "We do not know" if nobody does.')
    ]


@pytest.mark.parametrize("table", ["", "| Choice | Good |\n|---|---|\n| Rest | a |"])
def test_other_fields_are_refused(table):
    (fault,) = faults(option_faults, table)

    assert (
        "Choice | What may get better | What may go wrong | What it takes" in fault[1]
    )


@pytest.mark.parametrize(
    ("body", "line", "says"),
    [
        ("## Bone\n\n- A list.", 5, '"Bone" has no meaning.'),
        ("## Bone", 5, '"Bone" has no meaning.'),
        (f"## Bone\n\n{'word ' * 21}", 7, "20 words at most"),
        ("## Cell\n\nx\n\n## Bone\n\ny", 9, '"Bone" belongs before "Cell"'),
        ("## A\n\nx\n\nAlso called: b.\n\n## B\n\ny", 11, '"B" is explained under "A"'),
    ],
)
def test_bad_word_names_its_line(body, line, says):
    ((found, message),) = faults(words_of, body)

    assert found == line and says in message


def test_odds_of_one_section_share_a_denominator():
    odds = "::: odds 25 in 100\nx\n:::\n\n::: odds 3 in 1,000\ny\n:::"

    ((line, message),) = faults(odds_faults, f"## Compare\n\n{odds}")

    assert line == 11 and "out of 1,000" in message


def test_odds_of_two_sections_may_differ():
    body = "## A\n\n::: odds 1 in 4\nx\n:::\n\n## B\n\n::: odds 3 in 1,000\ny\n:::"

    assert not faults(odds_faults, body)


def test_balance_is_measured_row_by_row_in_the_choices():
    table = (
        f"{HEADER}\n{RULE}\n| Rest | one two three | one | c |\n| Wait | a | b | c |"
    )

    assert list(balance(parse(table))) == [(7, 75), (8, 50)]


def test_balance_is_measured_over_the_comparison():
    body = (
        "## How benefit and harm compare\n\n### What may get better\n\none two\n\n"
        "### What may get worse\n\none two three four\n\n## Other\n\nmany more words"
    )

    # Headings count too: four words on each side.
    assert list(balance(parse(body))) == [(5, 43)]


COMPARISON = (
    "## How benefit and harm compare\n\n### Knee\n\n#### What may get better\n\n{}\n\n"
    "#### What may get worse\n\n{}\n\n"
)
DRAWN = "::: odds unknown in 100\nNobody knows.\n:::"


@pytest.mark.parametrize(
    ("better", "worse", "lines"),
    [(DRAWN, DRAWN, []), ("x", "x", []), (DRAWN, "x", [15]), ("x", DRAWN, [9])],
)
def test_people_are_drawn_on_both_sides_of_the_comparison(better, worse, lines):
    document = parse(COMPARISON.format(better, worse))

    assert [fault.line for fault in one_sided(document)] == lines


@pytest.mark.parametrize(
    "body",
    [
        "| Choice | Good | Bad | Price |\n|---|---|---|---|\n| a | b | c d e f | g |",
        "## Other\n\n### What may get better\n\none two\n\n### Worse\n\none",
    ],
)
def test_balance_is_measured_nowhere_else(body):
    assert not list(balance(parse(body)))


def test_uneven_balance_is_said_and_blocks_nothing():
    table = f"{HEADER}\n{RULE}\n| Rest | one two three four | one | c |"

    (finding,) = review(parse(table), "", shipped_rules()).of(Check.BALANCE)

    assert "80 % are about benefit" in finding.message
    assert not finding.is_blocking
