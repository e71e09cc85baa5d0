"""The page cache: public pages as compressed bytes, with their ETags.

All of it can be deleted without changing a response: pages would be rendered and
compressed for each request.

Key: what a view shows (a name, and more where a page has several forms), the language,
and the patient's answers as the query string names them. An entry is valid for one
content version on one day in the clinic's time zone (`version_of`). An entry of another
version is never a hit; it is replaced when its page is rendered again. Above MAX_BYTES
the least recently used entries are evicted.

There are three caches. A request looks in the WSGI cache (`wsgi_cache`) first. On a
miss Django runs a view, which looks in this one. On a miss here, the page is rendered
from the snapshot (`current`), the only one of the three that queries the database.
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

# Of all entries together, in each worker process.
MAX_BYTES = 8 * 1024 * 1024
INDENT = re.compile(r"\n\s+")
CACHE_CONTROL = "public, max-age=0, s-maxage=1, must-revalidate"


# The WSGI environ key under which `show_cached` stores (version, page).
FROM_PAGE_CACHE = "stemguide.from_page_cache"


def version_of(snapshot: Snapshot) -> Hashable:
    """For what an entry is valid: this content, on this day at the clinic."""
    return snapshot.version, snapshot.read_at, snapshot.clinic.day_of(timezone.now())


@dataclass(frozen=True, eq=False)
class CompressedPage:
    """The HTML of one page, compressed in each encoding, with its digest."""

    compressed: dict[str, bytes]
    length: int
    digest: str
    style_hash: str

    @classmethod
    def of(cls, html: str, former: "CompressedPage | None" = None) -> "CompressedPage":
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
        """The bytes. Uncompressed ones are not stored: few clients ask for them."""
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
        # A 304 repeats the policy: browsers replace stored headers with those of a 304.
        if self.style_hash:
            allow(conditional, {"style-src": [self.style_hash]})
        return conditional


def encoding_for(accepted: str) -> str:
    """The best encoding that Accept-Encoding allows: br, gzip or none ("")."""
    offered = set()
    for part in accepted.lower().split(","):
        name, _, quality = part.replace(" ", "").partition(";q=")
        if not re.fullmatch(r"0(\.0*)?", quality):
            offered.add(name)
    return next((name for name in ("br", "gzip") if name in offered), "")


class PageCache:
    """Compressed pages, at most MAX_BYTES of them, shared by the threads of a worker.

    Entries of an older version stay until their page is rendered again: most pages
    have the same HTML then, and need not be compressed again.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        # By key: (version, page). The least recently used comes first.
        self.entries: OrderedDict[Hashable, tuple[Hashable, CompressedPage]] = (
            OrderedDict()
        )
        self.size = 0

    def get(
        self, version: Hashable, key: Hashable, render: Callable[[], str]
    ) -> CompressedPage:
        """The page for `key` and `version`; on a miss it is rendered and stored."""
        with self.lock:
            stored_version, stored = self.entries.get(key, (None, None))
            if stored is not None and stored_version == version:
                self.entries.move_to_end(key)
                return stored
        page = CompressedPage.of(render(), stored)
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
