"""Folds of a page, opened as a reader does."""

from playwright.sync_api import Page


def unfold(page: Page, title: str) -> None:
    """Opens the fold with these words in its title, if it is closed."""
    summary = page.locator("summary", has_text=title).first
    if not summary.evaluate("summary => summary.parentElement.open"):
        summary.click()
