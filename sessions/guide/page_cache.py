"""Public pages as ready bytes: built once for a content version and answers."""

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

# Of all built pages together, in each worker.
MAX_BYTES = 8 * 1024 * 1024
INDENT = re.compile(r"\n\s+")
CACHE_CONTROL = "public, max-age=0, s-maxage=1, must-revalidate"


# Where a request notes the built page it was answered with, and its version.
BUILT = "stemguide.built"


def version_of(snapshot: Snapshot) -> Hashable:
    """What built pages are right for: this content, on this day."""
    return snapshot.version, snapshot.read_at, snapshot.clinic.day_of(timezone.now())


@dataclass(frozen=True, eq=False)
class BuiltPage:
    """One page compressed as browsers take it, and the tag that names its bytes."""

    packed: dict[str, bytes]
    length: int
    digest: str
    style_hash: str

    @classmethod
    def of(cls, html: str, former: "BuiltPage | None" = None) -> "BuiltPage":
        """The page; `former` itself where it has the same words, for little work."""
        html = html if "<pre" in html else INDENT.sub("\n", html)
        body = html.encode()
        digest = hashlib.sha256(body).hexdigest()[:20]
        if former is not None and former.digest == digest:
            return former
        packed = {
            "br": brotli.compress(
                body, mode=brotli.MODE_TEXT, quality=settings.BROTLI_QUALITY
            ),
            "gzip": gzip.compress(body, compresslevel=9, mtime=0),
        }
        return cls(packed, len(body), digest, own_style_hash(html))

    def body(self, encoding: str) -> bytes:
        """The bytes. Few ask for plain ones, which take most room: unpacked anew."""
        if not encoding:
            return gzip.decompress(self.packed["gzip"])
        return self.packed[encoding]

    def tag(self, encoding: str) -> str:
        """The strong ETag of the bytes in one encoding."""
        return f'"{self.digest}-{encoding}"' if encoding else f'"{self.digest}"'

    def headers(self, encoding: str) -> dict[str, str]:
        """What is said of the bytes in one encoding."""
        length = len(self.packed[encoding]) if encoding else self.length
        headers = {"ETag": self.tag(encoding), "Content-Length": str(length)}
        return headers | ({"Content-Encoding": encoding} if encoding else {})

    @property
    def size(self) -> int:
        return sum(map(len, self.packed.values()))

    def response(self, request: HttpRequest) -> HttpResponse:
        """The page, or 304 for a reader who has it already."""
        encoding = encoding_for(request.headers.get("Accept-Encoding", ""))
        response = HttpResponse(self.body(encoding), headers=self.headers(encoding))
        response["Cache-Control"] = CACHE_CONTROL
        patch_vary_headers(response, ["Accept-Encoding"])
        conditional = get_conditional_response(
            request, etag=response["ETag"], response=response
        )
        assert conditional is not None
        # A 304 says it again: its headers take the place of those that were kept.
        if self.style_hash:
            allow(conditional, {"style-src": [self.style_hash]})
        return conditional


def encoding_for(accepted: str) -> str:
    """The best of br, gzip and nothing, by what the reader's browser accepts."""
    offered = set()
    for part in accepted.lower().split(","):
        name, _, quality = part.replace(" ", "").partition(";q=")
        if not re.fullmatch(r"0(\.0*)?", quality):
            offered.add(name)
    return next((name for name in ("br", "gzip") if name in offered), "")


class Shelf:
    """Built pages, each with the version it is right for; the longest unasked go.

    Pages of an older version are never given. They stay until they are built anew:
    most of them have the same words then, and need not be compressed again.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.pages: OrderedDict[Hashable, tuple[Hashable, BuiltPage]] = OrderedDict()
        self.size = 0

    def get(
        self, version: Hashable, key: Hashable, build: Callable[[], str]
    ) -> BuiltPage:
        """The page for `key`, built now when it is not there."""
        with self.lock:
            known_for, known = self.pages.get(key, (None, None))
            if known is not None and known_for == version:
                self.pages.move_to_end(key)
                return known
        page = BuiltPage.of(build(), known)
        with self.lock:
            self._take_away(key)
            self.pages[key] = version, page
            self.size += page.size
            while self.size > MAX_BYTES and len(self.pages) > 1:
                self._take_away(next(iter(self.pages)))
        return page

    def _take_away(self, key: Hashable) -> None:
        if key in self.pages:
            _, page = self.pages.pop(key)
            self.size -= page.size


shelf = Shelf()
