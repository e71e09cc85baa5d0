"""A patient answers two questions and reads everything, on each kind of device."""

import pytest
from playwright.sync_api import Page, expect

from tests.cases import soak_only

HAND = "input[type=radio][value=hand]"
FAT = "input[type=radio][value=fat]"
STAGES = [
    "Consultation",
    "Preparation",
    "Harvesting",
    "Injection",
    "Monitoring",
    "Recovery",
    "Follow-up",
]


def answer(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_label("Hand", exact=False).first.check()
    page.get_by_label("Your fat", exact=False).check()
    page.get_by_role("button", name="Show my stages").click()
    expect(page).to_have_url(f"{url}/?area=hand&cells=fat#stages")


@pytest.mark.parametrize(
    ("width", "scripts"),
    [
        pytest.param(320, True, id="320-scripts"),
        pytest.param(1280, False, id="1280-no-scripts"),
        soak_only(320, False, id="320-no-scripts"),
        soak_only(1280, True, id="1280-scripts"),
    ],
)
def test_patient_reads_all_seven_stages_then_checklist_and_risks(
    site, open_context, width, scripts
):
    page = open_context(width, java_script_enabled=scripts).new_page()
    answer(page, site.url)

    page.locator(".stage-list").get_by_role("link", name="Consultation").click()
    for number, title in enumerate(STAGES, start=1):
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        expect(page.get_by_text(f"Step {number} of 7")).to_be_visible()
        expect(page.locator(".answers-strip")).to_contain_text("Hand, your fat")
        page.locator(".stage-nav a[rel=next]").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Your checklist")
    page.get_by_role("navigation", name="Main").get_by_role(
        "link", name="Risks"
    ).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Risks and benefits")
    assert page.url.endswith("/risks/?area=hand&cells=fat")


def test_keyboard_alone_is_enough(site, page):
    page.goto(site.url)

    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the page")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    tab_to(page, "input[name=area]")
    page.keyboard.press("ArrowUp")
    expect(page.locator(HAND)).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator(FAT)).to_be_checked()
    tab_to(page, ".your-answers button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?area=hand&cells=fat#stages")
    tab_to(page, ".stage-list a")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Consultation")
    tab_to(page, "details summary")
    page.keyboard.press("Enter")
    assert page.locator(":focus").evaluate("e => e.parentElement.open")
    tab_to(page, "a[rel=next]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Preparation")


def tab_to(page: Page, selector: str) -> None:
    """Tabs until the focus is on the selector, seeing the focus at every stop."""
    for _ in range(120):
        page.keyboard.press("Tab")
        focus = page.locator(":focus")
        if focus.count() and focus.evaluate("(e, s) => e.matches(s)", selector):
            outline = focus.evaluate(
                "e => getComputedStyle(e).outlineStyle !== 'none' ||"
                " getComputedStyle(e.nextElementSibling || e).outlineStyle !== 'none'"
            )
            assert outline, f"The focus on {selector} cannot be seen."
            return
    pytest.fail(f"Tab never reached {selector}.")


def test_ticking_a_task_works_without_scripts(site, open_context):
    page = open_context(java_script_enabled=False).new_page()
    page.goto(f"{site.url}/checklist/")

    first = page.locator(".task").first
    first.locator("label").click()

    expect(first.locator("input")).to_be_checked()


def test_back_and_forward_keep_the_answers(site, page):
    answer(page, site.url)
    page.goto(f"{site.url}/risks/?area=hand&cells=fat")

    page.go_back()

    expect(page.locator(HAND)).to_be_checked()
