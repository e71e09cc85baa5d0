"""audit.csv: all that was ever recorded of pages, details and people, oldest first."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from heapq import merge
from operator import itemgetter
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sessions.csv_files import csv_download
from sessions.models import Area, Clinic, DetailChange
from sessions.staff.audit import PART, Line, all_lines
from sessions.staff.detail_history import changed_by
from sessions.staff.steps import person_name
from sessions.wordings import THE_CLINIC

APP = "stemguide_sessions"
HEADER = [
    "Kind", "Moment", "Page", "Version", "Step", "Person", "Checked by", "Comment",
    "Next check due", "SHA-256 of the text", "Text", "About", "Before", "After",
]  # fmt: skip
# What the first column says of each model that admin's own log is read for.
CLINIC, AREA, PERSON = "Clinic", "Area", "Person"
ACTS = {ADDITION: "Added", CHANGE: "Changed", DELETION: "Removed"}

Row = tuple[datetime, dict[str, Any]]


@never_cache
@require_safe
@permission_required(f"{APP}.view_auditentry", raise_exception=True)
def audit_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The file. Only a user who may see accounts gets the rows about people."""
    sources = [_of_pages(), _of_details(), _of_log(Clinic, CLINIC), _of_log(Area, AREA)]
    if request.user.has_perm("auth.view_user"):
        sources.append(_of_log(User, PERSON))
    rows = merge(*sources, key=itemgetter(0))
    cells = ([row.get(name, "") for name in HEADER] for _, row in rows)
    return csv_download("audit.csv", HEADER, cells)


def _of_pages() -> Iterator[Row]:
    for line in all_lines(Clinic.objects.get(pk=1).zone):
        yield line.moment, _page_row(line)


def _page_row(line: Line) -> dict[str, Any]:
    wording, text = line.entry.wording, line.entry.text
    return {
        "Kind": "Page",
        "Moment": line.moment.isoformat(),
        "Page": str(wording.page),
        "Version": wording.number,
        "Step": line.step,
        "Person": line.person,
        "Checked by": wording.reviewer_role if line.is_newest_approval else "",
        "Comment": line.comment,
        "Next check due": wording.review_due if line.is_newest_approval else "",
        "SHA-256 of the text": hashlib.sha256(text.encode()).hexdigest(),
        "Text": text,
    }


def _of_details() -> Iterator[Row]:
    changes = DetailChange.objects.select_related("user").order_by("moment", "pk")
    for change in changes.iterator(PART):
        yield (
            change.moment,
            {
                "Kind": CLINIC if change.subject == THE_CLINIC else AREA,
                "Moment": change.moment.isoformat(),
                "Step": change.get_kind_display(),
                "Person": changed_by(change),
                "About": f"{change.subject}: {change.field}",
                "Before": change.old,
                "After": change.new,
            },
        )


def _of_log(model: type[Model], kind: str) -> Iterator[Row]:
    """What admin's own log has of a model: all that is known of accounts.

    Of the clinic and its areas it tells who saved them, but no values. Before there was
    DetailChange, that was all.
    """
    about = ContentType.objects.get_for_model(model)
    entries = LogEntry.objects.filter(content_type=about).select_related("user")
    for entry in entries.order_by("action_time", "pk").iterator(PART):
        yield (
            entry.action_time,
            {
                "Kind": kind,
                "Moment": entry.action_time.isoformat(),
                "Step": ACTS[entry.action_flag],
                "Person": person_name(entry.user),
                "Comment": entry.get_change_message(),
                "About": entry.object_repr,
            },
        )
