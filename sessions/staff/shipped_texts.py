"""The screen for a file that the clinic changed, if a newer text of it ships."""

from dataclasses import replace

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from sessions.models import Page, ShippedText
from sessions.models.locks import one_writer
from sessions.wordings.compare import Comparison, compare_texts
from sessions.wordings.shipped_texts import settle_shipped_text

APP = "stemguide_sessions"


class ShippedTextForm(forms.Form):
    """The digest of the shipped text that the user saw."""

    digest = forms.CharField(widget=forms.HiddenInput)


@never_cache
@permission_required(
    [f"{APP}.change_wording", f"{APP}.view_filetext"], raise_exception=True
)
def shipped_text(request: HttpRequest, shipped_text_id: int) -> HttpResponse:
    """Shows the diff of the clinic's and the shipped text. POST keeps the clinic's."""
    form = ShippedTextForm(request.POST or None)
    with one_writer():
        row = ShippedText.objects.filter(pk=shipped_text_id).first()
        if row is None:
            messages.info(
                request, "The clinic's file no longer differs from the shipped one."
            )
            return redirect("admin:index")
        if form.is_valid() and form.cleaned_data["digest"] != row.digest:
            message = "Another text ships now. Look at it again, then choose."
            form.add_error(None, message)
        if form.is_valid():
            settle_shipped_text(
                path=row.path, clinic_text=row.clinic_text, text=row.text
            )
            messages.success(request, f"The clinic's text of {row.path} stays.")
            return redirect("admin:index")
    context = {
        **admin.site.each_context(request),
        "title": f"Two texts of {row.path}",
        "row": row,
        "page": _page_of(row),
        "clinic_file": settings.CONTENT_DIR / row.path,
        "comparison": _compare(row),
        "form": form,
    }
    return render(request, f"admin/{APP}/shipped_text.html", context)


def _page_of(row: ShippedText) -> Page | None:
    language, _, name = row.path.removesuffix(".md").partition("/")
    return Page.objects.filter(language=language, name=name, dropped_on=None).first()


def _compare(row: ShippedText) -> Comparison:
    comparison = compare_texts(row.clinic_text, row.text)
    # A YAML file is always compared by its source, so no note says so.
    is_page = row.path.endswith(".md")
    return comparison if is_page else replace(comparison, is_of_source=False)
