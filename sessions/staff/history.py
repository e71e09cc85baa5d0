"""The history of a page: its wordings, the diff of two, and the audit log."""

import hashlib
from collections.abc import Iterator
from datetime import tzinfo
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from sessions import wordings
from sessions.csv_files import csv_download
from sessions.library.references import page_address
from sessions.models import AuditEntry, Clinic, Page, Wording
from sessions.models.pages import title_of
from sessions.models.time_zones import moment_words
from sessions.staff.forms import CompareForm
from sessions.staff.next_steps import may_put_back, next_steps
from sessions.staff.steps import person_name, taken_by
from sessions.wordings.compare import compare_texts

APP = "stemguide_sessions"
Step = AuditEntry.Step


def overview(page: Page, user: User) -> dict[str, Any]:
    """Template context of the overview of a page, for this user."""
    live = Wording.objects.live().filter(page=page).select_related("reviewer").first()
    last = live or Wording.objects.last_shown().filter(page=page).first()
    versions = page.wordings.select_related("author", "reviewer")
    draft = next((w for w in versions if w.is_draft), None)
    scheduled = next((w for w in versions if w.is_scheduled), None)
    clinic = Clinic.objects.get(pk=1)
    may_see = user.has_perm(f"{APP}.view_wording")
    current = [wording for wording in (draft, scheduled, live) if wording and may_see]
    entries = AuditEntry.objects.filter(wording__page=page).select_related("user")
    return {
        "title": title_of(last) if last else str(page),
        "live": live,
        "dropped": _dropped(page),
        "is_overdue": Wording.objects.live()
        .overdue(clinic.today())
        .filter(page=page)
        .exists(),
        "address": page_address(page.name, page.language),
        "draft": draft,
        "steps_of": [next_steps(wording, user) for wording in current],
        "wordings": [
            (w, _status(w, last), _savers(w), may_put_back(w, user)) for w in versions
        ]
        if may_see
        else [],
        "may_edit": user.has_perm(f"{APP}.change_wording") and not page.dropped_on,
        "entries": [
            (entry, taken_by(entry), _comment(entry, clinic.zone))
            for entry in entries.select_related("wording", "wording__page")
        ]
        if user.has_perm(f"{APP}.view_auditentry")
        else [],
        "time_zone": clinic.zone,
    }


def _dropped(page: Page) -> AuditEntry | None:
    """The audit entry of dropping the page; None if the page is in the guide."""
    if page.dropped_on is None:
        return None
    return AuditEntry.objects.filter(wording__page=page, step=Step.DROPPED).first()


def _status(wording: Wording, last: Wording | None) -> str:
    """The status of a version. `last` is the version that patients read last."""
    if last == wording and wording.state == Wording.State.PUBLISHED:
        is_dropped = wording.page.dropped_on is not None
        return f"Published. Patients {'read it last' if is_dropped else 'read this'}."
    is_shown = wording.state == Wording.State.PUBLISHED and not wording.is_scheduled
    return "Replaced" if is_shown else wording.status


def _savers(wording: Wording) -> str:
    names = [person_name(user) for user in wording.savers.order_by("saver__saved")]
    return ", ".join(names) or person_name(wording.author)


def _comment(entry: AuditEntry, zone: tzinfo) -> str:
    """The comment of an entry, with the right moment of a schedule.

    Version 0.1.0 stored the hours of the clinic's time zone and wrote UTC behind them.
    Entries are never changed, so theirs are put right here.
    """
    moment = entry.wording.publish_from
    if entry.step != Step.SCHEDULED or moment is None:
        return entry.comment
    mistaken = f"{moment.astimezone(zone):%Y-%m-%d %H:%M} UTC"
    return moment_words(moment, zone) if entry.comment == mistaken else entry.comment


@never_cache
@require_safe
@permission_required(f"{APP}.view_wording", raise_exception=True)
def compare_wordings(request: HttpRequest, page_id: int) -> HttpResponse:
    """The diff of two wordings of a page, at first the live and the newest."""
    page = get_object_or_404(Page, pk=page_id)
    by_number = {wording.number: wording for wording in page.wordings.all()}
    if not by_number:
        raise Http404
    live = Wording.objects.live().filter(page=page).first()
    first = {"old": live.number if live else max(by_number), "new": max(by_number)}
    form = CompareForm({**first, **request.GET.dict()}, wordings=by_number.values())
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": f"Compare versions of {page}",
        "page": page,
        "form": form,
    }
    if form.is_valid():
        old, new = (by_number[form.cleaned_data[key]] for key in ("old", "new"))
        context |= {
            "old": old,
            "new": new,
            "comparison": compare_texts(old.text, new.text),
        }
    return render(request, "admin/stemguide_sessions/compare.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(f"{APP}.change_wording", raise_exception=True)
def restore_wording(request: HttpRequest, wording_id: int) -> HttpResponse:
    """Makes a draft with this wording's text, unless there is a draft already."""
    wording = get_object_or_404(Wording.objects.select_related("page"), pk=wording_id)
    refusal = ""
    if request.method == "POST":
        user = cast(User, request.user)
        try:
            draft = wordings.restore_wording(wording=wording, user=user)
        except PermissionDenied as denied:
            refusal = str(denied)
        else:
            message = f"{draft} is a new draft with the text of version"
            messages.success(request, f"{message} {wording.number}.")
            return redirect(f"admin:{APP}_wording_change", draft.pk)
    context = {
        **admin.site.each_context(request),
        "title": f"Restore {wording}",
        "wording": wording,
        "draft": wording.page.wordings.drafts().first(),
        "refused": refusal,
    }
    template = "admin/stemguide_sessions/restore.html"
    return render(request, template, context, status=403 if refusal else 200)


@never_cache
@require_safe
@permission_required(f"{APP}.view_auditentry", raise_exception=True)
def audit_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The audit log: one row for each step, oldest first."""
    header = [
        "Moment", "Page", "Version", "Step", "Person", "Checked by", "Comment",
        "Next check due", "SHA-256 of the text", "Text",
    ]  # fmt: skip
    return csv_download("audit.csv", header, _audit_rows())


def _audit_rows() -> Iterator[list[Any]]:
    zone = Clinic.objects.get(pk=1).zone
    of_wording = AuditEntry.objects.filter(wording=OuterRef("wording"))
    approvals = of_wording.filter(step=Step.APPROVED)
    entries = (
        AuditEntry.objects.select_related("wording", "wording__page", "user")
        .annotate(newest_approval=Subquery(approvals.values("pk")[:1]))
        .order_by("moment", "pk")
    )
    for entry in entries.iterator(chunk_size=100):
        wording = entry.wording
        is_approval = entry.pk == entry.newest_approval
        yield [
            entry.moment.isoformat(),
            str(wording.page),
            wording.number,
            entry.get_step_display(),
            taken_by(entry),
            wording.reviewer_role if is_approval else "",
            _comment(entry, zone),
            wording.review_due if is_approval else "",
            hashlib.sha256(entry.text.encode()).hexdigest(),
            entry.text,
        ]
