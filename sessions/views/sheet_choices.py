"""The ways to have a sheet: size of the words, paper, depth, and their addresses."""

from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from sessions.paper import FORMATS, SIZES, Paper
from sessions.sheets import GUIDE
from sessions.views.reading import Reading


@dataclass(frozen=True)
class Way:
    """One way to have a sheet, and whether this is it."""

    text: str
    url: str
    is_chosen: bool


@dataclass(frozen=True)
class Choice:
    """What can be chosen of a sheet, such as its size."""

    label: str
    ways: tuple[Way, ...]


def choices_of(reading: Reading, kind: str, paper: Paper) -> list[Choice]:
    """Size, paper and depth; depth only where a short sheet leaves something out."""

    def way(text: str, **other: Any) -> Way:
        wanted = replace(paper, **other)
        return Way(text, sheet_address(reading, kind, wanted), wanted == paper)

    choices = [
        Choice(
            "Size of the words",
            tuple(
                way(f"{name} ({size} point)", size=size) for size, name in SIZES.items()
            ),
        ),
        Choice("Paper", tuple(way(name, format=f) for f, name in FORMATS.items())),
    ]
    page = reading.page(kind)
    if page is None or page.has_more:
        depths = (way("Full", is_short=False), way("Short", is_short=True))
        choices.append(Choice("How much", depths))
    return choices


def sheet_address(reading: Reading, kind: str, paper: Paper) -> str:
    """Where this sheet is read, with the reader's answers."""
    if paper.format == reading.clinic.paper:
        paper = replace(paper, format="")
    if kind == GUIDE:
        url = reverse(f"sessions:{'short' if paper.is_short else 'whole'}_guide")
    else:
        name = "short_sheet" if paper.is_short else "page_sheet"
        url = reverse(f"sessions:{name}", args=[kind])
    query = urlencode(paper.query)
    address = reading.answers.address(url)
    if not query:
        return address
    return f"{address}{'&' if '?' in address else '?'}{query}"


def back_address(reading: Reading, kind: str) -> str:
    """The page that the sheet is of."""
    page = reading.page(kind)
    address = page.address if page else reverse("sessions:home")
    return reading.answers.address(address)
