"""The recovery diary: kept on the device, drawn as written, and never judged."""

import re
import subprocess

import pytest
from playwright.sync_api import Page, expect

from tests.axe import FOR_PATIENTS, violations
from tests.cases import soak_only
from tests.conftest import need_program

TODAY = "2027-01-20"
FORBID_STORING = "Storage.prototype.setItem = () => { throw new DOMException('full') }"


@pytest.fixture
def open_diary(site, open_context):
    """A function that opens the diary in a new browser context, on 20 January."""

    def open_it(width: int = 390, **options) -> Page:
        page = open_context(width, timezone_id="UTC", **options).new_page()
        page.clock.set_fixed_time(f"{TODAY}T10:00:00Z")
        page.goto(f"{site.url}/diary/")
        return page

    return open_it


def write_day(page: Page, day: str, *, pain: str = "", note: str = "") -> None:
    page.get_by_label("Day", exact=True).fill(day)
    if pain:
        page.get_by_role("radio", name=pain, exact=True).check()
    page.get_by_label("A note").fill(note)
    page.get_by_role("button", name="Save this day").click()


def entries(page: Page):
    return page.locator("[data-diary-rows] tr")


def print_pdf(page: Page, path) -> list[str]:
    """The words of each page of paper."""
    need_program("pdftotext")
    page.wait_for_load_state("networkidle")
    page.pdf(path=path, prefer_css_page_size=True)
    done = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    )
    return done.stdout.split("\f")[:-1]


def test_whole_day_is_written_and_stands_there_after_a_reload(open_diary):
    page = open_diary()
    expect(page.get_by_text("Nothing written yet.")).to_be_visible()
    expect(page.get_by_label("Day", exact=True)).to_have_value(TODAY)

    page.get_by_role("radio", name="4", exact=True).check()
    page.get_by_role("radio", name="A little").check()
    page.get_by_label("Temperature").fill("37,2")
    page.get_by_label("What you did").fill("Walked to the shop")
    page.get_by_label("A note").fill("Ask about the splint")
    page.get_by_role("button", name="Save this day").click()

    expect(page.get_by_role("status")).to_have_text("Saved: Wednesday 20 January 2027.")
    page.reload()
    cells = entries(page).locator("[data-field]")
    expect(cells).to_have_text(
        [
            "Wednesday 20 January 2027", "4", "A little", "37,2",
            "Walked to the shop", "Ask about the splint",
        ]
    )  # fmt: skip
    expect(page.get_by_text("Nothing written yet.")).to_be_hidden()


def test_without_scripts_the_page_leads_to_a_blank_chart(open_diary):
    page = open_diary(java_script_enabled=False)

    expect(page.locator("form[data-diary-form]")).to_be_hidden()
    expect(page.locator("[data-diary-title]")).to_be_hidden()
    expect(page.get_by_text("can not keep a diary")).to_be_visible()
    expect(page.get_by_role("link", name="Print my diary")).to_have_count(0)
    page.get_by_role("link", name="Print a blank chart").last.click()

    assert page.url.endswith("/diary/print/")


def test_help_bar_comes_before_the_form_with_and_without_scripts(open_diary):
    for scripts in (True, False):
        page = open_diary(java_script_enabled=scripts)

        bar = page.locator("[data-diary-help] .help-bar")
        expect(bar).to_be_visible()
        form_title = page.get_by_role("heading", name="Write in your diary")
        assert bar.bounding_box()["y"] < form_title.bounding_box()["y"]


@pytest.mark.exhaustive
def test_days_stand_in_order_and_one_day_has_one_entry(open_diary):
    page = open_diary()
    write_day(page, "2027-01-19", note="second")
    write_day(page, "2027-01-03", note="first")

    write_day(page, "2027-01-19", note="second, mended")

    expect(page.locator("[data-field=note]")).to_have_text(["first", "second, mended"])


@pytest.mark.exhaustive
def test_day_that_has_an_entry_opens_for_change(open_diary):
    page = open_diary()
    write_day(page, "2027-01-18", pain="5", note="stairs")
    page.get_by_label("Day", exact=True).fill(TODAY)
    expect(page.get_by_label("A note")).to_have_value("")
    pain = page.get_by_role("group", name="Pain")
    expect(pain.get_by_label("Not filled in")).to_be_checked()

    page.get_by_label("Day", exact=True).fill("2027-01-18")

    expect(page.get_by_label("A note")).to_have_value("stairs")
    expect(page.get_by_role("radio", name="5", exact=True)).to_be_checked()
    expect(page.get_by_role("status")).to_have_text(
        "Open for change: Monday 18 January 2027."
    )


@pytest.mark.exhaustive
def test_day_can_be_typed_figure_by_figure(open_diary):
    page = open_diary()
    write_day(page, "2027-01-01", note="the first")
    day = page.get_by_label("Day", exact=True)

    day.focus()
    day.press_sequentially("01192027")
    page.get_by_label("A note").fill("typed")
    page.get_by_role("button", name="Save this day").click()

    expect(page.locator("[data-field=day]").last).to_have_text(
        "Tuesday 19 January 2027"
    )


@pytest.mark.exhaustive
def test_what_is_typed_is_not_lost_or_written_over_when_the_day_changes(open_diary):
    page = open_diary()
    write_day(page, "2027-01-18", note="stairs")
    page.get_by_label("Day", exact=True).fill(TODAY)
    page.get_by_label("A note").fill("typed for the wrong day")

    page.get_by_label("Day", exact=True).fill("2027-01-18")
    page.once("dialog", lambda dialog: dialog.dismiss())
    with page.expect_event("dialog") as asked:
        page.get_by_role("button", name="Save this day").click()

    expect(page.get_by_label("A note")).to_have_value("typed for the wrong day")
    expect(page.locator("[data-field=note]")).to_have_text(["stairs"])
    assert "has an entry" in asked.value.message


@pytest.mark.exhaustive
def test_change_button_opens_its_day_and_an_answer_can_be_taken_out(open_diary):
    page = open_diary()
    write_day(page, "2027-01-18", pain="5", note="stairs")
    write_day(page, TODAY, pain="3")

    page.get_by_role("button", name="Change Monday 18 January 2027").click()
    expect(page.get_by_label("Day", exact=True)).to_be_focused()
    page.get_by_role("group", name="Pain").get_by_label("Not filled in").check()
    page.get_by_role("button", name="Save this day").click()

    expect(page.locator("[data-field=pain]")).to_have_text(["", "3"])


def test_deleted_day_is_asked_about_once_and_undo_brings_it_back(open_diary):
    page = open_diary()
    write_day(page, "2027-01-18", note="stairs")
    button = page.get_by_role("button", name="Delete Monday 18 January 2027")
    page.once("dialog", lambda dialog: dialog.dismiss())
    button.click()
    expect(entries(page)).to_have_count(1)

    page.once("dialog", lambda dialog: dialog.accept())
    button.click()

    expect(entries(page)).to_have_count(0)
    expect(page.get_by_text("Nothing written yet.")).to_be_visible()
    expect(page.locator("[data-diary-title]")).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-field=note]")).to_have_text(["stairs"])


@pytest.mark.parametrize(
    ("label", "text", "said"),
    [
        ("Day", "2027-01-21", "still to come"),
        ("Temperature", "115.1", "write one number"),
        ("A note", "  ", "only a day so far"),
        soak_only("Day", "", "pick the day"),
        soak_only("Temperature", "warm", "write one number"),
        soak_only("Temperature", "29.9", "write one number"),
        soak_only("Temperature", "0x20", "write one number"),
    ],
)
def test_slip_is_named_beside_its_field_and_nothing_is_saved(
    open_diary, label, text, said
):
    page = open_diary()
    if label == "Day":
        page.get_by_label("A note").fill("something")
    field = page.get_by_label(label, exact=True)
    field.fill(text)

    page.get_by_role("button", name="Save this day").click()

    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile(said))
    expect(entries(page)).to_have_count(0)


@pytest.mark.exhaustive
@pytest.mark.parametrize("text", ["30", "115", "98.6", "37,2"])
def test_temperature_is_kept_as_it_was_typed(open_diary, text):
    page = open_diary()
    page.get_by_label("Temperature").fill(text)

    page.get_by_role("button", name="Save this day").click()

    expect(page.locator("[data-field=temperature]")).to_have_text(text)


@pytest.mark.exhaustive
def test_day_is_the_devices_own_however_late_it_is_elsewhere(open_context, site):
    page = open_context(timezone_id="Pacific/Auckland").new_page()
    page.clock.set_fixed_time("2027-01-19T20:00:00Z")
    page.goto(f"{site.url}/diary/")

    expect(page.get_by_label("Day", exact=True)).to_have_value(TODAY)


@pytest.mark.exhaustive
def test_two_tabs_show_the_same_diary(site, open_diary):
    page = open_diary()
    other = page.context.new_page()
    other.clock.set_fixed_time(f"{TODAY}T10:00:00Z")
    other.goto(f"{site.url}/diary/")
    other.get_by_label("What you did").fill("half a sen")

    write_day(page, TODAY, pain="2", note="from the first tab")

    expect(other.locator("[data-field=note]")).to_have_text("from the first tab")
    expect(other.get_by_label("What you did")).to_have_value("half a sen")


@pytest.mark.exhaustive
def test_two_tabs_do_not_write_over_each_other_unasked(site, open_diary):
    page = open_diary()
    other = page.context.new_page()
    other.clock.set_fixed_time(f"{TODAY}T10:00:00Z")
    other.goto(f"{site.url}/diary/")
    other.get_by_label("What you did").fill("half a sen")
    write_day(page, TODAY, note="from the first tab")
    expect(entries(other)).to_have_count(1)

    other.once("dialog", lambda dialog: dialog.dismiss())
    other.get_by_role("button", name="Save this day").click()

    page.reload()
    expect(page.locator("[data-field=note]")).to_have_text("from the first tab")


def test_full_storage_is_told_and_what_was_typed_stays(site, open_context):
    page = open_context(timezone_id="UTC").new_page()
    page.add_init_script(FORBID_STORING)
    page.add_init_script("window.print = () => { document.title = 'printed' }")
    page.goto(f"{site.url}/diary/")

    page.get_by_role("radio", name="6", exact=True).check()
    page.get_by_label("A note").fill("would not fit")
    page.get_by_role("button", name="Save this day").click()

    expect(page.get_by_role("status")).to_contain_text("This browser can not keep that")
    expect(page.get_by_label("A note")).to_have_value("would not fit")
    expect(page.get_by_role("radio", name="6", exact=True)).to_be_checked()
    page.get_by_role("link", name="Print my diary").last.click()
    expect(page).to_have_title("printed")
    assert page.url == f"{site.url}/diary/"


@pytest.mark.exhaustive
def test_chart_has_one_point_for_each_pain_number_in_its_place(open_diary):
    page = open_diary()
    write_day(page, "2027-01-10", pain="10")
    expect(page.get_by_role("img", name="Chart of pain by day")).to_be_hidden()
    write_day(page, "2027-01-12", pain="5")
    write_day(page, "2027-01-14", note="no number")
    write_day(page, TODAY, pain="0")

    chart = page.get_by_role("img", name="Chart of pain by day")

    expect(chart).to_be_visible()
    points = chart.locator("circle").evaluate_all(
        "all => all.map(p => [p.getAttribute('cx'), p.getAttribute('cy')]"
        ".map(parseFloat))"
    )
    # 10, 12 and 20 January: a fifth of the way, then the rest. Pain 10 is on top.
    (x1, y1), (x2, y2), (x3, y3) = points
    assert (x2 - x1) / (x3 - x1) == pytest.approx(0.2)
    assert (y2 - y1) / (y3 - y1) == pytest.approx(0.5)
    assert y1 < y2 < y3
    expect(chart.locator(".diary-chart__line")).to_have_count(2)


@pytest.mark.exhaustive
def test_damaged_or_strange_entries_break_nothing(open_diary):
    page = open_diary()
    page.evaluate(
        """localStorage.setItem('stemguide', JSON.stringify({stemguide: 1, diary: {
            '2027-01-01': {pain: '<b>9'}, '2027-99-99': {pain: '3'},
            '2027-01-02': {pain: '4'}, '2027-01-05': {pain: '99', note: '<i>x'}}}))"""
    )

    page.reload()

    expect(entries(page)).to_have_count(4)
    expect(page.locator("[data-field=note]").nth(2)).to_have_text("<i>x")
    expect(page.locator("[data-diary-figure]")).to_be_hidden()


@pytest.mark.exhaustive
def test_nothing_on_the_page_answers_to_a_bad_day(open_diary):
    page = open_diary()
    write_day(page, "2027-01-19", pain="1", note="calm")
    page.get_by_label("Day", exact=True).fill(TODAY)

    def all_but_the_entry() -> dict[str, str]:
        """The help cards' HTML, and the page's words without what was written."""
        return page.evaluate(
            """() => {
                const copy = document.querySelector('main').cloneNode(true);
                const entries = '[data-diary-rows], [data-diary-figure], .kept-status';
                for (const part of copy.querySelectorAll(entries)) part.remove();
                const help = document.querySelector('[data-diary-help]').outerHTML;
                return { help, words: copy.textContent };
            }"""
        )

    before = all_but_the_entry()
    page.get_by_role("radio", name="10", exact=True).check()
    page.get_by_role("radio", name="A lot").check()
    page.get_by_label("Temperature").fill("104")
    page.get_by_role("button", name="Save this day").click()
    expect(entries(page)).to_have_count(2)

    assert all_but_the_entry() == before
    expect(page.get_by_role("status")).to_have_text("Saved: Wednesday 20 January 2027.")
    calm, bad = entries(page).all()
    assert calm.get_attribute("class") == bad.get_attribute("class")
    looks = page.locator("[data-diary-chart] circle").evaluate_all(
        "all => all.map(p => [p.getAttribute('r'), getComputedStyle(p).fill,"
        " p.getAttribute('class')].join())"
    )
    assert len(looks) == 2 and len(set(looks)) == 1


def test_nothing_written_is_sent(site, open_diary):
    page = open_diary()
    requests = []
    page.on("request", lambda request: requests.append(request))

    write_day(page, "2027-01-18", pain="5", note="unmistakable")
    page.get_by_label("What you did").fill("unmistakable too")
    page.get_by_label("What you did").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Saved")
    page.get_by_role("link", name="Print my diary").last.click()
    page.wait_for_load_state("networkidle")

    assert requests
    for request in requests:
        assert request.method == "GET" and request.post_data is None
        assert request.url.startswith(f"{site.url}/")
        assert not re.search(r"unmistakable|2027|pain", request.url)
    assert b"unmistakable" not in (site.var_dir / "log").read_bytes()


@pytest.mark.exhaustive
def test_form_is_not_offered_when_its_script_fails(site, open_context):
    page = open_context().new_page()
    page.route(re.compile(r"/js/diary[.\w]*\.js"), lambda route: route.abort())
    page.goto(f"{site.url}/diary/")

    expect(page.locator("summary", has_text="Kept on this device")).to_be_visible()
    expect(page.locator("[data-diary-form]")).to_be_hidden()


def test_form_can_not_be_sent_to_the_server(open_diary):
    page = open_diary()

    assert page.locator("[data-diary-form]").evaluate("form => form.method") == "dialog"


def test_paper_holds_the_entries_the_chart_and_the_help_cards(
    site, open_diary, tmp_path
):
    page = open_diary()
    write_day(page, "2027-01-18", pain="5", note="Stairs were hard")
    write_day(page, TODAY, pain="3", note="Better sleep")

    page.get_by_role("link", name="Print my diary").last.click()
    expect(page.locator(".diary-sheet__blank")).to_have_count(12)
    sheets = print_pdf(page, tmp_path / "diary.pdf")

    # A cell may take several lines, and these stand beside those of other cells.
    words = " ".join(sheets)
    for written in ("Monday", "Wednesday", "Stairs", "hard", "Better", "sleep"):
        assert written in words
    assert "Pain by day" in words
    assert "coughing blood" in words
    expect(page.locator("[data-diary-chart] circle")).to_have_count(2)


def test_paper_without_scripts_is_a_blank_chart_of_two_weeks_on_one_sheet(
    site, open_context, tmp_path
):
    page = open_context(java_script_enabled=False).new_page()
    page.goto(f"{site.url}/diary/print/")

    rows = page.locator(".diary-sheet__blank")
    expect(rows).to_have_count(14)
    expect(page.locator("[data-diary-figure]")).to_be_hidden()
    page.emulate_media(media="print")
    heights = [row.bounding_box()["height"] for row in rows.all()]
    # Room for a hand: 12 mm at least.
    assert min(heights) > 12 * 96 / 25.4
    sheets = print_pdf(page, tmp_path / "blank.pdf")
    # The header row repeats on every sheet the table reaches: it reaches one.
    assert sum("What I did" in sheet for sheet in sheets) == 1


@pytest.mark.exhaustive
def test_long_diary_repeats_its_header_and_splits_no_row(site, page, tmp_path):
    page.goto(f"{site.url}/diary/")
    page.evaluate(
        """() => {
            const diary = {};
            for (let day = 1; day <= 31; day += 1)
                diary[`2027-01-${String(day).padStart(2, '0')}`] =
                    {pain: '3', note: `start${day} and some more words to end${day}`};
            localStorage.setItem('stemguide', JSON.stringify({stemguide: 1, diary}));
        }"""
    )

    page.goto(f"{site.url}/diary/print/")
    expect(page.locator("[data-diary-rows] tr")).to_have_count(31)
    sheets = print_pdf(page, tmp_path / "long.pdf")

    with_rows = [sheet for sheet in sheets if re.search(r"\bstart\d", sheet)]
    assert len(with_rows) > 1
    assert all("What I did" in sheet for sheet in with_rows)
    for day in range(1, 32):
        assert any(
            re.search(rf"\bstart{day}\b", sheet) and re.search(rf"\bend{day}\b", sheet)
            for sheet in sheets
        ), day


@pytest.mark.parametrize("path", ["/diary/", "/diary/print/"])
def test_full_diary_does_not_scroll_sideways_at_320_px(site, open_diary, path):
    page = open_diary(320)
    write_day(page, "2027-01-18", pain="5", note="Unbroken" * 30)
    write_day(page, TODAY, pain="3")

    page.goto(site.url + path)

    expect(page.locator("[data-field=note]").first).to_contain_text("Unbroken")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tight = page.locator("main :is(.diary-picks label, .diary-entries button)")
    for box in (target.bounding_box() for target in tight.all()):
        assert box["width"] >= 44 and box["height"] >= 44


def test_scan_finds_nothing_in_a_full_diary(open_diary):
    page = open_diary(320, bypass_csp=True)
    write_day(page, "2027-01-18", pain="5", note="stairs")
    write_day(page, TODAY, pain="3")
    page.get_by_label("Temperature").fill("warm")
    page.get_by_role("button", name="Save this day").click()

    expect(page.get_by_label("Temperature")).to_have_attribute("aria-invalid", "true")
    assert not violations(page, FOR_PATIENTS)
