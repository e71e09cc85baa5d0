"""What gunicorn answers by itself: not its name, and errors with our headers.

It offers no setting for either. A request that it can not read, or whose first line or
headers are too long, never reaches Django.
"""

import socket

from gunicorn import util
from gunicorn.http import wsgi

from stemguide.headers import CROSS_ORIGIN

HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    **CROSS_ORIGIN,
    "Referrer-Policy": "same-origin",
    # Browsers heed it behind TLS alone.
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Connection": "close",
}

_own_headers = wsgi.Response.default_headers


def _nameless_headers(response: wsgi.Response) -> list[str]:
    lines: list[str] = _own_headers(response)
    return [line for line in lines if not line.startswith("Server:")]


def _write_error(client: socket.socket, status: int, reason: str, _: str) -> None:
    """Says what to do, and nothing of what was sent."""
    # A worker has all of Django by now; what starts the workers has not.
    from sessions.guide import errors

    words = {
        414: errors.ADDRESS_TOO_LONG,
        431: errors.HEADERS_TOO_LONG,
        500: errors.OUR_FAULT,
    }.get(status, errors.NOT_UNDERSTOOD)
    body = errors.error_html(*words).encode()
    lines = [f"HTTP/1.1 {status} {reason}"]
    lines += [f"{name}: {value}" for name, value in HEADERS.items()]
    lines += [f"Content-Length: {len(body)}", "", ""]
    util.write_nonblock(client, "\r\n".join(lines).encode("ascii") + body)


def install() -> None:
    """Makes this process answer so."""
    wsgi.Response.default_headers = _nameless_headers
    util.write_error = _write_error
