"""How long a request may be. What is longer is refused before any of it is read."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse

from sessions.guide.errors import AddressTooLong


class LimitsMiddleware:
    """Refuses long addresses, many parameters and, outside the staff area, long bodies.

    Staff send whole texts; Django's own limits hold for them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        address = len(request.path_info) + len(request.META.get("QUERY_STRING", ""))
        if address > settings.MAX_ADDRESS:
            raise AddressTooLong("The address is too long.")
        length = request.META.get("CONTENT_LENGTH") or "0"
        is_staff = request.path_info.startswith(settings.STAFF_PATHS)
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE if is_staff else settings.MAX_BODY
        if not (length.isascii() and length.isdigit()) or int(length) > most:
            raise RequestDataTooBig("The body is too long.")
        _ = request.GET  # Too many parameters are found out here, not in an error page.
        return self.get_response(request)
