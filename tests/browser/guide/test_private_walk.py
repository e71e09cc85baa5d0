"""A patient's whole walk leaves nothing on the server: no row, no line of a log."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.folds import unfold
from tests.cases import soak_only
from tests.sites import manage

# A day, a note and a search that stand nowhere else in a log or the database.
DAY = date.today() + timedelta(days=57)
SEARCH = "zinnia"
NOTE = "Marigold"


def dump(site):
    """Every row of every table, on either database."""
    return manage(site.var_dir, "dumpdata", "--indent", "1").splitlines()


def type_day(page):
    unfold(page, "See your own dates")
    for label, number in (("Day", DAY.day), ("Month", DAY.month), ("Year", DAY.year)):
        page.get_by_label(label, exact=True).fill(str(number))
    page.get_by_role("button", name="Show my dates").click()
    expect(page.locator(".task__day").first).to_be_visible()


def ask_for_calendar(page):
    with page.expect_download():
        page.get_by_role("button", name="Add the dates to your calendar").click()


def search(page):
    page.get_by_label("Search this guide").fill(SEARCH)
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(SEARCH)


@pytest.mark.parametrize(
    "scripts",
    [True, soak_only(False)],
    ids=["scripts", "no-scripts"],
)
def test_walk_leaves_no_trace_on_the_server(site, open_context, scripts):
    context = open_context(390, java_script_enabled=scripts)
    page = context.new_page()
    before = dump(site)

    page.goto(f"{site.url}/?area=hand&cells=fat")
    search(page)
    page.goto(f"{site.url}/checklist/?area=hand&cells=fat")
    type_day(page)
    ask_for_calendar(page)
    page.locator(".task__tick").first.check()
    if scripts:
        page.locator(".task").nth(1).get_by_text("Why").click()
        page.locator(".task").nth(1).get_by_label("Your note").fill(NOTE)
        page.goto(f"{site.url}/questions/?area=hand&cells=fat")
        page.locator(".task__tick").first.check()
        page.get_by_label("Write one on each line.").fill(NOTE)
        page.goto(f"{site.url}/diary/")
        page.get_by_label(re.compile("note", re.IGNORECASE)).last.fill(NOTE)
        page.get_by_role("button", name="Save", exact=False).first.click()
    for path in ("/visit/", "/visit/print/", "/diary/print/", "/guide/print/"):
        page.goto(f"{site.url}{path}?area=hand&cells=fat")

    log = (site.var_dir / "log").read_text()
    assert dump(site) == before
    assert context.cookies() == []
    assert "/checklist/" in log and "/search/" in log, "The walk is in the log."
    assert "?" not in log and "area=" not in log
    typed = (SEARCH, NOTE, DAY.isoformat(), f"{DAY.day}/{DAY.month}", f"={DAY.year}")
    for word in typed:
        assert word not in log, word
