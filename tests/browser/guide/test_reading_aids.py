"""Words explained in place, search, folded layers, and ticks kept on the device."""

import pytest
from playwright.sync_api import expect

from tests.sites import manage


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_word_opens_its_meaning_by_keyboard_and_closes_again(
    site, open_context, scripts
):
    page = open_context(320, java_script_enabled=scripts).new_page()
    page.goto(f"{site.url}/stages/preparation/")
    term = page.locator("button.term").first
    meaning = page.locator(f"#{term.get_attribute('popovertarget')}")
    expect(meaning).to_be_hidden()

    term.focus()
    page.keyboard.press("Enter")
    expect(meaning).to_be_visible()
    expect(meaning).to_be_in_viewport()
    page.keyboard.press("Escape")

    expect(meaning).to_be_hidden()


def test_search_works_without_scripts_and_leaves_no_trace(site, open_context):
    page = open_context(320, java_script_enabled=False).new_page()
    page.goto(f"{site.url}/?area=hand&cells=fat")

    page.get_by_label("Search this guide").fill("unmistakable driving")
    page.get_by_role("button", name="Search").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("unmistakable driving")
    assert "area=hand" in page.url
    page.locator(".found a").first.click()
    assert "area=hand" in page.url
    for file in (site.var_dir / "log", *site.var_dir.glob("stemguide.sqlite3*")):
        assert b"unmistakable" not in file.read_bytes(), file.name
    assert "unmistakable" not in manage(site.var_dir, "dumpdata")


def test_what_matters_stays_on_the_device(site, page):
    page.goto(f"{site.url}/options/")
    page.locator(".task input").first.check()

    page.reload()

    expect(page.locator(".task input").first).to_be_checked()


def test_what_matters_is_printed_from_the_device(site, page):
    page.goto(f"{site.url}/options/")
    page.locator(".task input").nth(1).check()
    words = page.locator(".task__words").nth(1).inner_text().strip()

    page.get_by_role("link", name="Print this page").click()

    ticked = page.locator(".task:has(.task__box--ticked)")
    expect(ticked).to_have_count(1)
    assert words in ticked.inner_text()


def test_damaged_storage_breaks_nothing(site, page):
    page.goto(f"{site.url}/options/")
    page.evaluate("localStorage.setItem('stemguide', '{broken')")

    page.reload()
    page.locator(".task input").first.check()
    page.reload()

    expect(page.locator(".task input").first).to_be_checked()


def test_what_matters_works_as_plain_boxes_without_scripts(site, open_context):
    page = open_context(java_script_enabled=False).new_page()
    page.goto(f"{site.url}/options/")

    page.locator(".task label").first.click()

    expect(page.locator(".task input").first).to_be_checked()


def test_choices_stand_side_by_side_on_wide_screens_and_stack_on_a_phone(
    site, open_context
):
    for width, rows_side_by_side in ((1280, True), (390, False)):
        page = open_context(width).new_page()
        page.goto(f"{site.url}/options/")
        cells = page.locator("main table tbody tr").first.locator("th, td")
        tops = {round(cell.bounding_box()["y"]) for cell in cells.all()}

        assert (len(tops) == 1) == rows_side_by_side
