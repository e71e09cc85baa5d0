"""A stage in the browser: folded questions, and lines of the checklist with ticks."""

import pytest
from playwright.sync_api import expect

from tests.sample_stage import SAMPLE_STAGE
from tests.servers import free_port
from tests.sites import manage, serve, set_up

ADDRESS = "/stages/recovery/?area=hand&cells=fat"


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """A site whose clinic has its own page on recovery, in the shape of today."""
    var_dir, port = tmp_path_factory.mktemp("var"), free_port()
    content = tmp_path_factory.mktemp("content")
    (content / "en/stages").mkdir(parents=True)
    (content / "en/stages/recovery.md").write_text(SAMPLE_STAGE)
    set_up(var_dir)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTENT_DIR", str(content))
        manage(var_dir, "load_content")
        with serve(var_dir, port):
            yield f"http://127.0.0.1:{port}"


def fold(page, question):
    return page.locator("details", has=page.get_by_role("heading", name=question))


def is_open(page, question):
    return fold(page, question).evaluate("fold => fold.open")


def test_a_tick_shows_in_both_places(url, page):
    page.goto(url + ADDRESS)
    page.locator("#task-ride-home").check()

    page.goto(f"{url}/checklist/?area=hand&cells=fat")

    expect(page.locator("#task-ride-home")).to_be_checked()
    page.locator("#task-dressing").check()
    page.goto(url + ADDRESS)
    expect(page.locator("#task-ride-home")).to_be_checked()
    expect(page.locator("#task-dressing")).to_be_checked()


def test_a_device_that_keeps_nothing_is_told_on_the_stage_too(url, page):
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error(); };")
    page.goto(url + ADDRESS)

    page.locator("#task-ride-home").check()

    expect(page.locator("[data-kept-status]")).to_contain_text("can not keep that")


def test_folds_are_reached_and_opened_by_keyboard(url, page):
    page.goto(url + ADDRESS)
    page.locator("summary", has_text="When may I drive?").focus()

    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")

    assert is_open(page, "When may I drive?") and is_open(page, "When may I grip?")
    assert not is_open(page, "Is swelling normal?")


def test_the_fold_in_the_address_is_open(url, page):
    page.goto(f"{url}{ADDRESS}#when-may-i-grip")

    expect(page.get_by_text("Ask your clinic.").nth(1)).to_be_visible()
    assert not is_open(page, "When may I drive?")


def test_a_link_opens_its_fold_every_time(url, page):
    page.goto(url + ADDRESS)
    page.evaluate(
        "document.querySelector('h1').innerHTML = '<a href=\"#when-may-i-grip\">a</a>'"
    )
    for _ in range(2):
        page.locator("h1 a").click()
        expect(fold(page, "When may I grip?")).to_have_attribute("open", "")
        fold(page, "When may I grip?").evaluate("fold => { fold.open = false; }")


def test_folds_work_without_scripts(url, open_context):
    page = open_context(java_script_enabled=False).new_page()
    page.goto(f"{url}{ADDRESS}#when-may-i-grip")

    page.locator("summary", has_text="When may I grip?").click()
    page.locator(".task summary").first.click()

    expect(page.get_by_text("Ask your clinic.").nth(1)).to_be_visible()
    expect(page.locator(".task__details p").first).to_be_visible()


def test_every_fold_is_open_on_paper(url, page):
    page.goto(url + ADDRESS)
    page.emulate_media(media="print")

    hidden = page.locator("main details > :not(summary)").evaluate_all(
        "all => all.filter(one => !one.checkVisibility({contentVisibilityAuto: true}))"
        ".map(one => one.textContent)"
    )
    assert page.locator("main details").count() > 6
    assert hidden == []
