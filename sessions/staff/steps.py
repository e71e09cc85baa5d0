"""One screen for each step of a wording.

GET shows the screen, POST takes the step. After a refused POST the form keeps what was
typed.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from sessions import wordings
from sessions.library.references import page_address
from sessions.models import AuditEntry, Clinic, Saver, Wording
from sessions.staff.clinic_texts import meanwhile
from sessions.staff.forms import (
    ApproveForm,
    ChangesForm,
    MoveForm,
    PublishForm,
    StepForm,
    WithdrawForm,
)
from sessions.staff.next_steps import label_of, next_steps
from sessions.wordings.compare import compare_texts
from sessions.wordings.going_back import put_back_note
from sessions.wordings.page_lines import text_lines
from sessions.wordings.step_rules import refusal, standing_of

APP = "stemguide_sessions"
Step = AuditEntry.Step
PAST_TENSE = {
    Step.LOADED: "brought a new text of this",
    Step.KEPT: "kept this",
    Step.STARTED: "started this draft",
    Step.RESTORED: "started this draft",
    Step.SENT: "sent this for review",
    Step.CHANGES_ASKED: "asked for changes to this",
    Step.APPROVED: "approved this",
    Step.PUBLISHED: "published this",
    Step.PUBLISHED_UNREVIEWED: "published this",
    Step.SCHEDULED: "set the day for this",
    Step.SCHEDULE_CANCELLED: "cancelled the schedule of this",
    Step.SCHEDULE_MOVED: "moved the day of this",
    Step.WITHDRAWN: "withdrew this",
    Step.PUT_BACK: "put this back",
    Step.THROWN_AWAY: "threw this away",
    Step.DROPPED: "dropped the page of this",
}


def screen_of_step(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view for users who may read wordings, in the time zone of the clinic."""

    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @permission_required(f"{APP}.view_wording", raise_exception=True)
    @wraps(view)
    def screen(request: HttpRequest, wording_id: int) -> HttpResponse:
        rows = Wording.objects.select_related("page", "author", "reviewer")
        wording = get_object_or_404(rows, pk=wording_id)
        with timezone.override(Clinic.objects.get(pk=1).zone):
            return view(request, wording)

    return screen


@screen_of_step
def send_for_review(request: HttpRequest, wording: Wording) -> HttpResponse:
    def act(wording: Wording, user: User, revision: int) -> str:
        wordings.send_for_review(wording=wording, revision=revision, user=user)
        return "Sent. A clinical reviewer sees it in the review queue."

    return step_screen(request, wording, "send", StepForm, act)


@screen_of_step
def approve_wording(request: HttpRequest, wording: Wording) -> HttpResponse:
    """Shows the whole text and its diff before it is approved."""

    def act(wording: Wording, user: User, revision: int, **typed: Any) -> str:
        approved = wordings.approve_wording(
            wording=wording, revision=revision, user=user, **typed
        )
        if approved.is_draft:
            return "Approved. It can be published now."
        return "Approved. Patients read on the page who checked it."

    return step_screen(request, wording, "approve", ApproveForm, act)


@screen_of_step
def ask_for_changes(request: HttpRequest, wording: Wording) -> HttpResponse:
    def act(wording: Wording, user: User, revision: int, **typed: Any) -> str:
        wordings.ask_for_changes(wording=wording, revision=revision, user=user, **typed)
        return "It is a draft again, and your comment is shown above it."

    return step_screen(request, wording, "ask_for_changes", ChangesForm, act)


@screen_of_step
def publish_wording(request: HttpRequest, wording: Wording) -> HttpResponse:
    """Shows the findings; publishes now, or schedules for a day and time."""

    def act(wording: Wording, user: User, revision: int, **typed: Any) -> str:
        for form_only in ("when", "is_accepted"):
            typed.pop(form_only, None)
        published = wordings.publish_wording(
            wording=wording, revision=revision, user=user, **typed
        )
        if published.is_scheduled:
            return _scheduled(published)
        return f"Published. Patients read it now {where_read(published)}"

    return step_screen(request, wording, "publish", PublishForm, act)


def where_read(wording: Wording) -> str:
    """Where patients read the page of the wording, or what shows a clinic text."""
    address = page_address(wording.page.name, wording.page.language)
    place = "on the first page (/)" if address == "/" else f"at {address}"
    if wording.page.is_area_text:
        return f"{place} while the clinic offers the area"
    return place


def _scheduled(wording: Wording) -> str:
    address = page_address(wording.page.name, wording.page.language)
    moment = date_format(timezone.localtime(wording.publish_from), "j F Y, H:i")
    zone = timezone.get_current_timezone_name()
    return f"Scheduled. Patients read it at {address} from {moment} ({zone})."


@screen_of_step
def move_schedule(request: HttpRequest, wording: Wording) -> HttpResponse:
    def act(wording: Wording, user: User, revision: int, **typed: Any) -> str:
        moved = wordings.move_schedule(
            wording=wording, revision=revision, user=user, **typed
        )
        return _scheduled(moved)

    return step_screen(request, wording, "move_schedule", MoveForm, act)


@screen_of_step
def cancel_schedule(request: HttpRequest, wording: Wording) -> HttpResponse:
    def act(wording: Wording, user: User, revision: int) -> str:
        wordings.cancel_schedule(wording=wording, revision=revision, user=user)
        return "Cancelled. No patient will read this version."

    return step_screen(request, wording, "cancel_schedule", StepForm, act)


@screen_of_step
def withdraw_wording(request: HttpRequest, wording: Wording) -> HttpResponse:
    """Shows what patients will see instead; withdraws."""

    def act(wording: Wording, user: User, revision: int, **typed: Any) -> str:
        wordings.withdraw_wording(
            wording=wording, revision=revision, user=user, **typed
        )
        of_page = "Patients read the reason instead of the text."
        return f"Withdrawn. {meanwhile(wording.page.name) or of_page}"

    return step_screen(request, wording, "withdraw", WithdrawForm, act)


def step_screen(
    request: HttpRequest,
    wording: Wording,
    name: str,
    form_class: type[StepForm],
    act: Callable[..., str],
) -> HttpResponse:
    """Shows the form of a step. A valid POST takes it and redirects to the page."""
    user = cast(User, request.user)
    form = form_class(request.POST or None, wording=wording)
    status = 200
    if request.method == "POST" and form.is_valid():
        typed = {k: v for k, v in form.cleaned_data.items() if k != "opened_revision"}
        revision = form.cleaned_data["opened_revision"]
        try:
            done = act(wording, user, revision, **typed)
        except wordings.PublishRefused:
            form.add_error(None, "The text is not ready. What to mend is listed below.")
        except PermissionDenied as denied:
            form.add_error(None, str(denied))
            status = 403
        except wordings.EditConflict as conflict:
            wording = conflict.current
            form = form_class(_with_revision(request, wording), wording=wording)
            form.add_error(None, what_happened(wording))
            status = 409
        else:
            messages.success(request, done)
            return redirect(f"admin:{APP}_page_change", wording.page_id)
    context = {
        **admin.site.each_context(request),
        **_decision_context(wording, name, form, user),
        "title": f"{label_of(wording, name)}: {wording}",
        "label": label_of(wording, name),
        "form": form,
        "refused": refusal(name, wording, user, standing_of(wording)),
    }
    template = f"admin/stemguide_sessions/{name}.html"
    return render(request, template, context, status=status)


def _with_revision(request: HttpRequest, wording: Wording) -> Any:
    """The posted data with the current revision, so that the next POST can succeed."""
    typed = request.POST.copy()
    typed["opened_revision"] = str(wording.revision)
    return typed


def _decision_context(
    wording: Wording, name: str, form: StepForm, user: User
) -> dict[str, Any]:
    """Template context of what the user should see before they decide."""
    page = wording.page
    live = Wording.objects.live().filter(page=page).first()
    seen: dict[str, Any] = {
        "wording": wording,
        "live": live,
        "where": where_read(wording),
        "meanwhile": meanwhile(page.name),
        "next_steps": next_steps(
            wording, user, form.findings if wording.is_draft else ()
        ),
    }
    is_checked = name in ("send", "publish", "put_back")
    if is_checked or (name == "approve" and wording.is_draft):
        seen["blocking"] = [found for found in form.findings if found.is_blocking]
    if name in ("publish", "approve"):
        seen["advisory"] = [found for found in form.findings if not found.is_blocking]
    if name == "put_back":
        seen["ends"] = page.wordings.unread(timezone.now())
        seen["note"] = put_back_note(wording)
    if name in ("approve", "put_back"):
        seen["lines"], _ = text_lines(wording.text)
        if live is not None and live != wording:
            seen["comparison"] = compare_texts(live.text, wording.text)
    return seen


def what_happened(wording: Wording) -> str:
    """The message of an edit conflict: who changed the wording last, how and when."""
    entry = wording.audit_entries.select_related("user").first()
    save = Saver.objects.filter(wording=wording).select_related("user")
    last_save = save.order_by("-saved").first()
    did, who, moment = "changed this", "Somebody", timezone.now()
    if entry is not None:
        did, moment = PAST_TENSE.get(Step(entry.step), did), entry.moment
        who = taken_by(entry)
    if last_save is not None and (entry is None or last_save.saved > entry.moment):
        did, moment = "saved this", last_save.saved
        who = person_name(last_save.user)
    clock = date_format(timezone.localtime(moment), "H:i")
    return (
        f"{who} {did} at {clock}. Nothing of yours was lost. What you see now is how "
        "it stands; look again before you go on."
    )


def taken_by(entry: AuditEntry) -> str:
    """How staff know who took a step: a person, a file, or whoever runs the server."""
    if entry.step == Step.DROPPED and entry.user is None:
        return "A command on the server"
    if entry.step == Step.KEPT:
        return "The upgrade"
    return person_name(entry.user)


def person_name(user: User | None) -> str:
    """The name of a user; "Its file" for a text that was loaded."""
    return (user.get_full_name() or user.get_username()) if user else "Its file"
