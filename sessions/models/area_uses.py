"""Which texts name an area, and why an area cannot be deleted."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import ProtectedError, Q
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.utils import timezone

from sessions.documents import DocumentError
from sessions.documents.parser import parse_once
from sessions.library.references import area_of
from sessions.models.clinic import Area, Clinic
from sessions.models.wordings import Wording

OFFERED = "The clinic offers it. Untick it on the clinic form first."


@dataclass(frozen=True)
class AreaUse:
    """A text that names an area, and on which lines. The page after it has no line."""

    wording: Wording
    lines: tuple[int, ...]

    @property
    def where(self) -> str:
        """The lines in words: `line 44`, or `lines 44, 60`."""
        if not self.lines:
            return "the whole page"
        word = "line" if len(self.lines) == 1 else "lines"
        return f"{word} {', '.join(map(str, self.lines))}"

    def __str__(self) -> str:
        return f"{self.wording.page}, {self.where}"


class AreaInUse(ProtectedError):
    """An area that patients' texts name, or that the clinic offers, is not deleted."""

    def __init__(self, area: Area, reasons: list[str]):
        self.reasons = reasons
        message = f"The area “{area}” cannot be deleted. {' '.join(reasons)}"
        super().__init__(message, {area})


def areas_named(wording: Wording) -> dict[str, tuple[int, ...]]:
    """The areas that a text names, by slug, with the lines of each.

    A text that cannot be read names none: patients see a notice in its place.
    """
    found: dict[str, list[int]] = {}
    if slug := area_of(wording.page.name):
        found[slug] = []
    try:
        conditions = list(parse_once(wording.text).conditions())
    except DocumentError:
        conditions = []
    for line, condition in conditions:
        for slug in condition.area:
            found.setdefault(slug, []).append(line)
    return {slug: tuple(sorted(set(lines))) for slug, lines in found.items()}


def uses_among(slug: str, wordings: Iterable[Wording]) -> list[AreaUse]:
    """The texts among these that name the area."""
    named = ((wording, areas_named(wording)) for wording in wordings)
    return [AreaUse(w, areas[slug]) for w, areas in named if slug in areas]


def texts_in_use() -> list[Wording]:
    """What patients read, and then what is scheduled for them."""
    now = timezone.now()
    published = Q(state=Wording.State.PUBLISHED)
    coming = Wording.objects.filter(
        published, publish_from__gt=now, page__dropped_on=None
    )
    rows = (Wording.objects.live(now).filter(published), coming)
    return [w for row in rows for w in row.select_related("page").order_by("page")]


def reasons_to_keep(area: Area) -> list[str]:
    """Why the area cannot be deleted, as sentences; empty if it can."""
    reasons = [
        f"{use}: {'scheduled' if use.wording.is_scheduled else 'patients read it'}. "
        "Publish a text without it first."
        for use in uses_among(area.slug, texts_in_use())
    ]
    if Clinic.objects.filter(areas_offered=area.pk).exists():
        reasons.append(OFFERED)
    return reasons


@receiver(pre_delete, sender=Area)
def keep_area_in_use(instance: Area, **_: Any) -> None:
    """Raises AreaInUse. Both `delete` of the model and of its query sets come here."""
    if reasons := reasons_to_keep(instance):
        raise AreaInUse(instance, reasons)
