"""The editor of a draft: live checks, live preview and edit conflicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from sessions import wordings
from sessions.documents import DocumentError, parse_document
from sessions.documents.plurals import count
from sessions.documents.quality import Check, Finding, longest_sentences, readability_of
from sessions.guide.budgets import Count
from sessions.guide.content_policy import SELF, allows
from sessions.guide.current import current_snapshot
from sessions.guide.reading import Preview
from sessions.library.languages import FIRST
from sessions.library.texts import size_fault
from sessions.models import Page, RegisterEntry, Wording
from sessions.staff.preview import every_area, show_preview
from sessions.wordings.compare import passages
from sessions.wordings.rules import rules_in_force
from sessions.wordings.word_counts import word_counts

EDITOR_RIGHTS = [
    "stemguide_sessions.view_wording",
    "stemguide_sessions.change_wording",
]
NOTE = "patient_change_note"


@dataclass(frozen=True)
class Skeleton:
    """Text that a button inserts. `placeholder` is the part that is then selected."""

    label: str
    text: str
    placeholder: str


SKELETONS = (
    Skeleton("Heading", "### Write the heading", "Write the heading"),
    Skeleton("Link", "[words](/risks/)", "words"),
    Skeleton("Do", "::: do\n- Write what to do.\n:::", "Write what to do."),
    Skeleton(
        "Do not", "::: dont\n- Write what not to do.\n:::", "Write what not to do."
    ),
    Skeleton("Steps", "::: steps\n1. First.\n2. Next.\n:::", "First."),
    Skeleton("Task", "- [ ] Write the task. {#new-task day=-7}", "Write the task."),
    Skeleton("Warning", "::: warning\nWrite the warning.\n:::", "Write the warning."),
    Skeleton("Emergency", "::: emergency\n- Write the sign.\n:::", "Write the sign."),
    Skeleton("Urgent", "::: urgent\n- Write the sign.\n:::", "Write the sign."),
    Skeleton("Routine", "::: routine\n- Write the sign.\n:::", "Write the sign."),
    Skeleton("More", "::: more Why we ask\nWrite the words.\n:::", "Why we ask"),
    Skeleton("Only for some", "::: only cells=fat\nWrite the words.\n:::", "cells=fat"),
    Skeleton(
        "Odds",
        "::: odds 25 in 100\nAbout 25 out of 100 people feel it.\n:::",
        "25 in 100",
    ),
)
CLAIM = Skeleton("Insert the claim", "::: claim NAME\n:::", "NAME")
PICTURE = Skeleton(
    "Insert the picture",
    "::: picture NAME\nWrite the caption.\n\nWrite what it shows.\n:::",
    "Write the caption.",
)


@dataclass(frozen=True)
class Panel:
    """The findings of the checks for one text.

    `grade` is None if the text cannot be parsed, or is not in English; `goal` is None
    without clinical rules.
    """

    blocking: list[Finding]
    advisory: list[Finding]
    grade: float | None
    longest: list[tuple[int, int, str]]
    is_english: bool = True
    goal: float | None = None
    counts: Sequence[Count] = ()
    """The words that the page shows before anything is opened."""

    @property
    def findings(self) -> list[Finding]:
        return [*self.blocking, *self.advisory]

    @property
    def summary(self) -> str:
        """One line for screen readers: how much there is to mend."""
        must, could = len(self.blocking), len(self.advisory)
        things = count(must, "thing", "things") if must else "Nothing"
        words = f"{things} must be mended."
        if could:
            words += f" {could} could be better."
        return words if self.grade is None else f"{words} Reading grade {self.grade}."


def make_panel(page: Page, text: str, note: str) -> Panel:
    """The panel for a text of this page and its note, with the rules of publishing."""
    if fault := size_fault(text):
        return Panel([Finding(1, Check.FAULT, fault)], [], None, [])
    findings = wordings.all_findings(page=page, text=text, note=note)
    blocking = [finding for finding in findings if finding.is_blocking]
    advisory = [finding for finding in findings if not finding.is_blocking]
    if page.language != FIRST:
        return Panel(blocking, advisory, None, [], is_english=False)
    try:
        document = parse_document(text)
    except DocumentError:
        return Panel(blocking, advisory, None, [])
    grade, rules = readability_of(document).grade, rules_in_force()
    goal = rules.limits.reading_grade if rules else None
    return Panel(
        blocking,
        advisory,
        grade,
        longest_sentences(document),
        goal=goal,
        counts=word_counts(page, document),
    )


def editor_tools() -> dict[str, Any]:
    """What the editor's buttons insert, and the answers to choose for the preview."""
    snapshot = current_snapshot()
    folder = finders.find("img")
    pictures = sorted(path.stem for path in Path(str(folder)).glob("*.svg"))
    return {
        "skeletons": SKELETONS,
        "claim": CLAIM,
        "claims": [
            (row.name, row.data["claim"])
            for row in RegisterEntry.objects.claims().order_by("name")
        ],
        "picture": PICTURE,
        "pictures": [name for name in pictures if name != "icon"],
        "areas": every_area(),
        "cell_sources": snapshot.cell_sources,
    }


@never_cache
@require_POST
@permission_required(EDITOR_RIGHTS, raise_exception=True)
def check_text(request: HttpRequest, wording_id: int) -> HttpResponse:
    """The quality panel for the posted text and note. Nothing is saved."""
    wording = get_object_or_404(Wording.objects.select_related("page"), pk=wording_id)
    text, note = (request.POST.get(name, "") for name in ("text", NOTE))
    panel = make_panel(wording.page, text, note)
    context = {"panel": panel, "is_live": True}
    return render(request, "staff/quality_panel.html", context)


@allows({"frame-ancestors": [SELF]})
@xframe_options_sameorigin
@never_cache
@require_POST
@permission_required(EDITOR_RIGHTS, raise_exception=True)
def preview_text(request: HttpRequest, wording_id: int) -> HttpResponse:
    """The posted text as a page or a sheet. Nothing is saved."""
    wording = get_object_or_404(Wording.objects.select_related("page"), pk=wording_id)
    wording.text = request.POST.get("text", "")
    preview = Preview(title=f"{wording}, as it stands in the box", back="")
    on_paper = request.POST.get("look") == "paper"
    return show_preview(request, wording, request.POST, preview, on_paper=on_paper)


@dataclass(frozen=True)
class Difference:
    """A line that differs: its number and text on each side; None if it is missing."""

    my_line: int | None
    mine: str | None
    their_line: int | None
    theirs: str | None

    @property
    def label(self) -> str:
        if self.mine is None:
            return "Only in what is stored"
        return "Only in yours" if self.theirs is None else "Changed"


def differences(mine: str, theirs: str) -> list[Difference]:
    """The lines that differ, in order, side by side."""
    nothing = (None, None)
    return [
        Difference(*mine_here, *theirs_here)
        for passage in passages(mine.splitlines(), theirs.splitlines())
        if not passage.is_same
        for mine_here, theirs_here in zip_longest(
            passage.mine.numbered, passage.theirs.numbered, fillvalue=nothing
        )
    ]


@dataclass(frozen=True)
class Conflict:
    """An edit conflict: the stored wording, and the text that was not saved."""

    current: Wording
    mine: str

    @property
    def differences(self) -> list[Difference]:
        return differences(self.mine, self.current.text)

    @property
    def message(self) -> str:
        """The message for the user: what happened, and what to do about it."""
        is_in_review = self.current.state == Wording.State.IN_REVIEW
        if self.current.is_approved:
            happened = (
                f"{self.current.reviewer} approved this draft after you opened it. "
                "Saving your text ends the approval. To leave the approved text as it "
                "is, copy yours and put it into a new draft once this is published."
            )
        elif is_in_review and self.current.is_from_file:
            happened = (
                "The file of this page changed after you opened this draft. Saving "
                "your text takes it out of review."
            )
        elif is_in_review:
            happened = (
                "This draft was sent for review after you opened it. Saving your text "
                "takes it back out of review."
            )
        else:
            who = self.current.author or "Somebody else"
            happened = f"{who} saved this draft after you opened it."
        return (
            f"{happened} Nothing is lost: your text is in the box, what is stored now "
            "is with it. Put together what should stay, then save again."
        )


def show_unsaved_text(request: HttpRequest, wording: Wording) -> HttpResponse:
    """Shows the text of a save that came after the wording was published."""
    context = {
        "wording": wording,
        "text": request.POST.get("text", ""),
        "title": "Your text was not saved",
    }
    return render(request, "staff/kept_text.html", context, status=409)
