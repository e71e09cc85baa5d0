"""What words mean the same to a search."""

from sessions.documents.synonyms import Synonyms
from sessions.guide.search.lexicon import Lexicon

LEXICON = Lexicon(
    Synonyms.model_validate(
        {
            "groups": [
                ["blood thinner", "eliquis"],
                ["money back", "refund"],
                ["ride home", "bus", "train"],
                ["joint", "joints"],
            ],
            "kinds": [{"from": ["knee"], "to": "joint"}],
            "little": ["my", "get"],
        }
    )
)


def strength(one: str, other: str) -> float:
    """How strongly two words match, the first as it was searched for."""
    [wanted] = LEXICON.units_typed(one.split())
    [unit] = LEXICON.units(other)
    terms = LEXICON.widened(wanted)
    return max((terms[t] * unit.terms[t] for t in terms.keys() & unit.terms), default=0)


def test_synonyms_match_nearly_as_strongly_as_the_word_itself():
    assert strength("eliquis", "eliquis") == 1
    assert 0.9 <= strength("eliquis", "blood thinners") < 1
    assert strength("eliquis", "refund") == 0


def test_phrase_is_one_unit_even_with_a_little_word_inside():
    assert len(LEXICON.units("blood thinner")) == 1
    units = LEXICON.units("get money back")
    assert [unit.stems for unit in units] == [("get",), ("money", "back")]
    assert LEXICON.units("money my back")[0].stems == ("money", "back")
    assert len(LEXICON.units("money never back")) == 3


def test_part_of_a_phrase_matches_less():
    assert 0 < strength("blood", "blood thinner") < 0.9


def test_narrower_word_finds_the_broader_one_and_not_the_other_way_round():
    assert 0 < strength("knee", "joint") < strength("knee", "knee")
    assert strength("joint", "knee") == 0


def test_another_form_of_a_synonym_matches_less():
    assert strength("training", "bus") < strength("train", "bus")


def test_little_words_are_known():
    assert [unit.is_little for unit in LEXICON.units("my knee")] == [True, False]
