"""Limits on the size of a request, checked before its body is read."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse

from sessions.guide.errors import AddressTooLong


class LimitsMiddleware:
    """Refuses long URLs, too many parameters and bodies that are too large.

    Staff submit whole texts, so below STAFF_PATHS the limit is Django's own for bodies.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        url_length = len(request.path_info) + len(request.META.get("QUERY_STRING", ""))
        if url_length > settings.MAX_ADDRESS:
            raise AddressTooLong("The address is too long.")
        length = request.META.get("CONTENT_LENGTH") or "0"
        is_staff = request.path_info.startswith(settings.STAFF_PATHS)
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE if is_staff else settings.MAX_BODY
        if not (length.isascii() and length.isdigit()) or int(length) > limit:
            raise RequestDataTooBig("The body is too long.")
        # Parsed here, so that too many parameters do not raise in an error page.
        _ = request.GET
        return self.get_response(request)
