"""Gives built pages to readers before Django is asked.

Django makes a whole answer once: it refuses a host that is not ours, finds the page
and sets every header. What it answered with a built page is kept, and given again to
whoever asks in the same words, for as long as Django would give the same.
"""

from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache
from typing import Any
from weakref import ref

from sessions.guide.current import fresh_snapshot
from sessions.guide.page_cache import BUILT, BuiltPage, encoding_for, version_of

MOST_ANSWERS = 1000
# Whoever sends one of these is answered by Django.
CONDITIONS = ("HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE")
OK, NOT_MODIFIED = "200 OK", "304 Not Modified"
# These differ by encoding; the page knows them.
OF_ONE_BODY = ("content-encoding", "content-length", "etag")

Headers = list[tuple[str, str]]
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

_best_encoding = lru_cache(maxsize=256)(encoding_for)


class Answer:
    """Where a built page is, while its shelf keeps it, and all its headers."""

    def __init__(
        self, version: Hashable, page: BuiltPage, status: str, headers: Headers
    ) -> None:
        self.version = version
        self.page = ref(page)
        differ = OF_ONE_BODY if status == OK else ("etag",)
        shared = [(k, v) for k, v in headers if k.lower() not in differ]
        self.headers: dict[str, Headers] = {}
        self.tags: dict[str, str] = {}
        for encoding in ("", *page.packed):
            own = page.headers(encoding).items()
            self.tags[encoding] = page.tag(encoding)
            self.headers[encoding] = [
                *shared,
                *((name, value) for name, value in own if name.lower() in differ),
            ]


class Front:
    """A WSGI application: what is kept, or else the application behind it."""

    def __init__(self, behind: Application) -> None:
        self.behind = behind
        # By the words in which it was asked for.
        self.kept: dict[tuple[str, ...], Answer] = {}

    def __call__(
        self, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET" or any(c in environ for c in CONDITIONS):
            return self.behind(environ, start_response)
        tag = environ.get("HTTP_IF_NONE_MATCH", "")
        asked = (
            NOT_MODIFIED if tag else OK,
            environ.get("HTTP_HOST", ""),
            environ["wsgi.url_scheme"],
            environ.get("HTTP_X_FORWARDED_PROTO", ""),
            environ["PATH_INFO"],
            environ["QUERY_STRING"],
        )
        encoding = _best_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        found = self.kept.get(asked)
        page = found.page() if found else None
        snapshot = fresh_snapshot()
        if (
            found is None
            or page is None
            or snapshot is None
            or found.version != version_of(snapshot)
            # One tag, as browsers send it; Django reads whatever else there can be.
            or (tag and tag != found.tags[encoding])
        ):
            return self.behind(environ, self._keeping(asked, environ, start_response))
        start_response(asked[0], found.headers[encoding].copy())
        return [] if tag else [page.body(encoding)]

    def _keeping(
        self, asked: tuple[str, ...], environ: Environ, start_response: StartResponse
    ) -> StartResponse:
        def start(status: str, headers: Headers, *exc_info: Any) -> Any:
            if BUILT in environ and status == asked[0]:
                if len(self.kept) >= MOST_ANSWERS:
                    self.kept.clear()
                version, page = environ[BUILT]
                self.kept[asked] = Answer(version, page, status, headers)
            return start_response(status, headers, *exc_info)

        return start
