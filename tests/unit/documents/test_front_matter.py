"""Front matter: key facts, conditions, and the check by a clinician."""

from datetime import date

import pytest

from sessions.documents import DocumentError
from sessions.documents.front_matter import (
    Condition,
    read_front_matter,
    read_yaml,
    split_front_matter,
)


def read(*lines):
    return read_front_matter("\n".join(["title: A", "summary: B", *lines]))


def with_fact(*drive):
    return read(
        "key_facts:", "  time: An hour.", "  meet: A nurse.", "  numbing: no",
        "  home: Yes.", *drive,
    ).key_facts  # fmt: skip


def test_key_fact_as_a_text_is_for_everyone():
    (variant,) = with_fact("  drive: You must not.").drive

    assert (variant.text, variant.when) == ("You must not.", Condition())


def test_key_fact_as_a_list_has_a_text_for_each_reader():
    facts = with_fact(
        "  drive:", "    - {when: {cells: fat}, text: Not today.}", "    - text: Yes."
    )

    assert [(fact.when.cells, fact.text) for fact in facts.drive] == [
        (("fat",), "Not today."),
        ((), "Yes."),
    ]


@pytest.mark.parametrize(
    "word", ["no", "yes", "off", "true", "null", "~", "12", "1.0", "2027-01-31", "0x1F"]
)
def test_every_value_stays_the_text_that_was_written(word):
    assert with_fact(f"  drive: {word}").drive[0].text == word


@pytest.mark.parametrize("word", ["no", "2027", "1e3"])
def test_title_stays_the_text_that_was_written(word):
    assert read_front_matter(f"title: {word}\nsummary: B").title == word


@pytest.mark.parametrize(
    ("line", "sources"),
    [
        ("sources: R1", ("R1",)),
        ("sources: [R1, R2]", ("R1", "R2")),
        ("sources:\n- R1\n- R2", ("R1", "R2")),
        ("sources: []", ()),
    ],
)
def test_one_source_or_many(line, sources):
    assert read(line).sources == sources


def test_empty_reviewed_means_that_nobody_checked_it():
    assert read("reviewed:").reviewed is None


def test_check_has_role_and_dates():
    reviewed = read("reviewed: {by: Hand surgeon, on: 2027-01-31, next: 2028-01-31}")

    assert reviewed.reviewed.by == "Hand surgeon"
    assert reviewed.reviewed.on == date(2027, 1, 31)
    assert reviewed.reviewed.next == date(2028, 1, 31)


FAT = Condition(cells=("fat",))
FAT_OR_MARROW = Condition(cells=("fat", "bone-marrow"))
FAT_HAND = Condition(cells=("fat",), area=("hand",))


@pytest.mark.parametrize(
    ("condition", "facts", "verdict"),
    [
        (Condition(), {}, True),
        (Condition(), {"cells": "fat"}, True),
        (FAT, {"cells": "fat"}, True),
        (FAT, {"cells": "prepared"}, False),
        (FAT, {"cells": ""}, None),
        (FAT, {}, None),
        (FAT_OR_MARROW, {"cells": "bone-marrow"}, True),
        (FAT_OR_MARROW, {"cells": "prepared"}, False),
        (FAT_HAND, {"cells": "fat", "area": "hand"}, True),
        (FAT_HAND, {"cells": "fat", "area": "joint"}, False),
        (FAT_HAND, {"cells": "fat"}, None),
        (FAT_HAND, {"cells": "prepared"}, False),
        (FAT_HAND, {"area": "joint"}, False),
        (FAT, {"cells": frozenset({"prepared", "bone-marrow"})}, False),
        (FAT, {"cells": frozenset({"prepared", "fat"})}, None),
        (FAT_OR_MARROW, {"cells": frozenset({"bone-marrow", "fat"})}, True),
        (FAT, {"cells": frozenset()}, None),
        (Condition(country=("us",)), {"country": "uk"}, False),
        (Condition(country=("us",)), {"country": "us"}, True),
    ],
)
def test_condition_is_true_false_or_not_known(condition, facts, verdict):
    assert condition.applies(facts) is verdict


def test_condition_lists_its_readers():
    condition = Condition(area=("hand",), cells=("fat", "prepared"))

    assert condition.items() == (
        ("cells", "fat"),
        ("cells", "prepared"),
        ("area", "hand"),
    )


def test_front_matter_is_split_from_the_body_with_the_line_it_starts_on():
    parts = split_front_matter("---\ntitle: A\n--- \n\nWords.\n\n---\n\nMore.\n")

    assert parts == ("title: A", "\nWords.\n\n---\n\nMore.\n", 4)


def test_every_key_has_its_line():
    _, lines = read_yaml("a:\n  b: 1\n  c:\n  - d\n  - e\n", [], first_line=2)

    assert lines[("a", "b")] == 3
    assert lines[("a", "c", 1)] == 6


def test_empty_yaml_holds_nothing():
    assert read_yaml("# only a remark\n", []) == ({}, {})


def test_every_fault_of_the_front_matter_is_reported_at_once():
    with pytest.raises(DocumentError) as caught:
        read_front_matter("title: A\ntitle: B\nstage: x\nsources: {a: b}\nfoo: 1")

    found = [(fault.line, fault.message.split(".")[0]) for fault in caught.value.faults]
    assert found == [
        (2, '"summary" is missing'),
        (3, 'The key "title" is used twice'),
        (4, 'There is no stage "x"'),
        (5, '"sources" is not valid: Input should be a valid tuple'),
        (6, '"foo" is not a known key'),
    ]
