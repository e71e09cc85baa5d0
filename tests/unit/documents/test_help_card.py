"""The lines of the help card: how they are written, for whom, and what it must have."""

import re

import pytest

from sessions.documents import DocumentError, parse_document
from sessions.documents import blocks as b
from sessions.documents.front_matter import Condition
from sessions.documents.guard import read_whole
from sessions.documents.help_card import missing_signs, turned_round, withdrawn_in
from sessions.documents.quality import review
from tests.factories import RULES, make_text, shipped_rules

RULED = shipped_rules().help_card
HELP = RULES.parent / "en" / "get-help.md"
CARD = """::: emergency
- **Chest pain.** {#chest-pain}
- **Hand:** white finger. {#white-finger area=hand}
- **Joint:** white toes. {#white-toes area=joint}
- **Fat:** belly pain. {#belly cells=fat}
:::"""


def card(text=CARD):
    return parse_document(make_text(body=text))


def ids(document):
    return [block.id for block in document.walk() if isinstance(block, b.Sign)]


def test_line_has_an_id_a_condition_and_words():
    line = next(x for x in card().walk() if isinstance(x, b.Sign) and x.id == "belly")

    assert line.condition == Condition(cells="fat")
    assert b.plain_text(line.inlines) == "Fat: belly pain."


@pytest.mark.parametrize(
    ("area", "shown"),
    [
        ("hand", ["chest-pain", "white-finger", "belly"]),
        ("joint", ["chest-pain", "white-toes", "belly"]),
        ("wrist", ["chest-pain", "white-finger", "white-toes", "belly"]),
        (frozenset(), ["chest-pain", "white-finger", "white-toes", "belly"]),
        (
            frozenset({"hand", "wrist"}),
            ["chest-pain", "white-finger", "white-toes", "belly"],
        ),
    ],
)
def test_area_without_lines_of_its_own_is_shown_those_of_all(area, shown):
    assert ids(card().tailored({"area": area, "cells": "fat"})) == shown


def test_line_for_other_cells_is_left_out():
    assert "belly" not in ids(card().tailored({"cells": "bone-marrow"}))


def test_nothing_of_a_line_is_lost():
    assert ids(read_whole(make_text(body=CARD))) == ids(card())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- A. {#a}\n- B.", "Every line of this list ends in its id"),
        ("- A. {#a}\n- B. {#a}", 'The line id "a" is also used'),
        ("- A. {#a when=now}", "is not understood"),
        ("- {#a}", "This line has no words"),
        ("- A. {#a}\n\n  More.", "A line of a card is one sentence"),
    ],
)
def test_line_that_is_written_wrongly_is_named(text, message):
    with pytest.raises(DocumentError) as caught:
        card(f"::: urgent\n{text}\n:::")

    assert message in str(caught.value)


def test_one_id_may_have_a_line_for_each_country():
    lines = "- F. {#fever country=us}\n- C. {#fever country=uk,eu,other}"

    assert ids(card(f"::: urgent\n{lines}\n:::")) == ["fever", "fever"]


def test_shipped_card_has_every_line_it_must_have():
    document = parse_document(HELP.read_text())

    assert not list(missing_signs(document, shipped_rules().help_card))


@pytest.mark.parametrize("line", shipped_rules().help_card.lines, ids=lambda x: x.id)
def test_card_without_a_line_is_refused(line):
    own = re.compile(rf"\n- .*\{{#{line.id}[ }}].*")
    rest = own.sub("", HELP.read_text())

    (message,) = missing_signs(parse_document(rest), shipped_rules().help_card)

    assert f"{{#{line.id}}}" in message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{#fainting}", "{#fainting cells=fat}"),
        ("{#fever country=uk,eu,other}", "{#fever country=uk,other}"),
        ("**Seizure**; drooping face", "**Seizure**; drooping"),
        ("::: department", "::: urgent"),
    ],
)
def test_line_for_fewer_readers_with_fewer_words_or_lower_is_refused(old, new):
    text = HELP.read_text()
    if new.startswith(":::"):
        text = text.replace("::: urgent", "::: later").replace("::: later", old)
    document = parse_document(text.replace(old, new, 1))

    assert list(missing_signs(document, shipped_rules().help_card))


def test_card_for_some_readers_alone_is_refused():
    text = HELP.read_text().replace(
        "::: emergency", ":::: only area=hand\n::: emergency"
    )
    text = text.replace(":::\n\n::: department", ":::\n::::\n\n::: department")

    found = missing_signs(parse_document(text), shipped_rules().help_card)

    assert any("{#chest-or-breathing}" in message for message in found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- **Chest pain**", "- No need to call for: **chest pain**"),
        ("- **Chest pain**", "- You do not need help for **chest pain**"),
        ("- **Chest pain**", "- Don’t call for **chest pain**"),
        ("**Bleeding** that spurts", "**Bleeding** is normal, if it spurts"),
        ("**Fainting.**", "**Fainting** can wait."),
        ("**Fainting.**", "**Fainting** is harmless."),
        ("**Seizure**;", "Ignore a **seizure**;"),
        ("one calf, thigh or arm.", "one calf, thigh or arm: do not worry."),
        ("**Dressing soaked**,", "**Dressing soaked**, not urgent,"),
    ],
)
def test_sign_that_is_turned_round_is_refused(old, new):
    text = HELP.read_text().replace(old, new, 1)
    line = next(n for n, row in enumerate(text.splitlines(), 1) if new in row)

    found = list(turned_round(parse_document(text), shipped_rules().help_card))

    assert [at for at, _ in found] == [line]
    report = review(parse_document(text), "get-help", shipped_rules())
    assert any(f.line == line and f.is_blocking for f in report.findings)


def test_what_can_wait_may_be_called_common():
    card = "::: routine\n- Soreness is common. {#eases}\n:::"

    assert not list(turned_round(parse_document(make_text(body=card)), RULED))


@pytest.mark.parametrize(
    "words", ["Abnormal bleeding.", "More pain than usual.", "Pain that never eases."]
)
def test_other_words_for_a_sign_pass(words):
    card = f"::: urgent\n- {words} {{#own}}\n:::"

    assert not list(turned_round(parse_document(make_text(body=card)), RULED))


def test_shipped_card_turns_no_sign_round():
    assert not list(turned_round(parse_document(HELP.read_text()), RULED))


@pytest.mark.parametrize("line", RULED.lines, ids=lambda line: line.id)
def test_id_with_the_words_of_no_sign_is_refused(line):
    own = re.compile(rf"\n- .*(\{{#{line.id}[ }}].*)")
    text = own.sub(r"\n- A sore arm there. \1", HELP.read_text())

    found = missing_signs(parse_document(text), RULED)

    assert any(f"{{#{line.id}}}" in message for message in found)


FIRST_AID = [one for one in shipped_rules().statements if one.unfolded]
AID_PAGES = ["get-help", "helping-someone"]


def untold(page, text):
    report = review(parse_document(text), page, shipped_rules())
    found = " ".join(x.message for x in report.findings if x.is_blocking)
    return [one.tells for one in FIRST_AID if f"{one.tells}, outside a fold" in found]


@pytest.mark.parametrize("page", AID_PAGES)
@pytest.mark.parametrize(
    ("start", "end"),
    [
        (None, None),
        ("::::: more First aid", ":::::"),
        ("::::: only area=hand", ":::::"),
    ],
    ids=["gone", "folded", "for some"],
)
def test_page_without_open_first_aid_is_refused(page, start, end):
    text = (RULES.parent / "en" / f"{page}.md").read_text()
    before, heading, rest = text.partition("## First aid\n")
    aid, after, tail = rest.partition("\n## ")
    kept = f"{start}\n{aid.strip()}\n{end}\n" if start else "Words.\n"

    assert not untold(page, text)
    changed = f"{before}{heading}\n{kept}{after}{tail}"
    assert untold(page, changed) == [one.tells for one in FIRST_AID]
    assert len(FIRST_AID) == 5


@pytest.mark.parametrize("page", AID_PAGES)
@pytest.mark.parametrize(
    "title", ["Bleeding", "Tight wrap", "Severe", "(?:Someone who c|C)annot", "Low"]
)
def test_page_without_one_part_of_first_aid_is_refused(page, title):
    text = (RULES.parent / "en" / f"{page}.md").read_text()
    part = re.compile(rf"\n### {title}.*?(?=\n###? )", re.DOTALL)

    assert len(untold(page, part.sub("", text, count=1))) == 1


def test_line_may_stand_higher():
    text = HELP.read_text()
    line = next(row for row in text.splitlines() if "{#calf}" in row)
    moved = text.replace(f"{line}\n", "").replace(
        "::: emergency\n", f"::: emergency\n{line}\n"
    )

    assert not list(missing_signs(parse_document(moved), shipped_rules().help_card))


@pytest.mark.parametrize(
    "sentence",
    [
        "A joint that is suddenly hot and very painful, and you cannot move it.",
        "A finger or thumb that is cold or numb after the numbing has worn off.",
        "Ask your team which color changes in a finger should make you call.",
        "Call for a dressing that feels too tight.",
        "Call your clinic if it feels too tight.",
        "If pain, heat or swelling gets worse after 2 to 3 days, call.",
        "Pain that gets worse after the first 2 to 3 days.",
        "Do not stop any medicine unless your own team told you to.",
        "Do not stop or change a medicine unless your care team tells you to.",
    ],
)
def test_sentence_that_was_withdrawn_is_found(sentence):
    document = parse_document(make_text(body=sentence))

    assert len(list(withdrawn_in(document, shipped_rules().withdrawn))) == 1


@pytest.mark.parametrize(
    "sentence",
    [
        "A sore joint often settles in 2 to 3 days.",
        "Getting worse is not normal, at any time.",
        "If it gets too tight, open it all the way at once.",
        "Do not stop a medicine unless the doctor who prescribes it agrees.",
        "A hand may be numb for hours.",
        "Ask which colors you can choose.",
    ],
)
def test_sentence_that_is_right_passes(sentence):
    document = parse_document(make_text(body=sentence))

    assert not list(withdrawn_in(document, shipped_rules().withdrawn))


@pytest.mark.parametrize(
    ("front", "line"),
    [
        ({"title": "If it feels too tight"}, 1),
        (
            {
                "key_facts": "key_facts: {time: If it feels too tight, meet: A., "
                "numbing: B., drive: C., home: D.}"
            },
            4,
        ),
    ],
)
def test_withdrawn_sentence_of_the_front_matter_is_found(front, line):
    document = parse_document(make_text(**front))

    found = withdrawn_in(document, shipped_rules().withdrawn)

    assert [(at, words) for _, at, words in found] == [(line, "If it feels too tight")]
