"""Telephone numbers: which texts are one, how they are stored, how phones dial them."""

import re

from sessions.models.pasted import plain

MAX_LENGTH = 30
HOW = "Write one like (312) 555-0100 or +1 312 555 0100 ext. 12."
HOW_IN_AN_EMERGENCY = "Write the digits alone: 911."

_LABEL = re.compile(r"^(?:tel(?:ephone)?|phone)[.:]+ ?", re.I)
_EXTENSION = re.compile(
    r"(?P<number>.*?)[ ,;(]*(?<![a-z])(?:extension|extn|ext|x|#)[.:=]* ?"
    r"(?P<digits>[0-9]+)\)?",
    re.I,
)
_NUMBER = re.compile(r"\+?[0-9(][0-9 ().-]*[0-9]")


class TelephoneFault(ValueError):
    """Why a text is no telephone number, and how to write one."""


def tidy_telephone(typed: str) -> str:
    """The number as it is stored and shown: `(312) 555-0100 ext. 12`.

    Digits and their grouping stay as they were typed. Spaces, dashes and the word for
    an extension are always the same. Raises TelephoneFault.
    """
    text = _LABEL.sub("", plain(typed)).strip(" .-")
    extended = _EXTENSION.fullmatch(text)
    number, extension = extended.group("number", "digits") if extended else (text, "")
    number = re.sub(r"^\(\+([0-9]+)\)", r"+\1", number.strip())
    number = number.replace("( ", "(").replace(" )", ")")
    if fault := _fault(number):
        raise TelephoneFault(f"{fault} {HOW}")
    tidy = f"{number} ext. {extension}" if extension else number
    if len(tidy) > MAX_LENGTH:
        fault = f"A telephone number has at most {MAX_LENGTH} characters."
        raise TelephoneFault(f"{fault} This one has {len(tidy)}. {HOW}")
    return tidy


def _fault(number: str) -> str:
    """What is wrong with a number without its extension; empty if nothing is."""
    if re.search(r"[,;/|&]|\bor\b", number):
        return "This looks like more than one telephone number. Only one can be called."
    if any(character.isalpha() for character in number):
        return "A telephone number has no words or letters in it."
    if strange := re.search(r"[^0-9 ().+-]", number):
        return f"A telephone number has no {strange[0]!r} in it."
    if "+" in number[1:]:
        return "A telephone number has a + at its start only."
    if len(re.findall("[0-9]", number)) < 2:
        return "This is too short for a telephone number."
    if not _NUMBER.fullmatch(number):
        return "A telephone number ends with a digit."
    return ""


def telephone_link(stored: str) -> str:
    """The `tel:` address (RFC 3966) of a number that tidy_telephone gave.

    The 0 in +44 (0)20 is dialled within the country only, so it is left out after +.
    """
    number, _, extension = stored.partition(" ext. ")
    if number.startswith("+"):
        number = number.replace("(0)", "")
    dialled = re.sub(r"[^0-9+]", "", number)
    return f"tel:{dialled};ext={extension}" if extension else f"tel:{dialled}"


def tidy_emergency_number(typed: str) -> str:
    """The digits of an emergency number. Raises TelephoneFault."""
    digits = re.sub(r"[ ().-]", "", _LABEL.sub("", plain(typed)))
    if not re.fullmatch(r"[0-9]+", digits):
        raise TelephoneFault(f"This is no number. {HOW_IN_AN_EMERGENCY}")
    if not 2 <= len(digits) <= 6:
        fault = "An emergency number has 2 to 6 digits."
        raise TelephoneFault(f"{fault} {HOW_IN_AN_EMERGENCY}")
    return digits
