"""Syllables, sentences and grades, compared with counts made by hand."""

import pytest

from sessions.documents.readability import (
    Readability,
    measure,
    split_sentences,
    syllables,
    words_in,
)

# By the syllable breaks of a dictionary.
WORDS = {
    1: """
        a bone fat cell cells knee hip thumb hand joint shot ache ached bruise bruised
        bruised blood heart health weight strength called helped asked moved walked
        caused stitched bathed watched breathe tube wound rest clothes whole hour year
        bones moves sleeves sides times nurse nerve rate safe scale don't you'll we've
        it's team's friend eye dye whose through straight cleansed
    """,
    2: """
        needle marrow doctor clinic donor tissue numbing swelling pressure dressing
        bandage wanted needed treated started tested muscle ankle little table people
        painless painful safely careful helpless movement treatment stiffness numbness
        fluid quiet diet science trial being doing going changes bruises pages dishes
        watches creates create react giant ruin lion shower sometimes something someone
        baseline nearest seizure syringe vaccine vitals rhythm prism player
        million onion union platelet cafe steroid table's patients useful
    """,
    3: """
        injection infection aspirin sedation procedure radius area idea medium medicine
        hospital surgery cartilage approval recover usual manual physical exercise
        deliver oxygen example protected family ligament arthritis clinician removal
        follow-up ultrasound relieving companion opinion understand bandages insurance
        easily suddenly poisoning syphilis rheumatoid iliac potassium employer
        everyone everyday radio video museum cereal theory apnea opening HIV FDA
    """,
    4: """
        consultation preparation emergency operation recovery anesthetic January
        February information biologic military ability experience technology
        autologous usually hematoma hepatitis hypertension variation situation
        european amniotic differential clopidogrel anti-aging evacuate
    """,
    5: """
        anaphylaxis antibiotic evaluated regenerative regulatory immediately
        opportunity university corticosteroid
        refrigerator electricity
    """,
    6: """
        rehabilitation osteoarthritis physiotherapy responsibility orthobiologic
    """,
}


@pytest.mark.parametrize(
    ("word", "count"), [(w, n) for n, text in WORDS.items() for w in text.split()]
)
def test_syllables_of_known_words(word, count):
    assert syllables(word) == count


def test_table_of_known_words_has_at_least_80():
    assert sum(len(set(text.split())) for text in WORDS.values()) >= 80


@pytest.mark.parametrize(
    "figure", ["7", "911", "1,000", "3.5", "50%", "$5", "100°F", "2nd"]
)
def test_figure_counts_as_one_syllable(figure):
    assert syllables(figure) == 1


@pytest.mark.parametrize("word", ["Knee", "KNEE", "knee"])
def test_capitals_make_no_difference(word):
    assert syllables(word) == 1


def test_curly_apostrophe_counts_as_the_straight_one():
    assert syllables("couldn’t") == syllables("couldn't")


@pytest.mark.parametrize("word", ["", "-", "shh", "mm"])
def test_every_word_has_at_least_one_syllable(word):
    assert syllables(word) == (0 if word == "-" else 1)


@pytest.mark.parametrize(
    ("run", "words"),
    [
        ("It does not hurt.", ["It", "does", "not", "hurt"]),
        ("a well-known one", ["a", "well-known", "one"]),
        ("don't, it’s", ["don't", "it’s"]),
        ("1,000 or 3.5 or 50%", ["1,000", "or", "3.5", "or", "50%"]),
        ("wait – then — go", ["wait", "then", "go"]),
        ("“Rest,” (she) said!", ["Rest", "she", "said"]),
        ("café", ["café"]),
        ("… – ()", []),
        ("", []),
    ],
)
def test_words_of_a_run(run, words):
    assert words_in(run) == words


@pytest.mark.parametrize(
    ("run", "sentences"),
    [
        ("One. Two. Three.", 3),
        ("No full stop", 1),
        ("It is 0.5 mL. Rest.", 2),
        ("About 1.5 in 100. Most are well.", 2),
        ("Ring 911. 24 hours later, rest.", 2),
        ("Dr. Lee came. Mrs. Ray left.", 2),
        ("Eat soft food, e.g. Soup or eggs.", 1),
        ("It takes approx. 5 days.", 1),
        ("See sheet No. 5 today.", 1),
        ("Is it proven? No. Ask us.", 3),
        ("He said “Rest.” Then he left.", 2),
        ('"Rest," she said. "Then walk."', 2),
        ("It ended (at last.) We left.", 2),
        ("Really?! Yes!", 2),
        ("Wait ... and rest.", 1),
        ("Stop. then go", 1),
        ("over\ntwo\nlines. And more.", 2),
        ("Été. Été.", 2),
        ("", 0),
        ("… – !", 0),
    ],
)
def test_sentences_of_a_run(run, sentences):
    assert len(split_sentences(run)) == sentences


# Counted by hand:
#   text                    sentences  words  syllables  of three or more
#   The cat sat on the mat.         1      6          6                 0
#   Ask your doctor.                1      3          4                 0
#     + You may wait.               2      6          7                 0
#   The injection may hurt.         1      4          6                 1
#     + Infection is possible.      2      7         13                 3
COUNTED = [
    (["The cat sat on the mat."], (1, 6, 6, 0), -1.4, 3.1),
    (["Ask your doctor. You may wait."], (2, 6, 7, 0), -0.7, 3.1),
    (["Ask your doctor.", "You may wait"], (2, 6, 7, 0), -0.7, 3.1),
    (["The injection may hurt."], (1, 4, 6, 1), 3.7, 8.8),
    (["The injection may hurt. Infection is possible."], (2, 7, 13, 3), 7.7, 10.1),
]


@pytest.mark.parametrize(("runs", "counts", "grade", "smog"), COUNTED)
def test_counts_and_grades_of_texts_counted_by_hand(runs, counts, grade, smog):
    found = measure(runs)

    assert (
        found.sentences, found.words, found.syllables, found.polysyllables,
    ) == counts  # fmt: skip
    assert (found.grade, found.smog) == (grade, smog)


@pytest.mark.parametrize(
    ("words", "sentences", "count", "grade"),
    [
        # 0.39 x 10 + 11.8 x 1.5 - 15.59 = 3.9 + 17.7 - 15.59 = 6.01
        (100, 10, 150, 6.0),
        # 0.39 x 20 + 11.8 x 1.5 - 15.59 = 7.8 + 17.7 - 15.59 = 9.91
        (100, 5, 150, 9.9),
        # 0.39 x 10 + 11.8 x 1.3 - 15.59 = 3.9 + 15.34 - 15.59 = 3.65
        (100, 10, 130, 3.6),
    ],
)
def test_flesch_kincaid_is_the_published_formula(words, sentences, count, grade):
    found = Readability(
        sentences=sentences, words=words, syllables=count, polysyllables=0
    )

    assert found.grade == pytest.approx(grade, abs=0.051)


def test_smog_is_the_published_formula():
    # 1.0430 x sqrt(16 x 30 / 30) + 3.1291 = 1.0430 x 4 + 3.1291 = 7.3011
    found = Readability(sentences=30, words=300, syllables=450, polysyllables=16)

    assert found.smog == 7.3


@pytest.mark.parametrize("runs", [[], [""], ["", "…", "–"]])
def test_text_without_words_has_grade_zero(runs):
    found = measure(runs)

    assert (found.words, found.grade, found.smog) == (0, 0.0, 0.0)
