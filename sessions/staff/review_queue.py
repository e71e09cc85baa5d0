"""The review queue as a page and as a CSV file."""

from collections import Counter

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sessions.csv_files import csv_download
from sessions.models import Clinic
from sessions.models.wordings import DUE_SOON, listed_title, title_of
from sessions.wordings.review_queue import QueueEntry, Reason, review_queue

APP = "stemguide_sessions"


@never_cache
@require_safe
@permission_required(f"{APP}.view_wording", raise_exception=True)
def review_queue_page(request: HttpRequest) -> HttpResponse:
    """The whole queue, or the entries of one Reason with `?show=`."""
    entries = _queue()
    counts = Counter(entry.reason for entry in entries)
    show = request.GET.get("show", "")
    shown = [entry for entry in entries if show in ("", entry.reason)]
    choices = [(reason, reason.label, counts[reason]) for reason in Reason]
    context = {
        **admin.site.each_context(request),
        "title": "Review queue",
        "entries": [(entry, listed_title(entry.wording)) for entry in shown],
        "choices": [("", "All", len(entries)), *choices],
        "show": show,
        "days": DUE_SOON.days,
        "may_review": request.user.has_perm(f"{APP}.review_wording"),
    }
    return render(request, "admin/stemguide_sessions/review_queue.html", context)


@never_cache
@require_safe
@permission_required(f"{APP}.view_wording", raise_exception=True)
def review_queue_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The whole queue as CSV."""
    header = ["Page", "Title", "Version", "Why", "Next check due", "Checked by", "On"]
    rows = (
        [
            str(entry.wording.page),
            title_of(entry.wording),
            entry.wording.number,
            entry.why,
            entry.due,
            entry.wording.reviewer_role,
            entry.wording.approved_on,
        ]
        for entry in _queue()
    )
    return csv_download("review-queue.csv", header, rows)


def _queue() -> list[QueueEntry]:
    return review_queue(today=Clinic.objects.get(pk=1).today())
