"""The WSGI cache: whole responses with pages of the page cache, sent without Django.

All of it can be deleted without changing a response: Django would make each one again.

Django makes the first response: it checks the host, finds the page and sets every
header. The status and the headers are stored here; the body stays in the page cache.

Key: the status that is expected (200, or 304 for a conditional request), host, scheme,
path and query string, exactly as sent. An entry is a hit where all of this is true:
its content version and day are those of the current snapshot, its page is still in the
page cache, and If-None-Match, if it was sent, holds that page's ETag and no other.
Everything else is a miss and goes to Django. All entries are dropped when there are
MAX_ENTRIES.

There are three caches. A request looks in this one first, then in the page cache
(`page_cache`), and last in the snapshot cache (`current`).
"""

from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache
from typing import Any
from weakref import ref

from sessions.guide.current import fresh_snapshot
from sessions.guide.page_cache import (
    FROM_PAGE_CACHE,
    CompressedPage,
    encoding_for,
    version_of,
)

MAX_ENTRIES = 1000
# Requests with one of these headers always go to Django.
TO_DJANGO = ("HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE")
OK, NOT_MODIFIED = "200 OK", "304 Not Modified"
# The headers that differ between encodings (see CompressedPage.headers).
BY_ENCODING = ("content-encoding", "content-length", "etag")

Headers = list[tuple[str, str]]
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

_best_encoding = lru_cache(maxsize=256)(encoding_for)


class Entry:
    """The headers of one response in each encoding, and a weak reference to its page.

    The reference is weak so that only the page cache decides when the page is freed.
    """

    def __init__(
        self, version: Hashable, page: CompressedPage, status: str, headers: Headers
    ) -> None:
        self.version = version
        self.page = ref(page)
        differ = BY_ENCODING if status == OK else ("etag",)
        shared = [(k, v) for k, v in headers if k.lower() not in differ]
        self.headers: dict[str, Headers] = {}
        self.etags: dict[str, str] = {}
        for encoding in ("", *page.compressed):
            own = page.headers(encoding).items()
            self.etags[encoding] = page.etag(encoding)
            self.headers[encoding] = [
                *shared,
                *((name, value) for name, value in own if name.lower() in differ),
            ]


class WsgiCache:
    """WSGI middleware: responds from its entries, or calls the application it wraps."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.entries: dict[tuple[str, ...], Entry] = {}

    def __call__(
        self, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET" or any(h in environ for h in TO_DJANGO):
            return self.application(environ, start_response)
        etag = environ.get("HTTP_IF_NONE_MATCH", "")
        key = (
            NOT_MODIFIED if etag else OK,
            environ.get("HTTP_HOST", ""),
            environ["wsgi.url_scheme"],
            environ.get("HTTP_X_FORWARDED_PROTO", ""),
            environ["PATH_INFO"],
            environ["QUERY_STRING"],
        )
        encoding = _best_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        entry = self.entries.get(key)
        page = entry.page() if entry else None
        snapshot = fresh_snapshot()
        if (
            entry is None
            or page is None
            or snapshot is None
            or entry.version != version_of(snapshot)
            # Browsers send one ETag. Django parses every other form of the header.
            or (etag and etag != entry.etags[encoding])
        ):
            return self.application(
                environ, self._storing(key, environ, start_response)
            )
        start_response(key[0], entry.headers[encoding].copy())
        return [] if etag else [page.body(encoding)]

    def _storing(
        self, key: tuple[str, ...], environ: Environ, start_response: StartResponse
    ) -> StartResponse:
        """`start_response`; it stores the headers of a page from the page cache."""

        def start(status: str, headers: Headers, *exc_info: Any) -> Any:
            if FROM_PAGE_CACHE in environ and status == key[0]:
                if len(self.entries) >= MAX_ENTRIES:
                    self.entries.clear()
                version, page = environ[FROM_PAGE_CACHE]
                self.entries[key] = Entry(version, page, status, headers)
            return start_response(status, headers, *exc_info)

        return start
