"""Rate limits for search, sheet codes and sign-in, for each IP address (ADR 19).

They protect the site from load. Locks after wrong passwords are separate, and are kept
in the database (sessions.people.lockout). The counts are in the cache only, for two
minutes, and their keys are hashed, so that no address can be read from them. If the
cache fails, requests are answered without a limit.
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

# View names, and the key of RATE_LIMITS that each counts towards.
LIMITED = {
    "sessions:search": "search",
    "sessions:sheet_code": "codes",
    "admin:login": "sign-in",
    "sign_in:enter_code": "sign-in",
    "sign_in:first_password": "sign-in",
    "sign_in:own_second_factor": "sign-in",
    "sign_in:set_up_second_factor": "sign-in",
}
# Seconds in which a cache that failed is not used, so that few requests wait for it.
RETRY_CACHE_AFTER = 10


class RateLimitMiddleware:
    """Answers 429 with Retry-After when an IP address makes too many requests."""

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
        network = _network(client_address(request))
        if not network:
            return None
        most, seconds = settings.RATE_LIMITS[limit]
        window, elapsed = divmod(int(time.time()), seconds)
        key = salted_hmac("rate limit", f"{limit} {network} {window}").hexdigest()
        if _counter.count(key, seconds) <= most:
            return None
        return _too_many_requests(seconds - elapsed)


def _network(address: str | None) -> str:
    """What counts as one client: an IPv4 address, or the /64 network of an IPv6 one.

    Empty, which means no limit, for a loopback address: all clients behind a proxy that
    is not counted in PROXY_COUNT have that address.
    """
    if address is None or ip_address(address).is_loopback:
        return ""
    size = 64 if ip_address(address).version == 6 else 32
    return str(ip_network(f"{address}/{size}", strict=False))


class _Counter:
    """Counts requests in the cache. Logs when that fails, and works again."""

    def __init__(self) -> None:
        self.retry_at = 0.0
        self.has_failed = False

    def count(self, key: str, seconds: int) -> int:
        """Counts a request. Returns how many have this key; 0 if the cache fails."""
        if time.monotonic() < self.retry_at:
            return 0
        try:
            cache.add(key, 0, timeout=2 * seconds)
            found = cache.incr(key)
        except ValueError:
            return 1  # The key expired in between.
        except Exception as fault:  # Any error of the cache or the network.
            self.retry_at = time.monotonic() + RETRY_CACHE_AFTER
            if not self.has_failed:
                logger.error("The cache fails; there are no rate limits now: %s", fault)
            self.has_failed = True
            return 0
        if self.has_failed:
            logger.warning("The cache works again.")
            self.has_failed = False
        return found


_counter = _Counter()


def _too_many_requests(seconds: int) -> HttpResponse:
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
