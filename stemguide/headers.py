"""The headers that every answer carries and no library of ours sets."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Our pages load nothing from elsewhere, and no other site loads what is ours.
CROSS_ORIGIN = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class CrossOriginMiddleware:
    """Stands outermost, so that static files, redirects and errors carry them too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in CROSS_ORIGIN.items():
            response.headers.setdefault(name, value)
        return response
