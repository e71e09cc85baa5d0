"""The editor in a browser: insert, undo, checks, preview, and no text is lost."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.axe import looks, violations

KEPT = """() => Object.keys(localStorage)
    .filter((key) => key.startsWith("stemguide-rescue-")).length"""


def sign_in(page: Page, site) -> None:
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Log in").click()


@pytest.fixture
def open_editor(site, open_context):
    """Opens the draft of a stage in a new browser context."""

    def make(stage: str, width: int = 1280, **options) -> Page:
        page = open_context(width, **options).new_page()
        page.goto(f"{site.url}/admin/stemguide_sessions/page/?q=stages/{stage}")
        sign_in(page, site)
        page.locator("th.field-title a").first.click()
        page.get_by_role("button", name="Edit the wording").click()
        expect(page.locator("[data-quality-summary]")).to_contain_text("mended")
        return page

    return make


def box(page: Page):
    return page.get_by_label("Text:")


def type_into(page: Page, words: str) -> None:
    """Types a new line under the first section."""
    box(page).evaluate(
        """(box) => {
          const at = box.value.indexOf("\\n", box.value.indexOf("## ")) + 1;
          box.focus();
          box.setSelectionRange(at, at);
        }"""
    )
    page.keyboard.insert_text(f"\n{words}\n")


def wait_until_kept(page: Page) -> None:
    page.wait_for_function(f"() => ({KEPT})() > 0")


def save(page: Page) -> None:
    page.get_by_role("button", name="Save the draft").click()


def test_button_inserts_a_block_that_undo_takes_out(open_editor):
    page = open_editor("recovery")
    before = box(page).input_value()
    type_into(page, "Here.")
    typed = box(page).input_value()

    page.get_by_role("button", name="Warning").click()
    page.keyboard.type("Ring us.")

    inserted = box(page).input_value()
    assert "\n\n::: warning\nRing us.\n:::\n\n" in inserted
    for _ in range(30):
        if box(page).input_value() == before:
            break
        page.keyboard.press("Control+z")
    assert box(page).input_value() == before != typed


@pytest.mark.exhaustive
def test_claim_is_inserted_by_its_name_and_tasks_get_names_of_their_own(open_editor):
    page = open_editor("recovery")
    page.get_by_label("Claim").select_option(index=1)
    name = page.get_by_label("Claim").input_value()

    page.get_by_role("button", name="Insert the claim").click()
    page.get_by_role("button", name="Task").click()
    page.get_by_role("button", name="Task").click()

    text = box(page).input_value()
    assert f"---\n\n::: claim {name}\n:::\n\n- [ ] Write" in text
    assert "{#new-task day=-7}" in text and "{#new-task-2 day=-7}" in text


@pytest.mark.exhaustive
def test_bar_is_one_stop_and_arrows_move_in_it(open_editor):
    page = open_editor("recovery")
    page.get_by_role("button", name="Heading", exact=True).focus()

    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Link", exact=True)).to_be_focused()
    page.keyboard.press("Tab")

    expect(page.get_by_label("Claim")).to_be_focused()


def test_checks_that_came_with_the_page_are_not_asked_for_again(open_editor):
    page = open_editor("recovery")
    type_into(page, "It is risk-free.")
    save(page)
    summary = page.locator("[data-quality-summary]")
    expect(summary).to_contain_text("1 thing must be mended.")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.reload()

    expect(summary).to_contain_text("1 thing must be mended.")
    found = page.locator(".quality__list--must li", has_text='"risk-free"')
    found.get_by_role("button").click()
    expect(box(page)).to_be_focused()
    assert not [address for address in asked if "check-text" in address]


@pytest.mark.exhaustive
def test_checks_follow_the_typing_and_lead_to_the_line(open_editor):
    page = open_editor("recovery")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    type_into(page, "It is risk-free.")

    summary = page.locator("[data-quality-summary]")
    expect(summary).to_contain_text("1 thing must be mended.")
    found = page.locator(".quality__list--must li", has_text='"risk-free"')
    button = found.get_by_role("button")
    number = int(button.inner_text().split()[1])
    button.click()
    expect(box(page)).to_be_focused()
    line = box(page).evaluate(
        "(b) => b.value.slice(0, b.selectionStart).split('\\n').length"
    )
    assert line == number
    lines = box(page).input_value().split("\n")
    assert lines[number - 1] == "It is risk-free."
    assert not said, said


def test_preview_shows_the_text_in_the_box_on_phone_and_paper(open_editor):
    page = open_editor("recovery")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    type_into(
        page,
        "::: only cells=fat area=hand\nFor hand and fat.\n:::\n\n"
        "::: only area=joint\nFor a joint.\n:::",
    )
    page.locator("summary", has_text="Live preview").click()
    frame = page.frame_locator("iframe[name=preview-frame]")
    expect(frame.get_by_text("For a joint.")).to_be_visible()

    page.get_by_label("Area").select_option("hand")
    page.get_by_label("Cells from").select_option("fat")
    page.get_by_label("at phone width").check()

    expect(frame.get_by_text("For hand and fat.")).to_be_visible()
    expect(frame.get_by_text("For a joint.")).to_have_count(0)
    assert frame.locator("html").evaluate("() => window.innerWidth") == 390

    page.get_by_label("on paper").check()
    expect(frame.locator("article.sheet")).to_be_visible()
    expect(frame.get_by_text("For hand and fat.")).to_be_visible()

    type_into(page, "Typed while it is open.")
    expect(frame.get_by_text("Typed while it is open.")).to_be_visible()
    type_into(page, "::: tip\nNo such block.\n:::")
    expect(frame.get_by_text("There is no block `tip`.")).to_be_visible()
    assert not said, said


def test_two_people_put_their_texts_together(open_editor):
    first, second = open_editor("preparation"), open_editor("preparation")
    type_into(first, "The first wrote this.")
    save(first)
    expect(first.get_by_text("was changed successfully")).to_be_visible()

    type_into(second, "The second wrote this.")
    save(second)

    expect(second.get_by_text("saved this draft after you opened it")).to_be_visible()
    assert "The second wrote this." in box(second).input_value()
    theirs = second.get_by_label("What the other person saved")
    assert "The first wrote this." in theirs.input_value()
    expect(second.locator("mark", has_text="The first wrote this.")).to_be_visible()
    assert theirs.bounding_box()["x"] > box(second).bounding_box()["x"] + 300

    type_into(second, "The first wrote this.")
    save(second)
    expect(second.get_by_text("was changed successfully")).to_be_visible()
    assert "The first wrote this." in box(second).input_value()
    assert "The second wrote this." in box(second).input_value()


def test_text_of_a_closed_tab_is_offered_again(open_editor):
    page = open_editor("harvesting")
    address = page.url
    type_into(page, "Typed and not saved.")
    typed = box(page).input_value()
    wait_until_kept(page)
    context = page.context
    page.close()

    again = context.new_page()
    again.goto(address)

    says = again.get_by_text("on this device that was not saved")
    expect(says).to_contain_text("The draft was not changed since.")
    words = len(typed.split())
    expect(says).to_contain_text(f"{words} words for stages/harvesting version")
    expect(again.get_by_text("Typed and not saved.")).to_be_hidden()
    assert "Typed and not saved." not in box(again).input_value()
    again.get_by_role("button", name="Put it back").click()
    assert "Typed and not saved." in box(again).input_value()
    expect(says).to_have_count(0)
    save(again)
    expect(again.get_by_text("was changed successfully")).to_be_visible()
    assert again.evaluate(KEPT) == 0


KEEP = """([text, time]) => localStorage.setItem(
    `${document.querySelector("[data-rescue]").dataset.rescue}-1`,
    JSON.stringify({text, revision: 1, time}))"""


@pytest.mark.parametrize(
    ("text", "words", "zone", "written_in", "named"),
    [
        ("One.", "1 word", "America/Chicago", "America/Chicago", "(America/Chicago)."),
        (" Two\n\nwords ", "2 words", "Mars/Base", "Asia/Tokyo",
         "by the clock of this device."),
    ],
)  # fmt: skip
def test_rescue_copy_says_what_it_holds_in_clinic_time(
    open_editor, text, words, zone, written_in, named
):
    def in_zone(route):
        answer = route.fetch()
        source = answer.text().replace('data-zone="UTC"', f'data-zone="{zone}"')
        route.fulfill(response=answer, body=source)

    page = open_editor("monitoring", timezone_id="Asia/Tokyo")
    page.route(re.compile(r"/wording/[0-9]+/change/$"), in_zone)
    moment = datetime.now(UTC) - timedelta(hours=1)
    page.evaluate(KEEP, [text, moment.timestamp() * 1000])

    page.reload()

    says = page.locator("[data-rescue-says]")
    there = moment.astimezone(ZoneInfo(written_in))
    expect(says).to_contain_text(
        f"was not saved: {words} for stages/monitoring version"
    )
    written = f"written on {there.day} {there:%B %Y at %H:%M} {named}"
    expect(says).to_contain_text(written)


@pytest.mark.exhaustive
def test_text_put_back_over_a_newer_one_shows_both(open_editor):
    page = open_editor("harvesting")
    address = page.url
    type_into(page, "My old words.")
    wait_until_kept(page)
    context = page.context
    page.close()
    other = open_editor("harvesting")
    type_into(other, "Newer words.")
    save(other)
    expect(other.get_by_text("was changed successfully")).to_be_visible()

    again = context.new_page()
    again.goto(address)
    expect(again.get_by_text("The draft was changed since")).to_be_visible()
    again.get_by_role("button", name="Put it back").click()
    save(again)

    expect(again.get_by_text("saved this draft after you opened it")).to_be_visible()
    assert "My old words." in box(again).input_value()
    theirs = again.get_by_label("What the other person saved")
    assert "Newer words." in theirs.input_value()


@pytest.mark.exhaustive
def test_text_of_an_unsettled_conflict_meets_both_again(open_editor):
    first, second = open_editor("harvesting"), open_editor("harvesting")
    type_into(first, "Words of the first.")
    save(first)
    expect(first.get_by_text("was changed successfully")).to_be_visible()
    type_into(second, "Words of the second.")
    save(second)
    expect(second.get_by_text("after you opened it")).to_be_visible()
    wait_until_kept(second)

    again = second.context.new_page()
    again.goto(second.url)
    again.get_by_role("button", name="Put it back").click()
    save(again)

    expect(again.get_by_text("after you opened it")).to_be_visible()
    theirs = again.get_by_label("What the other person saved")
    assert "Words of the first." in theirs.input_value()
    assert "Words of the second." in box(again).input_value()


@pytest.mark.exhaustive
def test_thrown_away_is_asked_once_and_gone(open_editor):
    page = open_editor("harvesting")
    address = page.url
    type_into(page, "Not wanted.")
    wait_until_kept(page)
    context = page.context
    page.close()
    again = context.new_page()
    again.goto(address)
    asked: list[str] = []

    def agree(dialog):
        asked.append(dialog.message)
        dialog.accept()

    again.on("dialog", agree)
    again.get_by_role("button", name="Throw it away").click()

    expect(again.get_by_role("button", name="Throw it away")).to_have_count(0)
    assert len(asked) == 1
    assert again.evaluate(KEPT) == 0


@pytest.mark.exhaustive
def test_text_for_a_version_that_is_published_is_shown_to_copy(open_editor):
    page = open_editor("recovery")
    page.get_by_role("link", name="All versions").click()
    page.get_by_role("link", name="View version 1", exact=True).first.click()
    expect(page.locator("[data-editor-tools]")).to_have_count(0)
    expect(page.locator("[data-rescue]")).to_have_count(1)
    page.evaluate(
        """() => localStorage.setItem(
          `${document.querySelector("[data-rescue]").dataset.rescue}-1`,
          JSON.stringify({text: "Came too late.", revision: 1, time: Date.now()}))"""
    )

    page.reload()

    page.get_by_text("Show that text").click()
    expect(page.get_by_text("Came too late.")).to_be_visible()
    expect(page.get_by_role("button", name="Throw it away")).to_be_visible()
    expect(page.get_by_role("button", name="Put it back")).to_have_count(0)


@pytest.mark.exhaustive
def test_checks_say_when_the_sign_in_ran_out(open_editor):
    page = open_editor("recovery")
    page.context.clear_cookies(name="stemguide_staff")

    type_into(page, "Typed after that.")

    expect(page.locator("[data-quality-summary]")).to_contain_text("signed out")
    wait_until_kept(page)


def test_sign_in_that_ran_out_loses_nothing(site, open_editor):
    page = open_editor("follow-up")
    type_into(page, "Typed for hours.")
    page.context.clear_cookies(name="stemguide_staff")

    save(page)
    sign_in(page, site)

    expect(page.get_by_text("on this device that was not saved")).to_be_visible()
    page.get_by_role("button", name="Put it back").click()
    save(page)
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    assert "Typed for hours." in box(page).input_value()


@pytest.mark.exhaustive
def test_sign_out_clears_the_device(open_editor):
    page = open_editor("recovery")
    type_into(page, "Secret words.")
    wait_until_kept(page)
    page.on("dialog", lambda dialog: dialog.accept())

    page.get_by_role("button", name="Log out").click()

    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.wait_for_function(f"() => ({KEPT})() === 0")


@pytest.mark.exhaustive
def test_leaving_with_unsaved_text_is_asked_first(open_editor):
    page = open_editor("recovery")
    type_into(page, "Not saved.")
    asked: list[str] = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_role("link", name="All versions").click()

    assert asked == ["beforeunload"]
    assert "Not saved." in box(page).input_value()


@pytest.mark.exhaustive
def test_old_copies_are_thrown_away(open_editor):
    page = open_editor("recovery")
    page.evaluate(
        """() => localStorage.setItem("stemguide-rescue-9-9-1", JSON.stringify(
          {text: "Old.", revision: 1, time: Date.now() - 15 * 86400000}))"""
    )

    page.reload()

    page.wait_for_function(f"() => ({KEPT})() === 0")


@looks((1280, "light"), (390, "dark"), (1280, "dark"), (390, "light"))
def test_axe_finds_nothing_in_the_editor(open_editor, width, scheme):
    page = open_editor("recovery", width, color_scheme=scheme, bypass_csp=True)
    type_into(page, "It is risk-free.")
    expect(page.locator(".quality__list--must")).to_be_visible()
    page.locator("summary", has_text="Live preview").click()

    assert not violations(page)
    size = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert size[0] <= size[1]


@pytest.mark.exhaustive
def test_axe_finds_nothing_in_a_conflict(open_editor):
    first = open_editor("preparation")
    second = open_editor("preparation", bypass_csp=True)
    for page, words in ((first, "One more line."), (second, "Another line.")):
        type_into(page, words)
        save(page)
    expect(second.get_by_text(re.compile("after you opened it"))).to_be_visible()

    assert not violations(second)
