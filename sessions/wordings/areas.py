"""Adding, deleting and moving the areas that patients choose from."""

from django.contrib.auth.models import User
from django.db import DatabaseError
from django.utils import timezone

from sessions.library.clinic_texts import area_page, area_text
from sessions.library.languages import FIRST
from sessions.models import Area, Clinic, Page, Wording
from sessions.wordings.details import recorded_details
from sessions.wordings.drafts import (
    Step,
    add_wording,
    content_write,
    end_unread,
    record,
)


def area_slugs() -> tuple[str, ...]:
    """Every area, offered or not, in the order of patients."""
    return tuple(Area.objects.values_list("slug", flat=True))


def area_slugs_if_migrated() -> tuple[str, ...] | None:
    """Every area; None before the first migrate. Not for use in a transaction."""
    try:
        return area_slugs()
    except DatabaseError:
        return None


def add_area(*, area: Area, user: User) -> Wording:
    """Stores a new area, and returns its name and introduction as a draft.

    Patients do not see the area before that text is published and the clinic offers it.
    """
    with recorded_details(user), content_write():
        area.save()
        page, _ = Page.objects.update_or_create(
            name=area_page(area.slug), language=FIRST, defaults={"dropped_on": None}
        )
        text = area_text(area.name, area.introduction)
        draft = add_wording(page=page, text=text, author=user)
        record(draft, Step.STARTED, user, "With the area, which is new.")
        return draft


def draft_missing_texts() -> list[Wording]:
    """A draft in review for each area without a text, as an older version adds it.

    It has no author, so one reviewer is the second person. The caller holds the lock.
    """
    drafts = []
    for area in Area.objects.all():
        page, is_new = Page.objects.get_or_create(
            name=area_page(area.slug), language=FIRST
        )
        if is_new:
            text = area_text(area.name, area.introduction)
            draft = add_wording(
                page=page, text=text, author=None, state=Wording.State.IN_REVIEW
            )
            record(draft, Step.KEPT, None, "An older version added the area.")
            drafts.append(draft)
    return drafts


def delete_area(*, area: Area, user: User) -> None:
    """Deletes an area. Its text is dropped as a page is: its versions stay."""
    with recorded_details(user), content_write():
        page = Page.objects.filter(name=area_page(area.slug), language=FIRST).first()
        if page is not None:
            for unread in page.wordings.unread(timezone.now()):
                end_unread(unread, user, "Its area was deleted.")
            page.dropped_on = Clinic.objects.get(pk=1).today()
            page.save()
            if last := page.wordings.first():
                record(last, Step.DROPPED, user, "The area was deleted.")
        area.delete()


def move_area(*, area: Area, places: int, user: User) -> tuple[int, int]:
    """Moves an area up (-1) or down (1). Returns its position and the number of areas.

    The first area cannot move up, and the last cannot move down. All positions are
    renumbered from 1.
    """
    with content_write(), recorded_details(user):
        order = list(Area.objects.select_for_update())
        old = order.index(area)
        new = min(max(old + places, 0), len(order) - 1)
        order.insert(new, order.pop(old))
        for position, row in enumerate(order, start=1):
            row.position = position
        Area.objects.bulk_update(order, ["position"])
        return new + 1, len(order)
