"""ModelAdmins of pages, and of files that differ from staff's text."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.models import User
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
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path

from sessions.documents import DocumentError, quality
from sessions.documents.parser import parse_once
from sessions.library.languages import FIRST
from sessions.models import FileText, Page, Stage, Wording
from sessions.models.wordings import listed_title
from sessions.staff import (
    audit_file,
    file_conflict,
    history,
    preview,
    review_queue,
    shipped_texts,
)
from sessions.staff.bounds import BoundedAdmin


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
class PageAdmin(BoundedAdmin):
    """All pages. The overview of each leads to its draft, versions and history."""

    list_display = ["title", "live_version", "checked", "grade", "next_check", "draft"]
    list_filter = [("dropped_on", admin.EmptyFieldListFilter)]
    search_fields = ["name"]
    fields = ()
    change_form_template = "admin/stemguide_sessions/page_overview.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Page]:
        drafts = Count("wordings", filter=Q(wordings__state__in=["draft", "in-review"]))
        live = Prefetch("wordings", Wording.objects.live(), to_attr="live")
        pages = Page.objects.select_related("stage").prefetch_related(live)
        return pages.annotate(drafts=drafts)

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return [_in_reading_order(), "name", "language"]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context |= history.overview(kwargs["obj"], cast(User, request.user))
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[Any]:
        urls: dict[str, tuple[Any, str]] = {
            "<int:page_id>/edit/": (preview.edit_wording, "page_edit"),
            "<int:page_id>/compare/": (history.compare_wordings, "page_compare"),
            "review-queue/": (review_queue.review_queue_page, "review_queue"),
            "review-queue.csv": (review_queue.review_queue_csv, "review_queue_csv"),
            "audit.csv": (audit_file.audit_csv, "audit_csv"),
            "shipped/<int:shipped_text_id>/": (
                shipped_texts.shipped_text,
                "shipped_text",
            ),
        }
        return [
            path(
                address,
                self.admin_site.admin_view(view),
                name=f"stemguide_sessions_{name}",
            )
            for address, (view, name) in urls.items()
        ] + super().get_urls()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="Page")
    def title(self, page: Page) -> str:
        live = _live(page)
        return listed_title(live) if live else str(page)

    @admin.display(description="Patients read")
    def live_version(self, page: Page) -> str:
        live = _live(page)
        if page.dropped_on is not None:
            return f"nothing: dropped on {page.dropped_on:%d %B %Y}"
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
        if live is None or page.language != FIRST or page.is_area_text:
            return ""
        try:
            return str(quality.readability_of(parse_once(live.text)).grade)
        except DocumentError:  # Patients see a notice in its place.
            return "cannot be read"

    @admin.display(description="Next check due")
    def next_check(self, page: Page) -> str:
        live = _live(page)
        return f"{live.next_check:%d %B %Y}" if live and live.next_check else "not set"

    @admin.display(description="Draft", boolean=True)
    def draft(self, page: Page) -> bool:
        return bool(getattr(page, "drafts", 0))


@admin.register(FileText)
class FileTextAdmin(BoundedAdmin):
    """Files that differ from staff's text. Each opens its file_conflict screen."""

    list_display = ["page", "is_settled", "found"]
    list_filter = ["is_settled"]
    list_select_related = ["page"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        file_text = self.get_object(request, object_id)
        if file_text is None:
            raise Http404
        return redirect("admin:stemguide_sessions_file_conflict", file_text.pk)

    def get_urls(self) -> list[Any]:
        conflict = path(
            "<int:file_text_id>/decide/",
            self.admin_site.admin_view(file_conflict.file_conflict),
            name="stemguide_sessions_file_conflict",
        )
        return [conflict, *super().get_urls()]
