"""Gives built pages to readers before Django is asked.

Django makes a whole answer once: it refuses a host that is not ours, finds the page
and sets every header. What it answered with a built page is kept, and given again to
whoever asks in the same words, for as long as Django would give the same.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from sessions.snapshot import fresh_snapshot
from sessions.views.built import BUILT, BuiltPage, encoding_for, version_of

MOST_ANSWERS = 1000
# Whoever sends one of these is answered by Django.
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE")
# These differ by encoding; the page knows them.
OF_ONE_BODY = ("content-encoding", "content-length", "etag")

Headers = list[tuple[str, str]]
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

_best_encoding = lru_cache(maxsize=256)(encoding_for)


class Answer:
    """A built page with all its headers, ready in each encoding."""

    def __init__(self, page: BuiltPage, headers: Headers) -> None:
        shared = [(k, v) for k, v in headers if k.lower() not in OF_ONE_BODY]
        self.ready = {
            encoding: ([*shared, *page.headers(encoding).items()], [body])
            for encoding, body in page.bodies.items()
        }


class Front:
    """A WSGI application: what is kept, or else the application behind it."""

    def __init__(self, behind: Application) -> None:
        self.behind = behind
        # By the words in which it was asked for; with the version it is right for.
        self.kept: dict[tuple[str, ...], tuple[object, Answer]] = {}

    def __call__(
        self, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET" or any(c in environ for c in CONDITIONS):
            return self.behind(environ, start_response)
        asked = (
            environ.get("HTTP_HOST", ""),
            environ["wsgi.url_scheme"],
            environ.get("HTTP_X_FORWARDED_PROTO", ""),
            environ["PATH_INFO"],
            environ["QUERY_STRING"],
        )
        version, answer = self.kept.get(asked, (None, None))
        snapshot = fresh_snapshot()
        if answer is None or snapshot is None or version != version_of(snapshot):
            return self.behind(environ, self._keeping(asked, environ, start_response))
        encoding = _best_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        headers, body = answer.ready[encoding]
        start_response("200 OK", headers.copy())
        return body

    def _keeping(
        self, asked: tuple[str, ...], environ: Environ, start_response: StartResponse
    ) -> StartResponse:
        def start(status: str, headers: Headers, *exc_info: Any) -> Any:
            if BUILT in environ and status == "200 OK":
                if len(self.kept) >= MOST_ANSWERS:
                    self.kept.clear()
                version, page = environ[BUILT]
                self.kept[asked] = version, Answer(page, headers)
            return start_response(status, headers, *exc_info)

        return start
