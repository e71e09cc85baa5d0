"""One patient's request, turned into the values that pages are made from."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from django.conf import settings
from django.forms import BoundField
from django.http import Http404, HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext, override

from sessions.documents import Document
from sessions.documents import blocks as b
from sessions.documents.front_matter import Condition
from sessions.guide.current import current_snapshot
from sessions.guide.dates import DAY_FAULTS, DAY_WORDS, ProcedureDay
from sessions.guide.forms import AnswersForm, ProcedureDayForm
from sessions.guide.help import shipped_help, warnings_beside
from sessions.guide.pathway import (
    Answers,
    Pathway,
    build_pathway,
    checklist_lines,
    other_area,
)
from sessions.guide.snapshot import (
    Choice,
    ClinicDetails,
    LivePage,
    Snapshot,
    looked_up,
)
from sessions.library.languages import FIRST
from sessions.library.references import HELP, HOME

LIMBS = {"hand": "finger", "joint": "toes"}


@dataclass(frozen=True)
class Preview:
    """Marks a page that patients cannot see, and leads back to where it is edited."""

    title: str
    back: str


@dataclass(frozen=True)
class AnswerLink:
    """A link to the home page with one combination of answers, and its text."""

    text: str
    url: str


@dataclass(frozen=True)
class Reading:
    """What templates need of a request: the snapshot and the patient's answers."""

    snapshot: Snapshot
    answers: Answers
    form: AnswersForm
    notices: tuple[str, ...]
    preview: Preview | None = None
    day_form: ProcedureDayForm | None = None
    elsewhere: str = ""
    """Only in the guide as plain files: said in place of what needs a server."""

    @cached_property
    def pathway(self) -> Pathway:
        """The stages for these answers; computed only when a page is rendered."""
        return build_pathway(self.snapshot, self.answers)

    @property
    def language(self) -> str:
        return self.snapshot.language

    @property
    def catalog_language(self) -> str:
        return self.snapshot.catalog_language

    @property
    def is_translation(self) -> bool:
        """True in a later language, which has sheets and no pages."""
        return self.language != FIRST

    @property
    def clinic(self) -> ClinicDetails:
        return self.snapshot.clinic

    @property
    def banner(self) -> str:
        """Shown on every page of a try-out, which is not for patients; else empty."""
        return looked_up(settings.TRYOUT_BANNER)

    @property
    def today(self) -> date:
        return self.clinic.day_of(timezone.now())

    @cached_property
    def procedure(self) -> ProcedureDay | None:
        """The dates that follow from the procedure day; None without a valid one."""
        if self.day_form is None or not self.day_form.is_valid():
            return None
        day = self.day_form.cleaned_data["procedure_day"]
        return ProcedureDay(day, self.today, self.clinic.is_closed)

    @property
    def day_boxes(self) -> list[BoundField]:
        """The form fields for day, month and year, with what was typed."""
        form = self.day_form or ProcedureDayForm(None, self.today)
        return [form[name] for name in form.fields]

    @property
    def day_rules(self) -> str:
        """JSON for the scripts, which compute dates by the rules of `guide.dates`."""
        rules = {
            "faults": DAY_FAULTS,
            "words": {key: str(words) for key, words in DAY_WORDS.items()},
            "open": self.clinic.open_weekdays,
            "closed": [day.isoformat() for day in self.clinic.closed_dates],
        }
        return json.dumps(rules)

    @cached_property
    def labels(self) -> dict[str, dict[str, str]]:
        """The names of answers by key and code, to say for whom a block is."""
        return {
            "area": {area.code: area.name for area in self.snapshot.every_area},
            "cells": {
                choice.code: choice.name for choice in self.snapshot.cell_sources
            },
            "country": {
                "us": gettext("US"),
                "uk": gettext("UK"),
                "eu": gettext("EU"),
                "other": gettext("Elsewhere"),
            },
        }

    def may_be(self, key: str, value: str) -> bool:
        """Whether this value of a condition may be true for this reader."""
        only = Condition.model_validate({key: value})
        return only.applies(self.answers.facts) is not False

    @property
    def answer_links(self) -> list[AnswerLink]:
        """A link for each combination of answers: plain files can send no form."""
        areas = self.snapshot.areas
        sources = self.snapshot.cell_sources
        every = [
            Answers(area, cells, self.clinic.country)
            for area in ((*areas, None) if len(areas) > 1 else areas)
            for cells in ((*sources, None) if len(sources) > 1 else sources)
        ]
        return [
            AnswerLink(
                f"{answers.area.name if answers.area else 'Any area'}; "
                f"{answers.cells.name if answers.cells else 'any cells'}",
                answers.address("/#stages"),
            )
            for answers in every
        ]

    @property
    def help_cards(self) -> b.Blocks:
        """The cards of the help page, for every page with help.

        Those that ship stand in for a page that is away, or that holds sentences which
        are not safe. A translation has its own cards or none.
        """
        page = self.snapshot.pages.get(HELP)
        own = None if page is None or page.is_withdrawn else page.document
        if page is not None and page.withdrawn_sentences:
            own = None
        if own is not None and not own.has_signs:
            return warnings_beside(own.tailored(self.answers.facts))
        if own is None and not self.is_translation:
            own = shipped_help()
        return own.tailored(self.answers.facts).cards() if own else ()

    @property
    def limb(self) -> str:
        """What may turn white or cold at the end of this reader's treated limb."""
        facts = self.answers.facts["area"] or frozenset()
        areas = frozenset([facts]) if isinstance(facts, str) else facts
        return LIMBS.get("".join(areas), "finger, toe")

    @property
    def help_behind(self) -> str:
        """The `behind_line` of the help page, for sheets that show its cards."""
        page = self.page(HELP)
        return page.behind_line if page else ""

    def page(self, name: str) -> LivePage | None:
        return self.snapshot.pages.get(name)

    def address(self, path: str) -> str:
        """The URL of a path inside the guide, with the reader's answers.

        It leads to the page in the reader's language, or else to the English one.
        """
        page, _, anchor = path.partition("#")
        found = self.page(page.strip("/") or HOME) if page else None
        if found is not None:
            path = f"{found.address}#{anchor}" if anchor else found.address
        return self.answers.address(path)

    def other_area(self, page: LivePage) -> Choice | None:
        """The area that a page is about, if it is not this reader's."""
        return other_area(page, self.snapshot, self.answers)

    def is_for_others(self, path: str) -> bool:
        """Whether a path leads to a page about an area that is not this reader's."""
        page = self.page(path.partition("#")[0].strip("/"))
        return page is not None and self.other_area(page) is not None

    def address_for(self, area: Choice, page: LivePage) -> str:
        """The URL of a page for who chose this area; empty if it is not offered."""
        if area not in self.snapshot.areas:
            return ""
        return replace(self.answers, area=area).address(page.address)

    def document_of(self, page: LivePage) -> Document | None:
        """The page's blocks for this reader; None where it is withdrawn or unreadable.

        For a stage that is not needed, only the text for the reader's cell source.
        """
        if page.is_withdrawn or page.document is None:
            return None
        place = self.pathway.place_of(page.stage)
        if place and not place.step.is_needed:
            return place.step.special_document
        document = page.document.tailored(self.answers.facts)
        return document.with_tasks(checklist_lines(self.snapshot, self.answers))


def read_request(
    request: HttpRequest,
    snapshot: Snapshot | None = None,
    preview: Preview | None = None,
    language: str = "",
) -> Reading:
    """The reading for a request, from the current snapshot unless one is given.

    Raises Http404 for a language without pages.
    """
    snapshot = snapshot or current_snapshot()
    try:
        snapshot = snapshot.in_language(language or snapshot.language)
    except KeyError as error:
        raise Http404 from error
    elsewhere = getattr(request, "elsewhere", "")
    return replace(read_answers(request.GET, snapshot, preview), elsewhere=elsewhere)


def read_answers(
    given: QueryDict, snapshot: Snapshot, preview: Preview | None = None
) -> Reading:
    """The reading of this snapshot for the answers that were given."""
    form = AnswersForm(given, snapshot)
    with override(snapshot.catalog_language):
        answers = form.answers()
    return Reading(
        snapshot=snapshot,
        answers=answers,
        form=form,
        notices=tuple(dict.fromkeys(form.notices)),
        preview=preview,
    )
