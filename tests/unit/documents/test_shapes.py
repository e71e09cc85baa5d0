"""The shape of the choices, the glossary and the comparisons, and their balance."""

import pytest

from sessions.documents import parse_document
from sessions.documents.quality import Check, review
from sessions.documents.shapes import balance, one_sided, shape_faults

HEADER = "| Choice | What may get better | What may go wrong | What it takes |"
RULE = "|---|---|---|---|"


def parse(body: str):
    return parse_document(f"---\ntitle: A page\nsummary: What it is.\n---\n{body}\n")


def faults(name: str, body: str) -> list[tuple[int, str]]:
    return [(f.line, f.message) for f in shape_faults(name, parse(body))]


def test_whole_table_of_choices_is_in_order():
    assert not faults("options", f"{HEADER}\n{RULE}\n| Rest | a | b | c |")


def test_empty_field_of_a_choice_names_its_line():
    table = f"{HEADER}\n{RULE}\n| Rest | a | b | c |\n| Wait | a |  | c |"

    assert faults("options", table) == [
        (8, '"What may go wrong" is empty. Say "We do not know" if nobody does.')
    ]


@pytest.mark.parametrize("table", ["", "| Choice | Good |\n|---|---|\n| Rest | a |"])
def test_other_fields_are_refused(table):
    (fault,) = faults("options", table)

    assert (
        "Choice | What may get better | What may go wrong | What it takes" in fault[1]
    )


def test_other_pages_may_have_other_tables():
    assert not faults("risks", "| A | B |\n|---|---|\n| c |  |")


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
    ((found, message),) = faults("words", body)

    assert found == line and says in message


def test_odds_of_one_section_share_a_denominator():
    odds = "::: odds 25 in 100\nx\n:::\n\n::: odds 3 in 1,000\ny\n:::"

    ((line, message),) = faults("risks", f"## Compare\n\n{odds}")

    assert line == 11 and "out of 1,000" in message


def test_odds_of_two_sections_may_differ():
    body = "## A\n\n::: odds 1 in 4\nx\n:::\n\n## B\n\n::: odds 3 in 1,000\ny\n:::"

    assert not faults("risks", body)


def test_balance_is_measured_row_by_row_on_options():
    table = (
        f"{HEADER}\n{RULE}\n| Rest | one two three | one | c |\n| Wait | a | b | c |"
    )

    assert list(balance("options", parse(table))) == [(7, 75), (8, 50)]


def test_balance_is_measured_over_the_comparison_on_risks():
    body = (
        "## How benefit and harm compare\n\n### What may get better\n\none two\n\n"
        "### What may get worse\n\none two three four\n\n## Other\n\nmany more words"
    )

    # Headings count too: four words on each side.
    assert list(balance("risks", parse(body))) == [(5, 43)]


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

    assert [fault.line for fault in one_sided("risks", document)] == lines
    assert not list(one_sided("about", document))


@pytest.mark.parametrize("name", ["about", "stages/recovery", "learn/x"])
def test_balance_is_measured_nowhere_else(name):
    assert not list(balance(name, parse(f"{HEADER}\n{RULE}\n| a | b | c d e f | g |")))


def test_uneven_balance_is_said_and_blocks_nothing():
    table = f"{HEADER}\n{RULE}\n| Rest | one two three four | one | c |"

    (finding,) = review(parse(table), "options").of(Check.BALANCE)

    assert "80 % are about benefit" in finding.message
    assert not finding.is_blocking
