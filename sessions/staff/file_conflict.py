"""The screen for a content file that differs from the text staff wrote."""

from typing import cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from sessions import wordings
from sessions.models import FileText, Wording
from sessions.models.locks import one_writer
from sessions.wordings import FileChoice
from sessions.wordings.compare import passages

APP = "stemguide_sessions"

CHOICES = [
    (
        FileChoice.KEEP,
        "Keep staff's text. Patients and drafts stay as they are, and this file is not "
        "asked about again until it changes.",
    ),
    (
        FileChoice.TAKE,
        "Take the file's text. It becomes a new draft for you to check and send for "
        "review; patients read staff's text until the draft is published.",
    ),
    (
        FileChoice.MERGE,
        "Put the two together. Staff's text opens as a draft and the file's stays on "
        "this page; when the draft holds what it should, come back and choose Keep.",
    ),
]


class FileChoiceForm(forms.Form):
    """The choice, and the digest of the file's text that the user saw."""

    digest = forms.CharField(widget=forms.HiddenInput)
    choice = forms.ChoiceField(
        label="What should happen?",
        choices=CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the three."},
    )


@never_cache
@permission_required(
    [f"{APP}.change_wording", f"{APP}.view_filetext"], raise_exception=True
)
def file_conflict(request: HttpRequest, file_text_id: int) -> HttpResponse:
    """Shows both texts side by side with three choices. POST applies one."""
    form = FileChoiceForm(request.POST or None)
    # Under the lock, so that the digest is checked and the choice applied atomically.
    with one_writer():
        waiting = FileText.objects.select_for_update().select_related("page")
        file_text = waiting.filter(pk=file_text_id).first()
        if file_text is None:
            messages.info(request, "That file has the same text as its page again.")
            return redirect("admin:index")
        if form.is_valid() and form.cleaned_data["digest"] != file_text.digest:
            message = "The file changed while you read. Look at it again, then choose."
            form.add_error(None, message)
        if form.is_valid():
            try:
                return _settle(request, file_text, form.cleaned_data["choice"])
            except PermissionDenied as refused:
                form.add_error(None, str(refused))
    newest = file_text.page.wordings.select_related("author").first()
    assert newest is not None  # the file differs from it
    context = {
        **admin.site.each_context(request),
        "title": f"Two texts of {file_text.page}",
        "file_text": file_text,
        "path": f"content/{file_text.page.path}",
        "wording": newest,
        "passages": list(passages(newest.text.split("\n"), file_text.text.split("\n"))),
        "form": form,
    }
    return render(request, f"admin/{APP}/file_conflict.html", context)


def _settle(request: HttpRequest, file_text: FileText, choice: str) -> HttpResponse:
    user = cast(User, request.user)
    settled = FileChoice(choice)
    wording: Wording = wordings.settle_file(
        file_text=file_text, choice=settled, user=user
    )
    if settled is FileChoice.KEEP:
        messages.success(request, f"Kept: {wording}. The file was not changed.")
        return redirect("admin:index")
    if settled is FileChoice.TAKE:
        messages.success(request, "This draft holds the file's text.")
    else:
        message = "This draft holds staff's text. Put in what the file says better."
        messages.success(request, message)
    return redirect(f"admin:{APP}_wording_change", wording.pk)
