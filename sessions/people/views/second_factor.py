"""Views of the second factor: to enter a code, to set it up and to change it."""

from typing import Any, cast

import django_otp
from django import forms
from django.contrib import admin, messages
from django.contrib.auth import REDIRECT_FIELD_NAME, authenticate
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from sessions.people import second_factor
from sessions.people.accounts import Refused

PROVED_AT_KEY = "showed_who_they_are_at"
PROOF_SECONDS = 10 * 60


class CodeForm(forms.Form):
    """A code of the app or a recovery code; spaces are allowed."""

    code = forms.CharField(
        max_length=40,
        label="Code",
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )


class ProofForm(forms.Form):
    """Asks the user to prove again who they are."""

    proof = forms.CharField(
        max_length=4096,
        strip=False,
        label="Code or password",
        help_text="A code of your app, a recovery code, or your password.",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


def _page(
    request: HttpRequest, template: str, title: str, **context: Any
) -> HttpResponse:
    frame = {**admin.site.each_context(request), "title": title, **context}
    if not _may_pass(request):
        # Without admin's navigation: its links would redirect back here.
        frame |= {"has_permission": False, "is_nav_sidebar_enabled": False}
    return render(request, f"people/{template}.html", frame)


def _may_pass(request: HttpRequest) -> bool:
    """Whether the user has passed the second factor, or has none and needs none."""
    user = _user(request)
    if second_factor.is_verified(user):
        return True
    return not (second_factor.has_one(user) or second_factor.is_required_for(user))


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(
        REDIRECT_FIELD_NAME, ""
    )
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}):
        return wanted
    return reverse("admin:index")


def _pass(request: HttpRequest, device: Any) -> None:
    """Marks the session as verified by this device."""
    request.session.cycle_key()
    django_otp.login(request, device)
    request.session.pop(PROVED_AT_KEY, None)


def _has_recent_proof(request: HttpRequest) -> bool:
    proved_at = request.session.get(PROVED_AT_KEY, 0)
    return timezone.now().timestamp() - proved_at < PROOF_SECONDS


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def enter_code(request: HttpRequest) -> HttpResponse:
    """Asks for a code, then redirects to the page that the user wanted to open."""
    if _may_pass(request):
        return redirect(_next(request))
    if not second_factor.has_one(_user(request)):
        return redirect("sign_in:set_up_second_factor")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        typed = form.cleaned_data["code"]
        device = second_factor.check(_user(request), typed)
        if device is not None:
            _pass(request, device)
            return redirect(_next(request))
        form.add_error("code", second_factor.refusal(_user(request), typed))
    form.fields["code"].widget.attrs["autofocus"] = True
    return _page(
        request, "second_factor", "Enter your code", form=form, next=_next(request)
    )


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def set_up_second_factor(request: HttpRequest) -> HttpResponse:
    """Shows a new secret until a code confirms it, then the recovery codes."""
    user = _user(request)
    if second_factor.has_one(user) and not (
        _may_pass(request) and _has_recent_proof(request)
    ):
        return redirect("sign_in:own_second_factor")
    device = second_factor.device_to_confirm(user)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        typed = form.cleaned_data["code"]
        if second_factor.confirm(user=user, device=device, typed=typed):
            device.refresh_from_db()
            _pass(request, device)
            return _show_codes(request)
        form.add_error("code", second_factor.refusal(user, typed, device))
    side, path = second_factor.qr_of(device)
    return _page(
        request,
        "second_factor_setup",
        "Set up your second factor",
        form=form,
        next=_next(request),
        side=side,
        path=path,
        secret=second_factor.secret_of(device),
    )


def _show_codes(request: HttpRequest) -> HttpResponse:
    codes = second_factor.new_recovery_codes(_user(request))
    title = "Your recovery codes"
    return _page(
        request, "second_factor_codes", title, codes=codes, next=_next(request)
    )


@sensitive_post_parameters("proof")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def own_second_factor(request: HttpRequest) -> HttpResponse:
    """Replaces or removes the user's second factor, or makes new recovery codes.

    Before that, the user must type a code or the password again.
    """
    user = _user(request)
    if not second_factor.has_one(user):
        return redirect("sign_in:set_up_second_factor")
    form = ProofForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if _proves(request, form.cleaned_data["proof"]):
            return _change(request)
        form.add_error("proof", "This is not right. Type a new code, or your password.")
    return _page(
        request,
        "second_factor_own",
        "Your second factor",
        form=form,
        codes_left=second_factor.recovery_codes_left(user),
        is_required=second_factor.is_required_for(user),
    )


def _proves(request: HttpRequest, typed: str) -> bool:
    """Whether a valid code or the password was typed. Wrong ones may cause a lock."""
    user = _user(request)
    if second_factor.check(user, typed) is not None:
        return True
    return authenticate(request, username=user.username, password=typed) == user


def _change(request: HttpRequest) -> HttpResponse:
    if "replace" in request.POST:
        request.session[PROVED_AT_KEY] = int(timezone.now().timestamp())
        return redirect("sign_in:set_up_second_factor")
    if "codes" in request.POST:
        return _show_codes(request)
    try:
        second_factor.remove(_user(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Your second factor is removed.")
    return redirect("admin:index")
