"""The public guide as plain files, for any static host or a USB stick.

Each combination of answers is a folder (`hand/fat/…`, `any/any/…`). The pages are those
of the site, drawn by its own views; links are made relative and name index.html, so
that they work from a disk too. What needs a server is replaced by a sentence in the
templates (`Reading.elsewhere`).
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
# Our templates write addresses of the site in these, with a slash first.
LINK = re.compile(r'(\s(?:href|src)=")(/[^"]*)(")')


class ExportRefused(Exception):
    """Nothing was written; the text says why, and how to mend it."""


def elsewhere(clinic: ClinicDetails) -> str:
    """What a copy says in the place of what only the site can do."""
    sentence = "This copy of the guide can not do this."
    if settings.PUBLIC_URL:
        return f"{sentence} Use the guide at {settings.PUBLIC_URL}"
    if clinic.telephone:
        return f"{sentence} Ring your clinic: {clinic.telephone}"
    return f"{sentence} Ring the number on your appointment letter."


def export_site(folder: Path) -> int:
    """Writes every public page into `folder`; how many pages there are.

    Raises ExportRefused for a folder that is not empty. The folder is filled in one
    step: it is whole, or as it was.
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
class _Place:
    """A page for some answers: where the site has it, and its file in the copy."""

    area: str
    cells: str
    path: str

    @property
    def address(self) -> str:
        given = {"area": self.area, "cells": self.cells}
        query = "&".join(f"{key}={code}" for key, code in given.items() if code)
        return f"{self.path}?{query}" if query else self.path

    @property
    def file(self) -> PurePosixPath:
        start = PurePosixPath(self.area or ANY, self.cells or ANY)
        return start / self.path.lstrip("/") / INDEX


class _Export:
    """Follows the links of the site from home, for each combination of answers."""

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
            self._place(f"{path}?area={area}&cells={cells}")
            for path in ("/", *(f"/{name}/" for name in GENERATED_PAGES))
            for area in ("", *self.areas)
            for cells in ("", *self.cells)
        }
        done: set[_Place] = set()
        while waiting:
            place = min(waiting)
            waiting.remove(place)
            done.add(place)
            waiting |= self._write_page(place, place.file) - done
        self._write_page(self._place("/"), PurePosixPath(INDEX))
        for name in public_files():
            self._write_static(static(name))
        return len(done)

    def _place(self, address: str) -> _Place:
        """A question with a single possible answer is answered already, as on the
        site."""
        parts = urlsplit(address)
        query = parse_qs(parts.query)
        if set(query) - {"area", "cells"}:
            raise ExportRefused(f"A page leads to {address}, which has no plain file.")
        area = self.areas if len(self.areas) == 1 else query.get("area", [""])
        cells = self.cells if len(self.cells) == 1 else query.get("cells", [""])
        return _Place(area[0], cells[0], parts.path)

    def _write_page(self, place: _Place, file: PurePosixPath) -> set[_Place]:
        """Writes one page; the places that it leads to."""
        found: set[_Place] = set()

        def relative(address: str) -> str:
            if address.startswith(settings.STATIC_URL):
                target = PurePosixPath(_static_file(address))
            else:
                linked = self._place(address)
                found.add(linked)
                target = linked.file
            _, hash_sign, anchor = address.partition("#")
            return f"{os.path.relpath(target, file.parent)}{hash_sign}{anchor}"

        html = _swap_links(self._read(place), relative)
        target = self.root / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(html, encoding="utf-8")
        return found

    def _read(self, place: _Place) -> str:
        request = RequestFactory().get(place.address)
        request.elsewhere = self.elsewhere  # type: ignore[attr-defined]
        try:
            view, args, kwargs = resolve(place.path)
            response: HttpResponse = view(request, *args, **kwargs)
        except Http404 as error:
            message = f"A page leads to {place.address}, where nothing is. Mend it."
            raise ExportRefused(message) from error
        if response.status_code != 200:
            message = f"{place.address} answers {response.status_code}, not a page."
            raise ExportRefused(message)
        return response.content.decode()

    def _write_static(self, address: str) -> None:
        name = address.removeprefix(settings.STATIC_URL)
        collected = Path(settings.STATIC_ROOT) / name
        source = collected if collected.is_file() else finders.find(name)
        if not source:
            raise ExportRefused(f"{name} is missing. Run manage.py collectstatic.")
        target = self.root / _static_file(address)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def _static_file(address: str) -> str:
    return f"{STATIC}/{address.removeprefix(settings.STATIC_URL)}"


class _Tags(HTMLParser):
    """The start tags of a page, and where each begins."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=False)
        self.found: list[tuple[tuple[int, int], str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((self.getpos(), self.get_starttag_text() or ""))


def _swap_links(html: str, swap: Callable[[str], str]) -> str:
    """The page with other addresses; what is no tag stays as it is."""
    starts = [0]
    for line in html.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    pieces, end = [], 0
    for (line_number, column), tag in _Tags(html).found:
        start = starts[line_number - 1] + column
        pieces.append(html[end:start])
        pieces.append(
            LINK.sub(lambda m: f"{m[1]}{escape(swap(unescape(m[2])))}{m[3]}", tag)
        )
        end = start + len(tag)
    return "".join([*pieces, html[end:]])
