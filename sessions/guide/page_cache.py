"""The page cache: public pages as compressed bytes, with their ETags.

All of it can be deleted without changing an answer: pages would be drawn and
compressed for each request.

Key: what a view shows (a name, and more where a page has several forms), the language,
and the answers as the address names them. An entry counts for one content version on
one day of the clinic (`version_of`). An entry of another version is never a hit; it is
replaced when its page is built again. Above MAX_BYTES the least recently used entries
are evicted.

Of the three caches, the WSGI cache (`wsgi_cache`) is asked first. On a miss Django
runs a view, which asks this one. On a miss here, the page is drawn from the snapshot
(`current`), the only one of the three that asks the database.
"""

import gzip
import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

import brotli
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers

from sessions.guide.content_policy import allow, own_style_hash
from sessions.guide.snapshot import Snapshot

# Of all entries together, in each worker.
MAX_BYTES = 8 * 1024 * 1024
INDENT = re.compile(r"\n\s+")
CACHE_CONTROL = "public, max-age=0, s-maxage=1, must-revalidate"


# The key of the WSGI environ under which a view leaves (version, page) of its answer.
FROM_PAGE_CACHE = "stemguide.from_page_cache"


def version_of(snapshot: Snapshot) -> Hashable:
    """What an entry counts for: this content, on this day of the clinic."""
    return snapshot.version, snapshot.read_at, snapshot.clinic.day_of(timezone.now())


@dataclass(frozen=True, eq=False)
class BuiltPage:
    """One page, compressed in the encodings that browsers accept, and its digest."""

    compressed: dict[str, bytes]
    length: int
    digest: str
    style_hash: str

    @classmethod
    def of(cls, html: str, former: "BuiltPage | None" = None) -> "BuiltPage":
        """The page; `former` itself where its HTML is the same, to compress it once."""
        html = html if "<pre" in html else INDENT.sub("\n", html)
        body = html.encode()
        digest = hashlib.sha256(body).hexdigest()[:20]
        if former is not None and former.digest == digest:
            return former
        compressed = {
            "br": brotli.compress(
                body, mode=brotli.MODE_TEXT, quality=settings.BROTLI_QUALITY
            ),
            "gzip": gzip.compress(body, compresslevel=9, mtime=0),
        }
        return cls(compressed, len(body), digest, own_style_hash(html))

    def body(self, encoding: str) -> bytes:
        """The bytes. Plain ones are large and rarely wanted: they are unpacked anew."""
        if not encoding:
            return gzip.decompress(self.compressed["gzip"])
        return self.compressed[encoding]

    def etag(self, encoding: str) -> str:
        """The strong ETag of the bytes in one encoding."""
        return f'"{self.digest}-{encoding}"' if encoding else f'"{self.digest}"'

    def headers(self, encoding: str) -> dict[str, str]:
        """The headers that differ between encodings."""
        length = len(self.compressed[encoding]) if encoding else self.length
        headers = {"ETag": self.etag(encoding), "Content-Length": str(length)}
        return headers | ({"Content-Encoding": encoding} if encoding else {})

    @property
    def size(self) -> int:
        return sum(map(len, self.compressed.values()))

    def response(self, request: HttpRequest) -> HttpResponse:
        """The page, or 304 where the conditional request names its ETag."""
        encoding = encoding_for(request.headers.get("Accept-Encoding", ""))
        response = HttpResponse(self.body(encoding), headers=self.headers(encoding))
        response["Cache-Control"] = CACHE_CONTROL
        patch_vary_headers(response, ["Accept-Encoding"])
        conditional = get_conditional_response(
            request, etag=response["ETag"], response=response
        )
        assert conditional is not None
        # A 304 repeats it: a browser replaces the stored headers with those of the 304.
        if self.style_hash:
            allow(conditional, {"style-src": [self.style_hash]})
        return conditional


def encoding_for(accepted: str) -> str:
    """The best of br, gzip and none (""), by the Accept-Encoding of a request."""
    offered = set()
    for part in accepted.lower().split(","):
        name, _, quality = part.replace(" ", "").partition(";q=")
        if not re.fullmatch(r"0(\.0*)?", quality):
            offered.add(name)
    return next((name for name in ("br", "gzip") if name in offered), "")


class PageCache:
    """Built pages, at most MAX_BYTES of them, shared by the threads of a worker.

    Entries of an older version stay until their page is built again: most pages have
    the same HTML then, and need not be compressed again.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        # By key: (version, page). The least recently used comes first.
        self.entries: OrderedDict[Hashable, tuple[Hashable, BuiltPage]] = OrderedDict()
        self.size = 0

    def get(
        self, version: Hashable, key: Hashable, build: Callable[[], str]
    ) -> BuiltPage:
        """The page for `key` and `version`; on a miss it is built and stored."""
        with self.lock:
            stored_version, stored = self.entries.get(key, (None, None))
            if stored is not None and stored_version == version:
                self.entries.move_to_end(key)
                return stored
        page = BuiltPage.of(build(), stored)
        with self.lock:
            self._remove(key)
            self.entries[key] = version, page
            self.size += page.size
            while self.size > MAX_BYTES and len(self.entries) > 1:
                self._remove(next(iter(self.entries)))
        return page

    def _remove(self, key: Hashable) -> None:
        if key in self.entries:
            _, page = self.entries.pop(key)
            self.size -= page.size


page_cache = PageCache()
