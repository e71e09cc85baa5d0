"""How hard a text is to read: Flesch-Kincaid grade and SMOG, from their papers.

Flesch-Kincaid: Kincaid et al. 1975, 0.39 words/sentence + 11.8 syllables/word - 15.59.
SMOG: McLaughlin 1969, 1.0430 sqrt(polysyllables x 30 / sentences) + 3.1291.
Figures and symbols count as one syllable, a hyphenated word as one word (Flesch 1949).
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

WORD = re.compile(r"[A-Za-z0-9À-ɏ$£€%]+(?:[.,:'’/-][A-Za-z0-9À-ɏ]+)*%?")
SENTENCE_END = re.compile(
    r"(?<=[.!?])(?<!No\.(?= \d))[\"'”’)\]]*\s+(?=[\"'“‘(\[]*[A-Z0-9À-Þ])"
)
ABBREVIATION = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|St|vs|e\.g|i\.e|approx)\.$")
VOWELS = re.compile(r"[aeiouy]+")

# Words for which the rules below give a wrong count.
SYLLABLES = {
    "area": 3, "areas": 3, "idea": 3, "ideas": 3, "being": 2, "doing": 2, "going": 2,
    "create": 2, "created": 3, "science": 2, "scientist": 3, "quiet": 2, "diet": 2,
    "fluid": 2, "fluids": 2, "people": 2, "something": 2, "sometimes": 2, "someone": 2,
    "somewhere": 2, "whole": 1, "every": 2, "everyone": 3, "everything": 3, "real": 1,
    "really": 2, "hour": 1, "hours": 1, "does": 1, "goes": 1, "shoes": 1, "poem": 2,
    "lion": 2, "ruin": 2, "iron": 2, "business": 2, "different": 3, "evening": 2,
    "clothes": 1, "aisle": 1, "recipe": 3, "apostrophe": 4, "biopsy": 3,
    "anesthetic": 4, "client": 2, "trial": 2, "trials": 2, "giant": 2, "riot": 2,
    "reality": 4, "react": 2, "reaction": 3, "reactions": 3, "video": 3, "stereo": 3,
    "museum": 3, "cereal": 3, "theory": 3, "ideal": 3, "nucleus": 3, "preop": 2,
    "fda": 3, "mri": 3, "nhs": 3, "usa": 3, "uk": 2, "us": 1, "eu": 2, "id": 2,
    "ind": 3, "prp": 3, "cmc": 3, "ok": 2, "qr": 2, "pdf": 3, "mhra": 4, "diabetes": 4,
    "tiredness": 2, "acne": 2, "maybe": 2, "eye": 1, "eyes": 1, "physiotherapy": 6,
    "physiotherapist": 6, "friend": 1, "dye": 1, "anyone": 3, "anybody": 4, "nice": 1,
    "simile": 3, "naive": 2, "cooperate": 4, "coordinate": 4, "reuse": 2, "likely": 2,
    "unlikely": 3, "safely": 2, "therefore": 2, "useful": 2, "careful": 2,
    "creates": 2, "apnea": 3, "cafe": 2, "european": 4, "everyday": 3, "platelet": 2,
    "platelets": 2, "osteoarthritis": 6, "differentiation": 6, "allogeneic": 5,
    "hiv": 3, "dvt": 3, "msc": 3, "mscs": 3, "bmc": 3, "svf": 3, "rct": 3, "oa": 2,
    "bmac": 2, "nsaid": 2, "nsaids": 2, "ganglion": 3, "baseline": 2,
    "january": 4, "february": 4,
}  # fmt: skip

# A silent e: "bone", "called", "bones", "movement".
SILENT = tuple(
    map(
        re.compile,
        (
            r"[^aeiouyl]e$|[aeiouy]le$|[lr]le$",
            r"(?<![^aeiouylr][lr])(?<=[^aeiouytd])ed$",
            r"(?<![^aeiouy]l)(?<![cs]h)(?<=[^aeiouyscgzx])es$",
            r"[^aeiouy]e(?:ly|ful|fully|times?|thing)$",
            r"(?<![^aeiouy]l)(?<=[^aeiouy])e(?:less|ness|ments?)$",
        ),
    )
)
# Adjacent vowels in separate syllables: "medium", "usual", "player", "rhythm".
SPLIT = tuple(
    map(
        re.compile,
        (
            r"(?<![tcsg])(?<!\w[ln](?=ion))i[aou](?!u?s?ly$)|(?<![tcs])ien[ct]|uou|[aeou]ing$|iet",
            r"[^qg]u(?:al|ate|ation)|eo(?![up])|[aeiou]y[aeiou]|[^aeiou]yi|(?:sm|thm)s?$",
        ),
    )
)


@lru_cache(maxsize=20_000)
def syllables(word: str) -> int:
    """How many syllables an English word has, by rule; at least one."""
    lower = word.lower().replace("’", "'")
    if "-" in lower or "/" in lower:
        return sum(syllables(part) for part in re.split("[-/]", lower) if part)
    if any(character.isdigit() for character in lower):
        return 1
    if lower in SYLLABLES:
        return SYLLABLES[lower]
    lower = re.sub(r"'(s|ll|re|ve|d|m)$", "", lower).replace("'", "")
    if lower in SYLLABLES:
        return SYLLABLES[lower]
    count = len(VOWELS.findall(lower))
    count -= any(pattern.search(lower) for pattern in SILENT)
    count -= bool(re.match(r"some[^aeiouy]", lower))
    count += sum(len(pattern.findall(lower)) for pattern in SPLIT)
    return max(count, 1)


def words_in(text: str) -> list[str]:
    return WORD.findall(text)


def split_sentences(run: str) -> list[str]:
    """The sentences of one run of text (a paragraph, heading or list item)."""
    sentences: list[str] = []
    for piece in SENTENCE_END.split(" ".join(run.split())):
        if sentences and ABBREVIATION.search(sentences[-1]):
            sentences[-1] += f" {piece}"
        elif words_in(piece):
            sentences.append(piece)
    return sentences


@dataclass(frozen=True)
class Readability:
    """The counts, and two grades: the US school years needed to read the text."""

    sentences: int
    words: int
    syllables: int
    polysyllables: int

    @property
    def grade(self) -> float:
        """Flesch-Kincaid grade, to one decimal; 0.0 for no words."""
        if not self.words:
            return 0.0
        score = (
            0.39 * self.words / self.sentences
            + 11.8 * self.syllables / self.words
            - 15.59
        )
        return round(score, 1)

    @property
    def smog(self) -> float:
        """SMOG grade, to one decimal; the formula is for 30 sentences or more."""
        if not self.sentences:
            return 0.0
        return round(
            1.0430 * math.sqrt(self.polysyllables * 30 / self.sentences) + 3.1291, 1
        )


def measure(runs: Iterable[str]) -> Readability:
    """The readability of runs of text; headings and list items are runs too."""
    sentences = [sentence for run in runs for sentence in split_sentences(run)]
    counts = [syllables(word) for s in sentences for word in words_in(s)]
    return Readability(
        sentences=len(sentences),
        words=len(counts),
        syllables=sum(counts),
        polysyllables=sum(count >= 3 for count in counts),
    )
