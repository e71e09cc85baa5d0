"""Areas in admin: their order, their words, and which of them are offered."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sessions import wordings
from sessions.library.clinic_texts import area_page
from sessions.library.references import AFTER, area_of
from sessions.models import Area, AreaInUse, Clinic, Wording
from sessions.models.area_uses import (
    areas_named,
    reasons_to_keep,
    texts_in_use,
    uses_among,
)

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


class AreaWords(admin.ModelAdmin):
    """An area's screen lists the texts that name it. Such an area is not deleted."""

    change_form_template = "admin/stemguide_sessions/area_form.html"
    delete_confirmation_template = "admin/stemguide_sessions/area_delete.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        offers = Clinic.objects.filter(areas_offered=OuterRef("pk"))
        return super().get_queryset(request).annotate(is_offered=Exists(offers))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if area := kwargs.get("obj"):
            context |= area_overview(area)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        listed, counts, lacking, _ = super().get_deleted_objects(objs, request)
        reasons = [reason for area in objs for reason in reasons_to_keep(area)]
        return listed, counts, lacking, reasons

    def delete_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Lists the texts as well. One may name the area only since this was asked."""
        area = self.get_object(request, object_id)
        texts = _texts_with(area) if area else {}
        try:
            return super().delete_view(request, object_id, texts)
        except AreaInUse as refusal:
            messages.error(request, str(refusal))
            return redirect(f"admin:{APP}_area_change", object_id)


def _texts_with(area: Any) -> dict[str, Any]:
    """The template context of all texts that name the area."""
    return {
        "is_offered": area.is_offered,
        "uses": uses_among(area.slug, texts_in_use()),
        "drafts": uses_among(area.slug, _drafts()),
    }


def _drafts() -> QuerySet[Wording]:
    rows = Wording.objects.drafts().select_related("page")
    return rows.order_by("page__language", "page__name")


def area_overview(area: Any) -> dict[str, Any]:
    """The template context: where the area has words, and where only others have."""
    texts = texts_in_use()
    uses = uses_among(area.slug, texts)
    own = {use.wording.page_id for use in uses}
    others = {
        wording.page_id: wording.page
        for wording in texts
        if wording.page_id not in own
        and areas_named(wording)
        and not area_of(wording.page.name)
    }
    after = f"{AFTER}/{area.slug}"
    has_page = any(str(use.wording.page) == after for use in uses)
    name = Wording.objects.live().filter(page__name=area_page(area.slug))
    return {
        "is_offered": area.is_offered,
        "has_live_name": name.filter(state=Wording.State.PUBLISHED).exists(),
        "uses": uses,
        "drafts": uses_among(area.slug, _drafts()),
        "without": list(others.values()),
        "missing_page": "" if has_page else after,
    }


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
