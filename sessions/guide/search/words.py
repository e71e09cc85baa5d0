"""The words of a text as a search compares them: folded, and their stems."""

import re
import unicodedata
from threading import Lock

import snowballstemmer

WORD = re.compile(r"[a-z0-9]+")
APOSTROPHES = re.compile("['’‘ʼ`´]")
NEGATED = re.compile(
    r"\b(ca|could|did|do|does|had|has|have|is|should|was|were|wi|would)(?:n|ll)? ?not\b"
)
SHORT_FORMS = {"wi": "wo"}

_stemmer = snowballstemmer.stemmer("english")
# A stemmer keeps the word that it works on, so two threads must not use it at once.
_stemmer_lock = Lock()


def words_of(text: str) -> list[str]:
    """The words in lower case, without accents. "Won’t" and "will not" are one word."""
    if not text.isascii():
        folded = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in folded if not unicodedata.combining(c))
    plain = APOSTROPHES.sub("", text.lower())
    return WORD.findall(NEGATED.sub(_short_form, plain) if "not" in plain else plain)


def _short_form(negated: re.Match[str]) -> str:
    return f"{SHORT_FORMS.get(negated[1], negated[1])}nt"


def stem(word: str) -> str:
    """The stem of a word of `words_of`: `injection` and `injected` have one.

    It is not kept here: it may be a word that somebody typed.
    """
    with _stemmer_lock:
        return str(_stemmer.stemWord(word))
