"""The ModelAdmin of wordings: the form of a draft, and the URLs of all steps."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator

from sessions import wordings
from sessions.guide.content_policy import SELF, allows
from sessions.library.texts import size_fault
from sessions.models import Wording
from sessions.models.locks import one_writer
from sessions.staff import editor, going_back, history, preview, steps
from sessions.staff.bounds import BoundedAdmin
from sessions.staff.clinic_texts import text_help
from sessions.staff.forms import OpenedRevision
from sessions.staff.next_steps import next_steps


class WordingForm(forms.ModelForm):
    """The text of a draft. Not valid if somebody else saved it meanwhile."""

    opened_revision = OpenedRevision()

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
            help_text = text_help(self.instance.page)
            if help_text and "text" in self.fields:
                self.fields["text"].help_text = help_text
                self.fields["text"].widget.attrs["rows"] = 12
        self.conflict: editor.Conflict | None = None

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if fault := size_fault(text):
            message = f"{fault} Nothing was saved, and your text is still here."
            raise forms.ValidationError(message, code="too-large")
        return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.has_error("text", "too-large"):
            return cleaned  # It is not saved, so it meets no other text.
        # Admin calls this in a transaction, so the row stays locked until the save.
        with one_writer():
            current = (
                Wording.objects.select_for_update(of=("self",))
                .select_related("author", "reviewer")
                .get(pk=self.instance.pk)
            )
        if current.revision != cleaned.get("opened_revision"):
            mine = self.data.get("text", current.text)
            self.conflict = editor.Conflict(current, mine)
            # The form now shows the stored text too, so that the user may replace it.
            # If somebody saves before that, it is another conflict.
            data = cast(QueryDict, self.data).copy()
            data["opened_revision"] = str(current.revision)
            self.data = data
            raise forms.ValidationError(self.conflict.message)
        return cleaned


@admin.register(Wording)
class WordingAdmin(BoundedAdmin):
    """All wordings. Only a draft can be edited."""

    form = WordingForm
    list_display = ["__str__", "status", "author", "reviewer", "publish_from"]
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

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
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

    @method_decorator(allows({"frame-src": [SELF], "connect-src": [SELF]}))
    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        try:
            return super().change_view(request, object_id, *args, **kwargs)
        except PermissionDenied:
            stored = self.get_object(request, object_id)
            may_write = request.method == "POST" and super().has_change_permission(
                request
            )
            if stored is None or stored.is_draft or not may_write:
                raise
            return editor.show_unsaved_text(request, stored)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The form with its panel and tools. A save that succeeds never comes here."""
        # After a refused save, `obj` holds what was typed.
        stored = Wording.objects.select_related("page").get(pk=kwargs["obj"].pk)
        note = stored.patient_change_note
        panel = editor.make_panel(stored.page, stored.text, note)
        may_edit = self.has_change_permission(request, stored)
        context |= {
            "panel": panel,
            "tools": editor.editor_tools() if may_edit else None,
            "has_blocks": not stored.page.is_clinic_text,
            "stored_text": stored.text,
            "stored_note": note,
            "next_steps": next_steps(stored, request.user, panel.findings),
            "show_save": False,
            "show_save_and_continue": False,
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: Wording, form: Any, change: bool
    ) -> None:
        wordings.save_draft(
            wording=obj,
            revision=form.cleaned_data["opened_revision"],
            text=obj.text,
            user=cast(User, request.user),
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
        own = [
            path(
                "<int:wording_id>/preview/",
                wrap(preview.preview_wording),
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
        screens = {
            "send": steps.send_for_review,
            "approve": steps.approve_wording,
            "ask_for_changes": steps.ask_for_changes,
            "publish": steps.publish_wording,
            "move_schedule": steps.move_schedule,
            "cancel_schedule": steps.cancel_schedule,
            "withdraw": steps.withdraw_wording,
            "put_back": going_back.put_back_wording,
            "throw_away": going_back.throw_away_draft,
            "restore": history.restore_wording,
        }
        own += [
            path(
                f"<int:wording_id>/{name.replace('_', '-')}/",
                wrap(view),
                name=f"stemguide_sessions_wording_{name}",
            )
            for name, view in screens.items()
        ]
        return [*own, *super().get_urls()]

    def view_on_site(self, obj: Wording) -> str:
        return reverse("admin:stemguide_sessions_wording_preview", args=[obj.pk])
