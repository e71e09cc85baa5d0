"""The words of a text as a search compares them, and typing mistakes."""

import pytest

from sessions.guide.search.spelling import Vocabulary
from sessions.guide.search.words import stem, words_of

KNOWN = Vocabulary(
    ["injection", "stem", "cell", "aleve", "alive", "alive", "wart", "warfarin", "pain"]
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Can I drive?", ["can", "i", "drive"]),
        ("Sédation", ["sedation"]),
        ("x-ray, B4 2am", ["x", "ray", "b4", "2am"]),
        (
            "It won’t, won't and will not stop",
            ["it", "wont", "wont", "and", "wont", "stop"],
        ),
        ("I cannot and can not", ["i", "cant", "and", "cant"]),
        ("did not, isn't", ["didnt", "isnt"]),
        ("knot notice", ["knot", "notice"]),
        ("", []),
        ("???", []),
    ],
)
def test_words_are_folded(text, words):
    assert words_of(text) == words


def test_forms_of_a_word_have_one_stem():
    assert len({stem(word) for word in ("injection", "injections", "injected")}) == 1
    assert stem("painful") != stem("paint")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("injection", [("injection",)]),
        ("injecton", [("injection",)]),
        ("ijnection", [("injection",)]),
        ("warfrin", [("warfarin",)]),
        ("stemcell", [("stem",), ("cell",)]),
        ("alieve", [("alive", "aleve")]),
        ("pai", [("pai",)]),
        ("xylophone", [("xylophone",)]),
        ("injection2", [("injection2",)]),
    ],
)
def test_mistake_is_mended_where_a_word_is_near(word, meant):
    assert KNOWN.corrected(word) == meant
