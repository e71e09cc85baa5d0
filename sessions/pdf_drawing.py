"""Sheets of HTML laid out by WeasyPrint; imported by sessions.pdf_worker alone."""

import logging
from pathlib import Path
from urllib.parse import unquote, urlsplit

from weasyprint import CSS, HTML, Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

for name in ("weasyprint", "weasyprint.progress", "fontTools"):
    logging.getLogger(name).disabled = True

# An address that is none: what a sheet names is looked for in static files or nowhere.
NOWHERE = "http://sheet.invalid"
KINDS = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}
FONTS = FontConfiguration()
_stylesheets: dict[tuple[Path, int], CSS] = {}


class StaticFiles(URLFetcher):
    """Gives what lies in the folders of static files, and refuses everything else."""

    def __init__(self, static_url: str, folders: list[str]) -> None:
        super().__init__(allowed_protocols=[])
        self._prefix = NOWHERE + static_url
        self._folders = [Path(folder).resolve() for folder in folders]

    def path_of(self, url: str) -> Path:
        """Where the file lies; ValueError where the address is not of a static file."""
        if not url.startswith(self._prefix):
            raise ValueError("not a static file")
        name = unquote(urlsplit(url.removeprefix(self._prefix)).path)
        for folder in self._folders:
            path = (folder / name).resolve()
            if path.is_relative_to(folder) and path.is_file():
                return path
        raise ValueError("no such static file")

    def fetch(self, url, headers=None):
        path = self.path_of(url)
        kind = KINDS.get(path.suffix, "application/octet-stream")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})


class WithoutStylesheets(StaticFiles):
    """The same for a sheet, whose stylesheets are kept ready and given beside it."""

    def fetch(self, url, headers=None):
        if urlsplit(url).path.endswith(".css"):
            return URLFetcherResponse(url, b"", {"Content-Type": "text/css"})
        return super().fetch(url, headers)


class Drawing:
    """The sheets of one batch."""

    def __init__(self, static_url: str, folders: list[str]) -> None:
        self._files = StaticFiles(static_url, folders)
        self._images = WithoutStylesheets(static_url, folders)
        self._drawn: list[Document] = []

    @property
    def pages(self) -> list[int]:
        """How many pages each sheet has."""
        return [len(document.pages) for document in self._drawn]

    def add(self, sheet: str) -> None:
        html = HTML(string=sheet, base_url=NOWHERE + "/", url_fetcher=self._images)
        document = html.render(font_config=FONTS, stylesheets=self._stylesheets(html))
        self._drawn.append(document)

    def _stylesheets(self, html: HTML) -> list[CSS]:
        links = html.etree_element.iter("link")
        names = [
            link.get("href", "") for link in links if link.get("rel") == "stylesheet"
        ]
        return [css for name in names if (css := self._stylesheet(name))]

    def _stylesheet(self, address: str) -> CSS | None:
        """The stylesheet, read once for as long as its file stays as it is."""
        try:
            path = self._files.path_of(NOWHERE + address)
        except ValueError:
            return None
        key = (path, path.stat().st_mtime_ns)
        if key not in _stylesheets:
            _stylesheets[key] = CSS(
                url=NOWHERE + address, url_fetcher=self._files, font_config=FONTS
            )
        return _stylesheets[key]

    def bound(self, *, copies: int, blank_backs: bool) -> bytes:
        """The PDF of all that was added."""
        pages = [page for document in self._drawn for page in document.pages]
        return self._drawn[0].copy(pages * copies).write_pdf(pdf_tags=True)
