"""The public guide as plain files, for any static host or a USB stick.

Each combination of answers is a folder (`hand/fat/…`, `any/any/…`). The pages are
rendered by the views of the site. Links are made relative and name index.html, so that
they also work from a disk. Where a page needs a server, the templates show a sentence
instead (`Reading.elsewhere`).
"""

import os
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpResponse
from django.templatetags.static import static
from django.test import RequestFactory
from django.urls import resolve

from sessions.guide.current import current_snapshot
from sessions.guide.snapshot import ClinicDetails
from sessions.guide.views.offline import public_files
from sessions.library.references import GENERATED_PAGES

ANY = "any"
STATIC = "static"
INDEX = "index.html"
# All URLs of the site in its templates: they begin with a slash.
LINK = re.compile(r'(\s(?:href|src)=")(/[^"]*)(")')


class ExportRefused(Exception):
    """Nothing was written. The message says why, and how to mend it."""


def elsewhere(clinic: ClinicDetails) -> str:
    """The sentence that the exported copy shows where a page would need a server."""
    sentence = "This copy of the guide can not do this."
    if settings.PUBLIC_URL:
        return f"{sentence} Use the guide at {settings.PUBLIC_URL}"
    if clinic.telephone:
        return f"{sentence} Ring your clinic: {clinic.telephone}"
    return f"{sentence} Ring the number on your appointment letter."


def export_site(folder: Path) -> int:
    """Writes every public page into `folder`, atomically. Returns the number of pages.

    Raises ExportRefused for a folder that is not empty.
    """
    folder = folder.resolve()
    if folder.is_dir() and any(folder.iterdir()):
        raise ExportRefused(f"{folder} is not empty. Name a new or an empty folder.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".part-") as name:
            part = Path(name) / "site"
            count = _Export(part).write()
            part.chmod(0o755)
            part.replace(folder)
    except OSError as error:
        place = error.filename or folder
        raise ExportRefused(f"{place} cannot be written: {error.strerror}") from error
    return count


@dataclass(frozen=True, order=True)
class _PageVariant:
    """A page for one combination of answers: its URL on the site, and its file."""

    area: str
    cells: str
    path: str

    @property
    def url(self) -> str:
        given = {"area": self.area, "cells": self.cells}
        query = "&".join(f"{key}={code}" for key, code in given.items() if code)
        return f"{self.path}?{query}" if query else self.path

    @property
    def file(self) -> PurePosixPath:
        start = PurePosixPath(self.area or ANY, self.cells or ANY)
        return start / self.path.lstrip("/") / INDEX


class _Export:
    """Writes each page that can be reached from home, for each set of answers."""

    def __init__(self, root: Path):
        self.root = root
        self.snapshot = current_snapshot()
        self.elsewhere = elsewhere(self.snapshot.clinic)
        self.areas = [choice.code for choice in self.snapshot.areas]
        self.cells = [choice.code for choice in self.snapshot.cell_sources]
        for code in {ANY, STATIC} & set(self.areas):
            raise ExportRefused(
                f'The area "{code}" would take the place of a folder of the copy. Give '
                "it another short name."
            )

    def write(self) -> int:
        waiting = {
            self._variant_of(f"{path}?area={area}&cells={cells}")
            for path in ("/", *(f"/{name}/" for name in GENERATED_PAGES))
            for area in ("", *self.areas)
            for cells in ("", *self.cells)
        }
        done: set[_PageVariant] = set()
        while waiting:
            variant = min(waiting)
            waiting.remove(variant)
            done.add(variant)
            waiting |= self._write_page(variant, variant.file) - done
        self._write_page(self._variant_of("/"), PurePosixPath(INDEX))
        for name in public_files():
            self._write_static(static(name))
        return len(done)

    def _variant_of(self, url: str) -> _PageVariant:
        """The page and answers of a URL.

        Where the clinic offers only one area or cell source, that is the answer.
        """
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        if set(query) - {"area", "cells"}:
            raise ExportRefused(f"A page leads to {url}, which has no plain file.")
        area = self.areas if len(self.areas) == 1 else query.get("area", [""])
        cells = self.cells if len(self.cells) == 1 else query.get("cells", [""])
        return _PageVariant(area[0], cells[0], parts.path)

    def _write_page(
        self, variant: _PageVariant, file: PurePosixPath
    ) -> set[_PageVariant]:
        """Writes one page. Returns the pages that it links to."""
        found: set[_PageVariant] = set()

        def relative(url: str) -> str:
            if url.startswith(settings.STATIC_URL):
                target = PurePosixPath(_static_file(url))
            else:
                linked = self._variant_of(url)
                found.add(linked)
                target = linked.file
            _, hash_sign, anchor = url.partition("#")
            return f"{os.path.relpath(target, file.parent)}{hash_sign}{anchor}"

        html = _rewrite_links(self._read(variant), relative)
        target = self.root / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(html, encoding="utf-8")
        return found

    def _read(self, variant: _PageVariant) -> str:
        request = RequestFactory().get(variant.url)
        request.elsewhere = self.elsewhere  # type: ignore[attr-defined]
        try:
            view, args, kwargs = resolve(variant.path)
            response: HttpResponse = view(request, *args, **kwargs)
        except Http404 as error:
            message = f"A page leads to {variant.url}, where nothing is. Mend it."
            raise ExportRefused(message) from error
        if response.status_code != 200:
            message = f"{variant.url} answers {response.status_code}, not a page."
            raise ExportRefused(message)
        return response.content.decode()

    def _write_static(self, url: str) -> None:
        name = url.removeprefix(settings.STATIC_URL)
        collected = Path(settings.STATIC_ROOT) / name
        source = collected if collected.is_file() else finders.find(name)
        if not source:
            raise ExportRefused(f"{name} is missing. Run manage.py collectstatic.")
        target = self.root / _static_file(url)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def _static_file(url: str) -> str:
    return f"{STATIC}/{url.removeprefix(settings.STATIC_URL)}"


class _StartTags(HTMLParser):
    """The start tags of a page, each with its line and column."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=False)
        self.found: list[tuple[tuple[int, int], str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((self.getpos(), self.get_starttag_text() or ""))


def _rewrite_links(html: str, rewrite: Callable[[str], str]) -> str:
    """The page with every URL in a start tag rewritten, and the rest unchanged."""
    starts = [0]
    for line in html.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    pieces, end = [], 0
    for (line_number, column), tag in _StartTags(html).found:
        start = starts[line_number - 1] + column
        pieces.append(html[end:start])
        pieces.append(
            LINK.sub(lambda m: f"{m[1]}{escape(rewrite(unescape(m[2])))}{m[3]}", tag)
        )
        end = start + len(tag)
    return "".join([*pieces, html[end:]])
