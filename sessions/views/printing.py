"""Sheets: each its own template for paper, never the web page restyled."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from sessions.documents import Document
from sessions.paper import FORMATS, SIZES, Paper, Running, page_rules, read_paper
from sessions.pathway import Step
from sessions.sheets import GUIDE
from sessions.snapshot import ClinicDetails, LivePage
from sessions.views.patient import show_built
from sessions.views.reading import Reading

ANY_PAGE = "print/page_sheet.html"
TEMPLATES = {
    "checklist": "print/checklist_sheet.html",
    "questions": "print/questions_sheet.html",
    "visit": "print/visit_sheet.html",
    "diary": "print/diary_sheet.html",
    GUIDE: "print/guide_sheet.html",
}
# What the device keeps is written on these.
SCRIPTS = {
    "checklist": ("js/dates.js", "js/ticks.js"),
    "visit": ("js/dates.js", "js/ticks.js", "js/visit.js"),
    "diary": ("js/diary.js",),
}
TICKS = ("js/ticks.js",)
STYLES = {"diary": ("css/diary.css",)}
HELP = "get-help"
# What follows the stages in the whole guide, up to the pages after/ and learn/.
AFTER_THE_STAGES = (
    "checklist",
    "risks",
    "options",
    "questions",
    "money-and-approval",
    "helping-someone",
)


@require_safe
def page_sheet(request: HttpRequest, name: str) -> HttpResponse:
    """A page on paper, whole."""
    return _show_sheet(request, name)


@require_safe
def short_sheet(request: HttpRequest, name: str) -> HttpResponse:
    """A page on paper without its deeper layer."""
    return _show_sheet(request, name, is_short=True)


@require_safe
def whole_guide(request: HttpRequest) -> HttpResponse:
    """All pages that fit the reader, on one sheet."""
    return _show_sheet(request, GUIDE)


@require_safe
def short_guide(request: HttpRequest) -> HttpResponse:
    """The same sheet without the deeper layer of any page."""
    return _show_sheet(request, GUIDE, is_short=True)


def _show_sheet(
    request: HttpRequest, kind: str, *, is_short: bool = False
) -> HttpResponse:
    paper = read_paper(request.GET, is_short=is_short)

    def build(reading: Reading) -> str:
        return render_sheet(reading, kind, paper)

    return show_built(request, ("sheet", kind, paper), build)


@dataclass(frozen=True)
class Sheet:
    """One sheet, drawn, with what its pages say. `html` is an article."""

    kind: str
    title: str
    description: str
    html: SafeString
    running: Running
    is_withdrawn: bool


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


def render_sheet(
    reading: Reading, kind: str, paper: Paper, *, on_its_own: bool = True
) -> str:
    """A sheet as an HTML document. 404 for a page that never existed.

    `kind` is the name of a page, or "guide". Without `on_its_own` it has no tools and
    no scripts: nothing that this device keeps is written on it.
    """
    paper = paper.on(reading.clinic.paper)
    sheet = make_sheet(reading, kind, paper)
    own = {
        "scripts": SCRIPTS.get(kind, TICKS),
        "choices": _choices(reading, kind, paper),
        "back": _back(reading, kind),
    }
    rules = page_rules(sheet.running, paper)
    return _render_document(reading, [sheet], paper, rules, own if on_its_own else {})


def render_sheets(reading: Reading, kinds: Sequence[str], paper: Paper) -> str:
    """Several sheets in one HTML document, for a browser to print in one go."""
    paper = paper.on(reading.clinic.paper)
    names = [f"sheet-{number}" for number, _ in enumerate(kinds, start=1)]
    sheets = [
        make_sheet(replace(reading, words_used={}), kind, paper, name)
        for kind, name in zip(kinds, names, strict=True)
    ]
    rules = "".join(
        page_rules(sheet.running, paper, name)
        for sheet, name in zip(sheets, names, strict=True)
    )
    return _render_document(reading, sheets, paper, rules, {})


def make_sheet(reading: Reading, kind: str, paper: Paper, name: str = "") -> Sheet:
    """The sheet of a page, or of all pages. With a `name`: one among others.

    Raises Http404 for a page that never existed.
    """
    page = reading.page(kind)
    running = Running(
        version=page.checked_line if page else "The whole guide.",
        code=_code_words(reading, kind),
        contact=_contact_words(reading.clinic),
        help=_help_words(reading.clinic, kind),
    )
    context = {
        "reading": reading,
        "kind": kind,
        "name": name,
        "help": running.help,
        "is_short": paper.is_short,
    }
    if kind == GUIDE:
        return _guide(running, paper, context)
    if page is None:
        raise Http404
    place = reading.pathway.place_of(page.stage)
    document = reading.document_of(page)
    if place and not place.step.is_needed:
        document = place.step.special_document
    template = TEMPLATES.get(kind, ANY_PAGE)
    if page.is_withdrawn or document is None:
        template, document = "print/withdrawn_sheet.html", None
    else:
        document = document.without_more() if paper.is_short else document
        context |= {
            "document": document.without_help(),
            "help_section": document.section(HELP),
            "key_facts": place.step.key_facts if place else (),
            "is_not_needed": place is not None and not place.step.is_needed,
        }
    html = render_to_string(template, context | {"page": page})
    withdrawn = document is None
    return Sheet(kind, page.title, page.summary, html, running, withdrawn)


def _guide(running: Running, paper: Paper, context: dict[str, Any]) -> Sheet:
    parts = guide_parts(context["reading"], is_short=paper.is_short)
    help_parts = [p for p in parts[-1:] if p.page.name == HELP and p.document]
    last = help_parts[0] if help_parts else None
    context |= {
        "parts": parts[:-1] if last else parts,
        "help_part": last,
    }
    html = render_to_string(TEMPLATES[GUIDE], context)
    title, words = "The whole guide", "All pages of the guide that fit you."
    return Sheet(GUIDE, title, words, html, running, is_withdrawn=False)


def _render_document(
    reading: Reading,
    sheets: list[Sheet],
    paper: Paper,
    rules: str,
    own: dict[str, Any],
) -> str:
    context = {
        "reading": reading,
        "sheets": sheets,
        "title": sheets[0].title if len(sheets) == 1 else "Sheets",
        "styles": [css for s in sheets for css in STYLES.get(s.kind, ())],
        "rules": SafeString(rules),
        "paper": paper,
        **own,
    }
    return render_to_string("print/document.html", context)


def _code_words(reading: Reading, kind: str) -> str:
    code = reading.snapshot.sheet_codes.get(kind, "")
    return f"Code {code[:4]} {code[4:]}" if code else ""


def _contact_words(clinic: ClinicDetails) -> str:
    if clinic.telephone:
        return f"Your clinic: {clinic.telephone}"
    return "Your clinic: the number on your appointment letter"


def _help_words(clinic: ClinicDetails, kind: str) -> tuple[str, ...]:
    number = clinic.telephone
    lines = [
        f"Emergency: call {clinic.emergency_text}.",
        f"Worried? Call your clinic: {number}."
        if number
        else "Worried? Ring the number on your appointment letter.",
    ]
    if clinic.out_of_hours_telephone:
        lines.append(f"When it is closed: {clinic.out_of_hours_telephone}.")
    if kind != HELP:
        lines.append("When to call: see “Get help” at the end.")
    return tuple(lines)


def _choices(reading: Reading, kind: str, paper: Paper) -> list[Choice]:
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


def _back(reading: Reading, kind: str) -> str:
    page = reading.page(kind)
    address = page.address if page else reverse("sessions:home")
    return reading.answers.address(address)


@dataclass(frozen=True)
class Part:
    """A page as it stands in the whole guide; no document where it is not in use."""

    page: LivePage
    step: Step | None
    document: Document | None

    @property
    def anchor(self) -> str:
        return self.page.name.replace("/", "-")

    @property
    def is_needed(self) -> bool:
        return self.step is None or self.step.is_needed


def guide_parts(reading: Reading, *, is_short: bool = False) -> list[Part]:
    """Every page that fits the reader, in the order in which it is read."""
    parts = []
    for page in _guide_pages(reading):
        place = reading.pathway.place_of(page.stage)
        step = place.step if place else None
        document = None
        if not page.is_withdrawn and step and not step.is_needed:
            document = step.special_document
        elif not page.is_withdrawn:
            document = reading.document_of(page)
        if document and is_short:
            document = document.without_more()
        parts.append(Part(page, step, document))
    return parts


def _guide_pages(reading: Reading) -> Iterator[LivePage]:
    pages = reading.snapshot.pages
    yield from (step.page for step in reading.pathway.steps)
    yield from (pages[name] for name in AFTER_THE_STAGES if name in pages)
    area = reading.answers.area
    for name, page in pages.items():
        folder, _, treated = name.partition("/")
        if folder == "after" and (area is None or treated == area.code):
            yield page
    learn = (page for name, page in pages.items() if name.startswith("learn/"))
    yield from sorted(learn, key=lambda page: page.position)
    if HELP in pages:
        yield pages[HELP]
