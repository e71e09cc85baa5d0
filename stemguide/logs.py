"""Log records as one line of JSON each, without any data that a client sent.

The message of any library or exception may contain a query string, an IP address, form
input or a user agent. So a line holds only what cannot: names of loggers, types and
tracebacks of exceptions, status codes, and the URL patterns of this site. The text of a
message is logged only where this project's code, or gunicorn while it starts, wrote it.
"""

import errno
import json
import logging
import os
import re
import secrets
import sys
import traceback
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from gunicorn.glogging import Logger

REQUEST_ID = "stemguide.request_id"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
OWN_PACKAGES = ("sessions", "stemguide")
# Their messages are logged: they are raised while the program starts, about settings
# and files, and never about a request.
STARTUP_ERRORS = (ImproperlyConfigured, ImportError, SyntaxError)

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[-#0 +]*[\d.*]*([a-zA-Z%])")


class RequestIdMiddleware:
    """Gives each request a random id, which all its log lines have.

    It is never taken from a request header, which a client can set to anything. Staff
    pages and errors have it as X-Request-Id. Pages that shared caches may store do not,
    because they are the same for every client.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = secrets.token_hex(8)
        request.META[REQUEST_ID] = request_id
        token = _request_id.set(request_id)
        try:
            response = self.get_response(request)
        finally:
            _request_id.reset(token)
        if response.status_code >= 400 or request.path_info.startswith(
            settings.STAFF_PATHS
        ):
            response["X-Request-Id"] = request_id
        return response


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON, without the text that other packages wrote."""

    def format(self, record: logging.LogRecord) -> str:
        request = getattr(record, "request", None)
        meta = getattr(request, "META", None) or {}
        match = getattr(request, "resolver_match", None)
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": _message(record),
            "status": _status(record),
            "route": getattr(match, "route", None),
            "request_id": _request_id.get() or meta.get(REQUEST_ID),
        }
        if record.levelno >= logging.WARNING:
            line["at"] = f"{record.module}:{record.lineno}"
        if record.exc_info and record.exc_info[1]:
            line["exceptions"] = list(_exceptions(record.exc_info[1]))
        return _json(line)


class GunicornLogger(Logger):
    """Gunicorn's error log, and its access log, as JSON too."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                if isinstance(handler, logging.StreamHandler):
                    handler.setStream(sys.stdout)
                is_access = log is self.access_log
                handler.setFormatter(logging.Formatter() if is_access else _json_lines)

    def access(
        self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta
    ) -> None:
        """Logs one response, with the path only if it is a URL of the site."""
        if not self.access_log_enabled:
            return
        status = int(str(resp.status).split(None, 1)[0])
        method = environ.get("REQUEST_METHOD")
        line = {
            "time": datetime.now(UTC).isoformat(),
            "level": "info",
            "logger": "gunicorn.access",
            "process": os.getpid(),
            "method": method if method in METHODS else "other",
            "path": environ.get("PATH_INFO") if _is_site_path(status) else None,
            "status": status,
            "bytes": getattr(resp, "sent", None),
            "ms": round(request_time.total_seconds() * 1000, 1),
            "request_id": environ.get(REQUEST_ID),
        }
        self.access_log.info("%s", _json(line))


def _json(line: dict[str, Any]) -> str:
    return json.dumps({key: value for key, value in line.items() if value is not None})


def _is_site_path(status: int) -> bool:
    """Whether the path is a URL of the site. Other paths are whatever a client sent."""
    return 200 <= status < 300 or status == HTTPStatus.NOT_MODIFIED


def _message(record: logging.LogRecord) -> str:
    # Gunicorn's records below and above INFO may quote the request.
    is_start = record.name == "gunicorn.error" and record.levelno == logging.INFO
    if is_start or record.name.partition(".")[0] in OWN_PACKAGES:
        return record.getMessage()
    if status := _status(record):
        return HTTPStatus(status).phrase
    if not record.args or not isinstance(record.msg, str):
        return "The message is left out: it may contain input."
    return _with_numbers_only(record.msg, record.args)


def _status(record: logging.LogRecord) -> int | None:
    status = getattr(record, "status_code", None)
    return status if status in set(HTTPStatus) else None


def _with_numbers_only(template: str, args: Any) -> str:
    """A message template with its numbers filled in, and … for every other value."""
    values = iter(args if isinstance(args, tuple) else ())

    def fill(found: re.Match[str]) -> str:
        if found[1] == "%":
            return "%"
        value = next(values, None)
        return str(value) if isinstance(value, (int, float)) else "…"

    return _PLACEHOLDER.sub(fill, template)


def _exceptions(error: BaseException) -> Iterator[dict[str, Any]]:
    """The exception and those that caused it: type, error code and traceback."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        frames = traceback.extract_tb(cause.__traceback__)
        found = {
            "type": f"{type(cause).__module__}.{type(cause).__qualname__}",
            "code": _code(cause),
            "words": str(cause) if isinstance(cause, STARTUP_ERRORS) else None,
            "at": [f"{f.filename}:{f.lineno} {f.name}" for f in frames],
        }
        yield {key: value for key, value in found.items() if value is not None}
        hidden = cause.__suppress_context__
        cause = cause.__cause__ or (None if hidden else cause.__context__)


def _code(error: BaseException) -> str | None:
    """The error code of the system or database: ENOSPC, SQLITE_BUSY, 53300."""
    if isinstance(error, OSError) and error.errno:
        return errno.errorcode.get(error.errno)
    for name in ("sqlite_errorname", "sqlstate"):
        if isinstance(code := getattr(error, name, None), str):
            return code
    return None


_json_lines = JsonFormatter()
