"""The headers that every answer carries.

The settings own their values. The middleware of HEADER_MIDDLEWARE sets them, each from
its own settings; the class here sets the few that no library of ours sets.
"""

from collections.abc import Callable
from io import BytesIO

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

# Our pages load nothing from elsewhere, and no other site loads what is ours.
CROSS_ORIGIN = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}

# A cache on the way may guess where nothing is said: of redirects, of what is not here
# yet, of an address with odd answers. It must ask each time.
UNLESS_SAID = {**CROSS_ORIGIN, "Cache-Control": "no-cache"}


class HeadersMiddleware:
    """Stands outermost, so that static files, redirects and errors carry them too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in UNLESS_SAID.items():
            response.headers.setdefault(name, value)
        if request.method == "HEAD" and not response.streaming:
            response.content = b""  # What its headers say is of the whole answer.
        return response


def with_policies(response: HttpResponse) -> HttpResponse:
    """The response with the headers of HEADER_MIDDLEWARE, as if asked for over TLS.

    For an answer that passes no middleware, since its request never reached Django.
    """
    # What the proxy said of TLS is in a request that could not be read. Browsers heed
    # Strict-Transport-Security behind TLS alone.
    request = WSGIRequest(
        {"REQUEST_METHOD": "GET", "wsgi.url_scheme": "https", "wsgi.input": BytesIO()}
    )

    def answer(request: HttpRequest) -> HttpResponse:
        return response

    get_response = answer
    for name in reversed(settings.HEADER_MIDDLEWARE):
        get_response = import_string(name)(get_response)
    return get_response(request)
