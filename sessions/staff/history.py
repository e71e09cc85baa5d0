"""The history of a page: its wordings, the diff of two, and what was done."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from sessions import wordings
from sessions.library.references import page_address
from sessions.models import AuditEntry, Clinic, Page, Wording
from sessions.models.wordings import title_of
from sessions.staff import audit
from sessions.staff.forms import CompareForm
from sessions.staff.next_steps import may_put_back, next_steps
from sessions.staff.steps import person_name
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
        "lines": audit.lines_of(page, clinic.zone)
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
    if not names and wording.author is None and wording.page.is_clinic_text:
        return "Not known"  # It was kept at the upgrade; it has no file.
    return ", ".join(names) or person_name(wording.author)


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
