"""`make dev`, as a newcomer types it: what is saved shows when a page is read again."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.project.test_make_run import read
from tests.conftest import ROOT
from tests.servers import free_port

PARTS = ("content", "sessions", "static", "stemguide", "templates")
FILES = ("Makefile", "manage.py", "pyproject.toml")


def copy_of_the_tree(folder: Path) -> Path:
    for name in PARTS:
        skip = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=skip)
    for name in FILES:
        shutil.copy(ROOT / name, folder)
    return folder


@contextmanager
def make_dev(tree: Path, port: int) -> Iterator[Path]:
    """Runs `make dev` in this tree; gives where its words go; ends it after."""
    clean = ("CONTENT_", "DATABASE_", "DJANGO_", "MAKE", "STEMGUIDE_")
    values = {k: v for k, v in os.environ.items() if not k.startswith(clean)}
    venv = sys.prefix
    log = tree / "log"
    with log.open("w") as file:
        process = subprocess.Popen(
            [
                "make", "dev", f"PORT={port}", f"VENV={venv}",
                "-o", f"{venv}/installed", "-o", f"{venv}/installed-pdf",
            ],
            cwd=tree, env={**values, "PYTHONUNBUFFERED": "1"}, stdout=file,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            _wait_until_served(process, log)
            yield log
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)


def _wait_until_served(process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if "Quit the server" in log.read_text():
            return
        assert process.poll() is None, log.read_text()
        time.sleep(0.2)
    raise AssertionError(log.read_text())


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def wait_until_watched(tree: Path, log: Path) -> None:
    """Saves a file with a fault again and again, until it is named.

    The server answers before Django's reloader has been through all files once, and
    what is saved before then is never noticed.
    """
    page = tree / "content/en/diary.md"
    whole = page.read_text()
    end = time.monotonic() + 90
    while "en/diary.md:1:" not in log.read_text():
        assert time.monotonic() < end, log.read_text()
        page.write_text("broken")
        time.sleep(1)
    page.write_text(whole)


def wait_for(words: str, get) -> None:
    """Until the words are there."""
    end = time.monotonic() + 60
    while words not in (found := get()):
        assert time.monotonic() < end, found[-2000:]
        time.sleep(0.2)


@pytest.fixture(scope="module")
def running(tmp_path_factory) -> Iterator[tuple[Path, str, Path]]:
    """A copy of the tree, where it is served, and what `make dev` said."""
    tree = copy_of_the_tree(tmp_path_factory.mktemp("dev"))
    port = free_port()
    with make_dev(tree, port) as log:
        wait_until_watched(tree, log)
        yield tree, f"http://127.0.0.1:{port}", log


def test_it_says_how_to_sign_in_and_keeps_its_own_folder(running):
    tree, url, log = running

    page = read(f"{url}/risks/")

    assert "Development: not for patients" in page
    assert len(re.findall(r"password: +\S{20}\n", log.read_text())) == 1
    assert url in log.read_text()
    assert [path.name for path in (tree / "var").iterdir()] == ["dev"]


def test_changed_sentence_of_a_page_shows(running):
    tree, url, _ = running
    read(f"{url}/about/")

    change(tree / "content/en/about.md", "\n---\n\n", "\n---\n\nA new sentence.\n\n")

    wait_for("A new sentence.", lambda: read(f"{url}/about/"))


def test_broken_file_is_named_and_the_page_stays(running):
    tree, url, log = running
    before = read(f"{url}/words/")
    page = tree / "content/en/words.md"
    whole = page.read_text()

    page.write_text("broken")

    wait_for("en/words.md:1: There is no front matter.", log.read_text)
    assert read(f"{url}/words/") == before
    page.write_text(whole.replace("\n---\n\n", "\n---\n\nMended.\n\n", 1))
    wait_for("Mended.", lambda: read(f"{url}/words/"))


def test_changed_template_shows(running):
    tree, url, _ = running
    read(f"{url}/risks/")

    change(tree / "templates/base.html", "</main>", "<p>A new line.</p></main>")

    wait_for("A new line.", lambda: read(f"{url}/risks/"))


def test_changed_code_shows(running):
    tree, url, _ = running
    settings = tree / "stemguide/settings/development.py"

    change(settings, "Development: not for patients", "Still being written")

    wait_for("Still being written", lambda: read(f"{url}/risks/"))
