"""Sheets in a later language, printed and measured; and a desk that prints them."""

import shutil
from itertools import product
from urllib.request import urlopen

import polib
import pytest
from django.conf import settings
from django.test import override_settings
from playwright.sync_api import expect

from sessions.library.languages import language_name
from sessions.models.sheets import GUIDE
from sessions.pdf.client import PrintJob, make_pdf
from tests.axe import violations
from tests.browser.desk.test_desk import (
    PASSWORD,
    CountedUser,
    chromium,  # noqa: F401 - the browser that has a PDF viewer
    expect_drawn,
    expect_printed,
)
from tests.browser.paper.test_print import DEPTHS, PAPERS, SIZES
from tests.conftest import need_pdf, need_program
from tests.paper import PrintedSheet, faults_of
from tests.second_language import LANGUAGE, accented, write_catalog, write_pages
from tests.servers import free_port
from tests.sites import PUBLIC_URL, Site, manage, serve, set_up

NAME = language_name(LANGUAGE)
KINDS = ("checklist", "stages/recovery", "risks", "visit", "diary", "questions")
SOME = [("checklist", 14, "letter"), ("stages/recovery", 24, "a4")]
TWO_LANGUAGES = f"""
from django.contrib.auth.models import Group, User
from django.core.management import call_command
call_command("load_content")
call_command("update_catalog", {LANGUAGE!r})
user = User.objects.create_user("rita", password={PASSWORD!r}, is_staff=True)
user.groups.add(Group.objects.get(name="Reception"))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site with the real guide in English and in a made-up language."""
    need_program("chromium")
    var_dir = tmp_path_factory.mktemp("languages")
    content = var_dir / "content"
    password = set_up(var_dir)
    shutil.copytree(settings.CONTENT_DIR, content)
    write_pages(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTENT_DIR", str(content))
        manage(var_dir, "shell", "-v", "0", "-c", TWO_LANGUAGES)
        catalog = content / "locale" / LANGUAGE / "LC_MESSAGES" / "sheets.po"
        write_catalog(content, more=[e.msgid for e in polib.pofile(str(catalog))])
        port = free_port()
        with serve(var_dir, port):
            yield Site(f"http://127.0.0.1:{port}", password, var_dir)


def faults_on_paper(site, page, folder, kind, size, paper, depth="") -> list[str]:
    """What is wrong with a sheet as Chromium prints it, and as WeasyPrint does."""
    need_program("zbarimg")
    need_pdf()
    address = (
        f"{site.url}/{LANGUAGE}/{kind}/print/{depth}?area=hand&cells=fat"
        f"&size={size}&paper={paper}"
    )
    with urlopen(address, timeout=20) as response:
        source = response.read().decode()
    page.goto(address)
    page.pdf(path=folder / "browser.pdf", prefer_css_page_size=True, tagged=True)
    with override_settings(STATIC_ROOT=site.var_dir / "static"):
        *_, job = make_pdf([source])
    assert isinstance(job, PrintJob)
    (folder / "pdf.pdf").write_bytes(job.pdf)
    return [
        f"{name} {address}: {fault}"
        for name in ("browser.pdf", "pdf.pdf")
        for fault in faults_of(
            PrintedSheet(folder / name), source, size=size, paper=paper,
            words=page.locator("main").inner_text(), public_url=PUBLIC_URL,
            say=accented,
        )
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "size", "paper"), SOME)
def test_sheet_in_a_later_language_is_right(site, page, tmp_path, kind, size, paper):
    assert faults_on_paper(site, page, tmp_path, kind, size, paper) == []


@pytest.mark.sheets
@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", [*KINDS, "options", "helping-someone", GUIDE])
def test_sheet_in_a_later_language_is_right_in_every_way(site, page, tmp_path, kind):
    faults = [
        fault
        for way in product(SIZES, PAPERS, DEPTHS)
        for fault in faults_on_paper(site, page, tmp_path, kind, *way)
    ]
    assert faults == []


@pytest.mark.parametrize("width", [320, 1280])
def test_sheet_and_answer_have_room_and_no_barriers(site, open_context, width):
    page = open_context(width).new_page()
    page.goto(f"{site.url}/{LANGUAGE}/checklist/print/")
    code = page.locator(".sheet-qr figcaption").inner_text()[-9:].replace(" ", "")
    for address in (f"/{LANGUAGE}/checklist/print/", f"/v/{code}/"):
        page.goto(site.url + address)

        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page) == []


def test_whoever_scans_a_paper_reads_the_sheet_in_its_language(site, page):
    page.goto(f"{site.url}/risks/print/")
    page.get_by_role("link", name=NAME).click()
    code = page.locator(".sheet-qr figcaption").inner_text()[-9:].replace(" ", "")

    page.goto(f"{site.url}/v/{code}/")
    page.locator("main a").first.click()

    assert page.url == f"{site.url}/{LANGUAGE}/risks/print/"
    page.get_by_role("link", name="English").click()
    assert page.url == f"{site.url}/risks/print/"


def test_desk_prints_in_a_language_within_eight_actions(site, open_context):
    need_pdf()
    user = CountedUser(open_context(1280).new_page())
    user.sign_in(site.url)
    user.click("radio", NAME)
    user.click("checkbox", "Your checklist")
    user.click("radio", "Hand")
    user.click("radio", "Your fat")
    user.click("button", "Show what comes out")
    expect_drawn(user.page)
    user.click("button", "Print", exact=True)
    expect_printed(user.page)
    assert user.actions <= 8

    user.page.goto(f"{site.url}/desk/")
    expect(user.page.locator("[data-desk-sets-list]")).to_contain_text(NAME)
    user.page.goto(f"{site.url}/desk/recall/")
    expect(user.page.get_by_role("main")).to_contain_text(f"({NAME})")


@pytest.mark.parametrize("width", [320, 1280])
def test_desk_asks_for_the_language_at_every_width(site, open_context, width):
    user = CountedUser(open_context(width).new_page())
    user.sign_in(site.url)
    user.page.goto(f"{site.url}/desk/?language={LANGUAGE}")

    assert user.page.get_by_role("radio", name=NAME).is_checked()
    assert user.page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(user.page) == []
