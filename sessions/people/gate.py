"""The gate before staff pages, and how long a sign-in lasts."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from sessions.guide.errors import ErrorMiddleware
from sessions.people import second_factor

# What opens before somebody has signed in, or before their second factor.
OPEN = {"admin:login", "admin:logout", "sign_in:first_password"}
SECOND_FACTOR = {"sign_in:enter_code", "sign_in:set_up_second_factor"}


class StaffSessionMiddleware(SessionMiddleware):
    """Sessions below STAFF_PATHS alone: elsewhere no answer depends on a cookie.

    Django's own would take a forged one back on public pages too, with Set-Cookie and
    Vary, which no shared cache may keep.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponse
    ) -> HttpResponse:
        if not _is_staff_path(request.path_info):
            return response
        return super().process_response(request, response)


class StaffGateMiddleware(ErrorMiddleware):
    """Nothing below STAFF_PATHS opens before the whole sign-in is done.

    A sign-in ends after STAFF_IDLE_SECONDS without a request, and in any case after
    SESSION_COOKIE_AGE. Nothing of it is kept by a browser or a cache. Other addresses
    never touch the session.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _is_staff_path(request.path_info):
            patch_cache_control(response, private=True, no_store=True)
            if response.status_code < 500:
                _keep_signed_in(request)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not _is_staff_path(request.path_info):
            return None
        try:
            return _stop(request)
        except DatabaseError as error:
            return self.process_exception(request, error)


def _is_staff_path(path: str) -> bool:
    return path.startswith(settings.STAFF_PATHS)


def _now() -> int:
    return int(timezone.now().timestamp())


def _keep_signed_in(request: HttpRequest) -> None:
    """Starts the clocks of a new sign-in; notes, once a minute, that it is in use."""
    if not request.user.is_authenticated:
        return
    session = request.session
    if "signed_in_at" not in session:
        session["signed_in_at"] = _now()
        session.set_expiry(settings.STAFF_IDLE_SECONDS)
    if _now() - session.get("seen_at", 0) >= 60:
        session["seen_at"] = _now()


def _stop(request: HttpRequest) -> HttpResponse | None:
    """Where the person must go first, if anywhere."""
    age = _now() - request.session.get("signed_in_at", _now())
    if age >= settings.SESSION_COOKIE_AGE:
        logout(request)
    assert request.resolver_match
    name = request.resolver_match.view_name
    if name in OPEN:
        return None
    user = request.user
    if not user.is_authenticated:
        return redirect_to_login(_address_to_come_back_to(request))
    if name in SECOND_FACTOR or second_factor.is_verified(user):
        return None
    if second_factor.has_one(user):
        return _send_to("sign_in:enter_code", request)
    if second_factor.is_required_for(user):
        return _send_to("sign_in:set_up_second_factor", request)
    return None


def _send_to(name: str, request: HttpRequest) -> HttpResponse:
    query = {REDIRECT_FIELD_NAME: _address_to_come_back_to(request)}
    return redirect(f"{reverse(name)}?{urlencode(query)}")


def _address_to_come_back_to(request: HttpRequest) -> str:
    """The page itself; for something sent, the page whose form it was."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    form = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(form, {request.get_host()})
    parts = urlsplit(form if ours else "")
    if not _is_staff_path(parts.path):
        return request.get_full_path()
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
