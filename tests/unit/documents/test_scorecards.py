"""Scorecards: complete, with known scores and reasons; and their results."""

import pytest
import yaml

from sessions.documents.scorecards import INSTRUMENTS, read_scorecard


def make_card(name: str = "pemat-p", **changes) -> str:
    instrument = INSTRUMENTS[name]
    best = instrument.scores[-1 if "5" in instrument.scores else 0]
    scores = {
        item: {"score": best, "reason": "It says so plainly.", "place": "In short"}
        for item in instrument.items
    }
    for item, change in changes.pop("scores", {}).items():
        scores[item] = {**scores.get(item, scores[instrument.items[0]]), **change}
    for item in changes.pop("without", ()):
        del scores[item]
    card = {
        "instrument": instrument.name,
        "rated_by": "A member of the project",
        "rated_on": "2026-11-20",
        "items": {item: "Words of the item" for item in instrument.items},
        "pages": {changes.pop("page", "risks"): scores},
        **changes,
    }
    return yaml.safe_dump(card, sort_keys=False)


def faults(text: str, name: str = "pemat-p") -> list[str]:
    return [str(fault) for fault in read_scorecard(name, text)[1]]


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_complete_scorecard_has_no_fault(name):
    card, found = read_scorecard(name, make_card(name))

    assert card is not None and not found


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"without": ["7"]}, 'In "risks" these items are missing: 7.'),
        ({"scores": {"13": {}}}, 'In "risks" these items are unknown: 13.'),
        (
            {"scores": {"1": {"score": "2"}}},
            '"2" is not a score. Use one of: 1, 0, n/a.',
        ),
        ({"scores": {"26": {"score": "n/a"}}}, "This item always applies."),
        ({"scores": {"1": {"reason": "Good"}}}, "Give the reason in a few words."),
        (
            {"scores": {"1": {"place": ""}}},
            "Name the part of the page that earns this score.",
        ),
        ({"rated_on": "2026-13-01"}, "is not a date"),
        ({"grade": "A"}, '"grade" is not a known key'),
    ],
)
def test_missing_or_unknown_score_is_a_fault(changes, message):
    found = faults(make_card(**changes))

    assert any(message in fault for fault in found), found


def test_fault_names_the_line_of_the_item():
    text = make_card(scores={"12": {"score": "7"}})
    line = text.split("\n").index("    '12':", text.split("\n").index("pages:")) + 1

    assert faults(text)[0].startswith(f"line {line}:")


def test_lowest_score_needs_no_place():
    assert not faults(make_card(scores={"1": {"score": "0", "place": ""}}))


def test_unknown_instrument_is_named():
    assert 'There is no instrument "stars"' in faults(make_card(), "stars")[0]


@pytest.mark.parametrize(
    ("name", "group", "given", "result"),
    [
        ("pemat-p", "Easy to act on", {"20": "0"}, "86 %"),
        ("pemat-p", "Easy to act on", {"20": "0", "24": "n/a", "25": "n/a"}, "80 %"),
        ("cdc-index", "Clear", {}, "100 %"),
        ("cdc-index", "Clear", {"1": "0", "2": "0"}, "90 %"),
        ("discern", "Items 1 to 15", {"1": "3", "2": "1"}, "69 of 75"),
        ("discern", "Overall", {"16": "4"}, "4 of 5"),
        ("ipdas", "Qualifying", {"1.1.1": "no"}, "5 of 6"),
        ("ipdas", "Certifying", {"2.3.1": "n/a"}, "5 of 5"),
    ],
)
def test_result_has_the_form_that_its_instrument_uses(name, group, given, result):
    instrument = INSTRUMENTS[name]
    best = instrument.scores[-1 if "5" in instrument.scores else 0]
    scores = dict.fromkeys(instrument.items, best) | given

    assert instrument.result(group, scores) == result


def test_group_without_applicable_items_does_not_apply():
    instrument = INSTRUMENTS["cdc-index"]

    scores = dict.fromkeys(instrument.items, "n/a")

    assert instrument.result("Clear", scores) == "does not apply"
