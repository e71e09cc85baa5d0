"""A nurse's edit, from the form to the patient's page of every worker process."""

import http.client
import re
import time
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.axe import violations


@pytest.fixture
def staff(site, open_context) -> Page:
    page = open_context(1280).new_page()
    page.goto(f"{site.url}/admin/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("What would you like to do?")).to_be_visible()
    return page


def test_nurse_edit_shows_in_every_worker_within_a_second(site, staff):
    said: list[str] = []
    staff.on("console", lambda message: said.append(message.text))
    staff.get_by_role("link", name="Pages").first.click()
    staff.get_by_role("link", name="Monitoring (stages/monitoring)", exact=True).click()
    staff.get_by_role("button", name="Edit the wording").click()
    box = staff.get_by_label("Text:")
    old = box.input_value()
    first = r"(## How it may feel\n\n)[^\n]+"
    box.fill(re.sub(first, r"\1The nurse wrote this.", old, count=1))
    staff.get_by_role("button", name="Save and preview").click()
    expect(staff.get_by_text("Patients cannot see this")).to_be_visible()
    expect(staff.get_by_text("The nurse wrote this.")).to_be_visible()
    assert not any(read_from_many(site.url)), "A draft reached a patient."
    staff.get_by_role("link", name="Back to the text").click()
    staff.get_by_role("button", name="Save and go on to publish").click()
    reason = staff.get_by_label("Why can it not wait for a second person?")
    reason.fill("A number was wrong.")
    staff.get_by_role("button", name="Publish without review").click()
    expect(staff.get_by_text("Published. Patients read it now")).to_be_visible()

    time.sleep(1)

    assert all(read_from_many(site.url))
    assert not said, said


def read_from_many(url: str) -> list[bool]:
    """Whether the new words are in every response, over many new connections."""
    found = []
    for _ in range(40):
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
        connection.request("GET", "/stages/monitoring/")
        found.append(b"The nurse wrote this." in connection.getresponse().read())
        connection.close()
    return found


@pytest.mark.exhaustive
def test_two_people_at_one_draft_lose_nothing(site, staff):
    staff.goto(f"{site.url}/admin/stemguide_sessions/page/?q=injection")
    staff.get_by_role("link", name="Injection (stages/injection)").click()
    staff.get_by_role("button", name="Edit the wording").click()
    other = staff.context.new_page()
    other.goto(staff.url)
    text = staff.get_by_label("Text:").input_value()
    other.get_by_label("Text:").fill(f"{text}\nThe other wrote this.\n")
    other.get_by_role("button", name="Save the draft").click()
    expect(other.get_by_text("was changed successfully")).to_be_visible()

    staff.get_by_label("Text:").fill(f"{text}\nI wrote this.\n")
    staff.get_by_role("button", name="Save the draft").click()

    expect(staff.get_by_text("saved this draft after you opened it")).to_be_visible()
    assert "I wrote this." in staff.get_by_label("Text:").input_value()
    theirs = staff.get_by_label("What the other person saved").input_value()
    assert "The other wrote this." in theirs


def test_opening_times_are_added_removed_and_deleted(site, staff):
    staff.goto(f"{site.url}/admin/stemguide_sessions/clinic/1/change/")
    rows = staff.locator("#opening_times-group .inline-related:not(.empty-form)")
    for _ in range(3):
        staff.get_by_role("button", name="Add another Opening time").click()
    rows.first.get_by_role("button", name="Remove").click()
    for number, day in enumerate(["Monday", "Tuesday"]):
        rows.nth(number).get_by_label("Day:").select_option(day)
        rows.nth(number).get_by_label("Opens:").fill("08:00")
        rows.nth(number).get_by_label("Closes:").fill("16:00")

    staff.get_by_role("button", name="Save and continue editing").click()

    expect(staff.get_by_text("was changed successfully")).to_be_visible()
    expect(rows).to_have_count(2)
    for row in rows.all():
        row.get_by_label("Delete").check()
    staff.get_by_role("button", name="Save and continue editing").click()
    expect(staff.get_by_text("was changed successfully")).to_be_visible()
    expect(rows).to_have_count(0)


def test_buttons_grow_with_the_size_of_text(site, staff):
    staff.goto(f"{site.url}/admin/stemguide_sessions/page/?q=follow-up")
    staff.get_by_role("link", name="Follow-up (stages/follow-up)").click()
    staff.get_by_role("button", name="Edit the wording").click()
    buttons = staff.locator("button.button:visible")
    expect(staff.get_by_label("Text:")).to_be_visible()
    sizes = "all => all.map(one => parseFloat(getComputedStyle(one).fontSize))"
    before = buttons.evaluate_all(sizes)

    staff.evaluate("document.documentElement.style.fontSize = '200%'")

    assert before and min(before) >= 13
    assert buttons.evaluate_all(sizes) == [2 * size for size in before]


def test_changed_number_leaves_its_old_value_and_who_changed_it(site, staff):
    clinic = f"{site.url}/admin/stemguide_sessions/clinic/1/change/"
    for number in ("555 010 0100", "555 010 0199"):
        staff.goto(clinic)
        staff.get_by_label("Telephone:", exact=True).fill(number)
        staff.get_by_role("button", name="Save", exact=True).click()
        expect(staff.get_by_text("was changed successfully")).to_be_visible()

    staff.goto(clinic)
    staff.get_by_role("link", name="History").click()

    newest = staff.get_by_role("region", name="Changed details").locator("tbody tr")
    expect(newest.first).to_contain_text("admin")
    expect(newest.first).to_contain_text("The clinic: Telephone")
    expect(newest.first).to_contain_text("555 010 0100")
    expect(newest.first).to_contain_text("555 010 0199")
    assert violations(staff) == []


def test_log_holds_no_question_and_no_address(site, page):
    page.goto(f"{site.url}/risks/?area=hand&cells=fat&secret=1")
    page.goto(f"{site.url}/nothing/?secret=1")

    log = (site.var_dir / "log").read_text()
    assert '"method": "GET", "path": "/risks/", "status": 200' in log
    assert "area=hand" not in log and "secret" not in log and "127.0.0.1 " not in log
