"""A real browser, and a site for it to read."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect, sync_playwright

from tests.conftest import need_program
from tests.servers import free_port
from tests.sites import Site, serve, set_up

CHROMIUM = "/usr/bin/chromium"
# Chromium without windows and PDF viewer. It needs less than half the time.
WITHOUT_WINDOWS = "/usr/bin/chromium-headless-shell"
# Milliseconds. Playwright's own 5 seconds are too few on a machine that is busy.
EXPECT_TIMEOUT = 20_000
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-quic"]


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """StemGuide as `make run` starts it, on a free port with its own database."""
    need_program("chromium")
    var_dir = tmp_path_factory.mktemp("var")
    port = free_port()
    password = set_up(var_dir)
    with serve(var_dir, port):
        yield Site(f"http://127.0.0.1:{port}", password, var_dir)


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
        expect.set_options(timeout=EXPECT_TIMEOUT)
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
