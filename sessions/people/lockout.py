"""Locks after wrong passwords, and the client's IP address that they count for."""

import re
from ipaddress import IPv6Address, ip_address
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse

from sessions.people.accounts import record_lock

# An address with a port, or in brackets (RFC 7239, section 6): some gateways, such as
# Azure's, write X-Forwarded-For in this form.
_WITH_PORT = re.compile(r"(?:\[([^\[\]]*:[^\[\]]*)\]|([0-9.]+))(?::[0-9]{1,5})?")


def client_address(request: HttpRequest) -> str | None:
    """The IP address of the client, as seen by the outermost trusted proxy.

    Each proxy appends the address of its own client to X-Forwarded-For. Entries to the
    left of those of the trusted proxies (PROXY_COUNT) may be forged.
    """
    address = request.META.get("REMOTE_ADDR", "")
    header = request.META.get("HTTP_X_FORWARDED_FOR", "")
    forwarded = header.split(",") if header else []
    if 0 < settings.PROXY_COUNT <= len(forwarded):
        address = forwarded[-settings.PROXY_COUNT]
    return _plain_address(address.strip())


def _plain_address(written: str) -> str | None:
    """The address in one normal form; None if it is not an IP address.

    Removes the port, which is new for each connection, and the IPv6 zone, which has a
    meaning on one machine only. An IPv4 address in the form of IPv6
    (::ffff:198.51.100.1) becomes that IPv4 address.
    """
    match = _WITH_PORT.fullmatch(written)
    try:
        address = ip_address((match[1] or match[2]) if match else written)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or IPv6Address(int(address))
    return str(address)


class LockHandler(AxesDatabaseHandler):
    """A few failures lock a user name for one IP address, many lock it for all.

    A lock starts with the failure that caused it, not with the first failure. Attempts
    during a lock do not prolong it.
    """

    def get_failures(self, request: Any, credentials: dict | None = None) -> int:
        pair, name = (
            attempts.aggregate(total=Sum("failures_since_start"))["total"] or 0
            for attempts in self.get_user_attempts(request, credentials)
        )
        everywhere = settings.SIGN_IN_FAILURES_ANYWHERE
        return max(pair, name * settings.AXES_FAILURE_LIMIT // everywhere)

    def user_login_failed(
        self, sender: Any, credentials: dict, request: Any = None, **kwargs: Any
    ) -> None:
        was_locked = request.axes_locked_out
        super().user_login_failed(sender, credentials, request, **kwargs)
        if request.axes_locked_out and not was_locked:
            pair, name = self.get_user_attempts(request, credentials)
            total = name.aggregate(total=Sum("failures_since_start"))["total"]
            is_everywhere = total >= settings.SIGN_IN_FAILURES_ANYWHERE
            locked = name if is_everywhere else pair
            locked.update(attempt_time=request.axes_attempt_time)
            record_lock(credentials.get("username", ""))

    def reset_user_attempts(self, request: Any, credentials: dict | None = None) -> int:
        """A right password resets the failures of this address, not those of others."""
        pair, _ = self.filter_user_attempts(request, credentials)
        count, _ = pair.delete()
        return count


def locked_response(
    request: HttpRequest, response: HttpResponse, credentials: dict | None = None
) -> HttpResponse:
    """Sets status 429. The sign-in form in the response says how long to wait."""
    response.status_code = 429
    return response
