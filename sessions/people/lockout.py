"""Locks after wrong passwords, and whose address a failure counts for."""

import re
from ipaddress import IPv6Address, ip_address
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse

# An address with a port, or in brackets (RFC 7239, section 6): some gateways, such as
# Azure's, write so into X-Forwarded-For.
_WITH_PORT = re.compile(r"(?:\[([^\[\]]*:[^\[\]]*)\]|([0-9.]+))(?::[0-9]{1,5})?")


def client_address(request: HttpRequest) -> str | None:
    """Who is asking, past our own proxies only: anybody can write the header.

    Each proxy adds to the right of X-Forwarded-For the address that it was asked from.
    """
    address = request.META.get("REMOTE_ADDR", "")
    header = request.META.get("HTTP_X_FORWARDED_FOR", "")
    forwarded = header.split(",") if header else []
    if 0 < settings.PROXY_COUNT <= len(forwarded):
        address = forwarded[-settings.PROXY_COUNT]
    return _plain_address(address.strip())


def _plain_address(written: str) -> str | None:
    """The address alone, so that one client has one name; None where there is none.

    Without a port, which is new for each connection, and without a zone, which only
    the machine that wrote it understands. An IPv4 address in the form of IPv6
    (::ffff:198.51.100.1) is that IPv4 address.
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
    """Few failures lock a name for one address, many from anywhere lock it for all.

    A lock counts its time from the failure that closed it: not from the first, not
    from what is tried while it is closed.
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
            closed = name if is_everywhere else pair
            closed.update(attempt_time=request.axes_attempt_time)

    def reset_user_attempts(self, request: Any, credentials: dict | None = None) -> int:
        """A right password forgives this address alone, not a guesser elsewhere."""
        pair, _ = self.filter_user_attempts(request, credentials)
        count, _ = pair.delete()
        return count


def locked_response(
    request: HttpRequest, response: HttpResponse, credentials: dict | None = None
) -> HttpResponse:
    """The form already says how long to wait; a program reads the status."""
    response.status_code = 429
    return response
