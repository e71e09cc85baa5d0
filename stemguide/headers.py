"""The headers that every answer carries and no library of ours sets."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

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
