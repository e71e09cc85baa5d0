"""Areas in admin: their order, and which of them the clinic offers."""

from typing import Any, cast

from django import forms
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
NONE_OFFERED = "Tick at least one area, or patients have nothing to choose."


def offered_field(db_field: Any) -> forms.Field:
    """The boxes of the clinic form. One must be ticked, if there are any."""
    return db_field.formfield(
        widget=forms.CheckboxSelectMultiple,
        required=Area.objects.exists(),
        error_messages={"required": NONE_OFFERED},
    )


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
