"""ModelAdmins of areas and of the clinic."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import PositiveSmallIntegerField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import re_path

from sessions import wordings
from sessions.library.clinic_texts import APPROVAL, FUNDING, area_page
from sessions.models import Area, Clinic, ClosedDate, OpeningTime, Wording
from sessions.models.locks import one_writer
from sessions.staff import areas
from sessions.staff.bounds import BoundedAdmin, KnownInlineRows, KnownRows
from sessions.staff.clinic_fields import (
    MAX_ADDRESS,
    MAX_TYPED,
    ClinicForm,
    EmergencyNumberField,
    TelephoneField,
    TimeOfDayField,
)
from sessions.staff.clinic_texts import show_clinic_text
from sessions.staff.detail_history import detail_history
from sessions.staff.patient_words import PatientWordsForm
from sessions.wordings import content_write, recorded_details

# The fields that take what people type and paste: see clinic_fields.
NUMBERS = {
    "telephone": TelephoneField,
    "out_of_hours_telephone": TelephoneField,
    "emergency_number": EmergencyNumberField,
}
TIMES = {
    "opens": "Such as 8:30 am, 08:30 or 8.30.",
    "closes": "Such as 5 pm, 17:00 or 17h.",
}

SLUG_HELP = "Short name in addresses, such as hand. It can never be changed."


def _recorded(request: HttpRequest) -> AbstractContextManager[None]:
    """Records the details that this request changes; reading a page records none."""
    if request.method != "POST":
        return nullcontext()
    return recorded_details(cast(User, request.user))


class ContentAdmin(BoundedAdmin):
    """For models that patients see: every save raises the content version.

    Whatever one of its screens changes is recorded, with the old and the new value.
    """

    object_history_template = "admin/stemguide_sessions/detail_history.html"

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with _recorded(request):
            return super().changeform_view(request, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with _recorded(request):
            return super().changelist_view(request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with _recorded(request):
            return super().delete_view(request, *args, **kwargs)

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        extra = detail_history(row) if row else {}
        return super().history_view(request, object_id, extra | (extra_context or {}))

    form = PatientWordsForm

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: bool
    ) -> None:
        with one_writer():  # The write lock comes before any row lock.
            super().save_model(request, obj, form, change)

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: bool
    ) -> None:
        with content_write():
            super().save_related(request, form, formsets, change)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with content_write():
            super().delete_model(request, obj)


class AreaPositionForm(forms.ModelForm):
    """One row of the editable list, with a label for its position field."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        label = f"Position of {self.instance}"
        self.fields["position"].widget.attrs["aria-label"] = label


@admin.register(Area)
class AreaAdmin(areas.AreaWords, ContentAdmin):
    """Areas, always in the order in which patients see them."""

    list_display = ["name", "position", "offered", "slug", "introduction"]
    list_editable = ["position"]
    sortable_by = ()
    actions = None
    change_list_template = "admin/stemguide_sessions/area_list.html"
    # SQLite would take any number, and PostgreSQL none above this one.
    formfield_overrides = {PositiveSmallIntegerField: {"max_value": 32767}}

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        moves = ["moves"] if self.has_change_permission(request) else []
        name, *others = self.list_display
        return [name, *moves, *others]

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().get_form(
            request, *args, **{"help_texts": {"slug": SLUG_HELP}, **kwargs}
        )

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, form=AreaPositionForm, **kwargs)

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        rows = Area.objects.count()  # and there is room for no others
        kwargs = {"formset": KnownRows, "max_num": rows, **kwargs}
        return super().get_changelist_formset(request, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A stored area has a text with versions in place of the two first fields."""
        if obj is None:
            return ["name", "introduction", "slug", "position"]
        return ["live_text", "slug", "position"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # The slug is used in texts, URLs and printed QR codes.
        return ["live_text", "slug"] if obj else []

    @admin.display(description="Name and introduction")
    def live_text(self, area: Area) -> str:
        return show_clinic_text(area_page(area.slug))

    def save_model(
        self, request: HttpRequest, obj: Area, form: Any, change: bool
    ) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            wordings.add_area(area=obj, user=cast(User, request.user))

    def delete_model(self, request: HttpRequest, obj: Area) -> None:
        wordings.delete_area(area=obj, user=cast(User, request.user))

    def response_add(
        self, request: HttpRequest, obj: Area, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Leads from a new area to its draft, which comes next."""
        draft = Wording.objects.drafts().filter(page__name=area_page(obj.slug)).first()
        may_edit = request.user.has_perm("stemguide_sessions.change_wording")
        if draft is None or not may_edit or "_addanother" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        message = (
            f"The area {obj} is stored. Patients see it once a second person has "
            "checked its name, here below, and the clinic offers it."
        )
        messages.success(request, message)
        return redirect("admin:stemguide_sessions_wording_change", draft.pk)

    def get_urls(self) -> list[Any]:
        move = re_path(
            r"^(?P<area_id>\d+)/move-(?P<way>up|down)/$",
            self.admin_site.admin_view(areas.move_area),
            name="stemguide_sessions_area_move",
        )
        return [move, *super().get_urls()]

    @admin.display(description="Offered", boolean=True)
    def offered(self, area: Any) -> bool:
        return area.is_offered

    @admin.display(description="Move")
    def moves(self, area: Area) -> str:
        template = "admin/stemguide_sessions/area_moves.html"
        return render_to_string(template, {"area": area})


class OpeningTimeInline(admin.StackedInline):
    model = OpeningTime
    formset = KnownInlineRows
    extra = 0
    max_num = 28
    fields = [("day", "opens", "closes")]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if help_text := TIMES.get(db_field.name):
            kwargs |= {"form_class": TimeOfDayField, "help_text": help_text}
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class ClosedDateInline(admin.StackedInline):
    model = ClosedDate
    formset = KnownInlineRows
    extra = 0
    max_num = 100


@admin.register(Clinic)
class ClinicAdmin(ContentAdmin):
    form = ClinicForm
    inlines = [OpeningTimeInline, ClosedDateInline]
    fieldsets = [
        (
            "How patients reach you",
            {
                "fields": [
                    "name",
                    "telephone",
                    "out_of_hours_telephone",
                    "emergency_number",
                    "address",
                ]
            },
        ),
        ("Where you are", {"fields": ["country", "time_zone", "paper"]}),
        (
            "What you treat",
            {
                "description": "Patients are asked only what they can choose here.",
                "fields": ["areas_offered"],
            },
        ),
        (
            "Which cells you offer",
            {
                "description": "Patients are asked only what they can choose here.",
                "fields": ["offers_bone_marrow", "offers_fat", "offers_prepared"],
            },
        ),
        (
            "What you declare",
            {"fields": ["funding_text", "approval_text"]},
        ),
    ]
    readonly_fields = ["funding_text", "approval_text"]

    @admin.display(description="Who pays, and who earns")
    def funding_text(self, clinic: Clinic) -> str:
        return show_clinic_text(FUNDING)

    @admin.display(description="Is it approved")
    def approval_text(self, clinic: Clinic) -> str:
        return show_clinic_text(APPROVAL)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "areas_offered":
            return areas.offered_field(db_field)
        if form_class := NUMBERS.get(db_field.name):
            kwargs |= {"form_class": form_class, "max_length": MAX_TYPED}
        if db_field.name == "address":
            kwargs["max_length"] = MAX_ADDRESS
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("admin:stemguide_sessions_clinic_change", 1)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
