"""Scorecards: complete, with known scores and reasons; and their results."""

import pytest
import yaml

from sessions.documents.scorecards import INSTRUMENTS, read_scorecard

REASON = "It is not there."


def make_rating(name: str, scores=(), reasons=(), without=()) -> dict:
    """The best score for every item, but for `scores`."""
    instrument = INSTRUMENTS[name]
    given = dict.fromkeys(instrument.items, instrument.scores[0]) | dict(scores)
    needed = {item: REASON for item, s in given.items() if instrument.needs_reason(s)}
    return {
        "scores": {item: s for item, s in given.items() if item not in without},
        "reasons": needed | dict(reasons),
    }


def make_card(name: str = "pemat-p", **changes) -> str:
    """A card on which two people rated one page; `rating` changes what "two" gave."""
    instrument = INSTRUMENTS[name]
    two = make_rating(name, **changes.pop("rating", {}))
    card = {
        "instrument": instrument.name,
        "rated_by": "Two people",
        "rated_on": "2026-11-30",
        "items": {item: "Words of the item" for item in instrument.items},
        "subjects": {"risks": {"one": make_rating(name), "two": two}},
        **changes,
    }
    return yaml.safe_dump(card, sort_keys=False)


def make_older(name: str = "pemat-p", scores=(), **changes) -> str:
    """A card in the form of version 0.2.0."""
    instrument = INSTRUMENTS[name]
    given = dict.fromkeys(instrument.items, instrument.scores[0]) | dict(scores)
    item = {"reason": "It says so plainly.", "place": "In short"}
    card = {
        "instrument": instrument.name,
        "rated_by": "A member of the project",
        "rated_on": "2026-11-20",
        "items": {item: "Words of the item" for item in instrument.items},
        "pages": {"risks": {name: {"score": s, **item} for name, s in given.items()}},
        **changes,
    }
    return yaml.safe_dump(card, sort_keys=False)


def faults(text: str, name: str = "pemat-p") -> list[str]:
    return [str(fault) for fault in read_scorecard(name, text)[1]]


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_complete_scorecard_has_no_fault(name):
    card, found = read_scorecard(name, make_card(name))

    assert card is not None and not found
    assert card.scorers == ("one", "two")


@pytest.mark.parametrize(
    ("rating", "message"),
    [
        ({"without": ["7"]}, 'In "risks, two" these items are missing: 7.'),
        ({"scores": {"13": "1"}}, 'In "risks, two" these items are unknown: 13.'),
        ({"scores": {"1": "2"}}, '"2" is not a score. Use one of: 1, 0, n/a.'),
        ({"scores": {"1": "1 "}}, ""),
        ({"scores": {"26": "n/a"}}, "This item always applies."),
        ({"scores": {"6": "n/a"}}, ""),
        ({"reasons": {"1": "Good"}}, "Give the reason in a few words."),
        ({"reasons": {"1": "It says so plainly."}}, ""),
        ({"reasons": {"99": REASON}}, 'There is a reason for "99", but no score.'),
    ],
)
def test_missing_or_unknown_score_is_a_fault(rating, message):
    found = faults(make_card(rating=rating))

    assert any(message in fault for fault in found) if message else not found


@pytest.mark.parametrize(
    ("name", "score"), [("pemat-p", "0"), ("discern", "4"), ("ipdas", "no")]
)
def test_score_below_the_best_needs_a_reason(name, score):
    item = INSTRUMENTS[name].items[0]
    text = make_card(name, rating={"scores": {item: score}})
    silent = yaml.safe_load(text)
    del silent["subjects"]["risks"]["two"]["reasons"]

    [fault] = faults(yaml.safe_dump(silent), name)

    assert not faults(text, name)
    assert f'Add a line "{item}" under reasons: why is it {score}?' in fault


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rated_on": "2026-13-01"}, "is not a date"),
        ({"grade": "A"}, '"grade" is not a known key'),
        ({"subjects": {}}, '"subjects" is empty'),
        ({"subjects": {"risks": {}}}, '"subjects.risks" is empty'),
        ({"items": {"1": "Words"}}, 'In "items" these items are missing: 10, 11'),
    ],
)
def test_card_with_other_keys_is_refused(changes, message):
    assert any(message in fault for fault in faults(make_card(**changes)))


def test_every_subject_is_rated_by_the_same_people():
    one, two, alone = (make_rating("pemat-p") for _ in range(3))
    subjects = {"risks": {"one": one, "two": two}, "home": {"two": alone}}

    [fault] = faults(make_card(subjects=subjects))

    assert '"home" has no rating by one.' in fault


@pytest.mark.parametrize("subject", ["guide", "guide/joint", "guide/hand", "guide/leg"])
def test_whole_guide_is_read_as_a_known_reader(subject):
    ratings = {"one": make_rating("discern")}

    found = faults(make_card("discern", subjects={subject: ratings}), "discern")

    known = "Use guide, guide/joint, guide/hand, or a page."
    assert [known in fault for fault in found] == [True] * (subject == "guide/leg")


@pytest.mark.parametrize(
    ("rating", "words"),
    [({"scores": {"12": "7"}}, "'12': '7'"), ({"reasons": {"99": REASON}}, "'99': It")],
)
def test_fault_names_the_line_of_the_item(rating, words):
    text = make_card(rating=rating)

    line = text.count("\n", 0, text.index(words)) + 1

    assert faults(text)[0].startswith(f"line {line}:")


def test_unknown_instrument_is_named():
    assert 'There is no instrument "stars"' in faults(make_card(), "stars")[0]


# --- files as version 0.2.0 read them ---


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_older_file_is_read_as_the_ratings_of_one_person(name):
    worst = INSTRUMENTS[name].scores[-1 if name == "discern" else 1]
    item = INSTRUMENTS[name].items[0]

    card, found = read_scorecard(name, make_older(name, scores={item: worst}))

    assert card is not None and not found
    assert (card.rated_by, card.scorers) == ("A member of the project", ("one",))
    [rating] = card.ratings("risks")
    assert rating.scores[item] == worst
    assert rating.reasons[item] == "It says so plainly."


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scores": {"12": "7"}}, '"7" is not a score.'),
        ({"scores": {"13": "1"}}, 'In "risks, one" these items are unknown: 13.'),
        ({"pages": {"risks": {"1": "yes"}}}, '"pages.risks.1" needs keys of its own'),
        ({"pages": "none"}, '"pages" is not valid'),
        ({"pages": {}}, '"pages" is empty'),
        ({"rated_on": "soon"}, "is not a date"),
        ({"subjects": {}}, '"subjects" is not a known key'),
    ],
)
def test_older_file_with_a_fault_is_refused(changes, message):
    card, found = read_scorecard("pemat-p", make_older(**changes))

    assert card is None
    assert any(message in str(fault) for fault in found), found


def test_fault_of_an_older_file_names_its_line():
    text = make_older(scores={"12": "7"})
    lines = text.split("\n")

    line = lines.index("    '12':", lines.index("pages:")) + 1

    assert faults(text)[0].startswith(f"line {line}:")


# --- results ---


@pytest.mark.parametrize(
    ("name", "group", "given", "result"),
    [
        ("pemat-p", "To act on", {"20": "0"}, "86%"),
        ("pemat-p", "To act on", {"20": "0", "24": "n/a", "25": "n/a"}, "80%"),
        ("cdc-index", "Clear", {}, "100%"),
        ("cdc-index", "Clear", {"1": "0", "2": "0"}, "90%"),
        ("discern", "Sum", {"1": "3", "2": "1"}, "69 of 75"),
        ("discern", "Overall", {"16": "4"}, "4 of 5"),
        ("ipdas", "Qualifying", {"1.1.1": "no"}, "5 of 6"),
        ("ipdas", "Certifying", {"2.3.1": "n/a"}, "5 of 5"),
    ],
)
def test_result_has_the_form_that_its_instrument_uses(name, group, given, result):
    instrument = INSTRUMENTS[name]
    scores = dict.fromkeys(instrument.items, instrument.scores[0]) | given

    assert instrument.result(group, scores) == result


def test_group_without_applicable_items_does_not_apply():
    instrument = INSTRUMENTS["cdc-index"]

    scores = dict.fromkeys(instrument.items, "n/a")

    assert instrument.result("Clear", scores) == "does not apply"


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_best_score_is_no_weak_point_and_the_last_one_is(name):
    instrument = INSTRUMENTS[name]
    scored = [score for score in instrument.scores if score != "n/a"]

    assert scored[0] not in instrument.weak and scored[-1] in instrument.weak
    assert set(instrument.pass_marks) <= set(instrument.groups)
