"""Text that people paste into short fields, such as a number from a web page."""

import unicodedata


def plain(pasted: str) -> str:
    """The same characters as a keyboard types them.

    Every kind of space is one space and every kind of dash a hyphen. Digits of any
    script are 0 to 9. Hidden characters are taken out.
    """
    text = "".join(map(_typed, unicodedata.normalize("NFKC", pasted)))
    return " ".join(text.split())


def _typed(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    kind = unicodedata.category(character)
    if kind == "Pd" or character == "\N{MINUS SIGN}":
        return "-"
    return "" if kind == "Cf" else character
