"""The order in which areas are listed for patients to choose."""

from django.contrib.auth.models import User

from sessions.models import Area
from sessions.wordings.details import recorded_details
from sessions.wordings.drafts import content_write


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
