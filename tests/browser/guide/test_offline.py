"""The offline copy of the guide: read, renewed and removed, while the site is down."""

import re
import socket
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from datetime import datetime
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Error, expect

from tests.browser.folds import unfold
from tests.cases import soak_only
from tests.conftest import ROOT
from tests.servers import free_port
from tests.sites import environment_of, serve, set_up

ANSWERS = "?area=hand&cells=fat"
KEEP = "Keep this guide on this device"
FOLD = "Keep this guide, or remove what is kept"
WITHDRAW = """
from sessions.wordings import content_write
from sessions.models import Wording
with content_write():
    live = Wording.objects.filter(page__name="risks", state="published")
    live.update(state="withdrawn", withdrawn_reason="A number on this page was wrong.")
"""
ADDRESSES_KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const { url } of await cache.keys()) found.push(url.replace(origin, ""));
  }
  return found;
}"""
# Dates the copy back: the last round of all pages, or the copy of one page.
MAKE_OLD = """async () => {
  const cache = await caches.open("saved-copy");
  const state = await (await cache.match("/saved-copy.json")).json();
  await cache.put("/saved-copy.json", new Response(JSON.stringify({ ...state, tried: 0, on: 1 })));
  await cache.put("/gone/", new Response("A page that is not in the guide any more."));
}"""  # noqa: E501
DATE_OLD = """async (address) => {
  const cache = await caches.open("saved-copy");
  const copy = await cache.match(address);
  const headers = { ...Object.fromEntries(copy.headers), date: "Tue, 03 Mar 2026 12:00:00 GMT" };
  await cache.put(address, new Response(await copy.text(), { headers }));
}"""  # noqa: E501
WAIT_FOR_A_ROUND = """async () => {
  for (;;) {
    const { on } = await (await caches.match("/saved-copy.json")).json();
    if (on > 1) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}"""
STATUS_TEXTS = """() => {
  window.texts = [];
  const status = document.querySelector("[data-offline] [role=status]");
  new MutationObserver(() => texts.push(status.textContent))
    .observe(status, { childList: true });
}"""


class OwnSite:
    """A site like the shared one that a test may stop, start and write to."""

    def __init__(self, var_dir):
        self.var_dir = var_dir
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.password = set_up(var_dir)
        self.running = ExitStack()

    def start(self) -> None:
        """Serves. Each worker process has answered: a slow answer shows the copy."""
        self.running.enter_context(serve(self.var_dir, self.port))
        for _ in range(10):
            with urlopen(f"{self.url}/get-help/", timeout=30) as response:
                assert response.status == 200

    def stop(self) -> None:
        self.running.close()

    def run(self, code: str) -> None:
        subprocess.run(
            [sys.executable, "manage.py", "shell", "-c", code], cwd=ROOT,
            env=environment_of(self.var_dir, self.port), check=True,
            capture_output=True,
        )  # fmt: skip


@pytest.fixture
def own(tmp_path):
    own = OwnSite(tmp_path)
    own.start()
    yield own
    own.stop()


@pytest.fixture(scope="module")
def cut_off(chromium, tmp_path_factory):
    """A browser that has an offline copy of the guide, and whose network is down."""
    own = OwnSite(tmp_path_factory.mktemp("cut-off"))
    own.start()
    context = chromium.new_context(viewport={"width": 390, "height": 800})
    keep(context.new_page(), own)
    own.stop()
    yield context, own
    context.close()


@pytest.fixture
def saved(cut_off):
    """Opens a path of the offline copy without a network: gives page and response."""
    context, own = cut_off
    page = context.new_page()
    yield page, lambda path: page.goto(own.url + path)
    page.close()


def status_of(page):
    return page.locator("[data-offline] [role=status]")


def banner_of(page):
    return page.get_by_role("complementary", name="Saved copy")


@contextmanager
def requested_by_worker(page):
    """The paths of pages and lists that the service worker requests, in order."""
    paths = []

    def add(request):
        path = urlsplit(request.url).path
        if request.service_worker and not path.startswith("/static/"):
            paths.append(path)

    page.context.on("request", add)
    yield paths
    page.context.remove_listener("request", add)


def keep(page, own, answers=ANSWERS):
    """Makes the offline copy, as a reader does, and waits until it is complete."""
    page.goto(f"{own.url}/{answers}")
    unfold(page, FOLD)
    page.get_by_role("button", name=KEEP).click()
    expect(status_of(page)).to_contain_text("Kept on", timeout=60_000)


@pytest.mark.parametrize(
    "path",
    [
        "/stages/harvesting/",
        "/get-help/",
        "/diary/print/",
        soak_only("/checklist/"),
        soak_only("/"),
    ],
)
def test_kept_page_is_read_without_a_network_and_says_so(saved, path):
    page, visit = saved

    response = visit(path + ANSWERS)

    today = f"{datetime.now().astimezone():%-d %B %Y}"
    said = f"Saved copy from {today}. You may be offline. To be sure, call your clinic."
    expect(banner_of(page)).to_have_text(said)
    expect(page.locator("main h1")).to_be_visible()
    assert response.status == 200
    assert "default-src 'none'" in response.headers["content-security-policy"]


def test_pictures_and_style_are_kept_too(saved):
    page, visit = saved

    visit(f"/stages/harvesting/{ANSWERS}")
    picture = page.locator("main img").first
    picture.scroll_into_view_if_needed()

    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 0
    assert page.evaluate("document.styleSheets[0].cssRules.length") > 50


@pytest.mark.exhaustive
def test_banner_stands_after_the_skip_link(saved):
    page, visit = saved

    visit(f"/risks/{ANSWERS}")

    first = page.locator("body > *")
    expect(first.nth(0)).to_have_class("skip-link")
    expect(first.nth(1)).to_have_attribute("aria-label", "Saved copy")


@pytest.mark.exhaustive
def test_banner_tells_the_day_of_that_copy(saved):
    page, visit = saved
    visit(f"/options/{ANSWERS}")
    page.evaluate(DATE_OLD, f"/options/{ANSWERS}")

    page.reload()

    expect(banner_of(page)).to_contain_text("Saved copy from 3 March 2026.")


def test_copy_is_shown_when_the_network_hangs(saved, cut_off):
    page, visit = saved
    _, own = cut_off

    with socket.create_server(("127.0.0.1", own.port)):
        visit(f"/risks/{ANSWERS}")

    expect(banner_of(page)).to_be_visible()


@pytest.mark.exhaustive
def test_page_without_a_copy_says_so_and_leads_to_help(saved):
    page, visit = saved

    response = visit("/risks/?area=joint&cells=fat")
    expect(page.locator("h1")).to_have_text("This page is not kept on this device")
    assert response.status == 503
    page.get_by_role("link", name="When to get help").click()

    expect(banner_of(page)).to_be_visible()
    expect(page.get_by_text("Showing: Hand, your fat.")).to_be_visible()


@pytest.mark.exhaustive
@pytest.mark.parametrize("address", ["/", "/?area=hand"])
def test_address_with_fewer_answers_shows_the_copy(saved, address):
    page, visit = saved

    visit(address)

    expect(banner_of(page)).to_be_visible()
    expect(page.get_by_text("Showing: Hand, your fat.")).to_be_visible()


@pytest.mark.exhaustive
@pytest.mark.parametrize("path", ["/admin/", "/search/?q=pain"])
def test_service_worker_leaves_staff_and_search_alone(saved, path):
    page, visit = saved

    with pytest.raises(Error, match="ERR_CONNECTION_REFUSED"):
        visit(path)


@pytest.mark.exhaustive
@pytest.mark.parametrize("path", ["/risks/", "/checklist/", "/", "/nothing/"])
def test_saved_pages_fit_a_small_phone(saved, path):
    page, visit = saved
    page.set_viewport_size({"width": 320, "height": 640})

    visit(path + ANSWERS)

    assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.exhaustive
def test_other_answers_replace_the_copy(own, page):
    keep(page, own)

    page.goto(f"{own.url}/?area=joint&cells=prepared")
    expect(status_of(page)).to_have_text("The copy kept here is for other answers.")
    keep(page, own, "?area=joint&cells=prepared")

    kept = page.evaluate(ADDRESSES_KEPT)
    pages = [address for address in kept if "?" in address]
    assert len(pages) > 100
    assert all(a.endswith("?area=joint&cells=prepared") for a in pages)


@pytest.mark.exhaustive
def test_progress_is_told_in_words_and_seldom(own, page):
    page.goto(f"{own.url}/{ANSWERS}")
    page.evaluate(STATUS_TEXTS)

    unfold(page, FOLD)
    page.get_by_role("button", name=KEEP).click()
    expect(status_of(page)).to_contain_text("Kept on", timeout=60_000)

    told = page.evaluate("texts")
    counts = [text for text in told if re.fullmatch(r"\d+ of \d+ pages kept", text)]
    assert len(counts) == int(counts[0].split()[2]) // 10
    assert len(told) == len(counts) + 2, told


@pytest.mark.exhaustive
def test_first_round_that_is_cut_short_goes_on_when_asked(own, page):
    page.goto(f"{own.url}/{ANSWERS}")
    unfold(page, FOLD)
    page.get_by_role("button", name=KEEP).click()
    expect(status_of(page)).to_contain_text("pages kept", timeout=60_000)

    own.stop()
    expect(status_of(page)).to_have_text(
        "The internet went away. Not all pages are kept. Press the button to go on."
    )
    first = set(page.evaluate(ADDRESSES_KEPT))
    other = page.context.new_page()
    other.goto(f"{own.url}/get-help/{ANSWERS}")
    expect(banner_of(other)).to_be_visible()
    own.start()
    with requested_by_worker(page) as paths:
        page.get_by_role("button", name=KEEP).click()
        expect(status_of(page)).to_contain_text("Kept on", timeout=60_000)

    new = set(page.evaluate(ADDRESSES_KEPT)) - first
    left = [address for address in new if not address.startswith("/static/")]
    # Beside what was left, only the help page and the list.
    assert left and len(paths) == len(left) + 2


@pytest.mark.exhaustive
def test_full_device_is_told_plainly(own, page):
    page.goto(f"{own.url}/{ANSWERS}")
    page.context.new_cdp_session(page).send(
        "Storage.overrideQuotaForOrigin", {"origin": own.url, "quotaSize": 400_000}
    )

    unfold(page, FOLD)
    page.get_by_role("button", name=KEEP).click()

    expect(status_of(page)).to_contain_text("This device is full.", timeout=60_000)


@pytest.mark.parametrize("path", ["/", "/get-help/"])
def test_nothing_is_offered_or_kept_without_asking(own, open_context, path):
    page = open_context(java_script_enabled=False).new_page()
    page.goto(own.url + path)
    expect(page.get_by_role("button", name=KEEP)).to_have_count(0)

    page = open_context().new_page()
    page.goto(own.url + path)

    assert page.evaluate("navigator.serviceWorker.getRegistrations()") == []
    assert page.evaluate("caches.keys()") == []


@pytest.mark.exhaustive
def test_staff_pages_are_never_kept_whatever_the_list_says(own, page):
    strange = {"pages": ["/get-help/", "/admin/", "/desk/components/"], "files": []}
    page.context.route("**/guide/addresses.json*", lambda r: r.fulfill(json=strange))
    keep(page, own, "")
    assert "/get-help/" in page.evaluate(ADDRESSES_KEPT)
    page.goto(f"{own.url}/admin/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(own.password)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("link", name="Wordings").first).to_be_visible()

    # Signed in, these answer; and a round that starts now is served them, too.
    for path in ("/admin/", "/desk/components/", "/search/?q=pain"):
        assert page.goto(own.url + path).status == 200
    page.evaluate(MAKE_OLD)
    page.goto(f"{own.url}/get-help/")
    page.evaluate(WAIT_FOR_A_ROUND)

    kept = page.evaluate(ADDRESSES_KEPT)
    assert sorted(kept) == ["/get-help/", "/saved-copy.json"]


@pytest.mark.exhaustive
def test_refresh_begins_with_the_help_page_and_drops_what_is_not_listed(own, page):
    keep(page, own)
    page.evaluate(MAKE_OLD)

    with requested_by_worker(page) as paths:
        page.goto(f"{own.url}/risks/print/")
        page.evaluate(WAIT_FOR_A_ROUND)

    assert "/gone/" not in page.evaluate(ADDRESSES_KEPT)
    assert paths[:3] == ["/risks/print/", "/get-help/", "/guide/addresses.json"]
    assert len(paths) > 100


@pytest.mark.exhaustive
def test_refresh_waits_an_hour(own, page):
    keep(page, own)

    with requested_by_worker(page) as paths:
        page.goto(f"{own.url}/risks/print/")
        page.goto(f"{own.url}/words/{ANSWERS}", wait_until="networkidle")

    assert paths == ["/risks/print/", "/words/"]


def test_withdrawn_page_shows_its_notice_when_the_network_is_back(own, page):
    keep(page, own)
    own.stop()
    page.goto(f"{own.url}/risks/{ANSWERS}")
    expect(banner_of(page)).to_be_visible()
    expect(page.get_by_text("A number on this page was wrong.")).to_have_count(0)

    own.run(WITHDRAW)
    own.start()
    page.reload()
    expect(page.get_by_text("A number on this page was wrong.")).to_be_visible()
    expect(banner_of(page)).to_have_count(0)
    own.stop()
    page.reload()

    expect(banner_of(page)).to_be_visible()
    expect(page.get_by_text("A number on this page was wrong.")).to_be_visible()


@pytest.mark.exhaustive
def test_page_loads_anew_by_itself_when_the_network_is_back(own, page):
    keep(page, own)
    own.stop()
    page.context.set_offline(True)
    page.goto(f"{own.url}/risks/{ANSWERS}")
    expect(banner_of(page)).to_be_visible()

    own.start()
    page.context.set_offline(False)

    expect(banner_of(page)).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.exhaustive
def test_reader_who_types_is_not_interrupted(own, page):
    keep(page, own)
    own.stop()
    page.context.set_offline(True)
    page.goto(f"{own.url}/{ANSWERS}")
    box = page.get_by_label("Search this guide")
    box.fill("driving")

    own.start()
    page.context.set_offline(False)
    expect(banner_of(page)).to_have_text("You are online again. Load the newest page.")
    expect(box).to_have_value("driving")
    banner_of(page).get_by_role("link").click()

    expect(banner_of(page)).to_have_count(0)


@pytest.mark.parametrize(
    ("path", "fold", "button"),
    [
        ("/", FOLD, "Remove everything kept on this device"),
        soak_only("/checklist/", "Keep a copy of this guide", "Remove the saved copy"),
        soak_only(
            "/diary/", "Kept on this device", "Remove everything kept on this device"
        ),
    ],
)
def test_removing_leaves_nothing(own, page, path, fold, button):
    keep(page, own)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{own.url}{path}{ANSWERS}")

    unfold(page, fold)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_text("Removed.")).to_be_visible()
    assert page.evaluate("caches.keys()") == []
    assert page.evaluate("navigator.serviceWorker.getRegistrations()") == []
    own.stop()

    with pytest.raises(Error, match="ERR_CONNECTION_REFUSED"):
        page.goto(f"{own.url}/get-help/{ANSWERS}")


@pytest.mark.exhaustive
def test_removed_copy_can_be_kept_again_from_the_same_page(own, page):
    keep(page, own)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Remove everything").click()
    expect(status_of(page)).to_have_text(
        "Removed. Nothing of this guide is kept on this device now."
    )
    expect(page.get_by_role("button", name=KEEP)).to_be_focused()
    expect(page.get_by_role("button", name="Remove everything")).to_be_hidden()

    page.get_by_role("button", name=KEEP).click()
    expect(status_of(page)).to_contain_text("Kept on", timeout=60_000)
    own.stop()

    page.goto(f"{own.url}/risks/{ANSWERS}")
    expect(banner_of(page)).to_be_visible()
