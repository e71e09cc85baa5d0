"""The print desk in a real browser: from signing in to the print window."""

import re
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.axe import looks, violations
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.cases import soak_only
from tests.conftest import need_pdf
from tests.servers import free_port
from tests.sites import manage, serve

PASSWORD = "a long password for one person"
DRAWN = re.compile(r"\d+ pages in all, on \d+ sheets? of paper")
WAYS = ["pdf", "browser"]
MOSTLY_PDF = ["pdf", soak_only("browser")]


@pytest.fixture(scope="module")
def desks(site, tmp_path_factory):
    """The site as it is, and one more where no PDF can be made, on the same files."""
    code = f"""
from django.contrib.auth.models import Group, User
user = User.objects.create_user("rita", password={PASSWORD!r}, is_staff=True)
user.groups.add(Group.objects.get(name="Reception"))
"""
    manage(site.var_dir, "shell", "-v", "0", "-c", code)
    hidden = tmp_path_factory.mktemp("hidden")
    lines = 'import sys\nsys.modules["weasyprint"] = None\n'
    (hidden / "sitecustomize.py").write_text(lines)
    port = free_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(hidden))
        running = serve(site.var_dir, port)
        running.__enter__()
    yield {"pdf": site.url, "browser": f"http://127.0.0.1:{port}"}
    running.__exit__(*sys.exc_info())


@pytest.fixture(scope="module")
def chromium(chromium):
    """The browser that has a PDF viewer."""
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def desk_of(desks):
    """A function: the URL of a desk that prints in one of the WAYS."""

    def address(way: str) -> str:
        if way == "pdf":
            need_pdf()
        return desks[way]

    return address


@pytest.fixture
def open_page(open_context):
    """Opens a page in a new browser context, or in a given one. Console errors fail."""
    messages: list[str] = []

    def make(context: BrowserContext | None = None, width=1280, **options) -> Page:
        page = (context or open_context(width, **options)).new_page()
        page.on("console", lambda message: messages.append(message.text))
        page.on("pageerror", lambda error: messages.append(str(error)))
        return page

    yield make
    assert not messages, messages


def sign_in(page: Page, url: str) -> Page:
    page.goto(f"{url}/admin/")
    page.get_by_label("Username").fill("rita")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Print desk")).to_be_visible()
    return page


def expect_drawn(page: Page) -> None:
    """Waits until the sheets are shown; replaces the frame's print() by a counter."""
    expect(page.get_by_role("button", name="Print", exact=True)).to_be_visible(
        timeout=60_000
    )
    page.evaluate(
        """() => {
          window.printed = 0;
          const frame = document.querySelector(".desk-frame").contentWindow;
          frame.print = () => { window.printed += 1; };
        }"""
    )


def expect_printed(page: Page) -> None:
    expect(page.get_by_role("status")).to_contain_text("Counted: ")
    assert page.evaluate("window.printed") == 1


def becomes_true(page: Page, is_so: Callable[[], bool]) -> bool:
    """Whether `is_so` becomes true within ten seconds."""
    for _ in range(50):
        if is_so():
            return True
        page.wait_for_timeout(200)
    return False


def has_viewer(page: Page) -> bool:
    """Whether the browser's PDF viewer is in a frame of the page."""
    return any(f.url.startswith("chrome-extension:") for f in page.frames)


class CountedUser:
    """A user whose actions are counted. Typing counts with the next click."""

    def __init__(self, page: Page):
        self.page = page
        self.actions = 0

    def click(self, role: str, name: str, **options) -> None:
        self.actions += 1
        self.page.get_by_role(role, name=name, **options).click()  # type: ignore[arg-type]

    def sign_in(self, url: str) -> None:
        self.page.goto(f"{url}/desk/")
        self.page.get_by_label("Username").fill("rita")
        self.page.get_by_label("Password").fill(PASSWORD)
        self.click("button", "Log in")


@pytest.mark.parametrize("way", MOSTLY_PDF)
def test_new_set_takes_eight_actions_and_yesterdays_four(desk_of, open_page, way):
    user = CountedUser(open_page())
    user.sign_in(desk_of(way))
    user.click("checkbox", "Your checklist")
    user.click("checkbox", "Risks and benefits")
    user.click("radio", "Hand")
    user.click("radio", "Your fat")
    user.click("button", "Show what comes out")
    expect_drawn(user.page)
    user.click("button", "Print", exact=True)
    expect_printed(user.page)
    assert user.actions <= 8

    user.page.get_by_role("button", name="Log out").click()
    again = CountedUser(open_page(user.page.context))
    again.sign_in(desk_of(way))
    again.click("link", "Your checklist, Risks and benefits. Hand, your fat.")
    expect_drawn(again.page)
    again.click("button", "Print", exact=True)
    expect_printed(again.page)
    assert again.actions <= 4


@pytest.mark.parametrize("way", WAYS)
def test_preview_shows_what_is_printed_under_the_policy(desk_of, open_page, way):
    page = sign_in(open_page(), desk_of(way))
    page.goto(f"{desk_of(way)}/desk/?document=checklist&document=risks&copies=2")
    expect_drawn(page)

    if way == "pdf":
        expect(page.get_by_role("status")).to_contain_text(DRAWN)
        assert becomes_true(page, lambda: has_viewer(page))
        lines = page.locator("[data-desk-pages]")
        expect(lines.first).to_contain_text(" pages")
    else:
        sheets = page.frame_locator(".desk-frame")
        expect(sheets.get_by_role("article")).to_have_count(2)
        expect(sheets.get_by_role("heading", name="Your checklist")).to_be_visible()
        rules = "getComputedStyle(document.querySelector('.sheet-2')).page"
        assert page.frames[1].evaluate(rules) == "sheet-2"
        expect(page.get_by_text("choose 2 for the number of copies")).to_be_visible()


def test_print_opens_the_print_window(desk_of, chromium):
    url = desk_of("pdf")
    # Not headless, but without a screen: a headless browser has no print window.
    browser = chromium.browser_type.launch(
        executable_path=CHROMIUM,
        headless=False,
        args=[*FLAGS, "--ozone-platform=headless"],
    )
    page = sign_in(browser.new_page(), url)
    page.goto(f"{url}/desk/?document=diary")
    printing = page.get_by_role("button", name="Print", exact=True)
    printing.click(timeout=60_000)
    targets = browser.new_browser_cdp_session()

    def has_opened() -> bool:
        found = targets.send("Target.getTargets")["targetInfos"]
        return any(target["url"].startswith("chrome://print") for target in found)

    is_open = becomes_true(page, has_opened)
    browser.close()
    assert is_open


def press_until(page: Page, name: str, key: str = "Tab") -> None:
    """Presses a key until the control of this name has the focus, and is visible."""
    for _ in range(80):
        page.keyboard.press(key)
        focused = page.evaluate(
            """() => {
              const on = document.activeElement;
              const box = on.getBoundingClientRect();
              const seen = document.elementFromPoint(
                box.x + box.width / 2, box.y + box.height / 2);
              const words = on.labels?.[0]?.textContent ?? on.textContent;
              return [words.trim(), on.contains(seen) || seen?.contains(on)];
            }"""
        )
        if focused[0].startswith(name):
            assert focused[1], f"{name} has the focus but is hidden"
            return
    pytest.fail(f"The keyboard never reached {name}.")


def test_desk_works_by_keyboard_alone(desk_of, open_page):
    page = open_page()
    page.goto(f"{desk_of('pdf')}/desk/")
    page.keyboard.type("rita")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Print desk")).to_be_visible()

    press_until(page, "Your checklist")
    page.keyboard.press("Space")
    press_until(page, "The stages, one by one")
    page.keyboard.press("Enter")
    press_until(page, "Recovery")
    page.keyboard.press("Space")
    press_until(page, "I am not sure")
    page.keyboard.press("ArrowUp")
    press_until(page, "Copies of each")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("2")
    press_until(page, "Show what comes out")
    page.keyboard.press("Enter")
    expect_drawn(page)
    expect(page.locator("#result")).to_contain_text(
        "Your checklist, Recovery. Hand, any cells. Standard, US Letter. 2 copies."
    )
    press_until(page, "Print")
    page.keyboard.press("Enter")
    expect_printed(page)


def sets(page: Page) -> list[str]:
    return page.locator("[data-desk-sets-list] a").all_inner_texts()


@pytest.mark.exhaustive
def test_last_five_sets_are_kept_on_the_device_until_forgotten(desk_of, open_page):
    url = desk_of("browser")
    page = sign_in(open_page(), url)
    expect(page.get_by_text("Your last sets on this device")).to_be_hidden()
    for copies in (1, 2, 3, 4, 5, 6, 3):
        page.goto(f"{url}/desk/?document=risks&copies={copies}")
        expect_drawn(page)
        page.get_by_role("button", name="Print", exact=True).click()
        expect_printed(page)

    numbers = [re.findall(r"(\d) cop", words)[0] for words in sets(page)]
    assert numbers == ["3", "6", "5", "4", "2"]
    page.get_by_role("button", name="Forget these").click()
    expect(page.get_by_text("Your last sets on this device")).to_be_hidden()
    page.reload()
    assert sets(page) == []
    assert page.evaluate("localStorage.getItem('stemguide-desk')") is None


@pytest.mark.parametrize(
    "kept",
    ["{", '[{"set":"javascript:1"}]', soak_only("[1]"), soak_only('{"a":1}')],
)
def test_damaged_storage_of_sets_does_no_harm(desk_of, open_page, kept):
    url = desk_of("browser")
    page = sign_in(open_page(), url)
    page.evaluate("kept => localStorage.setItem('stemguide-desk', kept)", kept)

    page.reload()

    assert sets(page) == []


def test_procedure_day_stays_off_the_device_and_out_of_the_address(desk_of, open_page):
    page = sign_in(open_page(), desk_of("browser"))
    page.get_by_role("checkbox", name="Your checklist").check()
    for box, value in (("Day", "7"), ("Month", "1"), ("Year", "2027")):
        page.get_by_label(box, exact=True).fill(value)
    page.get_by_role("button", name="Show what comes out").click()
    expect_drawn(page)
    sheets = page.frame_locator(".desk-frame")
    expect(sheets.get_by_text("Your day is Thursday 7 January 2027.")).to_be_visible()

    page.get_by_role("button", name="Print", exact=True).click()
    expect_printed(page)

    kept = page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert "document=checklist" in kept and "2027" not in kept
    assert "2027" not in page.url and "day=" not in page.url
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    assert "2027" not in str(cookies)


def test_what_is_shown_is_what_was_chosen(desk_of, open_page):
    page = sign_in(open_page(), desk_of("browser"))
    page.goto(f"{desk_of('browser')}/desk/?document=risks")
    expect_drawn(page)

    page.get_by_role("radio", name="Giant").check()

    expect(page.get_by_role("button", name="Print", exact=True)).to_be_hidden()
    expect(page.get_by_role("status")).to_contain_text("You changed something.")


# Makes every frame hold an empty page until it is loaded, also on a fast machine.
LOADS_LATE = """
const { prototype } = HTMLIFrameElement;
const real = Object.getOwnPropertyDescriptor(prototype, "contentDocument").get;
const empty = document.implementation.createHTMLDocument();
Object.defineProperty(prototype, "contentDocument", {
  get() { return this.isLoaded ? real.call(this) : empty; },
});
document.addEventListener("load", (e) => { e.target.isLoaded = true; }, true);
"""


def test_links_on_a_sheet_open_beside_the_desk(desk_of, open_context):
    page = sign_in(open_context(1280).new_page(), desk_of("browser"))
    page.add_init_script(LOADS_LATE)
    page.goto(f"{desk_of('browser')}/desk/?document=risks")
    expect_drawn(page)

    links = page.frame_locator(".desk-frame").locator("main a:not([href^='#'])")

    expect(links.first).to_have_attribute("target", "_blank")
    assert links.evaluate_all("all => all.every(link => link.rel == 'noopener')")


def test_print_is_stopped_where_the_site_does_not_answer(desk_of, open_context):
    page = sign_in(open_context(1280).new_page(), desk_of("browser"))
    page.goto(f"{desk_of('browser')}/desk/?document=risks")
    expect_drawn(page)
    page.route("**/desk/printed/", lambda route: route.abort())

    page.get_by_role("button", name="Print", exact=True).click()

    expect(page.get_by_role("status")).to_contain_text("Nothing was printed")
    assert page.evaluate("window.printed") == 0


@pytest.mark.parametrize("way", MOSTLY_PDF)
def test_desk_works_without_a_script(desk_of, open_context, way):
    context = open_context(1280, java_script_enabled=False)
    page = sign_in(context.new_page(), desk_of(way))
    page.get_by_role("checkbox", name="Risks and benefits").check()
    page.get_by_role("button", name="Show what comes out").click()
    assert urlsplit(page.url).fragment == "result"
    expect(page.get_by_text("Risks and benefits. Any area, any cells.")).to_be_visible()

    with context.expect_event(
        "response", lambda response: response.url.endswith("/desk/sheets/")
    ) as opened:
        page.get_by_role("button", name="Open the sheets to print them").click()

    kind = {"pdf": "application/pdf", "browser": "text/html"}[way]
    assert opened.value.status == 200
    assert opened.value.headers["content-type"].startswith(kind)
    link = page.get_by_role("link", name="This set as a link")
    assert "document=risks" in (link.get_attribute("href") or "")
    page.goto(f"{desk_of(way)}/desk/recall/")
    expect(page.get_by_role("row", name="Risks and benefits")).to_be_visible()


SCREENS = [
    "/desk/",
    "/desk/?document=gone&copies=0",
    "/desk/?document=risks&document=get-help",
    "/desk/recall/",
]


@looks((390, "dark"), (390, "light"), (1280, "light"), (1280, "dark"))
def test_axe_finds_nothing_on_the_desk(desk_of, open_context, width, scheme):
    url = desk_of("browser")
    context = open_context(width, bypass_csp=True, color_scheme=scheme)
    page = sign_in(context.new_page(), url)
    problems = []
    for screen in SCREENS:
        page.goto(url + screen)
        page.evaluate(
            "document.querySelectorAll('details').forEach(d => { d.open = true })"
        )
        problems += [(screen, *found) for found in violations(page)]
        assert page.evaluate("document.documentElement.scrollWidth") <= width, screen

    assert not problems, problems[:5]
