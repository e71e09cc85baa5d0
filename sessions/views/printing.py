"""Sheets: each its own template for paper, never the web page restyled."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from sessions.views.patient import show_page

TEMPLATES = {
    "checklist": "print/checklist_sheet.html",
    "risks": "print/risks_sheet.html",
    "questions": "print/questions_sheet.html",
}


@require_safe
def page_sheet(request: HttpRequest, name: str) -> HttpResponse:
    """A page on paper, whole."""
    template = TEMPLATES.get(name, "print/page_sheet.html")
    return show_page(request, name, template=template)


@require_safe
def short_sheet(request: HttpRequest, name: str) -> HttpResponse:
    """A page on paper without its deeper layer."""
    template = TEMPLATES.get(name, "print/page_sheet.html")
    return show_page(request, name, template=template, is_short=True)
