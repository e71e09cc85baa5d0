"""Finds a phrase in a text, whatever its case, spaces and Unicode form."""

import re
import unicodedata
from functools import lru_cache

ANY_LETTERS = "*"
# Marks and letters that nobody sees, and that Unicode does not count as invisible.
UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)


SCRIPTS = re.compile(
    r"(?P<latin>[A-Za-z\u00c0-\u024f\u0250-\u02af\u1e00-\u1eff])"
    r"|(?P<other>[^\W\d_])"
)
LETTERS = re.compile(r"[^\W\d_]+")
MICRO = re.compile("\u03bc(?:g|l|m|mol)")


def mixed_words(text: str) -> list[str]:
    """The words in which letters of another alphabet stand among Latin ones.

    Such a word looks like an English one, and no check of phrases would know it.
    """
    words = LETTERS.findall(plainly(text))
    return [word for word in words if _is_mixed(word) and not MICRO.fullmatch(word)]


def _is_mixed(word: str) -> bool:
    if word.isascii():
        return False
    return {match.lastgroup for match in SCRIPTS.finditer(word)} == {"latin", "other"}


def plainly(text: str) -> str:
    """The text with plain hyphens, apostrophes and spaces, and nothing invisible."""
    if text.isascii():
        return " ".join(text.split())
    plain = unicodedata.normalize("NFKC", text)
    plain = UNSEEN.sub("", plain)
    plain = re.sub(r"[\u2010-\u2015\u2043\u2212]", "-", plain)
    plain = re.sub("[‘’\u02bc]", "'", plain)
    plain = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    return " ".join(plain.split())


def folded(text: str) -> str:
    """The text as `plainly` returns it, in lower case, ready to be searched."""
    return plainly(text).lower()


@lru_cache(maxsize=8192)
def phrase_pattern(phrase: str) -> re.Pattern[str]:
    """The regular expression that finds a phrase in a folded text.

    The phrase is found as whole words, not inside a word. `*` at its beginning or end
    matches any letters there. If it begins or ends with punctuation, such as `?`, any
    character may be next to that.
    """
    words = folded(phrase)
    core = words.strip(ANY_LETTERS)
    before = "" if words.startswith(ANY_LETTERS) else r"(?<!\w)"
    after = "" if words.endswith(ANY_LETTERS) else r"(?!\w)"
    return re.compile(
        (before if re.match(r"\w", core) else "")
        + re.escape(core)
        + (after if re.search(r"\w$", core) else "")
    )


def says(folded_text: str, phrase: str) -> bool:
    """Whether a folded text contains the phrase."""
    return phrase_pattern(phrase).search(folded_text) is not None
