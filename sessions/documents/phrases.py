"""Finding a phrase in a text, however it is spelt, spaced or disguised."""

import re
import unicodedata
from functools import lru_cache

ANY_LETTERS = "*"


def plainly(text: str) -> str:
    """The text with plain hyphens, apostrophes and spaces, and nothing invisible."""
    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub(r"[\u2010-\u2015\u2212]", "-", plain).replace("’", "'")
    plain = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    return " ".join(plain.split())


def folded(text: str) -> str:
    """The text as phrases are looked for in it: plain, and in small letters."""
    return plainly(text).lower()


@lru_cache(maxsize=2048)
def phrase_pattern(phrase: str) -> re.Pattern[str]:
    """What finds a phrase in a folded text.

    It stands between other words, not inside one; `*` at either end stands for any
    letters there. Where it begins or ends with a sign, such as `?`, words may touch it.
    """
    words = folded(phrase)
    core = words.strip(ANY_LETTERS)
    before = r"\w*" if words.startswith(ANY_LETTERS) else r"(?<!\w)"
    after = r"\w*" if words.endswith(ANY_LETTERS) else r"(?!\w)"
    return re.compile(
        (before if re.match(r"\w", core) else "")
        + re.escape(core)
        + (after if re.search(r"\w$", core) else "")
    )


def says(folded_text: str, phrase: str) -> bool:
    """Whether the phrase stands in a folded text."""
    return phrase_pattern(phrase).search(folded_text) is not None
