"""The register of claims: what it holds, and which of its words are printed."""

import pytest

from sessions.documents.register import Claim, read_register
from tests.factories import shipped_rules

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


@pytest.mark.parametrize("field", ["claim", "result", "does_not_tell"])
def test_claim_with_a_withdrawn_sentence_is_refused(field):
    claim = {**FIELDS, "sources": [], field: "Call if it feels too tight."}
    rows = [f"  {key}: {value}" for key, value in claim.items()]
    rows[rows.index("  sources: []")] = "  sources: [R1]"
    withdrawn = shipped_rules().withdrawn

    _, faults = read_register(
        sources="", claims="\n".join(["c1:", *rows]), withdrawn=withdrawn
    )

    line = next(n for n, row in enumerate(rows, 2) if row.startswith(f"  {field}:"))
    (fault,) = [one for _, one in faults if "is not safe" in str(one)]
    assert f"line {line}:" in str(fault)
