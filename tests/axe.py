"""Runs the accessibility scanner axe with all rules of WCAG 2.2 AA and good advice."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.cases import soak_only

RULES = {
    "runOnly": [
        "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice",
    ],
    # Without a report on rules that pass: that took most of the time.
    "resultTypes": ["violations"],
}  # fmt: skip
FOR_PATIENTS = {"rules": {"color-contrast-enhanced": {"enabled": True}}}


def looks(first: tuple[int, str], *others: tuple[int, str]) -> pytest.MarkDecorator:
    """Viewport widths and colour schemes to scan in; `make test` uses the first."""
    rare = [soak_only(*look) for look in others]
    return pytest.mark.parametrize(("width", "scheme"), [first, *rare])


def violations(page: Page, options: dict | None = None) -> list[tuple[str, list[str]]]:
    """Each rule that the page breaks, with the first three elements that break it."""
    page.wait_for_load_state()
    response = Axe().run(page, options=RULES | (options or {})).response
    return [
        (found["id"], [node["html"][:120] for node in found["nodes"][:3]])
        for found in response["violations"]
    ]
