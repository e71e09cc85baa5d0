"""Public pages as ready bytes: built once for a content version and answers."""

import base64
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

from sessions.snapshot import Snapshot

MAX_PAGES = 200
INDENT = re.compile(r"\n\s+")
OWN_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
CACHE_CONTROL = "public, max-age=0, s-maxage=1, must-revalidate"


def own_style_response(html: str) -> HttpResponse:
    """The page; the page rules that a sheet carries are let through by their hash."""
    return _allow(HttpResponse(html), own_style_hash(html))


def own_style_hash(html: str) -> str:
    """By what a policy lets the page's own rules through; empty where it has none."""
    found = OWN_STYLE.search(html)
    if found is None:
        return ""
    digest = hashlib.sha256(found[1].encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _allow(response: HttpResponse, style_hash: str) -> HttpResponse:
    if style_hash:
        response._csp_update = {"style-src": [style_hash]}  # type: ignore[attr-defined]
    return response


# Where a request notes the built page it was answered with, and its version.
BUILT = "stemguide.built"


def version_of(snapshot: Snapshot) -> Hashable:
    """What built pages are right for: this content, on this day."""
    return snapshot.version, snapshot.read_at, snapshot.clinic.day_of(timezone.now())


@dataclass(frozen=True)
class BuiltPage:
    """One page in every encoding we answer with, and the tag that names its bytes."""

    bodies: dict[str, bytes]
    digest: str
    style_hash: str

    @classmethod
    def of(cls, html: str) -> "BuiltPage":
        html = html if "<pre" in html else INDENT.sub("\n", html)
        body = html.encode()
        bodies = {
            "br": brotli.compress(
                body, mode=brotli.MODE_TEXT, quality=settings.BROTLI_QUALITY
            ),
            "gzip": gzip.compress(body, compresslevel=9, mtime=0),
            "": body,
        }
        digest = hashlib.sha256(body).hexdigest()[:20]
        return cls(bodies, digest, own_style_hash(html))

    def headers(self, encoding: str) -> dict[str, str]:
        """What is said of the bytes in one encoding."""
        name = f"{self.digest}-{encoding}" if encoding else self.digest
        headers = {
            "ETag": f'"{name}"',
            "Content-Length": str(len(self.bodies[encoding])),
        }
        return headers | ({"Content-Encoding": encoding} if encoding else {})

    def response(self, request: HttpRequest) -> HttpResponse:
        """The page, or 304 for a reader who has it already."""
        encoding = encoding_for(request.headers.get("Accept-Encoding", ""))
        response = HttpResponse(self.bodies[encoding], headers=self.headers(encoding))
        response["Cache-Control"] = CACHE_CONTROL
        patch_vary_headers(response, ["Accept-Encoding"])
        conditional = get_conditional_response(
            request, etag=response["ETag"], response=response
        )
        assert conditional is not None
        # A 304 says it again: its headers take the place of those that were kept.
        return _allow(conditional, self.style_hash)


def encoding_for(accepted: str) -> str:
    """The best of br, gzip and nothing, by what the reader's browser accepts."""
    offered = set()
    for part in accepted.lower().split(","):
        name, _, quality = part.replace(" ", "").partition(";q=")
        if not re.fullmatch(r"0(\.0*)?", quality):
            offered.add(name)
    return next((name for name in ("br", "gzip") if name in offered), "")


class Shelf:
    """The pages built for one content version; an older version's are thrown away."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.version: Hashable = None
        self.pages: OrderedDict[Hashable, BuiltPage] = OrderedDict()

    def get(
        self, version: Hashable, key: Hashable, build: Callable[[], str]
    ) -> BuiltPage:
        """The page for `key`, built now when it is not there."""
        with self.lock:
            if version != self.version:
                self.pages.clear()
                self.version = version
            page = self.pages.get(key)
            if page is not None:
                self.pages.move_to_end(key)
                return page
        page = BuiltPage.of(build())
        with self.lock:
            if version == self.version:
                self.pages[key] = page
                while len(self.pages) > MAX_PAGES:
                    self.pages.popitem(last=False)
        return page


shelf = Shelf()
