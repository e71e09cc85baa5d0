"""What gunicorn answers by itself: no name of the server, and errors with our headers.

A request that gunicorn cannot read, or whose first line or headers are too long, never
reaches Django. Gunicorn has no setting for either answer, so two of its functions are
replaced here. The headers are those that the site's own middleware sets.
"""

import socket

from gunicorn import util
from gunicorn.http import wsgi

_own_headers = wsgi.Response.default_headers


def _nameless_headers(response: wsgi.Response) -> list[str]:
    lines: list[str] = _own_headers(response)
    return [line for line in lines if not line.startswith("Server:")]


def error_bytes(status: int, reason: str) -> bytes:
    """A whole HTTP answer: what to do, and nothing of what was sent."""
    # Only workers have loaded Django; the process that starts them has not.
    from sessions.guide import errors
    from stemguide.headers import with_policies

    words = {
        414: errors.ADDRESS_TOO_LONG,
        431: errors.HEADERS_TOO_LONG,
        500: errors.OUR_FAULT,
    }.get(status, errors.NOT_UNDERSTOOD)
    response = with_policies(errors.error_page(status, *words))
    lines = [f"HTTP/1.1 {status} {reason}"]
    lines += [f"{name}: {value}" for name, value in response.items()]
    lines += [f"Content-Length: {len(response.content)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode("ascii") + response.content


def _write_error(client: socket.socket, status: int, reason: str, _: str) -> None:
    util.write_nonblock(client, error_bytes(status, reason))


def install() -> None:
    """Makes this process, and the workers that it forks, answer so."""
    wsgi.Response.default_headers = _nameless_headers
    util.write_error = _write_error
