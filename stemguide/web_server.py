"""Patches gunicorn: no Server header, and error responses with the site's headers.

A request that gunicorn cannot parse, or whose first line or headers are too long, never
reaches Django: gunicorn answers it. It has no setting for that response or for the
Server header, so two of its functions are replaced here.
"""

import socket

from gunicorn import util
from gunicorn.http import wsgi

_default_headers = wsgi.Response.default_headers


def _headers_without_server(response: wsgi.Response) -> list[str]:
    lines: list[str] = _default_headers(response)
    return [line for line in lines if not line.startswith("Server:")]


def error_response(status: int, reason: str) -> bytes:
    """A whole HTTP response that says what to do. It repeats nothing of the request."""
    # Imported here: only worker processes have Django set up, the arbiter has not.
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
    util.write_nonblock(client, error_response(status, reason))


def install() -> None:
    """Patches gunicorn in this process and in the workers that it forks."""
    wsgi.Response.default_headers = _headers_without_server
    util.write_error = _write_error
