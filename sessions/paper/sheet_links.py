"""The links above a sheet: the same one in another size, paper, depth or language."""

from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from sessions.guide.reading import Reading
from sessions.library.languages import FIRST, language_name
from sessions.models.sheets import GUIDE
from sessions.paper.page_setup import FORMATS, SIZES, Paper


@dataclass(frozen=True)
class Way:
    """One way to have a sheet, and whether this is it."""

    text: str
    url: str
    is_chosen: bool
    language: str = ""
    """Of the text, where it is another one than the page's."""


@dataclass(frozen=True)
class Choice:
    """What can be chosen of a sheet, such as its size."""

    label: str
    ways: tuple[Way, ...]


def choices_of(reading: Reading, kind: str, paper: Paper) -> list[Choice]:
    """Size, paper, depth and language, each where there is more than one.

    Depth only where a short sheet leaves something out.
    """

    def way(text: str, **other: Any) -> Way:
        wanted = replace(paper, **other)
        return Way(text, sheet_address(reading, kind, wanted), wanted == paper)

    def size_words(size: int, name: str) -> str:
        words = {"name": gettext(name), "size": size}
        return gettext("%(name)s (%(size)s point)") % words

    sizes = tuple(way(size_words(*size), size=size[0]) for size in SIZES.items())
    formats = tuple(way(gettext(name), format=f) for f, name in FORMATS.items())
    choices = [
        Choice(gettext("Size of the words"), sizes),
        Choice(gettext("Paper"), formats),
    ]
    page = reading.page(kind)
    if page is None or page.has_more:
        depths = (
            way(gettext("Full"), is_short=False),
            way(gettext("Short"), is_short=True),
        )
        choices.append(Choice(gettext("How much"), depths))
    languages = _languages(reading, kind)
    if len(languages) > 1:
        ways = tuple(
            Way(
                language_name(language),
                sheet_address(reading, kind, paper, language),
                language == reading.language,
                language,
            )
            for language in languages
        )
        choices.append(Choice(gettext("Language"), ways))
    return choices


def _languages(reading: Reading, kind: str) -> list[str]:
    """The languages that lead from here: to all others, or back to the first."""
    if reading.is_translation:
        return [FIRST, reading.language]
    others = reading.snapshot.translations.items()
    return [
        FIRST,
        *(
            code
            for code, other in others
            if other.is_in_use and (kind == GUIDE or kind in other.pages)
        ),
    ]


def sheet_address(reading: Reading, kind: str, paper: Paper, language: str = "") -> str:
    """Where this sheet is read in a language, with the reader's answers."""
    language = language or reading.language
    later = [] if language == FIRST else [language]
    if paper.format == reading.clinic.paper:
        paper = replace(paper, format="")
    if kind == GUIDE:
        url = reverse(
            f"sessions:{'short' if paper.is_short else 'whole'}_guide", args=later
        )
    else:
        name = "short_sheet" if paper.is_short else "page_sheet"
        url = reverse(f"sessions:{name}", args=[*later, kind])
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
