"""Which question, sign or place a query finds."""

import pytest

from sessions.documents.synonyms import Synonyms
from sessions.guide.search.lexicon import Lexicon
from sessions.guide.search.marks import marked
from sessions.guide.search.place_index import PlaceIndex, passage
from sessions.guide.search.places import Place
from sessions.guide.search.query import read_query
from sessions.guide.search.questions import QuestionIndex
from sessions.guide.search.spelling import Vocabulary
from sessions.guide.search.symptoms import SymptomIndex
from sessions.guide.search.words import words_of
from tests.search_rows import question

SYNONYMS = Synonyms.model_validate(
    {
        "groups": [["blood thinner", "eliquis"]],
        "little": ["does", "it", "i", "my", "when", "can", "is", "the", "to"],
        "symptoms": [
            {"sign": "bleeding", "any": ["blood everywhere"], "not": ["thinner"]},
            {"sign": ["numb", "stroke"], "any": ["cant feel my legs", "numb"]},
        ],
    }
)
QUESTIONS = [
    question("work", ask="Does it work?", also=["proof", "does it help", "any good"]),
    question("off-work", ask="When can I work?", also=["job", "off work", "office"]),
    question("thinner", ask="Blood thinners?", also=["stop a blood thinner", "b", "c"]),
    question("safe", ask="Is it safe?", also=["danger", "risks", "harm"]),
]
PLACES = [
    Place("Driving", "Recovery", "/stages/recovery/#driving", ("Wait a day.",)),
    Place("Pain", "Risks", "/risks/#pain", ("It may hurt.", "You may drive after.")),
    Place("Rest", "Risks", "/risks/#rest", ("Lie down.", "Sleep well.")),
]
LEXICON = Lexicon(SYNONYMS)
VOCABULARY = Vocabulary(
    words_of(
        " ".join(
            [
                *(text for q in QUESTIONS for text in (*q.wordings, q.answer)),
                *(" ".join((p.title, *p.sentences)) for p in PLACES),
                "blood thinner eliquis everywhere cant feel my legs numb dumb",
            ]
        )
    )
)
QUESTION_INDEX = QuestionIndex(QUESTIONS, LEXICON)
SYMPTOM_INDEX = SymptomIndex(SYNONYMS.symptoms, LEXICON, VOCABULARY)
PLACE_INDEX = PlaceIndex(PLACES, LEXICON)


def query(text: str):
    return read_query(text, LEXICON, VOCABULARY)


def best(text: str) -> str:
    return QUESTION_INDEX.find(query(text))[0].question.id


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("does it work", "work"),
        ("when can i go to work", "off-work"),
        ("eliquis", "thinner"),
        ("do i stop my eliqius now or later", "thinner"),
        ("is it safe", "safe"),
        ("offwork", "off-work"),
    ],
)
def test_question_is_found_by_what_it_means(text, name):
    assert best(text) == name


def test_exact_wording_scores_one_and_extra_words_less():
    exact = QUESTION_INDEX.find(query("does it work"))[0].score
    longer = QUESTION_INDEX.find(query("does it work on purple zebras"))[0].score

    assert exact == pytest.approx(1)
    assert longer < 0.7


def test_words_that_nobody_wrote_find_nothing():
    assert QUESTION_INDEX.find(query("zebra")) == []
    assert PLACE_INDEX.find(query("zebra")) == []


def test_earlier_question_wins_a_tie():
    twins = [question("a", also=["x", "y", "z"]), question("b", also=["x", "y", "z"])]
    index = QuestionIndex(twins, LEXICON)

    assert [m.question.id for m in index.find(query("x"))] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("blood everywhere", ("bleeding",)),
        ("there is blood nearly everywhere", ("bleeding",)),
        ("blood evrywhere", ("bleeding",)),
        ("everywhere blood thinners", ()),
        ("I cannot feel my legs", ("numb", "stroke")),
        ("dumb", ()),
        ("numb and blood everywhere", ("bleeding", "numb", "stroke")),
        ("blood", ()),
    ],
)
def test_signs_are_found_in_any_order_and_despite_mistakes(text, signs):
    assert SYMPTOM_INDEX.signs_in(text) == signs


def test_word_in_a_title_counts_more_than_in_the_text():
    found = [match.place.title for match in PLACE_INDEX.find(query("drive"))]

    assert found == ["Driving", "Pain"]


def test_passage_is_the_sentence_that_matches():
    assert passage(PLACES[1], query("drive"), LEXICON) == "You may drive after."
    assert passage(PLACES[2], query("rest"), LEXICON) == "Lie down. Sleep well."


def test_passage_of_a_place_without_words_is_empty():
    assert passage(Place("A", "B", "/", ()), query("a"), LEXICON) == ""


def test_marked_pieces_are_the_text_again():
    text = "You may drive; driving “hurts”."

    pieces = marked(text, query("drive").stems, LEXICON)

    assert "".join(piece.text for piece in pieces) == text
    assert [piece.text for piece in pieces if piece.is_marked] == ["drive", "driving"]
