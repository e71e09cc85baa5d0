"""Marks the words of a passage that were searched for."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sessions.guide.search.lexicon import Lexicon

RUN = re.compile(r"[\w'’]+")


@dataclass(frozen=True)
class Piece:
    """A part of a text; `is_marked` where it is a word that was searched for."""

    text: str
    is_marked: bool = False


def marked(text: str, stems: Collection[str], lexicon: Lexicon) -> tuple[Piece, ...]:
    """The text in pieces. Joined together they are the text again."""
    return tuple(_pieces(text, stems, lexicon))


def _pieces(text: str, stems: Collection[str], lexicon: Lexicon) -> Iterator[Piece]:
    end = 0
    for match in RUN.finditer(text):
        if any(one in stems for one in lexicon.stems(match[0])):
            if match.start() > end:
                yield Piece(text[end : match.start()])
            yield Piece(match[0], is_marked=True)
            end = match.end()
    if end < len(text):
        yield Piece(text[end:])
