"""What was printed at the desk, and what of it must be called back."""

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sessions.csv_files import csv_download
from sessions.desk.counts import print_report
from sessions.desk.views.desk import PERMISSION


@never_cache
@require_safe
@permission_required(PERMISSION, raise_exception=True)
def recall(request: HttpRequest) -> HttpResponse:
    """Shows the sheets of withdrawn wordings, older versions, and all counts."""
    context = {
        **admin.site.each_context(request),
        "title": "Prints and recall",
        "report": print_report(),
    }
    return render(request, "desk/recall.html", context)


@never_cache
@require_safe
@permission_required(PERMISSION, raise_exception=True)
def recall_csv(request: HttpRequest) -> StreamingHttpResponse:
    """All counts as a CSV file, with a row for each version of a sheet."""
    header = [
        "Sheet", "Kind", "Code", "On it", "Stands", "Withdrawn because", "Copies",
        "First printed", "Last printed",
    ]  # fmt: skip
    report = print_report()
    rows = (
        [
            sheet.title,
            sheet.kind,
            sheet.code,
            sheet.version,
            sheet.standing.label,
            " ".join(
                r.wording.withdrawn_reason for r in report.recalls if sheet in r.sheets
            ),
            sheet.copies,
            sheet.first,
            sheet.last,
        ]
        for sheet in report.sheets
    )
    return csv_download("prints.csv", header, rows)
