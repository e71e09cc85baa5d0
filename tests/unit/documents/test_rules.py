"""The clinical rules: what their file may hold, and how a clinic adds to them."""

import ast
import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.documents import parse_document
from sessions.documents.quality import forbidden_in, review, text_findings
from sessions.documents.rules import Rules, is_among
from sessions.documents.rules_file import read_rules
from tests.conftest import ROOT
from tests.factories import RULES, make_text, shipped_rules

WHOLE = r"""phrases:
  - painless
  - guarantee*
approval:
  says: [FDA-approved]
  limited_by: [not, "?"]
may_quote: [risks]
statements:
  - tells: that one may wait
    pages: [home]
    words: [wait]
limits:
  reading_grade: 6.0
  sentence_words: 20
  meaning_words: 20
  least_benefit: 40
  most_benefit: 60
everyday: [UK]
kinds:
  - finds: an order
    mend: Ask.
    looks_for: [orders]
    near: [pills]
    unless_after: [asking]
word_lists:
  orders: [stop~]
  pills: [aspirin]
exceptions:
  asking: [ask~]
help_card:
  pages: [get-help]
  lines:
    - {id: fainting, tier: emergency, says: [faint*]}
withdrawn:
  - because: Worse counts at any time.
    pattern: '\bworse\b[^.]*\bafter 2 days\b'
"""
PAGES = sorted(
    path.relative_to(ROOT / "content" / "en").with_suffix("").as_posix()
    for path in (ROOT / "content" / "en").rglob("*.md")
)


def whole() -> Rules:
    rules, faults = read_rules(WHOLE)
    assert rules is not None, faults
    return rules


def faults_of(text, shipped=None, **options):
    rules, faults = read_rules(text, shipped, **options)
    assert rules is None
    return [str(fault) for fault in faults]


def together(own):
    rules, faults = read_rules(own, whole())
    assert rules is not None, faults
    return rules


def test_shipped_rules_are_kept_as_json_and_read_again():
    rules = shipped_rules()

    stored = json.loads(json.dumps(rules.model_dump(mode="json")))

    assert Rules.model_validate(stored) == rules


def test_every_section_of_the_shipped_file_says_what_it_is_for():
    lines = RULES.read_text().splitlines()

    for section in Rules.model_fields:
        (number,) = (n for n, line in enumerate(lines) if line.startswith(section))
        assert lines[number - 1].startswith("# ") and lines[number - 1].endswith(".")


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("phrases:", "phrase: [a]\nphrases:", 'line 1: "phrase" is not a known key'),
        ("  - painless\n  - guarantee*\n", "", 'line 1: "phrases" is not valid: Write'),
        ("everyday: [UK]\n", "", 'line 1: "everyday" is missing. Add a line'),
        ("  sentence_words: 20\n", "", 'line 12: "limits.sentence_words" is missing'),
        ("- painless", "-", 'line 2: "phrases.0" is empty'),
        ("- painless", '- " "', 'line 2: "phrases.0" is empty'),
        ("- painless", '- "*"', 'line 2: "phrases.0" is not valid: Write at'),
        ("- painless", "- '\u00ad'", 'line 2: "phrases.0" is not valid: Write at'),
        ("- painless", "- pain*less", 'line 2: "phrases.0" is not valid: Write * at'),
        ("- painless", "- pain *", "at its beginning or end alone, and no space besi"),
        ("- painless", "- note: pain", 'line 2: "phrases.0" is not plain text.'),
        ("guarantee*", "Painless", 'line 3: "Painless" stands on line 2 too'),
        ("guarantee*", "PAIN\u2060LESS", 'stands on line 2 too. Keep one.'),
        ("[UK]", "[UK, uk]", 'line 18: "uk" stands on line 18 too'),
        ("[UK]", "UK", 'line 18: "everyday" is not valid: Write each entry on a line'),
        ("limited_by: [not, ", "limited_by: [not, not, ", 'line 6: "not" stands on'),
        ("    pages: [home]\n", "", 'line 9: "statements.0.pages" is missing'),
        ("pages: [home]", "pages: []", 'line 10: "statements.0.pages" is empty'),
        ("    words: [wait]\n", "", "Add a line `words:` or `pattern:`."),
        ("words: [wait]", "pattern: '('", "line 11: \"statements.0.pattern\" is not"),
        ("words: [wait]", "pattern: '('", "This is no regular expression: unclosed"),
        ("words: [wait]", "pattern: '(?=x)x'", "expression: look-around, including"),
        ("words: [wait]", "pattern: '(a{99}){99}'", "Counts, such as {2}, are too sl"),
        ("words: [wait]", "pattern: 'a*'", "It matches an empty text"),
        ("6.0", "six", 'line 13: "limits.reading_grade" is not valid: Write a number'),
        ("6.0", "60", 'line 13: "limits.reading_grade: 60" is too high. Take 20'),
        ("6.0", "nan", "Write a number, such as 20"),
        ("6.0", "-6", "Write a number, such as 20"),
        ("sentence_words: 20", "sentence_words: 0", '0" is too low. Take 5 at'),
        ("sentence_words: 20", "sentence_words: 20.5", '20.5" is not a whole number'),
        ("most_benefit: 60", "most_benefit: 30", "least_benefit is more than most_be"),
        ("approval:\n", "approval: x\nother:\n", 'line 4: "approval" needs keys of'),
        ("phrases:\n", "phrases:\n  - &a x\n  - *a\n", "line 3: YAML aliases"),
        ("[UK]", "[UK", "This is not valid YAML"),
        ("everyday:", "everyday: [US]\neveryday:", 'The key "everyday" is used twice'),
        ("[stop~]", "[stop~, STOP~]", 'line 26: "STOP~" stands on line 26'),
        ("[ask~]", "[ask~, Ask~]", 'line 29: "Ask~" stands on line 29 too. Keep one'),
        ("[stop~]", '["..."]', 'line 26: "word_lists.orders.0" is not valid: Write wo'),
        ("[stop~]", "[leave ...]", "Write words before and after ..., and ... twice"),
        ("[stop~]", "[a ... b ... c ... d]", "before and after ..., and ... twice at"),
        ("[stop~]", "['st~op']", '"st~op" is no word. Write words alone, and * or ~'),
        ("[stop~]", "['stop ~ it']", '"~" is no word. Write words alone, and * or ~'),
        ("[stop~]", "[stop/]", '"stop/" is no word. Write words alone, and * or ~ at'),
        ("[stop~]", "[]", 'line 26: "word_lists.orders" is empty'),
        ("[stop~]", "stop~", 'line 26: "word_lists.orders" is not valid: Write each'),
        ("[stop~]", "{a: b}", 'line 26: "word_lists.orders" is not valid: Write each'),
        ("[pills]", "[pill]", 'line 23: There is no list "pill" in word_lists.'),
        ("[pills]", "[asking]", 'line 23: There is no list "asking" in word_lists.'),
        ("after: [asking]", "after: [pills]", 'There is no list "pills" in excep'),
        ("  asking:", "  pills: [a]\n  asking:", 'line 29: "pills" is in word_lists'),
        ("looks_for: [orders]", "looks_for: []", 'line 22: "kinds.0.looks_for" is'),
        ("near:", "followed_by: [pills]\n    near:", "or `followed_by:`, and not both"),
        ("near:", "within: 99\n    near:", '"kinds.0.within: 99" is too high. Take 15'),
        ("    mend: Ask.\n", "", 'line 20: "kinds.0.mend" is missing'),
        ("near:", "nearby:", '"kinds.0.nearby" is not a known key'),
        ("word_lists:",
         "  - {finds: AN ORDER, mend: a, looks_for: [pills]}\nword_lists:",
         'line 25: "AN ORDER" stands on line 20 too. Keep one.'),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_line_with_its_remedy(old, new, found):
    assert old in WHOLE

    messages = faults_of(WHOLE.replace(old, new, 1))

    assert any(found in message for message in messages), messages


def test_every_fault_of_a_file_is_named_at_once():
    text = WHOLE.replace("painless", "' '").replace("6.0", "six").replace("UK", "A, a")

    assert [fault.split(":")[0] for fault in faults_of(text)] == [
        "line 2", "line 13", "line 18",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "- a\n", "just words"])
def test_file_without_sections_is_refused(text):
    assert faults_of(text)


@pytest.mark.parametrize("old", ["phrases:\n", "    words:\n"])
def test_file_with_endless_rules_is_refused(old):
    text = WHOLE.replace("words: [wait]", "words:\n      - wait")
    entries = "".join(f"      - word{number}\n" for number in range(3000))

    (message,) = faults_of(
        text.replace("  - p", "      - p")
        .replace("  - g", "      - g")
        .replace(old, old + entries)
    )

    assert re.fullmatch(
        r"line 1: This file has 30\d\d entries. Use 3000 at most.", message
    )


def test_page_that_cannot_be_is_named_by_line():
    def page_fault(name):
        is_known = name in ("risks", "get-help")
        return "" if is_known else f'There can be no page "{name}".'

    messages = faults_of(WHOLE, page_fault=page_fault)

    assert messages == ['line 10: There can be no page "home".']


# --- what a clinic adds ------------------------------------------------------


def test_clinic_with_nothing_to_add_has_the_shipped_rules():
    assert together("# Nothing yet\n") == whole()


def test_full_copy_adds_nothing():
    assert together(WHOLE) == whole()


def test_clinic_adds_phrases_and_statements_after_the_shipped_ones():
    rules = together(
        "phrases: [bargain, PAINLESS]\n"
        "approval: {says: [CE-marked]}\n"
        "statements:\n  - {tells: what it costs, pages: [home], words: [costs]}\n"
    )

    assert rules.phrases == ("painless", "guarantee*", "bargain")
    assert rules.approval.says == ("FDA-approved", "CE-marked")
    assert rules.approval.limited_by == ("not", "?")
    assert [one.tells for one in rules.statements] == [
        "that one may wait", "what it costs",
    ]  # fmt: skip


def test_clinic_adds_words_and_kinds_after_the_shipped_ones():
    rules = together(
        "word_lists: {pills: [Brandix, ASPIRIN], ours: [detox*]}\n"
        "kinds: [{finds: a fad, mend: Leave it out., looks_for: [ours]}]\n"
    )

    assert rules.word_lists == {
        "orders": ("stop~",), "pills": ("aspirin", "Brandix"), "ours": ("detox*",),
    }  # fmt: skip
    assert [kind.finds for kind in rules.kinds] == ["an order", "a fad"]
    assert rules.exceptions == {"asking": ("ask~",)}
    assert text_findings("Stop Brandix, then detoxify.", rules) == [
        '"Stop Brandix" reads as an order. Ask.',
        '"detoxify" reads as a fad. Leave it out.',
    ]


def test_list_that_a_copy_cuts_short_stays_whole():
    rules = together(WHOLE.replace("[aspirin]", "[Brandix]"))

    assert rules.word_lists["pills"] == ("aspirin", "Brandix")


def test_clinic_makes_a_limit_stricter_and_lets_less_pass():
    rules = together("limits: {sentence_words: 15, least_benefit: 45}\nmay_quote: []\n")

    assert (rules.limits.sentence_words, rules.limits.meaning_words) == (15, 20)
    assert (rules.limits.least_benefit, rules.limits.most_benefit) == (45, 60)
    assert rules.may_quote == () and rules.everyday == ("UK",)


def test_phrase_that_a_copy_leaves_out_stays_forbidden():
    rules = together(WHOLE.replace("  - painless\n", ""))

    assert set(rules.phrases) == {"painless", "guarantee*"}


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("sentence_words: 20", "sentence_words: 25",
         'line 14: "sentence_words: 25" is less strict than the shipped 20'),
        ("reading_grade: 6.0", "reading_grade: 8", 'line 13: "reading_grade: 8.0" is'),
        ("least_benefit: 40", "least_benefit: 30", 'line 16: "least_benefit: 30" is'),
        ("most_benefit: 60", "most_benefit: 70", 'line 17: "most_benefit: 70" is'),
        ("[risks]", "[risks, home]", 'line 7: "home" would let more pass than the'),
        ("[UK]", "[UK, MRI]", 'line 19: "MRI" would let more pass than the rules'),
        ('"?"]', '"?", soon]', 'line 6: "soon" would let more pass than the rules'),
        ("words: [wait]", "words: [a]", 'line 9: "that one may wait" ships with other'),
        ("pages: [home]", "pages: [visit]", 'line 9: "that one may wait" ships with'),
        ("[ask~]", "[ask~, tell~]", 'line 30: "tell~" would let more pass than the'),
        ("near: [pills]", "near: [orders]", 'line 21: "an order" ships with other lis'),
        ("unless_after", "unless_with", 'line 21: "an order" ships with other lists'),
    ],
)  # fmt: skip
def test_clinic_never_takes_a_rule_away(old, new, found):
    text = WHOLE.replace(old, new, 1).replace("everyday:", "# Ours\neveryday:")

    (message,) = faults_of(text, whole())

    assert message.startswith(found)


# --- rules at work -----------------------------------------------------------


@pytest.mark.parametrize(
    ("phrase", "text", "is_found"),
    [
        ("*less", "It is painless.", True),
        ("*less", "It is lessened.", False),
        ("pain*", "It is painless.", True),
        ("it\u2019s \u201cfree\u201d", "So it's “free”!", True),
        ("non\u2011toxic", "It is non-toxic.", True),
        ("$0", "It costs $0 today.", True),
        ("100 %", "It is 100 % safe.", True),
        ("pain-free", "It is pain\u2043free.", True),
        ("it's free", "Itʼs free, and ‘it‘s free’.", True),
    ],
)
def test_phrase_of_a_clinic_is_found_as_it_is_written(phrase, text, is_found):
    rules = whole().model_copy(update={"phrases": (phrase,)})

    assert forbidden_in(text, rules) == ([phrase] if is_found else [])


@pytest.mark.parametrize(
    "unseen",
    ["\xad", "͏", "ᅟ", "ᅠ", "឴", "᠋", "\u200b", "\u2060", "ㅤ", "️", "ﾠ", "󠄀"],
)
def test_phrase_with_something_unseen_inside_is_found(unseen):
    assert forbidden_in(f"It is pain{unseen}less.", whole()) == ["painless"]


def test_long_word_keeps_nobody_waiting():
    rules = whole().model_copy(update={"phrases": ("*miracle", "*cure*")})

    before = time.process_time()

    assert forbidden_in("a" * 100_000, rules) == []
    assert time.process_time() - before < 2


@pytest.mark.parametrize(
    ("name", "pages", "expected"),
    [
        ("risks", ["risks"], True),
        ("risks", ["home", "learn/*"], False),
        ("learn/x", ["learn/*"], True),
        ("learning", ["learn/*"], False),
        ("learn/x", ["learn/"], False),
    ],
)
def test_rule_names_a_page_or_all_of_a_folder(name, pages, expected):
    assert is_among(name, pages) is expected


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$", "(?:a|a)*!", r"(?:\w+ ?)+!", "a?" * 40 + "a" * 40 + "!", ".*.*.*!"],
)
@pytest.mark.parametrize("letters", ["a", "aé ", "a "])
def test_no_pattern_keeps_whoever_saves_waiting(pattern, letters):
    rules = together(f"statements: [{{tells: x, pages: [home], pattern: '{pattern}'}}]")
    text = letters * (30_000 // len(letters)) + "?"

    before = time.process_time()
    rules.statements[-1].is_told_in(text)

    assert time.process_time() - before < 2


# --- no page is known by its name --------------------------------------------


def test_only_the_rules_tell_one_page_from_another():
    nothing_named = [
        one.model_copy(update={"pages": ()}) for one in shipped_rules().statements
    ]
    rules = shipped_rules().model_copy(
        update={
            "may_quote": (),
            "statements": tuple(nothing_named),
            "help_card": shipped_rules().help_card.model_copy(update={"pages": ()}),
        }
    )
    body = "[no risk]{.quoted}\n\n| A | B |\n|---|---|\n| c |  |\n\n## Bone\n\n- x"
    document = parse_document(make_text(body=body))

    reports = {name: review(document, name, rules) for name in PAGES}

    assert set(reports.values()) == {review(document, "no-such-page", rules)}


def page_names_in(source: str) -> list[str]:
    """Strings that name a page, its folder or its file. Words of a sentence do not.

    A section has an anchor, which may be called as a page is; it stands behind `slug`.
    """
    tree = ast.parse(source)
    names = {
        *PAGES,
        *(f"{name}.md" for name in PAGES),
        *(f"/{name}/" for name in PAGES),
    }
    names |= {f"{name.partition('/')[0]}/" for name in PAGES if "/" in name}
    anchors = {
        id(side)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        and isinstance(node.left, ast.Attribute)
        and node.left.attr == "slug"
        for side in node.comparators
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and node.value in names
        and id(node) not in anchors
    ]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "sessions" / "documents").glob("*.py")), ids=lambda p: p.name
)
def test_documents_know_no_page_by_name(path: Path):
    assert not page_names_in(path.read_text())


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('if name == "options": pass', ["options"]),
        ('name.startswith(("risks", "learn/"))', ["risks", "learn/"]),
        ('if self.slug == "get-help": pass', []),
        ('message = "What risks are there?"', []),
    ],
)
def test_page_names_are_told_from_anchors_and_words(source, found):
    assert page_names_in(source) == found


PIECES = st.sampled_from(
    [
        "a", "*", "?", "- ", "[", "]", "{", "}", ": ", "phrases", "limits:", "\n", "  ",
        "'", '"', "tells: ", "pages: ", "&a ", "*a", "0", "9999999", "é", "\u200b", "~",
        "everyday: ", "\n- - a\n", "[[", "|\n",
    ]
)  # fmt: skip


@pytest.mark.thorough
@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(WHOLE)), PIECES), max_size=4), st.booleans()
)
def test_any_file_is_rules_or_faults(typed, is_clinics):
    text = WHOLE
    for place, piece in typed:
        text = text[:place] + piece + text[place:]

    rules, faults = read_rules(text, whole() if is_clinics else None)

    assert (rules is None) == bool(faults)
    for fault in faults:
        assert 1 <= fault.line <= text.count("\n") + 1, fault
        assert fault.message.endswith("."), fault
