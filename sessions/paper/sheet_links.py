"""The links above a sheet, to the sheet in other sizes, formats and languages."""

from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from sessions.guide.reading import Reading
from sessions.library.languages import FIRST, language_name
from sessions.models.sheets import GUIDE
from sessions.paper.page_setup import FORMATS, SIZES, PageSetup


@dataclass(frozen=True)
class SheetLink:
    """A link to one variant of a sheet, and whether that is the one shown."""

    text: str
    url: str
    is_chosen: bool
    language: str = ""
    """The language of `text`; empty if it is the page's."""


@dataclass(frozen=True)
class LinkGroup:
    """The links for one property of a sheet, such as its size."""

    label: str
    links: tuple[SheetLink, ...]


def link_groups(reading: Reading, kind: str, setup: PageSetup) -> list[LinkGroup]:
    """The links for the size, paper, depth and language of a sheet.

    Depth is left out where a short sheet would be the same as the full one, and
    language where there is only one.
    """

    def link(text: str, **other: Any) -> SheetLink:
        wanted = replace(setup, **other)
        return SheetLink(text, sheet_address(reading, kind, wanted), wanted == setup)

    sizes = tuple(link(_size_words(*size), size=size[0]) for size in SIZES.items())
    formats = tuple(link(gettext(name), format=f) for f, name in FORMATS.items())
    choices = [
        LinkGroup(gettext("Size of the words"), sizes),
        LinkGroup(gettext("Paper"), formats),
    ]
    page = reading.page(kind)
    if page is None or page.has_more:
        depths = (
            link(gettext("Full"), is_short=False),
            link(gettext("Short"), is_short=True),
        )
        choices.append(LinkGroup(gettext("How much"), depths))
    languages = _languages(reading, kind)
    if len(languages) > 1:
        links = tuple(
            SheetLink(
                language_name(language),
                sheet_address(reading, kind, setup, language),
                language == reading.language,
                language,
            )
            for language in languages
        )
        choices.append(LinkGroup(gettext("Language"), links))
    return choices


def _size_words(size: int, name: str) -> str:
    words = {"name": gettext(name), "size": size}
    return gettext("%(name)s (%(size)s point)") % words


def _languages(reading: Reading, kind: str) -> list[str]:
    """On an English sheet: all its languages. On others: English and their own."""
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


def sheet_address(
    reading: Reading, kind: str, setup: PageSetup, language: str = ""
) -> str:
    """The URL of this sheet in a language, with the reader's answers."""
    language = language or reading.language
    later = [] if language == FIRST else [language]
    if setup.format == reading.clinic.paper:
        setup = replace(setup, format="")
    if kind == GUIDE:
        url = reverse(
            f"sessions:{'short' if setup.is_short else 'whole'}_guide", args=later
        )
    else:
        name = "short_sheet" if setup.is_short else "page_sheet"
        url = reverse(f"sessions:{name}", args=[*later, kind])
    query = urlencode(setup.query)
    address = reading.answers.address(url)
    if not query:
        return address
    return f"{address}{'&' if '?' in address else '?'}{query}"


def back_address(reading: Reading, kind: str) -> str:
    """The URL of the page that the sheet prints; home for the whole guide."""
    page = reading.page(kind)
    address = page.address if page else reverse("sessions:home")
    return reading.answers.address(address)
