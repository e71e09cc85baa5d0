"""What staff see in admin: pages and their wordings, areas, the clinic."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import (
    Case,
    Count,
    IntegerField,
    Prefetch,
    Q,
    QuerySet,
    Value,
    When,
)
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html

from sessions import actions
from sessions.documents import DocumentError, parse_document
from sessions.documents.quality import review
from sessions.models import (
    Area,
    Clinic,
    ClosedDate,
    OpeningTime,
    Page,
    Stage,
    Wording,
)
from sessions.snapshot import parse_once
from sessions.views import staff

admin.site.site_header = "StemGuide for staff"
admin.site.site_title = "StemGuide"
admin.site.index_title = "What would you like to do?"


class ContentAdmin(admin.ModelAdmin):
    """For rows that patients see: every change reaches them within a second."""

    def save_related(self, request, form, formsets, change) -> None:
        with actions.content_write():
            super().save_related(request, form, formsets, change)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with actions.content_write():
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        with actions.content_write():
            super().delete_queryset(request, queryset)


@admin.register(Area)
class AreaAdmin(ContentAdmin):
    list_display = ["name", "slug", "introduction", "position"]
    fields = ["name", "introduction", "slug", "position"]

    def get_readonly_fields(self, request, obj=None):
        # Texts, links and paper name an area by its slug.
        return ["slug"] if obj else []


class OpeningTimeInline(admin.TabularInline):
    model = OpeningTime
    extra = 0


class ClosedDateInline(admin.TabularInline):
    model = ClosedDate
    extra = 0


@admin.register(Clinic)
class ClinicAdmin(ContentAdmin):
    inlines = [OpeningTimeInline, ClosedDateInline]
    filter_horizontal = ["areas_offered"]
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
            "What you offer",
            {
                "description": "Patients are asked only what they can choose here.",
                "fields": [
                    "areas_offered",
                    "offers_bone_marrow",
                    "offers_fat",
                    "offers_prepared",
                ],
            },
        ),
        (
            "What you declare",
            {"fields": ["funding_statement", "approval_statement"]},
        ),
    ]

    def changelist_view(self, request, extra_context=None) -> HttpResponse:
        return redirect("admin:stemguide_sessions_clinic_change", 1)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _live(page: Any) -> Wording | None:
    """The live wording that PageAdmin.get_queryset fetched with the page."""
    return next(iter(page.live), None) if page else None


def _in_reading_order() -> Case:
    return Case(
        *(
            When(stage__kind=kind, then=Value(number))
            for number, kind in enumerate(Stage.Kind.values)
        ),
        default=Value(len(Stage.Kind.values)),
        output_field=IntegerField(),
    )


@admin.register(Page)
class PageAdmin(admin.ModelAdmin):
    """Every page patients read. Stages are edited here; the rest in their files."""

    list_display = ["title", "live_version", "checked", "grade", "next_check", "draft"]
    search_fields = ["name"]
    fields = ()
    change_form_template = "admin/stemguide_sessions/page_overview.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Page]:
        drafts = Count("wordings", filter=Q(wordings__state__in=["draft", "in-review"]))
        live = Prefetch("wordings", Wording.objects.live(), to_attr="live")
        pages = Page.objects.select_related("stage").prefetch_related(live)
        return pages.annotate(drafts=drafts)

    def get_ordering(self, request):
        return [_in_reading_order(), "name"]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        page = self.get_object(request, object_id)
        extra = {
            "wordings": page.wordings.select_related("author") if page else (),
            "live": _live(page),
            "may_edit": request.user.has_perm("stemguide_sessions.change_wording"),
            "show_save": False,
            "show_save_and_continue": False,
        }
        return super().change_view(
            request, object_id, form_url, {**extra, **(extra_context or {})}
        )

    def get_urls(self) -> list[Any]:
        edit = path(
            "<int:page_id>/edit/",
            self.admin_site.admin_view(staff.edit_wording),
            name="stemguide_sessions_page_edit",
        )
        return [edit, *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="Page")
    def title(self, page: Page) -> str:
        live = _live(page)
        words = parse_once(live.text).title if live else page.name
        return f"{words} ({page.name})"

    @admin.display(description="Patients read")
    def live_version(self, page: Page) -> str:
        live = _live(page)
        if live is None:
            return "nothing yet"
        withdrawn = live.state == Wording.State.WITHDRAWN
        return f"version {live.number}{', withdrawn' if withdrawn else ''}"

    @admin.display(description="Checked by a clinician")
    def checked(self, page: Page) -> str:
        live = _live(page)
        return (
            f"{live.approved_on:%d %B %Y}" if live and live.approved_on else "not yet"
        )

    @admin.display(description="Reading grade")
    def grade(self, page: Page) -> str:
        live = _live(page)
        return str(review(parse_once(live.text)).readability.grade) if live else ""

    @admin.display(description="Next check due")
    def next_check(self, page: Page) -> Any:
        live = _live(page)
        return live.review_due if live and live.review_due else "not set"

    @admin.display(description="Draft", boolean=True)
    def draft(self, page: Page) -> bool:
        return bool(getattr(page, "drafts", 0))


class WordingForm(forms.ModelForm):
    """A draft's text. Refuses to overwrite what somebody else saved meanwhile."""

    opened_revision = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Wording
        fields = ["text", "change_note", "patient_change_note"]
        widgets = {
            "text": forms.Textarea(
                attrs={
                    "rows": 32,
                    "cols": 90,
                    "class": "wording-text",
                    "spellcheck": "true",
                }
            ),
        }
        help_texts = {
            "text": "Short lines, plain words. The lines between --- say what the page "
            "is; ## starts a section; ::: starts a block. The cheat sheet is below.",
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["opened_revision"] = self.instance.revision
            self.revision = self.instance.revision
        self.their_text = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        current = Wording.objects.select_for_update().get(pk=self.instance.pk)
        if current.revision != cleaned.get("opened_revision"):
            self.their_text = current.text
            raise forms.ValidationError(
                "%(who)s saved this draft after you opened it. Nothing is lost: your "
                "text is in the box, theirs is under it. Put together what should "
                "stay, then save again.",
                params={"who": current.author or "Somebody else"},
            )
        return cleaned


@admin.register(Wording)
class WordingAdmin(admin.ModelAdmin):
    """Every version of every page. A draft can be edited; nothing else ever is."""

    form = WordingForm
    list_display = ["__str__", "state", "author", "reviewer", "publish_from"]
    list_filter = ["state"]
    search_fields = ["page__name"]
    ordering = ["page__name", "-number"]
    change_form_template = "admin/stemguide_sessions/wording_form.html"
    fieldsets = [
        (None, {"fields": ["text", "opened_revision"]}),
        ("About this change", {"fields": ["change_note", "patient_change_note"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Wording]:
        return (
            super().get_queryset(request).select_related("page", "author", "reviewer")
        )

    def get_fieldsets(self, request, obj=None):
        if obj is None or obj.is_draft:
            return super().get_fieldsets(request, obj)
        fields = ["text", "change_note", "patient_change_note", "state", "publish_from"]
        return [(None, {"fields": fields})]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and (obj is None or obj.is_draft)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        extra = {"findings": _findings(self.get_object(request, object_id))}
        return super().change_view(
            request, object_id, form_url, {**extra, **(extra_context or {})}
        )

    def save_model(self, request, obj: Wording, form: Any, change: bool) -> None:
        actions.save_draft(
            wording=obj,
            revision=form.cleaned_data["opened_revision"],
            text=obj.text,
            user=request.user,
            change_note=obj.change_note,
            patient_change_note=obj.patient_change_note,
        )

    def response_change(self, request: HttpRequest, obj: Wording) -> HttpResponse:
        for button in ("preview", "publish"):
            if f"_{button}" in request.POST:
                return redirect(f"admin:stemguide_sessions_wording_{button}", obj.pk)
        return super().response_change(request, obj)

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        ours = [
            path(
                "<int:wording_id>/preview/",
                wrap(staff.preview_wording),
                name="stemguide_sessions_wording_preview",
            ),
            path(
                "<int:wording_id>/publish/",
                wrap(staff.publish_wording),
                name="stemguide_sessions_wording_publish",
            ),
        ]
        return [*ours, *super().get_urls()]

    def view_on_site(self, obj: Wording) -> str:
        return reverse("admin:stemguide_sessions_wording_preview", args=[obj.pk])


def _findings(wording: Wording | None) -> list[str]:
    if wording is None:
        return []
    try:
        report = review(parse_document(wording.text), wording.page.name)
    except DocumentError as error:
        return [str(fault) for fault in error.faults]
    grade = report.readability.grade
    lines = [f"Reading grade {grade}. The goal is 6.0 or lower."]
    return lines + [
        format_html("line {}: {}", finding.line, finding.message)
        for finding in report.findings
    ]
