"""Pages for when something is wrong. They need no database and no other template."""

import logging

from django.db import DatabaseError, DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.views.decorators.http import require_safe
from django.views.defaults import bad_request

from sessions.views.reading import read_request

logger = logging.getLogger(__name__)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, with the way back to everything that does exist."""
    reading = read_request(request)
    return render(request, "404.html", {"reading": reading}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our own fault, said plainly, with what to do meanwhile."""
    return HttpResponse(get_template("500.html").render(), status=500)


class DatabaseFaultMiddleware:
    """Answers 503 when the database failed, 400 when it refused what was sent."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if not isinstance(exception, DatabaseError):
            return None
        if isinstance(exception, DataError):
            # What was sent is too long for the database, or holds a NUL byte.
            return bad_request(request, exception)
        logger.error("The database is away.", exc_info=exception)
        response = HttpResponse(get_template("503.html").render(), status=503)
        response["Retry-After"] = "10"
        return response


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: this process answers."""
    return HttpResponse("alive\n", content_type="text/plain")
