"""The headers that every HTTP response has.

The middleware in HEADER_MIDDLEWARE sets them, with values from the settings. The class
here sets the few headers that none of the installed libraries sets.
"""

from collections.abc import Callable
from io import BytesIO

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

# Pages load nothing from other sites, and other sites may load nothing from this one.
CROSS_ORIGIN = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}

# Without Cache-Control a shared cache may choose a lifetime itself, even for a redirect
# or a 404 response. With no-cache it must revalidate each time.
DEFAULT_HEADERS = {**CROSS_ORIGIN, "Cache-Control": "no-cache"}


class HeadersMiddleware:
    """Adds them to every response: static files, redirects and errors too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in DEFAULT_HEADERS.items():
            response.headers.setdefault(name, value)
        if request.method == "HEAD" and not response.streaming:
            response.content = b""  # The headers stay those of the GET response.
        return response


def with_policies(response: HttpResponse) -> HttpResponse:
    """The response with the headers of HEADER_MIDDLEWARE, as for a request over TLS.

    For responses that gunicorn makes itself: they pass through no middleware.
    """
    # Whether the client used TLS is unknown: the proxy says so in the request, which
    # could not be parsed. Browsers ignore Strict-Transport-Security without TLS.
    request = WSGIRequest(
        {"REQUEST_METHOD": "GET", "wsgi.url_scheme": "https", "wsgi.input": BytesIO()}
    )

    def answer(request: HttpRequest) -> HttpResponse:
        return response

    get_response = answer
    for name in reversed(settings.HEADER_MIDDLEWARE):
        get_response = import_string(name)(get_response)
    return get_response(request)
