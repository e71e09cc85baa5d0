"""Draws HTML sheets with WeasyPrint. No other module imports WeasyPrint."""

import logging
import zlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit

import pydyf
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from sessions.pdf.binding import Binding

# The log messages of these libraries may quote a sheet.
for name in ("weasyprint", "weasyprint.progress", "fontTools"):
    logging.getLogger(name).disabled = True

# pydyf compresses at level 9, which takes four times as long and saves 2 %.
pydyf.zlib = SimpleNamespace(
    compress=zlib.compress, compressobj=lambda level: zlib.compressobj(min(level, 5))
)

SEVERAL_SHEETS = "Sheets to print"
# The base URL of a sheet. No request is ever sent to it: StaticFiles reads the files.
BASE_URL = "http://sheet.invalid"
CONTENT_TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}
KEPT_SCHEMES = ("http", "https", "mailto", "tel")
FONTS = FontConfiguration()
# In a merged PDF each sheet has one outline, and headings have none.
WITHOUT_OUTLINE = CSS(
    string="h1, h2, h3, h4, h5, h6 { bookmark-level: none }", font_config=FONTS
)

_stylesheets: dict[tuple[Path, int], CSS] = {}


class StaticFiles(URLFetcher):
    """Fetches files from the folders of static files, and refuses all other URLs."""

    def __init__(self, static_url: str, folders: list[str]) -> None:
        super().__init__(allowed_protocols=[])
        self._prefix = BASE_URL + static_url
        self._folders = [Path(folder).resolve() for folder in folders]

    def path_of(self, url: str) -> Path:
        """The path of the file. Raises ValueError if this is no static file."""
        if not url.startswith(self._prefix):
            raise ValueError("This is not the address of a static file.")
        name = unquote(urlsplit(url.removeprefix(self._prefix)).path)
        for folder in self._folders:
            path = (folder / name).resolve()
            if path.is_relative_to(folder) and path.is_file():
                return path
        raise ValueError("There is no such static file.")

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        path = self.path_of(url)
        kind = CONTENT_TYPES.get(path.suffix, "application/octet-stream")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})


class Drawing:
    """The PDF of one batch. Each sheet is drawn when it is added."""

    def __init__(
        self,
        *,
        sheets: int,
        copies: int,
        blank_backs: bool,
        static_url: str,
        folders: list[str],
    ) -> None:
        self._files = StaticFiles(static_url, folders)
        self._image_cache: dict[str, Any] = {}
        # A single sheet is not merged, so its headings stay in the outline.
        is_single = sheets * copies == 1 and not blank_backs
        self._pdf = b""
        self._binding: Binding | None = None
        if not is_single:
            self._binding = Binding(copies=copies, blank_backs=blank_backs)
        self._title = self._language = ""
        # How many pages each sheet has.
        self.pages: list[int] = []

    def add(self, sheet: str) -> None:
        """Draws one sheet."""
        html = HTML(string=sheet, base_url=BASE_URL + "/", url_fetcher=self._files)
        _remove_relative_links(html.etree_element)
        stylesheets = self._take_stylesheets(html.etree_element)
        if self._binding:
            stylesheets.append(WITHOUT_OUTLINE)
        document = html.render(
            font_config=FONTS, stylesheets=stylesheets, cache=self._image_cache
        )
        title = (document.metadata.title or "").strip()
        self._title = SEVERAL_SHEETS if self.pages else title
        self._language = self._language or document.metadata.lang or ""
        self.pages.append(len(document.pages))
        if not self._binding:
            self._pdf = document.write_pdf(pdf_tags=True)
            return
        binding = self._binding

        def merge(_: object, drawn: pydyf.PDF) -> None:
            binding.add(drawn, title)
            del drawn.objects[1:]  # Already in the merged PDF.

        document.write_pdf(pdf_tags=True, finisher=merge)

    def _take_stylesheets(self, root: Any) -> list[CSS]:
        """Removes every `<link>` from the head; returns the stylesheets among them."""
        head = root.find("head")
        links = head.findall("link")
        for link in links:
            head.remove(link)
        addresses = [
            link.get("href", "") for link in links if link.get("rel") == "stylesheet"
        ]
        return [css for url in addresses if (css := self._stylesheet(url))]

    def _stylesheet(self, address: str) -> CSS | None:
        """The parsed stylesheet, cached until its file is modified.

        None if the address is not that of a static file.
        """
        url = BASE_URL + address
        try:
            path = self._files.path_of(url)
        except ValueError:
            return None
        key = (path, path.stat().st_mtime_ns)
        if key not in _stylesheets:
            _stylesheets[key] = CSS(url=url, url_fetcher=self._files, font_config=FONTS)
        return _stylesheets[key]

    def finish(self) -> bytes:
        """The PDF of all sheets that were added."""
        if not self._binding:
            return self._pdf
        return self._binding.to_bytes(title=self._title, language=self._language)


def _remove_relative_links(root: Any) -> None:
    """Replaces links to pages of the guide by their text: a PDF has no such pages."""
    for link in root.iter("a"):
        address = link.get("href", "")
        if address.startswith("#") or urlsplit(address).scheme in KEPT_SCHEMES:
            continue
        link.tag = "span"
        link.attrib.pop("href", None)
