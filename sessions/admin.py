"""What staff see in admin: pages and their wordings, areas, the clinic."""

from typing import Any, cast

from csp.constants import SELF
from csp.decorators import csp_update
from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
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
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import path, re_path, reverse
from django.utils.decorators import method_decorator

from sessions import actions
from sessions.documents import quality
from sessions.models import (
    Area,
    Clinic,
    ClosedDate,
    FileText,
    OpeningTime,
    Page,
    Stage,
    Wording,
)
from sessions.snapshot import parse_once
from sessions.views import areas, editor, files, history, queue, review, staff
from sessions.views.next_steps import next_steps

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


class AreaPositionForm(forms.ModelForm):
    """One row of the list, in which the position is typed."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        label = f"Position of {self.instance}"
        self.fields["position"].widget.attrs["aria-label"] = label


@admin.register(Area)
class AreaAdmin(ContentAdmin):
    """The areas, listed as patients are offered them and in no other order."""

    list_display = ["name", "position", "slug", "introduction"]
    list_editable = ["position"]
    sortable_by = ()
    actions = None
    fields = ["name", "introduction", "slug", "position"]
    change_list_template = "admin/stemguide_sessions/area_list.html"

    def get_list_display(self, request):
        moves = ["moves"] if self.has_change_permission(request) else []
        name, *others = self.list_display
        return [name, *moves, *others]

    def get_changelist_form(self, request, **kwargs):
        return super().get_changelist_form(request, form=AreaPositionForm, **kwargs)

    def get_readonly_fields(self, request, obj=None):
        # Texts, links and paper name an area by its slug.
        return ["slug"] if obj else []

    def get_urls(self) -> list[Any]:
        move = re_path(
            r"^(?P<area_id>\d+)/move-(?P<way>up|down)/$",
            self.admin_site.admin_view(areas.move_area),
            name="stemguide_sessions_area_move",
        )
        return [move, *super().get_urls()]

    @admin.display(description="Move")
    def moves(self, area: Area) -> str:
        template = "admin/stemguide_sessions/area_moves.html"
        return render_to_string(template, {"area": area})


@admin.register(FileText)
class FileTextAdmin(admin.ModelAdmin):
    """Files that differ from what staff made of their page; one screen to decide."""

    list_display = ["page", "is_settled", "found"]
    list_filter = ["is_settled"]
    list_select_related = ["page"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        file_text = self.get_object(request, object_id)
        if file_text is None:
            raise Http404
        return redirect("admin:stemguide_sessions_file_conflict", file_text.pk)

    def get_urls(self) -> list[Any]:
        conflict = path(
            "<int:file_text_id>/decide/",
            self.admin_site.admin_view(files.file_conflict),
            name="stemguide_sessions_file_conflict",
        )
        return [conflict, *super().get_urls()]


class OpeningTimeInline(admin.StackedInline):
    model = OpeningTime
    extra = 0
    fields = [("day", "opens", "closes")]


class ClosedDateInline(admin.StackedInline):
    model = ClosedDate
    extra = 0


@admin.register(Clinic)
class ClinicAdmin(ContentAdmin):
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
            {"fields": ["funding_statement", "approval_statement"]},
        ),
    ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "areas_offered":
            return db_field.formfield(widget=forms.CheckboxSelectMultiple)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

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
        extra = history.overview(page, request.user) if page else {}
        return super().change_view(
            request, object_id, form_url, {**extra, **(extra_context or {})}
        )

    def get_urls(self) -> list[Any]:
        ours: dict[str, tuple[Any, str]] = {
            "<int:page_id>/edit/": (staff.edit_wording, "page_edit"),
            "<int:page_id>/compare/": (history.compare_wordings, "page_compare"),
            "review-queue/": (queue.review_queue_page, "review_queue"),
            "review-queue.csv": (queue.review_queue_csv, "review_queue_csv"),
            "audit.csv": (history.audit_csv, "audit_csv"),
        }
        return [
            path(
                address,
                self.admin_site.admin_view(view),
                name=f"stemguide_sessions_{name}",
            )
            for address, (view, name) in ours.items()
        ] + super().get_urls()

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
        if live is None:
            return ""
        return str(quality.review(parse_once(live.text)).readability.grade)

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
            "is; ## starts a section; ::: starts a block. The cheat sheet says more.",
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["opened_revision"] = self.instance.revision
        self.conflict: editor.Conflict | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        current = (
            Wording.objects.select_for_update(of=("self",))
            .select_related("author", "reviewer")
            .get(pk=self.instance.pk)
        )
        if current.revision != cleaned.get("opened_revision"):
            mine = self.data.get("text", current.text)
            self.conflict = editor.Conflict(current, mine)
            # The next save is made knowing what is stored now; a third one in between
            # is found like this one was.
            data = cast(QueryDict, self.data).copy()
            data["opened_revision"] = str(current.revision)
            self.data = data
            raise forms.ValidationError(self.conflict.message)
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

    def get_readonly_fields(self, request, obj=None):
        # The text of any other page is changed in its file.
        return ["text"] if obj and not hasattr(obj.page, "stage") else []

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and (obj is None or obj.is_draft)

    @method_decorator(csp_update({"frame-src": [SELF], "connect-src": [SELF]}))
    def change_view(self, request, object_id, form_url="", extra_context=None):
        wording = self.get_object(request, object_id)
        extra: dict[str, Any] = {}
        if wording is not None:
            may_edit = self.has_change_permission(request, wording)
            owns_text = hasattr(wording.page, "stage")
            extra = {
                "panel": editor.make_panel(wording.page, wording.text),
                "tools": editor.editor_tools() if may_edit and owns_text else None,
                "owns_text": owns_text,
                "stored_text": wording.text,
                "next_steps": next_steps(wording, request.user),
                "show_save": False,
                "show_save_and_continue": False,
            }
        try:
            return super().change_view(
                request, object_id, form_url, {**extra, **(extra_context or {})}
            )
        except PermissionDenied:
            stored = self.get_object(request, object_id)
            may_write = request.method == "POST" and super().has_change_permission(
                request
            )
            if stored is None or stored.is_draft or not may_write:
                raise
            return editor.keep_text(request, stored)

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
        for button in ("preview", "publish", "send"):
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
                "<int:wording_id>/preview-text/",
                wrap(editor.preview_text),
                name="stemguide_sessions_wording_preview_text",
            ),
            path(
                "<int:wording_id>/check-text/",
                wrap(editor.check_text),
                name="stemguide_sessions_wording_check_text",
            ),
        ]
        steps = {
            "send": review.send_for_review,
            "approve": review.approve_wording,
            "ask_for_changes": review.ask_for_changes,
            "publish": review.publish_wording,
            "cancel_schedule": review.cancel_schedule,
            "withdraw": review.withdraw_wording,
            "restore": history.restore_wording,
        }
        ours += [
            path(
                f"<int:wording_id>/{name.replace('_', '-')}/",
                wrap(view),
                name=f"stemguide_sessions_wording_{name}",
            )
            for name, view in steps.items()
        ]
        return [*ours, *super().get_urls()]

    def view_on_site(self, obj: Wording) -> str:
        return reverse("admin:stemguide_sessions_wording_preview", args=[obj.pk])
