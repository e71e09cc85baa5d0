"""Pages for when something is wrong. They need no database and no other template."""

import logging
import sys
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.core.exceptions import (
    DisallowedHost,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
)
from django.db import DatabaseError, DataError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template

from sessions.guide.reading import read_request

logger = logging.getLogger(__name__)

RETRY_AFTER = "10"


class AddressTooLong(SuspiciousOperation):
    """A URL that is longer than any URL of this site."""


class NoSuchList(SuspiciousOperation):
    """A query string that no list of admin has."""


# What is wrong, and what to do.
ADDRESS_TOO_LONG = (
    "This address is too long",
    "Type the first part of the address alone, or begin at the start.",
)
HEADERS_TOO_LONG = (
    "Your browser sent too much with this",
    "Remove the cookies of this site in your browser, then load the page again.",
)
NOT_UNDERSTOOD = (
    "This could not be understood",
    "Go back one page, load it again, and try once more.",
)
CANNOT_BE_KEPT = (
    "A value in this cannot be kept",
    "It is too long, too large, or holds a character that nobody types. Nothing was "
    "saved. Go back one page, mend it, and send it again.",
)
NOT_LIKE_THAT = (
    "This can not be opened like that",
    "Some addresses work only from the form on their own page. Go back one page, or "
    "begin at the start, and try again from there.",
)
OUR_FAULT = (
    "Something went wrong on our side",
    "You did nothing wrong, and nothing you did is lost. Please try again in a minute.",
)
# (the exception, its status, what is wrong, what to do). The first match is used.
REFUSALS: tuple[tuple[type[Exception], int, str, str], ...] = (
    (
        RequestDataTooBig,
        413,
        "This is too long to send",
        "Go back one page, make the text shorter, and send it again.",
    ),
    (AddressTooLong, 414, *ADDRESS_TOO_LONG),
    (
        TooManyFieldsSent,
        400,
        "Too many fields came with this",
        "Go back one page and send fewer at a time.",
    ),
    (
        DisallowedHost,
        400,
        "This guide does not answer to that name",
        "Use the address that your clinic gave you. If you run this guide: add the "
        "name to ALLOWED_HOSTS.",
    ),
    (
        NoSuchList,
        400,
        "This list cannot be shown like that",
        "Its address holds a filter, a page or a number that the list does not have. "
        "Begin at the first page of staff, and open the list again from there.",
    ),
    (DataError, 400, *CANNOT_BE_KEPT),
    (OverflowError, 400, *CANNOT_BE_KEPT),
    (Exception, 400, *NOT_UNDERSTOOD),
)


def error_html(title: str, *words: str, is_staff: bool = False) -> str:
    """The HTML of an error: what is wrong, what to do, whom to call."""
    context = {"title": title, "words": words, "is_staff": is_staff}
    return get_template("error.html").render(context)


def error_page(
    status: int, title: str, *words: str, is_staff: bool = False
) -> HttpResponse:
    """`error_html` as a response that no cache may store."""
    html = error_html(title, *words, is_staff=is_staff)
    return _no_store(HttpResponse(html, status=status))


def _no_store(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, 413 or 414, with what is wrong and how to mend it."""
    _, status, title, words = next(
        refusal for refusal in REFUSALS if isinstance(exception, refusal[0])
    )
    return error_page(status, title, words)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, with whom to ask. The exception's own message comes first."""
    said = [str(exception)] if str(exception) else []
    words = "If you need it for your work, ask an Administrator for the right role."
    return error_page(403, "You may not open this", *said, words)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that did not come from its own page."""
    words = (
        "The form was open for long, you signed in elsewhere, or it came from another "
        "site. Nothing was saved.",
        "Go back one page, keep a copy of what you typed, load the page again, and "
        "send it once more. Cookies of this site must be allowed.",
    )
    return error_page(403, "This form is out of date", *words)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, with the way back to everything that does exist."""
    reading = read_request(request)
    return render(request, "404.html", {"reading": reading}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our own fault, said plainly, with what to do meanwhile.

    503 where the database failed outside a view, as when a session is written.
    """
    error = sys.exc_info()[1]
    if isinstance(error, DatabaseError):
        return database_unavailable(request, error)
    return error_page(500, *OUR_FAULT)


# For staff: (why, what to do) by SQLite's error name or PostgreSQL's SQLSTATE.
LOCKED = (
    "Somebody else has kept the database busy for too long.",
    "If it stays so, ask whoever runs this guide which program holds the database.",
)
FULL = (
    "The disk of this guide is full.",
    "Whoever runs this guide must make room on the disk.",
)
READ_ONLY = (
    "The database can be read but not written just now.",
    "Whoever runs this guide must make its file, or its server, writable again.",
)
UNAVAILABLE = (
    "The database does not answer.",
    "If it stays so, tell whoever runs this guide. The log says more.",
)
FAULTS = {
    "SQLITE_BUSY": LOCKED,
    "SQLITE_LOCKED": LOCKED,
    "SQLITE_FULL": FULL,
    "SQLITE_READONLY": READ_ONLY,
    "55P03": LOCKED,
    "53100": FULL,
    "25006": READ_ONLY,
}


def fault_words(error: BaseException) -> tuple[str, str]:
    """(why, what to do) of a database error, in words for staff."""
    cause = error.__cause__ or error
    name = getattr(cause, "sqlite_errorname", "") or getattr(cause, "sqlstate", "")
    for begin, words in FAULTS.items():
        if name and name.startswith(begin):
            return words
    return UNAVAILABLE


def database_unavailable(request: HttpRequest, error: DatabaseError) -> HttpResponse:
    """503. Staff read why, and that nothing was saved; patients read whom to ring."""
    logger.error("The database is unavailable.", exc_info=error)
    if fault_words(error) is READ_ONLY:
        _drop_connections()
    if request.path_info.startswith(settings.STAFF_PATHS):
        response = _unavailable_for_staff(error, is_save=request.method == "POST")
    else:
        # 503.html has no template tags: a proxy serves it unchanged if Django is down.
        html = get_template("503.html").render()
        response = _no_store(HttpResponse(html, status=503))
    response["Retry-After"] = RETRY_AFTER
    return response


def _drop_connections() -> None:
    """Closes all connections: one opened to a read-only database stays read-only."""
    connection.close()
    if hasattr(connection, "close_pool"):
        with suppress(KeyError):  # another thread was first
            connection.close_pool()


def _unavailable_for_staff(error: DatabaseError, is_save: bool) -> HttpResponse:
    why, what = fault_words(error)
    title = "This was not saved" if is_save else "This can not be shown just now"
    then = (
        "What you typed is still in your browser: go back one page, keep a copy, and "
        "save again later."
        if is_save
        else "Wait a minute, then load this page again."
    )
    meanwhile = "Patients go on reading the last good copy of the guide meanwhile."
    return error_page(503, title, why, then, meanwhile, what, is_staff=True)


def _is_too_large(exception: Exception) -> bool:
    """Whether SQLite was given a number of more than 64 bits. It is no DataError."""
    return isinstance(exception, OverflowError) and "SQLite" in str(exception)


class ErrorMiddleware:
    """Responds with 503 where the database fails, and 400 where it refuses a value.

    It also adds a page to 405 (a wrong method), because Django's response has no body.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405:
            response.content = error_html(*NOT_LIKE_THAT)
            _no_store(response)
        return response

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if isinstance(exception, DataError) or _is_too_large(exception):
            return bad_request(request, exception)
        if isinstance(exception, DatabaseError):
            return database_unavailable(request, exception)
        return None
