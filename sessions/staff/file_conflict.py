"""The screen for a content file that differs from the draft, or from staff's text."""

from typing import Any, cast

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
from sessions.wordings.drafts import beside_file

APP = "stemguide_sessions"


class FileChoiceForm(forms.Form):
    """The choice, and which texts the user saw. `wording` is the one beside the file's.

    It is not valid if one of the texts has changed since.
    """

    seen = forms.CharField(widget=forms.HiddenInput)
    choice = forms.ChoiceField(
        label="What should happen?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the three."},
    )

    def __init__(self, data: Any, *, file_text: FileText, wording: Wording):
        seen = f"{file_text.digest} {wording.pk} {wording.revision}"
        super().__init__(data, initial={"seen": seen})
        field = self.fields["choice"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = _choices(wording)

    def clean_seen(self) -> str:
        seen = self.cleaned_data["seen"]
        if seen != self.initial["seen"]:
            message = "A text changed while you read. Look at both again, then choose."
            raise forms.ValidationError(message)
        return seen


def _choices(wording: Wording) -> list[tuple[str, str]]:
    """What can be done with the file's text and this wording, in words."""
    version = f"version {wording.number}"
    draft = f" V{version[1:]} is thrown away, and stays in the list of versions."
    return [
        (
            FileChoice.KEEP,
            f"Keep {version}. Nothing changes, and you are asked again only when the "
            "file changes.",
        ),
        (
            FileChoice.TAKE,
            "Take the file's text. It becomes a new draft for you to check and send "
            f"for review.{draft if wording.is_draft else ''}",
        ),
        (
            FileChoice.MERGE,
            f"Put the two together. The text of {version} opens as a draft, and the "
            "file's stays on this page. When the draft holds what it should, come back "
            "and choose Keep.",
        ),
    ]


@never_cache
@permission_required(
    [f"{APP}.change_wording", f"{APP}.view_filetext"], raise_exception=True
)
def file_conflict(request: HttpRequest, file_text_id: int) -> HttpResponse:
    """Shows both texts side by side with three choices. POST applies one."""
    # Under the lock, so that what the user saw is checked and the choice applied
    # atomically.
    with one_writer():
        waiting = FileText.objects.select_for_update().select_related("page")
        file_text = waiting.filter(pk=file_text_id).first()
        if file_text is None:
            messages.info(request, "That file has the same text as its page again.")
            return redirect("admin:index")
        wording = beside_file(file_text.page)
        form = FileChoiceForm(
            request.POST or None, file_text=file_text, wording=wording
        )
        if form.is_valid():
            try:
                return _settle(request, file_text, form.cleaned_data["choice"])
            except PermissionDenied as refused:
                form.add_error(None, str(refused))
    context = {
        **admin.site.each_context(request),
        "title": f"Two texts of {file_text.page}",
        "file_text": file_text,
        "wording": wording,
        "passages": list(
            passages(wording.text.split("\n"), file_text.text.split("\n"))
        ),
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
        message = f"This is {wording}. Put in what the file says better."
        messages.success(request, message)
    return redirect(f"admin:{APP}_wording_change", wording.pk)
