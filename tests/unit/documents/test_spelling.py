"""Names of medicines that are spelt wrong."""

import pytest

from sessions.documents.spelling import Spelling
from tests.factories import shipped_rules

SPELLING = Spelling(["warfarin", "Plavix", "pill~", "fish oil"], ["playing"])


@pytest.mark.parametrize(
    ("word", "read"),
    [
        ("warfarin", "warfarin"),
        ("wafarin", "warfarin"),
        ("warafrin", "warfarin"),
        ("warrfarrin", "warfarin"),
        ("wfrn", "wfrn"),
        ("warning", "warning"),
        ("plavex", "plavix"),
        ("plavexx", "plavexx"),
        ("playing", "playing"),
        ("flavix", "flavix"),
        ("pilll", "pilll"),
        ("%", "%"),
    ],
)
def test_word_is_read_as_the_name_that_is_meant(word, read):
    assert SPELLING.read(word) == read


@pytest.mark.parametrize(
    "word", ["hearing", "efficient", "medicare", "meditation", "tables", "wearing"]
)
def test_ordinary_word_is_no_medicine_that_is_spelt_wrong(word):
    assert shipped_rules().spelt.read(word) == word
