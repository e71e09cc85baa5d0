"""The first sign-in of a new account; no page of admin violates the CSP."""

import re
import time
from base64 import b32decode

import pytest
from django_otp.oath import totp
from playwright.sync_api import Page, expect

from tests.axe import looks, violations

PASSWORD = "four words of mine"
WATCH = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP ${event.violatedDirective} ${event.blockedURI}`);
});
"""


def log_in(page: Page, site, name: str, password: str) -> None:
    page.goto(f"{site.url}/admin/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    with page.expect_navigation():
        page.get_by_role("button", name="Log in").click()


def watched(open_context, width: int = 1280, **options) -> tuple[Page, list[str]]:
    """A new page, and the list to which its console messages are added."""
    page = open_context(width, **options).new_page()
    page.add_init_script(WATCH)
    said: list[str] = []

    def note(words: str) -> None:
        # Chromium's hints about the forms of Django admin are not errors.
        if not words.startswith("[DOM]"):
            said.append(f"{page.url}: {words}")

    page.on("console", lambda message: note(message.text))
    page.on("pageerror", lambda error: note(str(error)))
    return page, said


def code_for(letters: str) -> str:
    return f"{totp(b32decode(letters.replace(' ', ''))):06d}"


@pytest.fixture
def link(site, open_context) -> str:
    """The one-time link of a new account, as the administrator sees it."""
    page, said = watched(open_context)
    log_in(page, site, "admin", site.password)
    page.goto(f"{site.url}/admin/auth/user/")
    page.get_by_role("link", name="Add a person").click()
    page.get_by_label("User name").fill(f"person{time.time_ns()}")
    page.get_by_role("checkbox", name="Administrator").check()
    page.get_by_role("button", name="Add, and show").click()
    shown = page.locator(".one-time-link code").inner_text()
    assert not said, said
    return shown


def open_link(site, open_context, **options) -> tuple[Page, list[str]]:
    """The page that shows a new one-time link."""
    page, said = watched(open_context, **options)
    log_in(page, site, "admin", site.password)
    page.goto(f"{site.url}/admin/auth/user/add/")
    page.get_by_label("User name").fill(f"person{time.time_ns()}")
    with page.expect_navigation():
        page.get_by_role("button", name="Add, and show").click()
    return page, said


FORBID = "Object.defineProperty(navigator, 'clipboard', {value: undefined});"


@pytest.mark.parametrize("is_forbidden", [False, True])
def test_one_time_link_is_copied_by_its_button(site, open_context, is_forbidden):
    page, said = open_link(
        site, open_context, permissions=["clipboard-read", "clipboard-write"]
    )
    clipboard = page.evaluate_handle("() => navigator.clipboard")
    if is_forbidden:  # as on a site without HTTPS
        page.evaluate(FORBID)
    shown = page.locator(".one-time-link code").inner_text()

    page.get_by_role("button", name="Copy the link").press("Enter")

    expect(page.get_by_role("status")).to_have_text("Copied.")
    assert clipboard.evaluate("(kept) => kept.readText()") == shown
    assert "/admin/first-password/?person=" in shown
    assert not said, said


def test_one_time_link_that_cannot_be_copied_is_selected(site, open_context):
    page, said = open_link(site, open_context)
    page.evaluate(f"{FORBID} document.execCommand = () => false;")
    shown = page.locator(".one-time-link code").inner_text()

    page.get_by_role("button", name="Copy the link").click()

    expect(page.get_by_role("status")).to_contain_text("Copy what is selected.")
    assert page.evaluate("getSelection().toString()") == shown
    assert not said, said


def test_one_time_link_without_scripts_is_text_to_select(site, open_context):
    page, _ = open_link(site, open_context, java_script_enabled=False)

    expect(page.get_by_role("button", name="Copy the link")).to_have_count(0)
    link = page.locator(".one-time-link code")
    expect(link).to_be_visible()
    assert link.inner_text().startswith(f"{site.url}/admin/first-password/")


def set_first_password(page, link):
    """Follows the link and sets a password. Returns the name of the account."""
    page.goto(link)
    name = re.search(r"person\d+", page.get_by_text("For the account").inner_text())
    assert name
    page.get_by_label("New password:").fill(PASSWORD)
    page.get_by_label("New password confirmation:").fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_text("Your password is set.")).to_be_visible()
    return name[0]


def set_up_second_factor(page):
    """Sets up a second factor. Returns the recovery codes."""
    page.get_by_role("link", name="Second factor").click()
    letters = page.locator(".secret-letters").inner_text()
    page.get_by_label("Code:").fill(code_for(letters))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    recovery = page.locator(".recovery-codes code").all_inner_texts()
    assert len(recovery) == 10
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    page.get_by_role("link", name="I have them: go on").click()
    return recovery


def paste(field, text):
    field.evaluate(
        """(field, text) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          const paste = { clipboardData: data, bubbles: true, cancelable: true };
          if (field.dispatchEvent(new ClipboardEvent("paste", paste))) {
            document.execCommand("insertText", false, text);
          }
        }""",
        text,
    )


def test_first_day_of_a_new_person(site, open_context, link):
    page, said = watched(open_context, 390)
    name = set_first_password(page, link)
    log_in(page, site, name, PASSWORD)
    recovery = set_up_second_factor(page)
    page.get_by_role("button", name="Log out").click()

    log_in(page, site, name, PASSWORD)
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
    expect(page.get_by_label("Code:")).to_be_focused()
    page.goto(f"{site.url}/admin/stemguide_sessions/page/")
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
    paste(page.get_by_label("Code:"), recovery[0])
    expect(page.get_by_label("Code:")).to_have_value(recovery[0])
    page.get_by_role("button", name="Go on").click()

    assert page.url == f"{site.url}/admin/stemguide_sessions/page/"
    expect(page.get_by_role("link", name="Checklist (checklist)")).to_be_visible()
    assert not said, said


def one_of_each_route(addresses):
    """One URL of those that differ only in their numbers: they are the same view."""
    found = {re.sub(r"\d+", "0", address): address for address in addresses}
    return list(found.values())


def test_no_admin_page_breaks_the_policy(site, open_context):
    page, said = watched(open_context)
    log_in(page, site, "admin", site.password)
    waiting, seen = [f"{site.url}/admin/"], set()
    while waiting:
        address = waiting.pop()
        seen.add(re.sub(r"\d+", "0", address))
        page.goto(address)
        hrefs = page.locator("main a[href], #header a[href], #nav-sidebar a[href]")
        links = hrefs.evaluate_all("all => all.map((a) => a.href.split('#')[0])")
        waiting += [
            link
            for link in one_of_each_route(links)
            if link.startswith((f"{site.url}/admin/", f"{site.url}/desk/"))
            and not link.split("?")[0].endswith(".csv")
            and "?" not in link
            and re.sub(r"\d+", "0", link) not in seen
            and link not in waiting
        ]

    assert len(seen) >= 15, seen
    assert not said, said


def test_date_picker_works_under_the_policy(site, open_context):
    page, said = watched(open_context)
    log_in(page, site, "admin", site.password)
    page.goto(f"{site.url}/admin/stemguide_sessions/clinic/1/change/")

    page.get_by_text(re.compile("Add another Closed date", re.I)).click()
    page.locator("#closed_dates-0 .date-icon").first.click()
    page.locator("#closed_dates-0").get_by_role("link", name="Today").click()

    assert page.locator("#closed_dates-0 .vDateField").input_value()
    assert not said, said


# The clinic's own is the last: its form is sent with errors.
STAFF_PAGES = (
    "auth/user/", "auth/user/add/", "auth/user/1/change/", "auth/user/2/change/",
    "auth/user/1/history/", "second-factor/set-up/", "password_change/", "",
    "stemguide_sessions/area/", "stemguide_sessions/area/1/change/",
    "stemguide_sessions/page/", "stemguide_sessions/wording/",
    "stemguide_sessions/clinic/1/change/",
)  # fmt: skip


@looks((320, "light"), (320, "dark"), (1280, "light"), (1280, "dark"))
def test_axe_finds_nothing_on_sign_in_and_people(
    site, open_context, link, width, scheme
):
    page = open_context(width, color_scheme=scheme, bypass_csp=True).new_page()
    problems = []

    def scan(where: str) -> None:
        problems.extend((where, *found) for found in violations(page))

    page.goto(link)
    scan("first password")
    with page.expect_navigation():
        page.get_by_role("button", name="Set the password").click()
    scan("first password with errors")
    page.goto(f"{site.url}/admin/first-password/?token=x")
    scan("a link that does not work")
    log_in(page, site, "nobody", "wrong")
    scan("log in with an error")
    log_in(page, site, "admin", site.password)
    for path in STAFF_PAGES:
        page.goto(f"{site.url}/admin/{path}")
        scan(path)
    page.get_by_role("button", name="Add another Opening time").click()
    page.locator("#id_opening_times-0-opens").fill("late")
    page.get_by_role("button", name="Add another Closed date").click()
    page.locator("#id_closed_dates-0-day").fill("Christmas")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Please correct the errors below.")).to_be_visible()
    scan("the clinic with errors")
    page.goto(f"{site.url}/admin/second-factor/set-up/")
    page.get_by_label("Code:").fill("000000")
    with page.expect_navigation():
        page.get_by_role("button", name="Confirm").click()
    scan("set-up with an error")

    assert not problems, problems


@looks((1280, "dark"), (320, "light"))
def test_axe_finds_nothing_on_the_second_factor(site, open_context, width, scheme):
    def open_page() -> Page:
        return open_context(width, color_scheme=scheme, bypass_csp=True).new_page()

    problems = []

    def scan(page: Page, where: str) -> None:
        problems.extend((where, *found) for found in violations(page))

    admin, name = open_page(), f"person{time.time_ns()}"
    log_in(admin, site, "admin", site.password)
    admin.goto(f"{site.url}/admin/auth/user/add/")
    admin.get_by_label("User name").fill(name)
    with admin.expect_navigation():
        admin.get_by_role("button", name="Add, and show").click()
    scan(admin, "one-time link")
    page = open_page()
    page.goto(admin.locator(".one-time-link code").inner_text())
    page.get_by_label("New password:").fill(PASSWORD)
    page.get_by_label("New password confirmation:").fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    log_in(page, site, name, PASSWORD)
    page.get_by_role("link", name="Second factor").click()
    letters = page.locator(".secret-letters").inner_text()
    page.get_by_label("Code:").fill(code_for(letters))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    scan(page, "recovery codes")
    page.goto(f"{site.url}/admin/second-factor/mine/")
    scan(page, "own second factor")
    with page.expect_navigation():
        page.get_by_role("button", name="Log out").click()
    scan(page, "signed out")
    log_in(page, site, name, PASSWORD)
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
    scan(page, "code entry")

    assert not problems, problems
