"""The buttons that move an area up or down in admin's list."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sessions import wordings
from sessions.models import Area

APP = "stemguide_sessions"
MOVES = {"up": -1, "down": 1}


@require_POST
@permission_required(f"{APP}.change_area", raise_exception=True)
def move_area(request: HttpRequest, area_id: int, way: str) -> HttpResponse:
    """Moves an area one place, and redirects to the anchor of the same button."""
    area = get_object_or_404(Area, pk=area_id)
    place, count = wordings.move_area(
        area=area, places=MOVES[way], user=cast(User, request.user)
    )
    messages.success(request, f"{area} is number {place} of {count} now.")
    return redirect(reverse(f"admin:{APP}_area_changelist") + f"#move-{area.pk}-{way}")
