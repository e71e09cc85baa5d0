"""The line diff of two sources."""

from sessions.wordings.compare import passages


def found(mine, theirs):
    """(is_same, numbered lines of mine, numbered lines of theirs) of each passage."""
    return [
        (p.is_same, p.mine.numbered, p.theirs.numbered) for p in passages(mine, theirs)
    ]


def test_passages_are_in_order_with_their_line_numbers():
    assert found(["a", "b", "c"], ["a", "x", "y", "c"]) == [
        (True, [(1, "a")], [(1, "a")]),
        (False, [(2, "b")], [(2, "x"), (3, "y")]),
        (True, [(3, "c")], [(4, "c")]),
    ]


def test_place_of_a_passage_names_its_lines():
    same, changed = passages(["a", "b", "c"], ["a"])

    assert same.mine.place == "line 1"
    assert changed.mine.place == "lines 2 to 3"


def test_lines_that_are_frequent_in_a_long_text_still_match():
    blank = [""] * 300

    before, same, after = passages([*blank, "Mine."], ["Theirs.", *blank])

    assert (before.is_same, same.is_same, after.is_same) == (False, True, False)
    assert len(same.mine.texts) == 300
