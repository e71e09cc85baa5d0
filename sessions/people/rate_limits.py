"""How often one address may search, try codes or sign in; then it waits (ADR 19).

A courtesy to everybody else, not a lock: wrong passwords are counted in the database
(sessions.people.lockout). Counts stand in the cache alone, under a name that tells
nobody the address, and for a minute. No fault of the cache ever costs a reader a page.
"""

import logging
import time
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from sessions.documents.plurals import count
from sessions.guide.errors import error_page
from sessions.people.lockout import client_address

logger = logging.getLogger(__name__)

# The name of a view, and the limit that counts it.
LIMITED = {
    "sessions:search": "search",
    "sessions:sheet_code": "codes",
    "admin:login": "sign-in",
    "sign_in:enter_code": "sign-in",
    "sign_in:first_password": "sign-in",
    "sign_in:own_second_factor": "sign-in",
    "sign_in:set_up_second_factor": "sign-in",
}
# After a fault the cache is left alone so long: nobody waits for it again and again.
LEFT_ALONE_SECONDS = 10


class RateLimitMiddleware:
    """Answers 429, with the seconds to wait, to an address that asks too often."""

    def __init__(self, get_response: Any):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        assert request.resolver_match
        limit = LIMITED.get(request.resolver_match.view_name)
        if limit is None or (limit == "sign-in" and request.method != "POST"):
            return None
        neighbours = _neighbours(client_address(request))
        if not neighbours:
            return None
        most, seconds = settings.RATE_LIMITS[limit]
        window, gone = divmod(int(time.time()), seconds)
        name = salted_hmac("rate limit", f"{limit} {neighbours} {window}").hexdigest()
        if _counter.count(name, seconds) <= most:
            return None
        return _too_many(seconds - gone)


def _neighbours(address: str | None) -> str:
    """Whom to count as one: an address, or the 64 bits that one holder of IPv6 has.

    Nobody on this machine itself: behind a proxy that we do not know about
    (PROXY_COUNT), all readers would be one.
    """
    if address is None or ip_address(address).is_loopback:
        return ""
    size = 64 if ip_address(address).version == 6 else 32
    return str(ip_network(f"{address}/{size}", strict=False))


class _Counter:
    """Counts in the cache. Says once that it is away, and once that it is back."""

    def __init__(self) -> None:
        self.ask_again_at = 0.0
        self.is_away = False

    def count(self, name: str, seconds: int) -> int:
        """How often this name was counted in its window; 0 while nobody can count."""
        if time.monotonic() < self.ask_again_at:
            return 0
        try:
            cache.add(name, 0, timeout=2 * seconds)  # it outlives its window
            found = cache.incr(name)
        except ValueError:
            return 1  # The window closed in between.
        except Exception as fault:  # Whatever a server or a network can do.
            self.ask_again_at = time.monotonic() + LEFT_ALONE_SECONDS
            if not self.is_away:
                logger.error(
                    "The cache is away; nobody is limited meanwhile: %s", fault
                )
            self.is_away = True
            return 0
        if self.is_away:
            logger.warning("The cache is back.")
            self.is_away = False
        return found


_counter = _Counter()


def _too_many(seconds: int) -> HttpResponse:
    wait = count(seconds, "second", "seconds")
    response = error_page(
        429,
        "Please wait a moment",
        "This was asked too often from your internet connection, by you or by somebody "
        f"who shares it. It works again in {wait}.",
        "All other pages of the guide can be read meanwhile.",
    )
    response["Retry-After"] = str(seconds)
    return response
