"""What a writer may write, what it is parsed into, and the fault of each mistake."""

import pytest

from sessions.documents import DocumentError, parse_document
from sessions.documents import blocks as b
from sessions.documents.front_matter import Condition

FRONT_MATTER = "---\ntitle: A page\nsummary: What it is.\n---\n"
LINES_BEFORE_BODY = FRONT_MATTER.count("\n")


def parse(body):
    return parse_document(FRONT_MATTER + body)


def first_block(body):
    return parse(body).introduction[0]


def words(block):
    return b.plain_text(block.inlines)


def faults_of(text):
    """(line, message) of each fault, in the order a writer is shown them."""
    with pytest.raises(DocumentError) as caught:
        parse_document(text)
    return [(fault.line, fault.message) for fault in caught.value.faults]


def faults_in(body):
    """The faults of a body, with its own first line as line 1."""
    found = faults_of(FRONT_MATTER + body)
    return [(line - LINES_BEFORE_BODY, message) for line, message in found]


def assert_only_fault(found, line, words):
    assert [found_line for found_line, _ in found] == [line], found
    assert words in found[0][1]


# --- every block -------------------------------------------------------------


def test_title_and_summary_are_read():
    document = parse("Words.")

    assert document.title == "A page"
    assert document.front_matter.summary == "What it is."


def test_words_before_the_first_section_are_the_introduction():
    document = parse("Before.\n\n## In short\n\nAfter.\n")

    assert [words(block) for block in document.introduction] == ["Before."]
    assert words(document.section("in-short").blocks[0]) == "After."


def test_section_has_title_anchor_and_line():
    section = parse("Before.\n\n## What it *may* feel like\n").sections[0]

    assert section.title == "What it may feel like"
    assert section.slug == "what-it-may-feel-like"
    assert section.line == LINES_BEFORE_BODY + 3


def test_section_can_name_its_anchor_itself():
    section = parse("## Obtener **ayuda** ya {#get-help}\n\nTexto.\n").sections[0]

    assert (section.title, section.slug) == ("Obtener ayuda ya", "get-help")
    assert section.is_get_help


def test_two_sections_with_one_anchor_are_a_fault():
    found = faults_in("## A {#now}\n\nx\n\n## Ya {#now}\n")

    assert_only_fault(found, 5, 'Two sections have the anchor "#now".')


def test_heading_in_another_script_needs_an_anchor():
    assert_only_fault(faults_in("## Что\n"), 1, '"Что" needs an anchor after it')
    assert parse("## Что {#what}\n").sections[0].slug == "what"


@pytest.mark.parametrize("end", ["{#Get Help}", "{#}", "{#a-}"])
def test_anchor_with_other_characters_is_a_fault(end):
    assert_only_fault(faults_in(f"## Obtener ayuda {end}\n"), 1, "A mark in { }")


def test_accents_and_punctuation_are_not_in_the_anchor():
    assert parse("## Café: is it “safe”?\n").sections[0].slug == "cafe-is-it-safe"


def test_only_the_help_section_takes_the_help_cards():
    document = parse("## Get help\n\na\n\n## More\n\nb\n")

    assert [section.is_get_help for section in document.sections] == [True, False]


def test_a_section_that_is_not_there_is_none():
    assert parse("## More\n\na\n").section("get-help") is None


@pytest.mark.parametrize(
    ("source", "inline"),
    [
        ("**a**", b.Strong((b.Text("a"),))),
        ("*a*", b.Emphasis((b.Text("a"),))),
        ("`a`", b.Code("a")),
        ("[a](/risks/)", b.Link("/risks/", (b.Text("a"),))),
        ("[a](/risks/#pain)", b.Link("/risks/#pain", (b.Text("a"),))),
        ("[a](#pain)", b.Link("#pain", (b.Text("a"),))),
        ("[a](tel:911)", b.Link("tel:911", (b.Text("a"),))),
        ("[a](tel:+1-555-0100)", b.Link("tel:+1-555-0100", (b.Text("a"),))),
        ("[a]{.quoted}", b.Mark("quoted", (b.Text("a"),))),
        ("[a]{.not-outcome}", b.Mark("not-outcome", (b.Text("a"),))),
        ("\\<b>", b.Text("<b>")),
        ("&amp; &lt;b&gt;", b.Text("& <b>")),
        ("1 < 2 & 3", b.Text("1 < 2 & 3")),
    ],
)
def test_inlines(source, inline):
    found = [part for part in first_block(source).inlines if part != b.Text("")]

    assert found == [inline]


def test_wrapped_lines_are_one_text():
    assert first_block("one\ntwo\n").inlines == (b.Text("one two"),)


def test_two_spaces_at_a_line_end_break_the_line():
    paragraph = first_block("one  \ntwo\n")

    assert paragraph.inlines == (b.Text("one"), b.LineBreak(), b.Text("two"))
    assert words(paragraph) == "one two"


def test_smaller_headings_stand_inside_a_section():
    blocks = parse("## A\n\n### B\n\n#### C\n").sections[0].blocks

    assert [(block.level, words(block)) for block in blocks] == [(3, "B"), (4, "C")]


def test_bullet_list_holds_its_items():
    found = first_block("- a\n- b\n\n  more\n")

    assert isinstance(found, b.BulletList)
    assert [[words(block) for block in item] for item in found.items] == [
        ["a"],
        ["b", "more"],
    ]


@pytest.mark.parametrize(("number", "start"), [("1", 1), ("4", 4)])
def test_ordered_list_keeps_its_first_number(number, start):
    found = first_block(f"{number}. a\n")

    assert isinstance(found, b.OrderedList)
    assert found.start == start


def test_quote_holds_blocks():
    found = first_block("> a\n>\n> - b\n")

    assert isinstance(found, b.Quote)
    assert [type(block) for block in found.blocks] == [b.Paragraph, b.BulletList]


@pytest.mark.parametrize("source", ["```\na < b\n```\n", "    a < b\n"])
def test_code_is_kept_as_typed(source):
    assert first_block(source) == b.CodeBlock(
        line=LINES_BEFORE_BODY + 1, text="a < b\n"
    )


def test_thematic_break():
    assert isinstance(parse("a\n\n---\n\nb\n").introduction[1], b.Rule)


def test_table_has_header_rows_and_alignments():
    table = first_block("|a|b|c|d|\n|-|:-|:-:|-:|\n|1|2|3|4|\n|5|6|7|8|\n")

    assert table.alignments == ("", "start", "center", "end")
    assert [b.plain_text(cell) for cell in table.header] == ["a", "b", "c", "d"]
    assert [[b.plain_text(cell) for cell in row] for row in table.rows] == [
        ["1", "2", "3", "4"],
        ["5", "6", "7", "8"],
    ]


def test_table_names_its_column_beside_each_cell():
    table = first_block("|Day|Food|\n|-|-:|\n|1|Soup|\n")

    day, food = table.labelled_rows()[0]

    assert (b.plain_text(day[0]), b.plain_text(day[1]), day[2:]) == (
        "Day",
        "1",
        ("", True),
    )
    assert (b.plain_text(food[0]), food[2:]) == ("Food", ("end", False))
    assert [alignment for _, alignment in table.labelled_header()] == ["", "end"]


@pytest.mark.parametrize("urgency", ["emergency", "urgent", "routine"])
def test_care_card_has_its_urgency(urgency):
    card = first_block(f"::: {urgency}\nCall us.\n\n- a\n:::\n")

    assert isinstance(card, b.CareCard)
    assert card.urgency == urgency
    assert [type(block) for block in card.blocks] == [b.Paragraph, b.BulletList]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("::: do\n- Rest.\n:::\n", b.Do),
        ("::: dont\n- Drive.\n:::\n", b.Dont),
        ("::: warning\nIt hurts.\n:::\n", b.Warning),
        ("::: steps\n1. Sit.\n2. Lie.\n:::\n", b.Steps),
        (":::warning\nNo space before the name.\n:::\n", b.Warning),
        ("::::: warning\nMany colons.\n:::::\n", b.Warning),
    ],
)
def test_container_is_parsed_into_its_class(source, kind):
    assert type(first_block(source)) is kind


def test_more_has_its_summary():
    more = first_block("::: more Why we ask\nBecause.\n:::\n")

    assert (more.summary, words(more.blocks[0])) == ("Why we ask", "Because.")


@pytest.mark.parametrize(
    ("arguments", "condition"),
    [
        ("cells=fat", Condition(cells=("fat",))),
        ("cells=fat,bone-marrow", Condition(cells=("fat", "bone-marrow"))),
        ("area=hand country=us", Condition(area=("hand",), country=("us",))),
    ],
)
def test_only_has_its_condition(arguments, condition):
    only = first_block(f"::: only {arguments}\nFor you.\n:::\n")

    assert only.condition == condition


def test_only_and_more_hold_other_blocks():
    only = first_block(
        ":::: only cells=fat\n::: more Why\na\n:::\n::: urgent\nb\n:::\n::::\n"
    )

    assert [type(block) for block in only.blocks] == [b.More, b.CareCard]


def test_claim_is_named():
    assert first_block("::: claim knee-pain\n:::\n").name == "knee-pain"


@pytest.mark.parametrize(
    ("arguments", "count", "out_of"),
    [
        ("25 in 100", 25, 100),
        ("0 in 100", 0, 100),
        ("100 in 100", 100, 100),
        ("1 in 4", 25, 100),
        ("1 in 1", 100, 100),
        ("3 in 1,000", 3, 1000),
        ("3 in 1000", 3, 1000),
        ("1 in 500", 2, 1000),
        ("unknown in 100", None, 100),
        ("unknown in 1,000", None, 1000),
    ],
)
def test_odds_are_drawn_out_of_100_or_1000(arguments, count, out_of):
    odds = first_block(f"::: odds {arguments}\nThe same in words.\n:::\n")

    assert (odds.count, odds.out_of) == (count, out_of)
    assert words(odds) == "The same in words."


def test_picture_has_caption_and_alternative_text():
    picture = first_block("::: picture hip-bone\nA hip.\n\nA drawing of a hip.\n:::\n")

    assert picture.name == "hip-bone"
    assert b.plain_text(picture.caption) == "A hip."
    assert b.plain_text(picture.alternative) == "A drawing of a hip."


@pytest.mark.parametrize(
    ("ending", "days"),
    [
        ("{#ride}", (None, None)),
        ("{#ride day=-7}", (-7, -7)),
        ("{#ride day=-7..-1}", (-7, -1)),
        ("{#ride day=0}", (0, 0)),
        ("{#ride day=-1..14}", (-1, 14)),
        ("{#ride  day=-7 }  ", (-7, -7)),
    ],
)
def test_task_has_id_and_days(ending, days):
    task = parse(f"## A\n\n- [ ] Book a ride. {ending}\n").tasks()[0]

    assert (task.id, words(task)) == ("ride", "Book a ride.")
    assert (task.first_day, task.last_day) == days


def test_task_keeps_links_and_details():
    task = parse(
        "## A\n\n- [ ] Read [risks](/risks/) **now**. {#read}\n\n  Ask us why.\n"
    ).tasks()[0]

    assert words(task) == "Read risks now."
    assert [words(block) for block in task.details] == ["Ask us why."]


def test_task_may_start_and_end_in_a_link():
    task = parse("## A\n\n- [ ] [Risks](/risks/) {#read}\n").tasks()[0]

    assert [type(inline) for inline in task.inlines][0] is b.Link
    assert words(task).strip() == "Risks"


def test_tasks_may_stand_in_only():
    document = parse("## A\n\n::: only cells=fat\n- [ ] Fast. {#fast}\n:::\n")

    assert [task.id for task in document.tasks()] == ["fast"]


def test_links_are_listed_with_their_lines():
    document = parse("[a](/risks/)\n\n- **[b](#pain)**\n")

    assert document.links() == (
        (LINES_BEFORE_BODY + 1, "/risks/"),
        (LINES_BEFORE_BODY + 3, "#pain"),
    )


@pytest.mark.parametrize(
    "text",
    [
        FRONT_MATTER.replace("\n", "\r\n") + "One.\r\n\r\n## A\r\n\r\nTwo.\r\n",
        "\ufeff" + FRONT_MATTER + "One.\n\n## A\n\nTwo.\n",
        FRONT_MATTER.replace("\n", "\r") + "One.\r\r## A\r\rTwo.\r",
    ],
    ids=["CRLF", "BOM", "CR"],
)
def test_line_ends_and_bom_make_no_difference(text):
    assert parse_document(text) == parse("One.\n\n## A\n\nTwo.\n")


# --- a task's version --------------------------------------------------------


def version(source):
    return parse(f"## A\n\n{source}\n").tasks()[0].version


TASK = "- [ ] Book a ride. {#ride day=-7}\n\n  A friend can drive."


@pytest.mark.parametrize(
    "same",
    [
        TASK.replace("day=-7", "day=-3"),
        TASK.replace("#ride", "#lift"),
        TASK.replace("a ride", "*a* **ride**"),
        "Words before it.\n\n" + TASK,
        TASK.replace("Book a", "Book\n  a"),
    ],
    ids=["day", "id", "emphasis", "line", "line break"],
)
def test_version_stays_the_same_with_the_text(same):
    assert version(same) == version(TASK)


@pytest.mark.parametrize(
    "changed",
    [
        TASK.replace("Book", "Ask for"),
        TASK.replace("friend", "cousin"),
        TASK.replace("ride.", "ride"),
        TASK.replace("\n\n  A friend can drive.", ""),
        TASK + "\n\n  ```\n  Ring 555.\n  ```",
    ],
    ids=["words", "details", "full stop", "details gone", "code"],
)
def test_version_changes_with_the_text(changed):
    assert version(changed) != version(TASK)


# --- faults of the front matter ----------------------------------------------


def front(*lines):
    return "\n".join(["---", "title: A", "summary: B", *lines, "---", "", "Words.", ""])


def checked_on(day):
    return front(f"reviewed: {{by: Surgeon, on: {day}, next: 2028-01-31}}")


STAGE_FACTS = "key_facts: {time: a, meet: b, numbing: c, drive: d, home: e}"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "The text is empty"),
        (" \n\t\n", 1, "The text is empty"),
        ("Words.\n", 1, "There is no front matter"),
        ("\n" + FRONT_MATTER, 1, "There is no front matter"),
        ("---\ntitle: A\nsummary: B\n", 1, "The front matter never ends"),
        ("---\ntitle: A\n----\n", 1, "The front matter never ends"),
        (front("title: C"), 4, 'The key "title" is used twice'),
        (front("applies:", "  area: a", "  area: b"), 6, 'The key "area" is used'),
        (front("abstract: C"), 4, '"abstract" is not a known key'),
        ("---\ntitle: A\n---\n", 2, '"summary" is missing. Add a line "summary: …"'),
        ("---\ntitle:\nsummary: B\n---\n", 2, '"title" is empty'),
        ('---\ntitle: "  "\nsummary: B\n---\n', 2, '"title" is empty'),
        (checked_on("2027-01"), 4, '"reviewed.on: 2027-01" is not a date. Write it'),
        (checked_on("soon"), 4, "is not a date"),
        (checked_on("2027-02-30"), 4, "is not a date"),
        (checked_on("31/01/2027"), 4, "is not a date"),
        (checked_on("86400"), 4, "is not a date"),
        (checked_on("2027-01-31T10:00:00"), 4, "is not a date"),
        (checked_on(""), 4, "is not a date"),
        (front("reviewed: {by: a, on: 2027-01-31}"), 4, '"reviewed.next" is missing'),
        (front(STAGE_FACTS, "stage: x"), 5, 'There is no stage "x". Use one of: con'),
        (front("key_facts: {times: a}"), 4, '"key_facts.times" is not a known key'),
        (front("key_facts:", "  home: []"), 5, '"key_facts.home" is empty'),
        (front("applies: {cell: fat}"), 4, '"applies.cell" is not a known key'),
        (front("sources: &a [R1]", "applies:", "  cells: *a"), 6, "YAML aliases"),
        (front("sources: [R1"), 4, "This is not valid YAML"),
        (front("drive: no: yes"), 4, "This is not valid YAML"),
        (front('sources: "\\UFFFFFFFF"'), 4, "This is not valid YAML"),
        (front("sources: " + "[" * 50 + "]" * 50), 4, "nested too deeply"),
        (front("sources: [a\x07b]"), 4, "a control character"),
        (front("sources: [a\x85b]"), 4, "a control character"),
        (front("sources: [a\u2028b]"), 4, "a control character"),
        (front('sources: ["a\\0b"]'), 4, "a control character"),
        ("---\n- title\n---\n", 2, "Write `key: value` lines here"),
        ("---\n---\n", 1, '"summary" is missing'),
    ],
)  # fmt: skip
def test_front_matter_fault_is_named_at_its_line(text, line, words):
    found = faults_of(text)

    assert (line, True) in [(at, words in message) for at, message in found], found


def test_bad_front_matter_key_is_the_only_fault():
    assert_only_fault(
        faults_of(front("abstract: C")), 4, '"abstract" is not a known key'
    )


def test_no_python_type_is_named_in_a_fault():
    found = faults_of(front("stage: x", "sources:", "reviewed: {on: 1}", "applies: no"))

    assert len(found) == 6
    assert not any("Error" in message or "<" in message for _, message in found)


# --- faults of the body ------------------------------------------------------

OUTSIDE = "Whoever runs the site can add outside pages to sources.yaml"

# Each entry: a name, the line and start of the fault's message, and the text.
BLOCK_FAULTS = """
@@ unknown block
1: There is no block `nonsense`. The blocks are: emergency, department
::: nonsense
a
:::

@@ did you mean
1: Did you mean `warning`?
::: warnings
a
:::

@@ unclosed block
3: The block `warning` never ends. Add a line ::: after it
a

::: warning
b

@@ too few colons close
3: The block `warning` never ends
a

:::: warning
b
:::

@@ unclosed inner block
2: The block `warning` never ends
:::: only cells=fat
::: warning
a
::::

@@ stray
3: This ::: closes nothing
a

:::

@@ empty block
1: The block `warning` is empty
::: warning
:::

@@ arguments
1: `warning` takes no arguments. Remove "now"
::: warning now
a
:::

@@ heading in card
1: `urgent` may hold only text and - lists
::: urgent
### a
:::

@@ text in do
1: `do` must hold one - list
::: do
a
:::

@@ two lists in dont
1: `dont` must hold one - list
::: dont
- a

* b
:::

@@ bullets in steps
1: `steps` must hold one numbered list
::: steps
- a
:::

@@ more without words
1: `more` needs a summary
::: more
a
:::

@@ only for nobody
1: `only` needs a condition
::: only
a
:::

@@ only unknown key
1: "cell=fat" is not understood
::: only cell=fat
a
:::

@@ only without value
1: "cells=" is not understood
::: only cells=
a
:::

@@ only key twice
1: "area=b" is not understood
::: only area=a area=b
a
:::

@@ only with capitals
1: "cells=Fat" is not understood
::: only cells=Fat
a
:::
"""

PAYLOAD_FAULTS = """
@@ claim without name
1: `claim` needs the name of one claim
::: claim
:::

@@ claim with capitals
1: `claim` needs the name of one claim
::: claim Knee
:::

@@ two claims
1: `claim` needs the name of one claim
::: claim a b
:::

@@ claim with text
1: `claim` must hold no text
::: claim knee
a
:::

@@ odds without numbers
1: `odds` needs its numbers
::: odds
a
:::

@@ odds in words
1: `odds` needs its numbers
::: odds one in four
a
:::

@@ odds of commas
1: `odds` needs its numbers
::: odds , in 100
a
:::

@@ odds unknown out of three
1: `odds` are drawn out of 100 or 1,000
::: odds unknown in 3
x
:::

@@ odds below zero
1: `odds` needs its numbers
::: odds -1 in 100
a
:::

@@ odds out of three
1: drawn out of 100 or 1,000
::: odds 1 in 3
a
:::

@@ odds out of none
1: drawn out of 100 or 1,000
::: odds 0 in 0
a
:::

@@ odds of too many
1: drawn out of 100 or 1,000
::: odds 101 in 100
a
:::

@@ odds out of 10,000
1: drawn out of 100 or 1,000
::: odds 1 in 10,000
a
:::

@@ odds with two texts
1: `odds` must hold one paragraph
::: odds 1 in 4
a

b
:::

@@ picture without name
1: `picture` needs the name
::: picture
a

b
:::

@@ picture outside
1: `picture` needs the name
::: picture ../a
a

b
:::

@@ picture without words
1: `picture` must hold two paragraphs
::: picture hip
a
:::

@@ picture with a list
1: `picture` must hold two paragraphs
::: picture hip
a

- b
:::
"""

NESTING_FAULTS = """
@@ block in do
4: A block cannot stand inside `list`.
:::: do
- a

  ::: warning
  b
  :::
::::

@@ block in quote
1: A block cannot stand inside `quote`
> ::: claim a
> :::

@@ three levels
3: Blocks nest two levels deep at most
::::: only cells=fat
:::: only area=hand
::: more Why
a
:::
::::
:::::

@@ card in more
2: A `urgent` block must never be folded away
:::: more Why
::: urgent
a
:::
::::

@@ second tier of the help card in more
2: A `department` block must never be folded away
:::: more Why
::: department
a
:::
::::

@@ warning in only in more
3: A `warning` block must never be folded away
::::: more Why
:::: only cells=fat
::: warning
a
:::
::::
:::::

@@ section in only
2: A section heading (##) cannot stand inside a block
::: only cells=fat
## In short

a
:::

@@ section in quote
1: A section heading (##) cannot stand inside a block
> ## In short
"""

WORD_FAULTS = """
@@ html block
3: HTML is not used here
a

<div>
b
</div>

@@ comment
1: HTML is not used here
<!-- a -->

@@ script
1: HTML is not used here
<script>alert(1)</script>

@@ html in a cell
3: HTML is not used here
|a|
|-|
|<i>|

@@ html after html
1: HTML is not used here
a <b
c> d

e
<i
> f <i>

@@ image
1: Pictures are drawn with ::: picture NAME
![a](/a.png)

@@ unknown mark
1: Only [words]{.quoted} and [words]{.not-outcome} are known marks
[a]{.loud}

@@ mark with more
1: are known marks
[a]{.quoted #b}

@@ two marks
1: are known marks
[a]{.quoted .loud}

@@ mark with an id
1: are known marks
[a]{#b}

@@ mark without brackets
1: A mark in { } is not understood here
a {.quoted}

@@ main heading
1: A page has one main heading
# a

@@ underlined main heading
1: A page has one main heading
a
===

@@ skipped level
3: This heading skips a level. Use ### here
## a

#### b

@@ skipped level in a block
4: This heading skips a level. Use ### here
## a

::: more Why
#### b
:::

@@ level five
7: Headings go down to ####
## a

### b

#### c

##### d

@@ empty heading
3: This heading is empty
## a

###

@@ two sections of a name
5: Two sections are called "A!". Rename one
## a

b

## A!
"""

TASK_FAULTS = """
@@ no id
1: A task needs an id at its end
- [ ] a

@@ no words
1: This task has no words
- [ ] {#b}

@@ id before the end
1: A task needs an id at its end
- [ ] a {#b} c

@@ ticked
1: A task starts without a tick
- [x] a {#b}

@@ ticked in capitals
1: A task starts without a tick
- [X] a {#b}

@@ id with capitals
1: The task id "Book" is not valid
- [ ] a {#Book}

@@ empty id
1: The task id "" is not valid
- [ ] a {#}

@@ same id
2: The task id "b" is also used on line 5
- [ ] a {#b}
- [ ] c {#b}

@@ same id in two places
6: The task id "b" is also used on line 5
- [ ] a {#b}

## A

::: only cells=fat
- [ ] c {#b}
:::

@@ day in words
1: "day=soon" is not understood. Write day=-7
- [ ] a {#b day=soon}

@@ day without sign
1: "-7" is not understood
- [ ] a {#b -7}

@@ half a day
1: is not understood
- [ ] a {#b day=1.5}

@@ day too far
1: is not understood
- [ ] a {#b day=-1000}

@@ unknown argument
1: is not understood
- [ ] a {#b dya=-7}

@@ span backwards
1: The span ends before it starts. Write day=-7..-1
- [ ] a {#b day=-1..-7}

@@ line without box
2: Every line of a task list begins with [ ]
- [ ] a {#b}
- c

@@ in more
2: Tasks can stand only in a section or `only`
::: more Why
- [ ] a {#b}
:::

@@ in do
2: Tasks can stand only in a section or `only`
::: do
- [ ] a {#b}
:::

@@ under a task
2: Tasks can stand only in a section or `only`
- [ ] a {#b}
  - [ ] c {#d}
"""

# The same as Python values, where those are easier to read.
ODD_FAULTS = [
    ("unclosed at the end", "::: warning\nb", 1, "The block `warning` never ends"),
    (
        "deep quotes",
        "a\n\n> > > > > > > > > > > > > > > > > > > > > > > > > lost\n",
        3,
        "This is nested too deeply",
    ),
    (
        "deep lists",
        "- - - - - - - - - - - - - - - - - - - - - - - - - lost\n",
        1,
        "This is nested too deeply",
    ),
    (
        "deep emphasis",
        "************************************************************a************************************************************\n",
        1,
        "This is nested too deeply",
    ),
    ("html inline", "a\n<b>b", 2, "HTML is not used here"),
    ("control character", "a\n\nb\x07c\n", 3, "This line holds a control character"),
    ("NUL", "a\nb\x00c\n", 2, "This line holds a control character"),
    ("empty section", "## \n\na\n", 1, "This heading is empty"),
]

LINK_FAULTS = [
    ("no words", "[](/risks/)\n", 1, "This link has no words"),
    ("javascript", "a\n[b](javascript:alert%281%29)\n", 2, OUTSIDE),
    ("capitals", "[b](JaVaScRiPt:alert)\n", 1, OUTSIDE),
    ("entities", "[b](jav&#97;script:alert)\n", 1, OUTSIDE),
    ("vbscript", "[b](vbscript:a)\n", 1, OUTSIDE),
    ("data", "[b](data:text/html;base64,PHN)\n", 1, OUTSIDE),
    ("host", "[b](//evil.invalid/)\n", 1, OUTSIDE),
    ("http", "[b](http://evil.invalid/)\n", 1, OUTSIDE),
    ("https", "[b](https://evil.invalid/)\n", 1, OUTSIDE),
    ("autolink", "<https://evil.invalid/>\n", 1, OUTSIDE),
    ("mail", "<a@evil.invalid>\n", 1, OUTSIDE),
    ("reference", "[b]\n\n[b]: https://evil.invalid/\n", 1, OUTSIDE),
    ("three slashes", "[b](///evil.invalid)\n", 1, OUTSIDE),
    ("telephone with words", "[b](tel:call-me)\n", 1, OUTSIDE),
    ("relative", "[b](risks/)\n", 1, "Begin with / (/risks/) or # (#get-help)"),
    ("dots", "[b](../risks/)\n", 1, "Begin with /"),
    ("nowhere", "[b]()\n", 1, "Begin with /"),
    ("hash alone", "[b](#)\n", 1, "Begin with /"),
    ("query", "[b](/risks/?area=hand)\n", 1, "Leave out everything after the ?"),
    ("backslash", "[b](</\\\\evil.invalid>)\n", 1, "backslashes"),
    ("control character", "[b](</a&#9;b/>)\n", 1, "control characters"),
    ("broken host", "[b](//[a)\n", 1, "is not allowed"),
]


def parse_table(table):
    """(name, text, line, start of the message) of each entry of a table above."""
    for entry in table.strip().removeprefix("@@ ").split("\n@@ "):
        name, fault, text = entry.split("\n", 2)
        line, _, words = fault.partition(": ")
        yield name, text.rstrip("\n") + "\n", int(line), words


FAULTS = [
    *parse_table(BLOCK_FAULTS),
    *parse_table(PAYLOAD_FAULTS),
    *parse_table(NESTING_FAULTS),
    *parse_table(WORD_FAULTS),
    *parse_table(TASK_FAULTS),
    *ODD_FAULTS,
    *LINK_FAULTS,
]


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [pytest.param(*fault, id=name) for name, *fault in FAULTS],
)
def test_body_fault_is_named_at_its_line(body, line, words):
    found = faults_in(body)

    assert any(at == line and words in message for at, message in found), found


@pytest.mark.parametrize("body", [fault[1] for fault in LINK_FAULTS])
def test_a_bad_link_is_reported_once(body):
    assert len(faults_in(body)) == 1


def test_unknown_block_without_a_near_name_gets_no_hint():
    assert "Did you mean" not in faults_in("::: zzz\na\n:::\n")[0][1]


def test_same_colons_outside_and_inside_say_how_many_are_needed():
    found = faults_in("::: more Why\n::: do\n- a\n:::\n:::\n")

    assert [line for line, _ in found] == [2, 5]
    assert "An outer block needs more colons than the blocks inside it" in found[1][1]


def test_first_body_line_is_counted_after_the_front_matter():
    found = faults_of("---\ntitle: A\nsummary: B\n---\n<b>\n")

    assert [line for line, _ in found] == [5]


def test_lines_are_counted_the_same_with_crlf():
    text = FRONT_MATTER + "a\n\n<b>\n"

    assert faults_of(text.replace("\n", "\r\n")) == faults_of(text)


def test_html_over_two_lines_does_not_move_the_lines_after_it():
    found = faults_in("a <b\nc> d\n<i> e\n")

    assert [line for line, _ in found] == [1, 3]


def test_all_faults_of_a_text_are_reported_at_once():
    found = faults_of(
        "\n".join(
            [
                "---",
                "title: A",
                "title: B",
                "abstract: C",
                "stage: harvest",
                "reviewed: {by: D, on: soon, next: 2028-01-31}",
                "---",
                "",
                "# E",
                "",
                "::: warnings",
                "F",
                ":::",
                "",
                "<b>G</b> [H](http://evil.invalid/)",
                "",
                "## I",
                "",
                "- [x] J",
                "- K",
                "",
                "## I",
                "",
                "::: do",
            ]
        )
    )

    assert [line for line, _ in found] == [
        2, 3, 4, 5, 6, 9, 11, 15, 15, 19, 19, 20, 22, 24, 24,
    ]  # fmt: skip


def test_a_fault_is_shown_with_its_file_and_line():
    with pytest.raises(DocumentError) as caught:
        parse("<b>\n")
    fault = caught.value.faults[0]

    assert fault.at("content/en/risks.md").startswith("content/en/risks.md:5: HTML")
    assert str(caught.value).startswith("line 5: HTML")


@pytest.mark.parametrize("length", [100_000, 100_001])
def test_text_may_have_100000_characters(length):
    text = FRONT_MATTER.ljust(length, "a")

    if length <= 100_000:
        assert parse_document(text).introduction
    else:
        message = "The text has 100,001 characters; the limit is 100,000."
        assert_only_fault(faults_of(text), 1, message)


def test_depth_that_is_allowed_loses_no_words():
    document = parse("> " * 8 + "- here\n")

    runs = [run for block in document.walk() for run in block.runs()]
    assert [b.plain_text(run) for run in runs] == ["here"]


def test_second_care_card_of_a_kind_is_a_fault():
    urgent = "::: urgent\n- A sign.\n:::"
    body = f"{urgent}\n\n::: emergency\n- Two.\n:::\n\n{urgent}"
    text = f"---\ntitle: A page\nsummary: What it is.\n---\n{body}\n"

    with pytest.raises(DocumentError) as caught:
        parse_document(text)

    assert [fault.line for fault in caught.value.faults] == [13]
    assert 'The care card "urgent" is also used on line 5.' in str(caught.value)
