"""Middleware for staff pages: who may open them, and when a sign-in expires."""

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
from sessions.models import Clinic
from sessions.people import second_factor

# Views that can be opened before the sign-in, and before the second factor.
OPEN = {"admin:login", "admin:logout", "sign_in:first_password"}
SECOND_FACTOR = {"sign_in:enter_code", "sign_in:set_up_second_factor"}


class StaffSessionMiddleware(SessionMiddleware):
    """Sets and deletes the session cookie below STAFF_PATHS only.

    Django's own middleware would also delete an invalid session cookie on public pages.
    Set-Cookie and Vary would then keep those pages out of shared caches.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponse
    ) -> HttpResponse:
        if not _is_staff_path(request.path_info):
            return response
        return super().process_response(request, response)


class StaffGateMiddleware(ErrorMiddleware):
    """Requires a complete sign-in for every view below STAFF_PATHS but those in OPEN.

    A sign-in ends after STAFF_IDLE_SECONDS without a request, and in any case after
    SESSION_COOKIE_AGE. Browsers and caches may not store these pages. For other paths
    the session is never read. What staff read and type is in the clinic's time zone,
    which admin/base_site.html names.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_staff_path(request.path_info):
            return self.get_response(request)
        with timezone.override(None):  # process_view sets the zone of the clinic
            response = self.get_response(request)
        patch_cache_control(response, private=True, no_store=True)
        if response.status_code < 500:
            _track_activity(request)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not _is_staff_path(request.path_info):
            return None
        try:
            redirection = _redirect_if_needed(request)
            if redirection is None and request.user.is_authenticated:
                timezone.activate(Clinic.objects.get(pk=1).zone)
            return redirection
        except DatabaseError as error:
            return self.process_exception(request, error)


def _is_staff_path(path: str) -> bool:
    return path.startswith(settings.STAFF_PATHS)


def _now() -> int:
    return int(timezone.now().timestamp())


def _track_activity(request: HttpRequest) -> None:
    """Stores when a sign-in began, and at most once a minute when it was last used."""
    if not request.user.is_authenticated:
        return
    session = request.session
    if "signed_in_at" not in session:
        session["signed_in_at"] = _now()
        session.set_expiry(settings.STAFF_IDLE_SECONDS)
    if _now() - session.get("seen_at", 0) >= 60:
        session["seen_at"] = _now()


def _redirect_if_needed(request: HttpRequest) -> HttpResponse | None:
    """A redirect to the next step of the sign-in; None if the view may be opened."""
    age = _now() - request.session.get("signed_in_at", _now())
    if age >= settings.SESSION_COOKIE_AGE:
        logout(request)
    assert request.resolver_match
    name = request.resolver_match.view_name
    if name in OPEN:
        return None
    user = request.user
    if not user.is_authenticated:
        return redirect_to_login(_return_url(request))
    if name in SECOND_FACTOR or second_factor.is_verified(user):
        return None
    if second_factor.has_one(user):
        return _send_to("sign_in:enter_code", request)
    if second_factor.is_required_for(user):
        return _send_to("sign_in:set_up_second_factor", request)
    return None


def _send_to(name: str, request: HttpRequest) -> HttpResponse:
    query = {REDIRECT_FIELD_NAME: _return_url(request)}
    return redirect(f"{reverse(name)}?{urlencode(query)}")


def _return_url(request: HttpRequest) -> str:
    """Where to go after the sign-in: this page, or the page of a submitted form."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    referer = request.headers.get("Referer", "")
    is_safe = url_has_allowed_host_and_scheme(referer, {request.get_host()})
    parts = urlsplit(referer if is_safe else "")
    if not _is_staff_path(parts.path):
        return request.get_full_path()
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
