"""Drops a page from the guide for good. Keeps its wordings, history and codes."""

from collections.abc import Iterator
from difflib import get_close_matches

from django.db.models import Q
from django.utils import timezone

from sessions.documents import DocumentError
from sessions.documents.parser import parse_once
from sessions.library.faults import REQUIRED_PAGES
from sessions.library.languages import FIRST, language_name
from sessions.library.references import HELP, page_address
from sessions.library.shipped import Overlay
from sessions.models import Clinic, CommonQuestion, FileText, Page, Wording
from sessions.wordings.drafts import Step, content_write, record

NO_REASON = "Say why it is dropped, with --reason. Staff read it in its history."


class DropRefused(Exception):
    """The page was not dropped, and nothing was changed. `reasons` are sentences."""

    def __init__(self, reasons: list[str]):
        self.reasons = reasons
        super().__init__("\n".join(reasons))


def drop_page(*, name: str, reason: str, files: Overlay) -> Page:
    """Drops a page and returns it. From then on patients see neither page nor links.

    `name` is the name that staff see (`learn/ours`, `es/learn/ours`) or the path of the
    file. `files` are the content files that load_content would load. Raises
    DropRefused, and changes nothing, if the page must stay.
    """
    with content_write():
        page = _named(name)
        reasons = list(_reasons_to_stay(page, files))
        if not reason.strip():
            reasons.insert(0, NO_REASON)
        if reasons:
            raise DropRefused(reasons)
        page.dropped_on = Clinic.objects.get(pk=1).today()
        page.save()
        shown = Wording.objects.last_shown().filter(page=page).first()
        last = shown or page.wordings.first()
        assert last is not None  # A page and its first wording are made together.
        record(last, Step.DROPPED, None, reason.strip())
        return page


def _named(name: str) -> Page:
    """The page with this name or path. Raises DropRefused if there is none."""
    pages = list(Page.objects.of_guide())
    for page in pages:
        if name in (str(page), page.path):
            return page
    names = [page.path if name.endswith(".md") else str(page) for page in pages]
    close = get_close_matches(name, names)
    hint = f"Close to it: {', '.join(close)}." if close else "Admin lists all pages."
    raise DropRefused([f'There is no page "{name}". {hint}'])


def _reasons_to_stay(page: Page, files: Overlay) -> Iterator[str]:
    if page.dropped_on is not None:
        yield f"{page} was dropped already, on {page.dropped_on:%d %B %Y}."
        return
    if page.language == FIRST and page.name in REQUIRED_PAGES:
        yield f"The site itself leads to {page}, so it cannot be dropped. Withdraw it."
        return
    shipped = files.base / page.path
    if files.base_root != files.clinic_root and shipped.is_file():
        yield f"{shipped} ships with StemGuide, so it cannot be dropped. Withdraw it."
        return
    if place := files.places.get(page.path):
        yield f"Its file is still there. Remove {place.file} first."
    yield from _unsettled(page)
    if page.language == FIRST:
        yield from _translations(page)
        yield from _links(page)
    elif page.name == HELP:
        yield from _sheets_with_help(page)


def _unsettled(page: Page) -> Iterator[str]:
    """Drafts, scheduled wordings, and a file that staff have not decided about."""
    for wording in page.wordings.drafts():
        yield f"{wording} is a draft. Throw it away in admin first."
    scheduled = Q(state=Wording.State.PUBLISHED, publish_from__gt=timezone.now())
    for wording in page.wordings.filter(scheduled):
        yield f"{wording} is scheduled. Cancel its schedule in admin first."
    if FileText.objects.filter(page=page, is_settled=False).exists():
        yield f"The file of {page} differs from staff's text. Settle that in admin."


def _translations(page: Page) -> Iterator[str]:
    others = Page.objects.filter(name=page.name, dropped_on=None).exclude(pk=page.pk)
    for other in others:
        yield f"{other} is its translation. Drop that first."


def _links(page: Page) -> Iterator[str]:
    """Links to it in live and scheduled wordings of other pages, and in questions."""
    now = timezone.now()
    live = Wording.objects.live(now).of_guide().filter(state=Wording.State.PUBLISHED)
    coming = Wording.objects.filter(
        state=Wording.State.PUBLISHED, publish_from__gt=now, page__dropped_on=None
    )
    for wording in [*live.select_related("page"), *coming.select_related("page")]:
        for line in () if wording.page == page else _lines_to(page, wording):
            yield (
                f"{wording} leads to it in line {line}. Change that text first, and "
                "publish it."
            )
    for question in CommonQuestion.objects.filter(language=page.language):
        if _is_at(page, question.data["leads"]):
            yield f"The {question} leads to it. Change the file of questions first."


def _is_at(page: Page, href: str) -> bool:
    return href.partition("#")[0] == page_address(page.name)


def _lines_to(page: Page, wording: Wording) -> Iterator[int]:
    try:
        links = parse_once(wording.text).links()
    except DocumentError:  # Patients see a notice and no links.
        return
    for line, href in links:
        if _is_at(page, href):
            yield line


def _sheets_with_help(page: Page) -> Iterator[str]:
    others = Page.objects.filter(language=page.language, dropped_on=None)
    if others.exclude(pk=page.pk).exists():
        yield (
            f"Every sheet in {language_name(page.language)} ends with the words of "
            f"{page}. Drop the other pages in that language first."
        )
