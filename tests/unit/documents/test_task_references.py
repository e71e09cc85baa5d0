"""Lines of the checklist on another page: `::: tasks` and the ids in it."""

import pytest

from sessions.documents import DocumentError, parse_document
from sessions.documents import blocks as b
from sessions.documents.guard import source_faults
from tests.factories import make_text

LINES_BEFORE_BODY = 5
CHECKLIST = """## A week before

- [ ] Plan your ride. {#ride-home day=-7}

  Ask a friend.

::: only cells=fat
- [ ] Pack clothes. {#clothes}
- [ ] Ask for a wrap. {#wrap}
:::

## The day

- [ ] Bring your list. {#list day=0}
"""


def parse(body):
    return parse_document(make_text(body=body))


def faults_in(body):
    """(line, message) of each fault, the first line of the body being line 1."""
    with pytest.raises(DocumentError) as caught:
        parse(body)
    found = caught.value.faults
    return [(fault.line - LINES_BEFORE_BODY, fault.message) for fault in found]


def full(body, facts=None):
    """The blocks of a page for a reader, with the lines of the checklist."""
    facts = facts or {}
    lines = parse(CHECKLIST).tailored(facts).task_lines()
    document = parse(body).tailored(facts).with_tasks(lines)
    return document.introduction


def drawn(blocks, frame=""):
    """The ids of the tasks, list by list, with the cells that a list is for."""
    for block in blocks:
        if isinstance(block, b.Only):
            yield from drawn(block.blocks, ",".join(block.condition.cells))
        if isinstance(block, b.TaskList):
            yield frame, [task.id for task in block.tasks]


# --- the block ---------------------------------------------------------------


def test_a_block_holds_the_ids_with_their_lines():
    (block,) = parse("::: tasks\n- ride-home\n- list\n:::").introduction

    assert isinstance(block, b.TaskReferences)
    found = [(r.id, r.line - LINES_BEFORE_BODY) for r in block.references]
    assert found == [("ride-home", 2), ("list", 3)]


def test_a_block_may_stand_in_only():
    document = parse(":::: only cells=fat\n::: tasks\n- wrap\n:::\n::::")

    assert any(isinstance(block, b.TaskReference) for block in document.walk())


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        ("::: tasks\n:::", 1, "The block `tasks` is empty."),
        ("::: tasks now\n- a\n:::", 1, '`tasks` takes no arguments. Remove "now".'),
        ("::: tasks\nride-home\n:::", 1, "`tasks` must hold one - list, with the id"),
        ("::: tasks\n1. ride-home\n:::", 1, "`tasks` must hold one - list, with the"),
        ("::: tasks\n- a\n\nb\n:::", 1, "`tasks` must hold one - list, with the id"),
        ("::: tasks\n- [ ] A. {#a}\n:::", 2, "Tasks can stand only in a section"),
        ("::: tasks\n- a\n- Plan it.\n:::", 3, '"Plan it." is not an id. Write the'),
        ("::: tasks\n- Ride\n:::", 2, '"Ride" is not an id.'),
        ("::: tasks\n- **ride**\n:::", 2, '"ride" is not an id.'),
        ("::: tasks\n- {#ride}\n:::", 2, "A mark in { } is not understood"),
        ("::: tasks\n- a b\n:::", 2, '"a b" is not an id.'),
        ("::: tasks\n- a\n  - b\n:::", 2, '"a" is not an id.'),
        ("::: tasks\n-\n:::", 2, '"Nothing" is not an id.'),
        ("::: tasks\n- a\n- a\n:::", 3, 'The task id "a" is also used on line 7.'),
        (":::: more B\n::: tasks\n- a\n:::\n::::", 2, "A `tasks` block must never be"),
    ],
)  # fmt: skip
def test_what_is_not_an_id_is_a_fault_at_its_line(body, line, message):
    found = faults_in(body)

    assert (line, True) in [(at, text.startswith(message)) for at, text in found], found


def test_a_line_is_shown_once_on_a_page():
    body = "::: tasks\n- a\n:::\n\nWords.\n\n::: tasks\n- a\n:::"

    (fault,) = faults_in(body)

    assert fault == (8, 'The task id "a" is also used on line 7. Show each line once.')


def test_a_page_does_not_show_its_own_line():
    body = "- [ ] Ask. {#a}\n\n::: tasks\n- a\n:::"

    assert [line for line, _ in faults_in(body)] == [4]


def test_ids_are_no_words_of_the_page_and_nothing_is_lost():
    text = make_text(body="Words.\n\n::: tasks\n- ride-home\n- list\n:::\n\nMore.")

    assert source_faults(text) == ()
    runs = [run for block in parse_document(text).walk() for run in block.runs()]
    assert [b.plain_text(run) for run in runs if run] == ["Words.", "More."]


def test_words_around_the_ids_are_still_guarded():
    text = make_text(body="::: tasks\n- ride-home\n:::\n\nTake 2*500 mg and 1*500 mg.")

    assert [fault.line for fault in source_faults(text)] == [10]


# --- the lines ---------------------------------------------------------------


def test_the_very_line_is_shown_in_the_order_of_the_page():
    blocks = full("::: tasks\n- list\n- ride-home\n:::", {"cells": "bone-marrow"})

    (tasks,) = blocks
    assert isinstance(tasks, b.TaskList)
    own = parse(CHECKLIST).task_lines()
    assert list(tasks.tasks) == [own["list"].task, own["ride-home"].task]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("fat", [("", ["ride-home", "clothes", "wrap", "list"])]),
        ("prepared", [("", ["ride-home", "list"])]),
        ("", [("", ["ride-home"]), ("fat", ["clothes", "wrap"]), ("", ["list"])]),
    ],
)
def test_lines_are_for_the_reader(cells, expected):
    body = "::: tasks\n- ride-home\n- clothes\n- wrap\n- list\n:::"

    assert list(drawn(full(body, {"cells": cells}))) == expected


def test_a_condition_is_not_told_twice():
    body = ":::: only cells=fat\n::: tasks\n- wrap\n:::\n::::"

    (only,) = full(body)

    assert isinstance(only, b.Only)
    assert [type(block) for block in only.blocks] == [b.TaskList]


def test_an_unknown_line_is_left_out():
    blocks = full("::: tasks\n- gone\n- list\n:::")

    assert list(drawn(blocks)) == [("", ["list"])]


def test_a_section_without_any_line_is_left_out():
    lines = parse(CHECKLIST).task_lines()
    body = "## To do\n\n::: tasks\n- gone\n:::\n\n## More\n\nWords."

    document = parse(body).with_tasks(lines)

    assert [section.title for section in document.sections] == ["More"]


def test_only_blocks_without_any_line_are_left_out():
    assert full(":::: only cells=fat\n::: tasks\n- gone\n:::\n::::") == ()
