"""What is left of a document for one reader."""

import pytest

from sessions.documents import blocks as b
from sessions.documents import parse_document

FRONT_MATTER = "---\ntitle: A page\nsummary: What it is.\n---\n"
BOTH = """
Everyone.

::: only cells=fat
Fat.
:::

::: only cells=bone-marrow
Marrow.
:::
"""


def parse(body):
    return parse_document(FRONT_MATTER + body)


def outline(blocks):
    """The words of paragraphs; a frame or fold as its name and what it holds."""
    return [
        (block.template, outline(block.parts()))
        if block.parts()
        else b.plain_text(block.runs()[0])
        for block in blocks
    ]


def tailored(body, **facts):
    return outline(parse(body).tailored(facts).introduction)


def test_block_for_this_reader_loses_its_frame_and_the_others_are_dropped():
    assert tailored(BOTH, cells="fat") == ["Everyone.", "Fat."]
    assert tailored(BOTH, cells="bone-marrow") == ["Everyone.", "Marrow."]
    assert tailored(BOTH, cells="prepared") == ["Everyone."]


@pytest.mark.parametrize("facts", [{}, {"cells": ""}, {"area": "hand"}])
def test_who_is_not_sure_sees_every_block_in_its_frame(facts):
    assert tailored(BOTH, **facts) == [
        "Everyone.",
        ("only", ["Fat."]),
        ("only", ["Marrow."]),
    ]


TWO_FACTS = "::: only cells=fat,prepared area=hand\na\n:::\n"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"cells": "fat", "area": "hand"}, ["a"]),
        ({"cells": "prepared", "area": "hand"}, ["a"]),
        ({"cells": "bone-marrow", "area": "hand"}, []),
        ({"cells": "fat", "area": "joint"}, []),
        ({"cells": "fat"}, [("only", ["a"])]),
        ({"area": "hand"}, [("only", ["a"])]),
        ({"cells": "bone-marrow"}, []),
        ({"area": "joint"}, []),
    ],
)
def test_all_that_a_block_asks_must_be_true(facts, expected):
    assert tailored(TWO_FACTS, **facts) == expected


NESTED = """
:::: only cells=fat
Fat.

::: only area=hand
Hand.
:::
::::
"""


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"cells": "fat", "area": "hand"}, ["Fat.", "Hand."]),
        ({"cells": "fat", "area": "joint"}, ["Fat."]),
        ({"cells": "fat"}, ["Fat.", ("only", ["Hand."])]),
        ({"area": "hand"}, [("only", ["Fat.", "Hand."])]),
        ({"area": "joint"}, [("only", ["Fat."])]),
        ({"cells": "prepared", "area": "hand"}, []),
    ],
)
def test_blocks_inside_a_frame_are_chosen_too(facts, expected):
    assert tailored(NESTED, **facts) == expected


FOLDED = """
:::: more Why
::: only cells=fat
Fat.
:::
::::
"""


def test_fold_keeps_what_is_for_this_reader():
    assert tailored(FOLDED, cells="fat") == [("more", ["Fat."])]


def test_fold_that_is_left_empty_vanishes():
    assert tailored(FOLDED, cells="prepared") == []


def test_frame_that_is_left_empty_vanishes():
    body = ":::: only cells=fat\n::: only area=hand\na\n:::\n::::\n"

    assert tailored(body, area="joint") == []


def test_sections_are_tailored_and_keep_their_names():
    document = parse("## A\n\n::: only cells=fat\na\n:::\n\nb\n").tailored(
        {"cells": "prepared"}
    )

    assert [(s.title, outline(s.blocks)) for s in document.sections] == [("A", ["b"])]


def test_tasks_of_other_readers_are_left_out():
    document = parse(
        "## A\n\n- [ ] Rest. {#rest}\n\n::: only cells=fat\n- [ ] Fast. {#fast}\n:::\n"
    )

    tasks = document.tailored({"cells": "prepared"}).tasks()

    assert [task.id for task in tasks] == ["rest"]


def test_tailoring_leaves_the_document_itself_alone():
    document = parse(BOTH)

    document.tailored({"cells": "fat"})

    assert outline(document.introduction)[1:] == [
        ("only", ["Fat."]),
        ("only", ["Marrow."]),
    ]


def test_narrowed_keeps_only_what_is_written_for_those_readers():
    document = parse(
        "Everyone.\n\n::: only cells=fat\nFat.\n:::\n\n"
        "## A\n\na\n\n## B\n\n::: only cells=fat,prepared\nb\n:::\n\nc\n"
    ).narrowed("cells", "fat")

    assert outline(document.introduction) == ["Fat."]
    assert [(s.slug, outline(s.blocks)) for s in document.sections] == [("b", ["b"])]


def test_narrowed_keeps_the_help_section_for_its_cards():
    document = parse("## Get help\n\na\n\n## More\n\nb\n").narrowed("cells", "fat")

    assert [(section.slug, section.blocks) for section in document.sections] == [
        ("get-help", ())
    ]


def test_section_with_nothing_left_for_this_reader_is_gone():
    body = "## For fat\n\n::: only cells=fat\nFat.\n:::\n\n## Get help\n\nCall.\n"

    titles = [s.title for s in parse(body).tailored({"cells": "prepared"}).sections]

    assert titles == ["Get help"]


def test_empty_section_of_a_draft_stays_so_that_its_writer_sees_it():
    titles = [s.title for s in parse("## Empty\n\n## Full\n\nx").tailored({}).sections]

    assert titles == ["Empty", "Full"]
