"""The statements and area names on the forms of admin, which lead to their texts."""

from django.template.loader import render_to_string
from django.utils import timezone

from sessions.documents import DocumentError
from sessions.documents.parser import parse_once
from sessions.library.clinic_texts import AREAS, area_introduction, statement_words
from sessions.models import Page, Wording
from sessions.models.clinic import BLANKS
from sessions.wordings.live_columns import STATEMENT_COLUMNS

STATEMENT_HELP = (
    "What patients read is below the second line ---. Write plain sentences, without "
    "marks. A blank line starts a new paragraph. Leave the lines above as they are."
)
AREA_HELP = (
    "After title: the area as patients say it. After summary: one line that helps a "
    "patient choose it."
)
AREA_WITHOUT_NAME = "Patients do not see this area: no name of it is published."


def meanwhile(name: str) -> str:
    """What patients read while this text is not live; empty for a page of the guide."""
    if name.startswith(AREAS):
        return AREA_WITHOUT_NAME
    column = STATEMENT_COLUMNS.get(name)
    sentences = [said for field, _, said in BLANKS if field == column]
    return f"Patients read: {sentences[0]}" if sentences else ""


def text_help(page: Page) -> str:
    """How the text of this page is written; empty for a page of the guide."""
    if not page.is_clinic_text:
        return ""
    return AREA_HELP if page.is_area_text else STATEMENT_HELP


def show_clinic_text(name: str) -> str:
    """What patients read of this text, its next version, and the link to change it."""
    page = Page.objects.filter(name=name).first()
    live = Wording.objects.live().filter(page=page).first() if page else None
    context = {
        "page": page,
        "live": live,
        "words": _words(live) if live else "",
        "coming": page.wordings.unread(timezone.now()).first() if page else None,
        "meanwhile": meanwhile(name),
    }
    return render_to_string("admin/stemguide_sessions/clinic_text.html", context)


def _words(live: Wording) -> str:
    """What patients read; empty where the text is withdrawn or cannot be read."""
    if live.state == Wording.State.WITHDRAWN:
        return ""
    try:
        document = parse_once(live.text)
    except DocumentError:
        return ""
    if not live.page.is_area_text:
        return statement_words(document)
    introduction = area_introduction(document)
    return f"{document.title}: {introduction}" if introduction else document.title
