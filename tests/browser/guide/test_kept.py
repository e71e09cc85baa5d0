"""Ticks, notes, dates and questions that a reader keeps on their own device."""

import json
import subprocess
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from sessions.guide.dates import in_words
from tests.browser.folds import unfold
from tests.cases import soak_only

ANSWERS = "?area=hand&cells=fat"
FORBIDDEN_STORAGE = """
for (const name of ["getItem", "setItem"])
  Storage.prototype[name] = () => { throw new DOMException("shut", "SecurityError"); };
"""
FULL_STORAGE = """
Storage.prototype.setItem = () => {
  throw new DOMException("full", "QuotaExceededError");
};
"""


def kept(page):
    return json.loads(page.evaluate("localStorage.getItem('stemguide')"))


def tick(page, number=0):
    return page.locator(".task__tick").nth(number)


def write_note(page, number, words):
    task = page.locator(".task").nth(number)
    task.get_by_text("Why").click()
    task.get_by_label("Your note").fill(words)
    task.get_by_label("Your note").blur()


def status(page):
    return page.locator("[data-kept-status]")


def type_day(page, day):
    unfold(page, "See your own dates")
    page.get_by_label("Day", exact=True).fill(str(day.day))
    page.get_by_label("Month", exact=True).fill(str(day.month))
    page.get_by_label("Year", exact=True).fill(str(day.year))
    page.get_by_role("button", name="Show my dates").click()


def task_days(page):
    return page.locator(".task__day").all_inner_texts()


# --- ticks and notes ---


def test_ticks_and_notes_are_there_again_after_a_reload(site, page):
    page.goto(f"{site.url}/checklist/")
    tick(page).check()
    tick(page, 2).check()
    write_note(page, 1, "Ask about aspirin")

    page.reload()

    expect(tick(page)).to_be_checked()
    expect(tick(page, 1)).not_to_be_checked()
    expect(page.locator("[data-progress]")).to_contain_text("You have ticked 2 of ")
    expect(page.get_by_text("Your note: Ask about aspirin")).to_be_visible()


def test_task_that_changed_since_it_was_ticked_is_open_and_says_so(site, page):
    page.goto(f"{site.url}/checklist/")
    name = page.locator(".task").first.get_attribute("data-task")
    page.evaluate(
        "name => localStorage.setItem('stemguide', JSON.stringify("
        "{stemguide: 1, ticks: {[name]: 'older'}}))",
        name,
    )

    page.reload()

    first = page.locator(".task").first
    expect(first).to_contain_text("This item changed since you ticked it.")
    expect(tick(page)).not_to_be_checked()
    tick(page).check()
    expect(first).not_to_contain_text("This item changed")


def test_undo_takes_the_last_change_back(site, page):
    page.goto(f"{site.url}/checklist/")
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()
    tick(page).check()
    tick(page, 1).check()

    page.get_by_role("button", name="Undo").click()

    expect(tick(page)).to_be_checked()
    expect(tick(page, 1)).not_to_be_checked()
    expect(status(page)).to_have_text("Undone.")
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()


@pytest.mark.exhaustive
@pytest.mark.parametrize("answer", ["accept", "dismiss"])
def test_clear_all_asks_once(site, page, answer):
    asked = []
    page.on("dialog", lambda box: (asked.append(box.message), getattr(box, answer)()))
    page.goto(f"{site.url}/questions/")
    tick(page).check()
    page.goto(f"{site.url}/checklist/")
    tick(page).check()

    page.get_by_role("button", name="Clear all ticks and notes").click()

    assert len(asked) == 1
    if answer == "accept":
        expect(tick(page)).not_to_be_checked()
        assert len(kept(page)["ticks"]) == 1, "The picked question stays."
        page.get_by_role("button", name="Undo").click()
    expect(tick(page)).to_be_checked()


@pytest.mark.exhaustive
def test_two_tabs_stay_in_step(site, open_context):
    context = open_context()
    one, two = context.new_page(), context.new_page()
    for tab in (one, two):
        tab.goto(f"{site.url}/checklist/{ANSWERS}")

    tick(one).check()
    type_day(two, date.today() + timedelta(days=60))

    expect(tick(two)).to_be_checked()
    expect(one.locator(".task__day").first).to_be_visible()
    two.locator(".task__tick").first.uncheck()
    expect(tick(one)).not_to_be_checked()


@pytest.mark.parametrize(
    "store", [FULL_STORAGE, FORBIDDEN_STORAGE], ids=["full", "shut"]
)
def test_storage_that_is_full_or_forbidden_is_told_and_the_page_works_on(
    site, page, store
):
    page.add_init_script(store)
    page.goto(f"{site.url}/checklist/")

    tick(page).check()

    expect(status(page)).to_contain_text("can not keep that")
    expect(status(page)).to_be_in_viewport()
    type_day(page, date.today() + timedelta(days=60))
    expect(page.locator(".task__day").first).to_be_visible()
    expect(tick(page)).to_be_checked()


# --- dates ---


@pytest.mark.parametrize("days", [-3, 5, *map(soak_only, (0, 1, 100, 700))])
def test_dates_are_the_same_with_scripts_and_without(site, open_context, days):
    day = date.today() + timedelta(days=days)
    shown = []
    for scripts in (True, False):
        page = open_context(320, java_script_enabled=scripts).new_page()
        page.goto(f"{site.url}/checklist/{ANSWERS}")
        type_day(page, day)
        expect(page.locator("[data-day-words]")).to_contain_text(in_words(day))
        words = page.locator("[data-day-words]").inner_text().strip()
        shown.append((words, task_days(page)))

    assert shown[0] == shown[1] and len(shown[0][1]) > 10


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "typed",
    ["//", "32/1/2027", "29/2/2027", "7/13/2027", "7/1/27", "7/1/0001", "7/1/9999"],
)
def test_wrong_day_is_answered_the_same_with_scripts_and_without(
    site, open_context, typed
):
    answers = []
    for scripts in (True, False):
        page = open_context(320, java_script_enabled=scripts).new_page()
        page.goto(f"{site.url}/checklist/")
        unfold(page, "See your own dates")
        for label, text in zip(("Day", "Month", "Year"), typed.split("/"), strict=True):
            page.get_by_label(label, exact=True).fill(text)
        page.get_by_role("button", name="Show my dates").click()
        link = page.locator(".error-summary a")
        expect(link).to_be_visible()
        box = page.locator(link.get_attribute("href"))
        expect(box).to_have_attribute("aria-invalid", "true")
        words = page.locator(".field__error").inner_text()
        answers.append((link.inner_text(), link.get_attribute("href"), words))
        assert not task_days(page)

    assert answers[0] == answers[1]


def test_error_takes_the_focus_and_leads_to_the_box(site, page):
    page.goto(f"{site.url}/checklist/")
    unfold(page, "See your own dates")
    type_day_button = page.get_by_role("button", name="Show my dates")
    type_day_button.click()

    expect(page.locator(".error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_label("Day", exact=True)).to_be_focused()


def test_dates_go_nowhere_and_are_forgotten_on_request(site, page):
    asked = []
    page.on("request", lambda request: asked.append((request.method, request.url)))
    day = date.today() + timedelta(days=40)
    page.goto(f"{site.url}/checklist/")
    type_day(page, day)
    expect(page.get_by_text(f"Your day is {in_words(day)}.")).to_be_visible()
    page.reload()
    expect(page.get_by_text(f"Your day is {in_words(day)}.")).to_be_visible()

    unfold(page, "See your own dates")
    page.get_by_role("button", name="Forget my day").click()

    assert not task_days(page) and kept(page)["day"] == ""
    assert {method for method, url in asked} == {"GET"}
    assert str(day.year) not in " ".join(url for _, url in asked)


@pytest.mark.exhaustive
def test_ticked_task_is_not_called_late(site, page):
    page.goto(f"{site.url}/checklist/")
    type_day(page, date.today() + timedelta(days=1))
    late = page.locator(".task", has_text="do it now or call your team").first
    name = late.get_attribute("data-task")

    late.locator(".task__tick").check()

    task = page.locator(f"[data-task={name}]")
    expect(task.locator(".task__day")).not_to_contain_text("do it now")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_calendar_file_comes_from_the_day_that_is_shown(site, open_context, scripts):
    page = open_context(320, java_script_enabled=scripts).new_page()
    day = date.today() + timedelta(days=60)
    page.goto(f"{site.url}/checklist/{ANSWERS}")
    type_day(page, day)

    with page.expect_download() as download:
        page.get_by_role("button", name="Add the dates to your calendar").click()

    file = download.value.path().read_text()
    assert download.value.suggested_filename == "reminders.ics"
    assert f"DTSTART;VALUE=DATE:{day:%Y%m%d}" in file


# --- files, and removing it all ---


def test_saved_file_brings_everything_back_on_another_device(
    site, open_context, tmp_path
):
    one = open_context(320).new_page()
    one.goto(f"{site.url}/checklist/")
    tick(one).check()
    type_day(one, date.today() + timedelta(days=60))
    unfold(one, "Kept on this device")
    with one.expect_download() as download:
        one.get_by_role("button", name="Save to file").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    expect(status(one)).to_contain_text("Saved.")

    other = open_context(320).new_page()
    other.goto(f"{site.url}/checklist/")
    unfold(other, "Kept on this device")
    with other.expect_file_chooser() as chooser:
        other.get_by_role("button", name="Open file").click()
    chooser.value.set_files(path)

    expect(tick(other)).to_be_checked()
    expect(status(other)).to_contain_text("Opened.")
    assert kept(other) == kept(one)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{]", "damaged"),
        ('{"stemguide": 2, "ticks": {}}', "not from this guide"),
        ('{"stemguide": 1, "diary": {"x": {}}}', "part of this file is damaged"),
        ("x" * 2_100_000, "too big"),
        soak_only("", "damaged"),
        soak_only("[]", "not from this guide"),
        soak_only('{"a": 1}', "not from this guide"),
        soak_only('{"stemguide": 1, "ticks": []}', "part of this file is damaged"),
        soak_only(
            '{"stemguide": 1, "ticks": {"a": 1}}', "part of this file is damaged"
        ),
        soak_only('{"stemguide": 1, "day": "soon"}', "part of this file is damaged"),
        soak_only("x" * 9_000_000, "too big"),
    ],
)
def test_file_that_is_not_ours_is_refused_and_changes_nothing(
    site, page, tmp_path, content, says
):
    path = tmp_path / "file.json"
    path.write_text(content)
    page.goto(f"{site.url}/checklist/")
    tick(page).check()
    before = kept(page)

    unfold(page, "Kept on this device")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Open file").click()
    chooser.value.set_files(path)

    expect(status(page)).to_contain_text(says)
    expect(status(page)).to_contain_text("Nothing was changed.")
    assert kept(page) == before


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "path", ["/checklist/", "/questions/", "/options/", "/visit/", "/diary/"]
)
def test_everything_can_be_removed_from_every_page_that_keeps(site, page, path):
    page.on("dialog", lambda box: box.accept())
    page.goto(f"{site.url}/checklist/")
    tick(page).check()
    page.evaluate("caches.open('stemguide-guide')")
    page.goto(site.url + path)
    unfold(page, "Kept on this device")
    expect(page.get_by_text("Do others use this device?")).to_be_visible()

    page.get_by_role("button", name="Remove everything kept on this device").click()

    expect(status(page)).to_contain_text("Nothing of this guide is kept")
    assert page.evaluate("localStorage.length") == 0
    assert page.evaluate("caches.keys()") == []


def test_start_page_removes_what_other_pages_keep(site, page):
    page.on("dialog", lambda box: box.accept())
    page.goto(f"{site.url}/")
    button = page.get_by_role("button", name="Remove everything kept on this device")
    unfold(page, "Keep this guide")
    expect(page.get_by_role("button", name="Keep this guide")).to_be_visible()
    expect(button).to_be_hidden()
    page.goto(f"{site.url}/checklist/")
    tick(page).check()

    page.goto(f"{site.url}/")
    unfold(page, "Keep this guide")
    button.click()

    expect(page.get_by_text("Nothing of this guide is kept")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0


# --- questions, paper, no scripts ---


def test_own_questions_are_kept(site, page):
    page.goto(f"{site.url}/questions/")
    page.get_by_label("Write one on each line.").fill("Who is on call at night?")
    page.get_by_label("Write one on each line.").blur()

    page.reload()

    expect(page.get_by_label("Write one on each line.")).to_have_value(
        "Who is on call at night?"
    )


def test_paper_shows_what_is_kept(site, page, tmp_path):
    day = date.today() + timedelta(days=60)
    page.goto(f"{site.url}/checklist/")
    tick(page).check()
    write_note(page, 1, "Ask about aspirin")
    type_day(page, day)

    page.goto(f"{site.url}/checklist/print/")
    expect(page.locator(".task__box--ticked")).to_have_count(1)
    page.pdf(path=tmp_path / "sheet.pdf", prefer_css_page_size=True)

    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "sheet.pdf", "-"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "Note: Ask about aspirin" in text
    assert in_words(day) in text


@pytest.mark.parametrize(
    "path",
    [
        "/checklist/",
        "/diary/",
        *map(soak_only, ("/questions/", "/options/", "/visit/")),
    ],
)  # fmt: skip
def test_without_scripts_nothing_pretends_to_keep(site, open_context, path):
    page = open_context(320, java_script_enabled=False).new_page()
    page.goto(site.url + path)

    said = page.get_by_text("Your browser runs no scripts here, so this page keeps")
    expect(said).to_be_visible()
    for name in ("Save to file", "Open file", "Remove everything", "Clear all"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
