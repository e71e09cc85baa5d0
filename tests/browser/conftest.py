"""A real site (gunicorn, two workers, the real content) and a real browser."""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, sync_playwright

from tests.conftest import ROOT, need_program
from tests.copies import put_copy
from tests.servers import create_database, free_port

PUBLIC_URL = "https://guide.example"
CHROMIUM = "/usr/bin/chromium"
# The same without windows and PDF viewer, in less than half the time.
WITHOUT_WINDOWS = "/usr/bin/chromium-headless-shell"
# For what weighs pages and measures them.
AS_SHIPPED = {"DJANGO_SETTINGS_MODULE": "stemguide.settings.tryout"}
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-quic"]


@dataclass(frozen=True)
class Site:
    """Where the running site answers, and how its administrator signs in."""

    url: str
    password: str
    var_dir: Path


def environment_of(var_dir: Path, port: int = 8000) -> dict[str, str]:
    """What a try-out site with its files in `var_dir` runs with."""
    database = var_dir / "database-url"
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith("DJANGO_")},
        "STEMGUIDE_VAR_DIR": str(var_dir),
        "DJANGO_SETTINGS_MODULE": "tests.tryout",
        "PORT": str(port),
        "PUBLIC_URL": PUBLIC_URL,
        "DATABASE_URL": database.read_text() if database.exists() else "",
    }


def use_postgresql(var_dir: Path, server_url: str) -> str:
    """Gives the site in `var_dir` a database of its own on this server: its address."""
    url = create_database(server_url)
    (var_dir / "database-url").write_text(url)
    return url


def manage(var_dir: Path, *command: str) -> str:
    """What a management command of the site in `var_dir` prints."""
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT, env=environment_of(var_dir), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return done.stdout


def set_up(var_dir: Path) -> str:
    """Makes a site's database and static files; its administrator's password.

    Where the tests run on PostgreSQL, so does the site. Files are made once and copied.
    """
    if server_url := os.environ.get("DATABASE_URL"):
        use_postgresql(var_dir, server_url)
    return fill(var_dir)


def fill(var_dir: Path) -> str:
    """The same on the database that this site is set to, SQLite if to none."""
    if (var_dir / "database-url").exists():
        return _make_site(var_dir)
    return put_copy(_make_site, var_dir)


def _make_site(var_dir: Path) -> str:
    manage(var_dir, "migrate", "--skip-checks", "-v", "0")
    manage(var_dir, "load_content")
    collect_static(var_dir)
    printed = manage(var_dir, "create_first_administrator")
    found = re.search(r"password:\s+(\S+)", printed)
    assert found, printed
    return found[1]


def collect_static(var_dir: Path) -> None:
    """Puts the static files into a site's folder, hashed and compressed."""
    put_copy(_collect_static, var_dir)


def _collect_static(var_dir: Path) -> None:
    manage(var_dir, "collectstatic", "--noinput", "-v", "0")
    (var_dir / "secret-key").unlink()  # Each site makes its own.


@contextmanager
def serve(
    var_dir: Path, port: int, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Runs the site whose database and static files are in `var_dir`; ends it after."""
    with (var_dir / "log").open("a") as log:
        gunicorn = subprocess.Popen(
            [
                sys.executable, "-m", "gunicorn", "--config",
                "stemguide/gunicorn_conf.py", "--no-control-socket", "stemguide.wsgi",
            ],
            cwd=ROOT, env={**environment_of(var_dir, port), **environment}, stdout=log,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            _wait_until_it_answers(f"http://127.0.0.1:{port}/healthz")
            yield gunicorn
        finally:
            gunicorn.terminate()
            gunicorn.wait(timeout=30)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """StemGuide as `make run` starts it, on a free port with its own database."""
    need_program("chromium")
    var_dir = tmp_path_factory.mktemp("var")
    port = free_port()
    password = set_up(var_dir)
    with serve(var_dir, port):
        yield Site(f"http://127.0.0.1:{port}", password, var_dir)


def _wait_until_it_answers(address: str) -> None:
    for _ in range(150):
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except urllib.error.HTTPError:
            return  # it answers, if only to a name of its own
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"{address} never answered.")


_click = Locator.click


def _click_and_wait(locator: Locator, **options) -> None:
    """Clicks; where that leads to a page, waits for it to load, as `goto` does.

    Playwright's own click returns as soon as the page begins to arrive.
    """
    _click(locator, **options)
    locator.page.wait_for_load_state()


@pytest.fixture(scope="session")
def chromium():
    need_program("chromium")
    path = WITHOUT_WINDOWS if Path(WITHOUT_WINDOWS).exists() else CHROMIUM
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Locator, "click", _click_and_wait)
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_context(chromium):
    """Makes a fresh browser profile; closes all of them after the test."""
    contexts: list[BrowserContext] = []

    def make(width: int = 390, **options) -> BrowserContext:
        viewport = {"width": width, "height": 800}
        context = chromium.new_context(viewport=viewport, **options)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_context) -> Page:
    return open_context().new_page()
