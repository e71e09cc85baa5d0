"""Tags for what surrounds a document: its approval, its sources and its code."""

from itertools import groupby
from typing import Any
from urllib.parse import urljoin

import segno
from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from sessions.documents import Document
from sessions.guide.reading import Reading
from sessions.guide.snapshot import LivePage
from sessions.models.sheets import spaced_code

register = template.Library()


@register.filter
def letters(document: Document) -> list[tuple[str, str]]:
    """(letter, anchor of its first word) for an alphabetical list of words."""
    groups = groupby(document.sections, key=lambda section: section.title[0].upper())
    return [(letter, next(terms).slug) for letter, terms in groups]


@register.inclusion_tag("components/governance_line.html")
def governance_line(page: LivePage, reading: Reading) -> dict[str, Any]:
    """Who checked this wording, when, and when it is due again."""
    return {"page": page, "is_overdue": page.is_overdue(reading.today)}


@register.inclusion_tag("components/source_list.html")
def source_list(page: LivePage, reading: Reading) -> dict[str, Any]:
    """The sources of a page, with years. Stages and home only link to the list."""
    return {
        "page": page,
        "sources": reading.snapshot.sources_of(page),
        "reading": reading,
        "is_linked": bool(page.stage) or page.address == "/",
    }


@register.simple_tag
def sheet_code(reading: Reading, kind: str) -> str:
    """The code of a sheet, as ` Code ABCD 2345.`; empty where it has none."""
    code = reading.snapshot.sheet_codes.get(kind, "")
    words = gettext("Code %(code)s.") % {"code": spaced_code(code)}
    return f" {words}" if code else ""


@register.inclusion_tag("components/sheet_qr.html")
def sheet_qr(reading: Reading, kind: str) -> dict[str, str]:
    """A QR code of the URL that checks a sheet; none without code or PUBLIC_URL."""
    code = reading.snapshot.sheet_codes.get(kind, "")
    if not code or not settings.PUBLIC_URL:
        return {}
    address = urljoin(settings.PUBLIC_URL, reverse("sessions:sheet_code", args=[code]))
    return {"drawing": draw_qr(address), "code": spaced_code(code)}


def draw_qr(address: str) -> SafeString:
    """A QR code as SVG, with its quiet zone. Level M restores 15 % of it."""
    drawing = segno.make_qr(address, error="m").svg_inline(
        omitsize=True,
        svgclass="sheet-qr__drawing",
        lineclass="sheet-qr__lines",
        title=gettext("QR code: is this paper still right?"),
    )
    return SafeString(drawing)
