"""What YAML would take out of a value in silence is a fault at its line."""

import pytest

from sessions.documents.register import read_register
from sessions.documents.rules_file import read_rules
from sessions.documents.scorecards import read_scorecard
from sessions.documents.yaml_lines import read_yaml
from sessions.documents.yaml_losses import read_data, yaml_losses
from tests.conftest import ROOT

LOST = {
    "note in a value": "title: Room #5",
    "note behind a sentence": "message: Call first # do not drive",
    "note behind quotes": 'title: "Room" #5',
    "note behind a list": "sources: [R1, R2] # and R3",
    "note in a list": "sources: [\n  R1, # first\n  R2]",
    "note behind an item": "- a\n- Take 2 #3",
    "note for a value": "title: #5",
    "note behind the | of a block": "title: | #5\n  words",
    "note behind the > of a block": "title: > #5\n  words",
    "number of a block": "title: >2\n   weeks",
    "number of a kept block": "title: |2-\n   weeks",
    "note without a space": "a: b\n#2 at night\nc: d",
    "note that goes on a value": "a: Take\n  # 2 today\nc: d",
    "note that goes on lines": "a: Take\n  two\n  # 3 today\nc: d",
    "note deeper than its neighbours": "a: Take\n\n    # 2 today\nc: d",
    "tag": "title: !important Call",
    "tag of a list": "sources: !set [R1]",
    "tag of a type": "title: !!str 5",
    "tag alone": "title: !5",
    "tag of a key": "!a title: b",
    "tag in a list": "- !x 5\n- y",
    "tag of all": "!all\na: b",
    "tag with an address": "title: !<tag:x> b",
    "anchor": "title: &now Call",
    "anchor of a list": "sources: &a [R1]",
    "anchor of a mapping": "a: &b\n  c: d",
    "anchor and tag": "title: &a !b Call",
    "anchor of a key": "&a title: b",
    "directive": "%YAML 1.1\n---\ntitle: b",
    "end of a document": "title: b\n...",
    "newline for n": 'title: "Take 2 and\\nor 3"',
    "tab for t": 'title: "his\\ther"',
    "letter by number": 'title: "\\x35 mg"',
    "letter by long number": 'title: "\\u0035 mg"',
    "space": 'title: "5\\ mg"',
    "joined line": 'title: "2\\\n  5 mg"',
    "slash": 'title: "his\\/her"',
    "bell": 'title: "\\a"',
}
LINES = {
    "note in a list": 2, "note behind an item": 2, "note without a space": 2,
    "note that goes on a value": 2, "note that goes on lines": 3,
    "note deeper than its neighbours": 3, "end of a document": 2,
}  # fmt: skip
KEPT = [
    "title: Room#5", 'title: "Room #5"', "title: 'Room #5 # 6'", "title: a!b &c d",
    'title: "!x &y *z"', "title: AT&T", "title: |\n  Room #5\n  # six",
    "title: >-\n  # five\n  &b", "a: 'it''s'", 'a: "\\"b\\" \\\\ c"', "? a\n: b",
    "a: [b, c,]", "a: {b: c, d: e}", "- - a\n  - b", "a: no", "a: 012", "a: 1:30",
    "a: 2027-01-31", "a: ~", "a: 1_000", "a: b\n  c\n\n  d", "", "a:", "5 %: 6",
]  # fmt: skip
NOTES = [
    "# A title\na: b", "a: b\n# More\nc: d", "a:\n  # Inside\n  b: c",
    "a:\n  - b\n  # After\nc: d", "# One\n# Two\n\na: b", "a: b\n# End",
    "a:\n  b:\n    - c\n\n# Next\nd: e", "#\na: b",
    "# --- Knee ---\na: b", "#= x\na: b",
]  # fmt: skip


@pytest.mark.parametrize("name", LOST)
def test_what_yaml_takes_out_is_a_fault(name):
    found = yaml_losses(LOST[name])
    in_data = yaml_losses(LOST[name], may_hold_notes=True)

    assert [fault.line for fault in found] == [LINES.get(name, 1)], found
    assert [fault.line for fault in in_data] == [LINES.get(name, 1)], in_data


@pytest.mark.parametrize("source", KEPT)
def test_what_yaml_keeps_is_no_fault(source):
    assert yaml_losses(source) == []


@pytest.mark.parametrize("source", NOTES)
def test_a_note_on_a_line_of_its_own_is_a_fault_in_a_page_only(source):
    assert yaml_losses(source, may_hold_notes=True) == []
    assert yaml_losses(source) != []


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("a: no", "no"),
        ("a: yes", "yes"),
        ("a: on", "on"),
        ("a: Off", "Off"),
        ("a: 012", "012"),
        ("a: 0x1F", "0x1F"),
        ("a: 1:30", "1:30"),
        ("a: 1_000", "1_000"),
        ("a: 1e3", "1e3"),
        ("a: 2027-01-31", "2027-01-31"),
        ("a: null", "null"),
        ("a: ~", "~"),
        ("a: .5", ".5"),
        ("a: .inf", ".inf"),
        ("a: =", "="),
    ],
)
def test_a_value_is_text_as_it_is_typed(source, value):
    assert read_yaml(source, [])[0] == {"a": value}


@pytest.mark.parametrize("source", ["a: b\na: c", '"a": b\na: c', "{a: b, a: c}"])
def test_a_key_that_is_used_twice_is_a_fault(source):
    faults = []
    read_data(source, faults)

    assert "used twice" in faults[0].message


def test_the_fault_says_how_to_keep_the_words():
    [page] = yaml_losses("a: Room #5", first_line=2)
    [data] = yaml_losses("a: Room #5", may_hold_notes=True)

    assert str(page) == (
        'line 2: YAML takes "#5" for a note, and it would be lost. For a # in a value '
        "put quotation marks around all of it."
    )
    assert "Put a note on a line of its own" in data.message


def shipped(name):
    return (ROOT / "content" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["sources.yaml", "claims.yaml"])
def test_a_register_that_would_lose_words_is_refused(name):
    texts = {file: shipped(file) for file in ("sources.yaml", "claims.yaml")}
    assert (
        read_register(sources=texts["sources.yaml"], claims=texts["claims.yaml"])[1]
        == []
    )

    texts[name] += "\n  date: x # y\n" if name == "sources.yaml" else "\n# z\n#2\n"
    _, faults = read_register(
        sources=texts["sources.yaml"], claims=texts["claims.yaml"]
    )

    assert [file for file, fault in faults if "YAML takes" in fault.message] == [name]


def test_rules_that_would_lose_words_are_refused():
    rules, faults = read_rules(
        shipped("rules.yaml").replace("phrases:", "phrases:\n  - x #y", 1)
    )

    assert rules is None
    assert ['YAML takes "#y"' in fault.message for fault in faults] == [True]


def test_a_scorecard_that_would_lose_words_is_refused():
    text = shipped("scorecards/discern.yaml")
    line = text.count("\n", 0, text.index("rated_by")) + 1
    changed = text.replace("rated_by: ", "rated_by: !x ", 1)

    assert read_scorecard("discern", text)[1] == []
    card, [fault] = read_scorecard("discern", changed)
    assert (card, fault.line) == (None, line)


def test_a_damaged_letter_in_data_is_a_fault():
    faults = []
    read_data("a: b\nc: cafÃ©\n", faults)

    assert [fault.line for fault in faults] == [2]


@pytest.mark.parametrize("day", ["86400", "2026-11-20T00:00:00", "20261120"])
def test_a_day_of_rating_is_not_a_number_of_seconds(day):
    text = shipped("scorecards/discern.yaml")
    line = next(line for line in text.split("\n") if line.startswith("rated_on"))

    card, [fault] = read_scorecard("discern", text.replace(line, f"rated_on: {day}"))

    assert card is None
    assert "is not a date" in fault.message


def test_a_limit_with_a_zero_before_it_is_refused():
    text = shipped("rules.yaml").replace("sentence_words: 20", "sentence_words: 020")

    rules, [fault] = read_rules(text)

    assert rules is None
    assert "Write a number" in fault.message
