"""Sheets: each its own template for paper, never the web page restyled."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from sessions.views.patient import show_page


@require_safe
def checklist_sheet(request: HttpRequest) -> HttpResponse:
    """The checklist on paper."""
    template = "print/checklist_sheet.html"
    return show_page(request, "checklist", template=template)


@require_safe
def risks_sheet(request: HttpRequest) -> HttpResponse:
    """Benefit and harm on paper."""
    return show_page(request, "risks", template="print/risks_sheet.html")
