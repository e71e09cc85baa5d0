"""Fills a site with areas and with a history of years: versions, codes, audit entries.

Run as a program, in the environment of the site:
`python -m tests.bench.seed AREAS WORDINGS`.
What patients read stays as it is: the newest version of each page has its old text.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from sessions.models import Wording


def add_areas(count: int) -> None:
    """As many areas as asked, those that are there among them. All are offered."""
    from django.utils import timezone

    from sessions.library.clinic_texts import area_page, area_text
    from sessions.models import Area, Clinic, Page, Wording

    made = Area.objects.bulk_create(
        Area(
            slug=f"area-{number}",
            name=f"Area number {number}",
            introduction="A part of the body that is treated here.",
            position=number,
        )
        for number in range(Area.objects.count(), count)
    )
    assert Area.objects.count() == count
    pages = Page.objects.bulk_create(Page(name=area_page(a.slug)) for a in made)
    Wording.objects.bulk_create(
        Wording(
            page=page,
            number=1,
            text=area_text(area.name, area.introduction),
            state=Wording.State.PUBLISHED,
            publish_from=timezone.now(),
        )
        for page, area in zip(pages, made, strict=True)
    )
    Clinic.objects.get().areas_offered.set(Area.objects.all())


def add_wordings(count: int) -> None:
    """As many wordings as asked, spread over the pages, all published at some time."""
    from django.db.models import F
    from django.utils import timezone

    from sessions.models import Wording
    from sessions.wordings import content_write

    live = list(Wording.objects.live().select_related("page"))
    first = timezone.now() - timedelta(days=3000)
    share, more = divmod(count - Wording.objects.of_guide().count(), len(live))
    made = [
        Wording(
            page=newest.page,
            number=newest.number + step,
            text=newest.text if step == steps else f"{newest.text}\nVersion {step}.\n",
            state=Wording.State.PUBLISHED,
            publish_from=first + timedelta(hours=step),
            unreviewed_reason="It could not wait.",
        )
        for place, newest in enumerate(live)
        for steps in [share + (place < more)]
        for step in range(1, steps + 1)
    ]
    with content_write():
        Wording.objects.bulk_create(made, batch_size=500)
        _add_history_and_codes(made)
    assert Wording.objects.of_guide().count() == count
    assert Wording.objects.live().filter(number=F("number")).count() == len(live)


def _add_history_and_codes(made: Sequence[Wording]) -> None:
    from sessions.models import AuditEntry, SheetCode
    from sessions.models.sheets import sheet_digest

    AuditEntry.objects.bulk_create(
        [
            AuditEntry(wording=one, step=AuditEntry.Step.LOADED, text=one.text)
            for one in made
        ],
        batch_size=500,
    )
    codes = SheetCode.objects.bulk_create(
        [
            SheetCode(
                code=f"OLD{place:05}",
                kind=one.page.name,
                language="en",
                digest=sheet_digest(one.page.name, "en", [one]),
            )
            for place, one in enumerate(made)
        ],
        batch_size=500,
    )
    on_sheet = SheetCode.wordings.through
    on_sheet.objects.bulk_create(
        [
            on_sheet(sheetcode_id=code.pk, wording_id=one.pk)
            for code, one in zip(codes, made, strict=True)
        ],
        batch_size=500,
    )


def main(areas: str, wordings: str) -> None:
    django.setup()
    add_areas(int(areas))
    add_wordings(int(wordings))


if __name__ == "__main__":
    main(*sys.argv[1:])
