"""Letters that are damaged, or that nobody sees, in any text, line by line."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from html import unescape

from sessions.documents.faults import Fault
from sessions.documents.phrases import UNSEEN

# Of the category "format": the soft hyphen, and Arabic and Indic signs that are drawn.
DRAWN = re.compile(
    "[\u00ad\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd]"
)
# Joiners belong to scripts that need them, and hold some pictures together.
JOINED = re.compile(
    "[\u0590-\u1fff\u2190-\U0001faff][\u200c\u200d](?=[\u0590-\U0001faff])"
)
PICTURE_FORM = re.compile("[^\\w\\s][\ufe0e\ufe0f]|[0-9#*]\ufe0f\u20e3")
# A soft hyphen is for words. In a number it may be drawn, as in 5-00.
IN_NUMBER = re.compile("\u00ad(?=[0-9])|(?<=[0-9])\u00ad")
EMPTY = re.compile("[\u2028\u2029\u2800\u3164\uffa0]")
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
ENTITY = re.compile(r"&#?\w+;")
ORDINARY = re.compile("[\t\n\x20-\x7e\u00a0-\u00ac\u00ae-\u00bf°é–—‘’“”…·×]*")

HIDDEN = "Delete it, or type the words around it again."
DAMAGED = "Type it again as it should be. Save a file with the encoding UTF-8."


def _utf8_read_as(codec: str, alone: range, pairs: range) -> str:
    """A pattern for text in UTF-8 that was read in another encoding: Ã©, Ð´Ð°.

    `alone` are the first bytes of letters of two bytes that are damaged for sure,
    `pairs` of those that are found where two stand together.
    """
    follow = _letters(codec, range(0x80, 0xC0))
    one, two = _letters(codec, alone), _letters(codec, pairs)
    return f"[{one}][{follow}]|(?:[{two}][{follow}]){{2}}"


def _letters(codec: str, given: Iterable[int]) -> str:
    return "".join(re.escape(_letter(byte, codec)) for byte in given)


def _letter(byte: int, codec: str) -> str:
    try:
        return bytes([byte]).decode(codec)
    except UnicodeDecodeError:
        return chr(byte)


WRONG_ENCODINGS = [
    re.compile(pattern)
    for pattern in (
        *(
            _utf8_read_as(codec, range(0xC2, 0xC6), range(0xC2, 0xE0))
            for codec in ("cp1252", "latin-1")
        ),
        *(
            _utf8_read_as(codec, range(0xC2, 0xC4), range(0xC2, 0xC4))
            for codec in ("mac_roman", "cp850")
        ),
        "â[\x80-\x9c€‚ƒ„†‡ˆ‰Š‹ŒŽ•˜š›œ]|â[‘’“”–—…™][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]",
        "‚Ä|ÔÇ|ðŸ|ï»¿|ï¿½",
    )
]
# A capital before a quote, a dash or the like may be right: “Ä”, IRMÃ…
MAY_BE_RIGHT = re.compile(
    "(?<![a-zß-ÿ])(?:[ÃÄÅ][’”“‘–—…™›»\u00a0]|Â[’”“‘–—…™›»])(?![a-zß-ÿ])"
)
LOST_LETTER = re.compile(r"(?<=[a-z])\?(?=[a-z])")


def letter_faults(text: str, first_line: int = 1) -> Iterator[Fault]:
    """A fault for each line with a letter that is damaged or that nobody sees."""
    if ORDINARY.fullmatch(text) and "&" not in text:
        return
    for number, line in enumerate(text.split("\n"), start=first_line):
        if message := _hidden(line) or _damaged(line):
            yield Fault(number, message)


def lost_letters(text: str, first_line: int = 1) -> Iterator[Fault]:
    """A fault for each question mark inside a word, where a letter was lost: don?t."""
    for number, line in enumerate(text.split("\n"), start=first_line):
        if LOST_LETTER.search(line):
            message = "A question mark stands inside a word here. Put its letter back."
            yield Fault(number, message)


def _hidden(line: str) -> str:
    shown = _decoded(line)
    if shown.isascii():
        return ""
    if match := BIDI.search(shown):
        return f"{_named(match[0])} turns the order of words around here. {HIDDEN}"
    if match := IN_NUMBER.search(shown):
        return f"This line holds {_named(match[0])} beside a number. {HIDDEN}"
    rest = DRAWN.sub("", PICTURE_FORM.sub("", JOINED.sub("", shown)))
    for letter in rest:
        category = unicodedata.category(letter)
        if category == "Cf" or UNSEEN.match(letter) or EMPTY.match(letter):
            return f"This line holds {_named(letter)}, which nobody sees. {HIDDEN}"
        if category in ("Co", "Cs") or _is_no_letter(letter):
            return (
                f"This line holds {_named(letter)}, a sign that other devices do not "
                "draw. Type a sign that they know."
            )
    return ""


def _decoded(line: str) -> str:
    """The line with the letters of its entities; U+FFFD for those of no letter."""
    if "&" not in line:
        return line
    return ENTITY.sub(lambda entity: unescape(entity[0]) or "\ufffd", line)


def _is_no_letter(letter: str) -> bool:
    code = ord(letter)
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def _damaged(line: str) -> str:
    shown = _decoded(line)
    if shown.isascii():
        return ""
    if "\ufffd" in shown:
        return f"A letter was lost here: \ufffd stands for it. {DAMAGED}"
    for pattern in WRONG_ENCODINGS:
        for match in pattern.finditer(shown):
            if not MAY_BE_RIGHT.match(shown, match.start()):
                return f'"{match[0]}" is a letter that was damaged. {DAMAGED}'
    return ""


def _named(letter: str) -> str:
    return f"U+{ord(letter):04X}"
