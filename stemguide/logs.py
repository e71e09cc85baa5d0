"""Logs as one line of JSON each, with nothing in them that a reader sent.

A query, an address, a typed value or a browser's name can stand in the message of
any library and in any exception. So a line is built from what is known to be ours:
names of loggers, types and places of exceptions, status codes, our own route patterns.
The text of a message is kept only where our own code, or gunicorn's start, wrote it.
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
OURS = ("sessions", "stemguide")
# Raised while the program starts, of its own settings and files; never of a request.
KEPT_WORDS = (ImproperlyConfigured, ImportError, SyntaxError)

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[-#0 +]*[\d.*]*([a-zA-Z%])")


class RequestIdMiddleware:
    """Gives each request a random name, by which its log lines are found.

    It is never taken from a header: anybody could write one. Staff pages and errors say
    it as X-Request-Id; pages that may be kept by others do not, they are the same for
    all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = secrets.token_hex(8)
        request.META[REQUEST_ID] = name
        token = _request_id.set(name)
        try:
            response = self.get_response(request)
        finally:
            _request_id.reset(token)
        if response.status_code >= 400 or request.path_info.startswith(
            settings.STAFF_PATHS
        ):
            response["X-Request-Id"] = name
        return response


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON. What other code wrote into it is left out."""

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
    """Gunicorn's own log, and one line for each answer, in the same form."""

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
        """One answer. Its path is told only where it is an address of the site."""
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
            "path": environ.get("PATH_INFO") if _is_known(status) else None,
            "status": status,
            "bytes": getattr(resp, "sent", None),
            "ms": round(request_time.total_seconds() * 1000, 1),
            "request_id": environ.get(REQUEST_ID),
        }
        self.access_log.info("%s", _json(line))


def _json(line: dict[str, Any]) -> str:
    return json.dumps({key: value for key, value in line.items() if value is not None})


def _is_known(status: int) -> bool:
    """Only for an address of ours is there a page; other paths are what was typed."""
    return 200 <= status < 300 or status == HTTPStatus.NOT_MODIFIED


def _message(record: logging.LogRecord) -> str:
    # Below INFO gunicorn tells what was asked for, above it what was wrong with that.
    is_start = record.name == "gunicorn.error" and record.levelno == logging.INFO
    if is_start or record.name.partition(".")[0] in OURS:
        return record.getMessage()
    if status := _status(record):
        return HTTPStatus(status).phrase
    if not record.args or not isinstance(record.msg, str):
        return "The words are not kept, they may hold input."
    return _without_texts(record.msg, record.args)


def _status(record: logging.LogRecord) -> int | None:
    status = getattr(record, "status_code", None)
    return status if status in set(HTTPStatus) else None


def _without_texts(template: str, args: Any) -> str:
    """A message as its author wrote it, with numbers filled in and texts left out."""
    values = iter(args if isinstance(args, tuple) else ())

    def fill(found: re.Match[str]) -> str:
        if found[1] == "%":
            return "%"
        value = next(values, None)
        return str(value) if isinstance(value, (int, float)) else "…"

    return _PLACEHOLDER.sub(fill, template)


def _exceptions(error: BaseException) -> Iterator[dict[str, Any]]:
    """The exception and those that led to it: type, code and places, no words."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        frames = traceback.extract_tb(cause.__traceback__)
        found = {
            "type": f"{type(cause).__module__}.{type(cause).__qualname__}",
            "code": _code(cause),
            "words": str(cause) if isinstance(cause, KEPT_WORDS) else None,
            "at": [f"{f.filename}:{f.lineno} {f.name}" for f in frames],
        }
        yield {key: value for key, value in found.items() if value is not None}
        hidden = cause.__suppress_context__
        cause = cause.__cause__ or (None if hidden else cause.__context__)


def _code(error: BaseException) -> str | None:
    """What a system or database calls the fault: ENOSPC, SQLITE_BUSY, 53300."""
    if isinstance(error, OSError) and error.errno:
        return errno.errorcode.get(error.errno)
    for name in ("sqlite_errorname", "sqlstate"):
        if isinstance(code := getattr(error, name, None), str):
            return code
    return None


_json_lines = JsonFormatter()
