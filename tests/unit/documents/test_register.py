"""The register of claims: what it holds, and which of its words are printed."""

import pytest

from sessions.documents.register import Claim

FIELDS = {
    "topic": "Knees",
    "claim": "Some people had less pain.",
    "certainty": "Weak",
    "who": "Adults",
    "number": "Not stated",
    "how_long": "A year",
    "result": "Less pain.",
    "does_not_tell": "It does not tell you if it lasts.",
    "sources": ["R1"],
    "checked": "2026-11-20",
}


def make_claim(**fields):
    return Claim.model_validate({**FIELDS, **fields})


def test_claim_of_an_older_register_says_nothing_of_how_it_was_read():
    claim = make_claim()

    assert claim.read is None and claim.replaces == ()


@pytest.mark.parametrize(
    ("certainty", "is_printed"),
    [("Strong", True), ("Weak", True), ("Fact", False), ("Not known", False)],
)
def test_words_to_translate_hold_only_a_certainty_that_is_printed(
    certainty, is_printed
):
    words = make_claim(certainty=certainty).words

    assert ("certainty" in words) == is_printed
    assert "number" not in words
    assert words["result"] == "Less pain."
