"""My visit sheet: a plain form, and on the device all that the patient kept."""

import json

import pikepdf
import pytest
from playwright.sync_api import expect

from tests.browser.paper.test_print import print_pdf
from tests.cases import soak_only
from tests.paper import letters

PATHS = ("/visit/", "/visit/print/")
ANSWERS = "?area=hand&cells=fat"
FIVE = [
    "ask-choices", "ask-studies", "ask-approved-use", "ask-harm", "ask-full-price",
]  # fmt: skip


def keep(page, site, **kept) -> None:
    """Writes to localStorage what other pages would have stored there."""
    page.goto(f"{site.url}/about/")
    data = {"stemguide": 1, "day": "", "ticks": {}, "notes": {}, "diary": {}, **kept}
    page.evaluate("text => localStorage.setItem('stemguide', text)", json.dumps(data))


def versions(page, site, *ids: str) -> dict[str, str]:
    """The current versions of these tasks, as a tick stores them."""
    page.goto(f"{site.url}/visit/{ANSWERS}")
    return {
        task: page.locator(f"[data-task={task}]").get_attribute("data-version")
        for task in ids
    }


def shown(page, part: str) -> list[str]:
    """The tasks that can be seen in a part of the sheet."""
    tasks = page.locator(f"section[aria-labelledby={part}] [data-task]:visible")
    return tasks.evaluate_all("tasks => tasks.map(t => t.dataset.task)")


@pytest.mark.parametrize(
    ("path", "scripts"),
    [
        pytest.param("/visit/", True, id="/visit/-scripts"),
        pytest.param("/visit/print/", False, id="/visit/print/-no-scripts"),
        soak_only("/visit/", False, id="/visit/-no-scripts"),
        soak_only("/visit/print/", True, id="/visit/print/-scripts"),
    ],
)
def test_sheet_is_a_plain_form_where_nothing_is_kept(site, open_context, path, scripts):
    page = open_context(320, java_script_enabled=scripts).new_page()
    page.goto(f"{site.url}{path}{ANSWERS}")

    boxes = page.locator("section[aria-labelledby=my-tasks] .task__box:visible")
    questions = page.locator("section[aria-labelledby=my-questions]")
    expect(boxes).to_have_count(page.locator("#my-tasks ~ div li").count())
    assert boxes.count() > 20
    assert shown(page, "my-questions") == FIVE
    expect(questions.locator(".write-in:visible")).to_have_count(5 * 2 + 3)
    expect(page.locator(".visit-medicines tbody tr")).to_have_count(6)
    expect(page.locator("#my-matters ~ div .write-in:visible")).to_have_count(3)
    expect(page.get_by_text("Every line of the checklist is ticked")).to_be_hidden()
    expect(page.get_by_text("Hand", exact=True)).to_be_visible()


@pytest.mark.parametrize("path", PATHS)
def test_ticked_tasks_go_and_changed_ones_stay(site, page, path):
    ticks = versions(page, site, "pack-bag", "ask-cost")
    keep(page, site, ticks={**ticks, "wash-skin": "older"})

    page.goto(f"{site.url}{path}{ANSWERS}")

    wash = page.locator("[data-task=wash-skin]")
    expect(page.locator("[data-task=pack-bag]")).to_be_hidden()
    expect(page.locator("[data-task=ask-cost]")).to_be_hidden()
    expect(wash).to_be_visible()
    expect(wash).to_contain_text("This item changed since you ticked it.")


@pytest.mark.parametrize("path", PATHS)
def test_day_dates_and_notes_are_drawn(site, page, path):
    keep(page, site, day="2027-01-07", notes={"pack-bag": "The blue bag"})

    page.goto(f"{site.url}{path}{ANSWERS}")

    visit = page.locator("section[aria-labelledby=my-visit]")
    bag = page.locator("[data-task=pack-bag]")
    expect(visit).to_contain_text("Your day is Thursday 7 January 2027.")
    expect(bag).to_contain_text("By Wednesday 6 January 2027")
    expect(bag).to_contain_text("Note: The blue bag")


@pytest.mark.parametrize("path", PATHS)
def test_picked_questions_stand_alone_with_the_patients_own_below(site, page, path):
    ticks = versions(page, site, "ask-choices", "ask-refund")
    keep(page, site, ticks=ticks, notes={"own-questions": "May I fly?\n\n <b>Why?</b>"})

    page.goto(f"{site.url}{path}{ANSWERS}")

    questions = page.locator("section[aria-labelledby=my-questions]")
    expect(questions.get_by_text("These are good ones to ask first")).to_be_hidden()
    assert shown(page, "my-questions") == ["ask-choices", "ask-refund"]
    own = questions.locator("[data-visit-own] li")
    assert [text.strip() for text in own.all_inner_texts()] == [
        "May I fly?",
        "<b>Why?</b>",
    ]
    expect(own.first.locator(".write-in:visible")).to_have_count(2)
    expect(questions.locator(".write-in:visible")).to_have_count(4 * 2 + 3)


@pytest.mark.exhaustive
@pytest.mark.parametrize("path", PATHS)
def test_what_matters_replaces_its_lines(site, page, path):
    keep(page, site, ticks=versions(page, site, "matters-low-risk"))

    page.goto(f"{site.url}{path}{ANSWERS}")

    assert shown(page, "my-matters") == ["matters-low-risk"]
    expect(page.locator("#my-matters ~ div .write-in:visible")).to_have_count(0)


@pytest.mark.exhaustive
def test_ticks_on_the_other_pages_come_out_on_the_sheet(site, page):
    page.goto(f"{site.url}/questions/{ANSWERS}")
    page.locator("[data-task=ask-choices] input").check()
    own = page.get_by_label("Write one on each line")
    own.fill("May I fly?")
    own.blur()
    page.goto(f"{site.url}/checklist/{ANSWERS}")
    page.locator("[data-task=pack-bag] input").check()
    page.goto(f"{site.url}/options/{ANSWERS}")
    page.locator("[data-task=matters-low-risk] input").check()

    page.goto(f"{site.url}/visit/{ANSWERS}")
    page.get_by_role("link", name="Print my visit sheet").first.click()

    expect(page).to_have_url(f"{site.url}/visit/print/{ANSWERS}")
    expect(page.get_by_text("May I fly?")).to_be_visible()
    assert shown(page, "my-questions") == ["ask-choices"]
    assert shown(page, "my-matters") == ["matters-low-risk"]
    expect(page.locator("[data-task=pack-bag]")).to_be_hidden()


@pytest.mark.exhaustive
def test_sheet_follows_another_tab(site, page):
    ticks = versions(page, site, "pack-bag")
    page.goto(f"{site.url}/visit/{ANSWERS}")
    expect(page.locator("[data-task=pack-bag]")).to_be_visible()

    keep(page.context.new_page(), site, ticks=ticks)

    expect(page.locator("[data-task=pack-bag]")).to_be_hidden()


@pytest.mark.exhaustive
def test_every_line_ticked_is_said(site, page):
    page.goto(f"{site.url}/visit/{ANSWERS}")
    ticks = page.locator("#my-tasks ~ div li").evaluate_all(
        "ts => Object.fromEntries(ts.map(t => [t.dataset.task, t.dataset.version]))"
    )
    keep(page, site, ticks=ticks)

    page.goto(f"{site.url}/visit/{ANSWERS}")

    expect(page.get_by_text("Every line of the checklist is ticked")).to_be_visible()
    assert shown(page, "my-tasks") == []


@pytest.mark.parametrize("path", PATHS)
def test_sheet_is_a_plain_form_where_storage_is_forbidden(site, page, path):
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage',"
        "{ get() { throw new DOMException('no', 'SecurityError') } })"
    )

    page.goto(f"{site.url}{path}{ANSWERS}", wait_until="networkidle")

    assert not errors
    assert shown(page, "my-questions") == FIVE
    assert len(shown(page, "my-tasks")) > 20


def test_nothing_that_is_kept_leaves_the_device(site, page):
    ticks = versions(page, site, "ask-choices", "pack-bag")
    keep(
        page, site, ticks=ticks, day="2027-01-07",
        notes={"wash-skin": "unmistakable", "own-questions": "unmistakable"},
    )  # fmt: skip
    sent = []
    page.on("request", lambda r: sent.append((r.method, r.url, r.post_data)))

    for path in PATHS:
        page.goto(f"{site.url}{path}{ANSWERS}", wait_until="networkidle")
        expect(page.get_by_text("unmistakable")).to_have_count(2)

    assert sent
    for method, url, body in sent:
        assert method == "GET" and body is None
        assert url.startswith(f"{site.url}/static/") or url in {
            f"{site.url}{path}{ANSWERS}" for path in PATHS
        }


@pytest.mark.parametrize("kept", [False, True], ids=["plain", "kept"])
def test_paper_has_every_line_and_splits_nothing(site, page, tmp_path, kept):
    if kept:
        ids = ("ask-choices", "ask-refund", "ask-syringe", "pack-bag", "ask-cost")
        notes = {"own-questions": "May I fly?\nMay I swim?"}
        ticks = versions(page, site, *ids)
        keep(page, site, day="2027-01-07", ticks=ticks, notes=notes)

    sheets = print_pdf(page, f"{site.url}/visit/print/{ANSWERS}", tmp_path / "v.pdf")

    assert 3 <= len(sheets) <= 7
    page.emulate_media(media="print")
    whole = page.locator(
        ".task:visible, .visit-lines li:visible, .visit-whole, .care-card"
    ).all_inner_texts()
    on_paper = [letters(sheet) for sheet in sheets]
    split = [text for text in whole if not any(letters(text) in s for s in on_paper)]
    assert len(whole) > 20
    assert not split, split[:3]
    assert ("mayiswim" in "".join(on_paper)) == kept
    with pikepdf.open(tmp_path / "v.pdf") as document:
        assert len(document.pages) == len(sheets)


def test_ruled_lines_reach_the_paper_in_one_piece(site, page):
    page.goto(f"{site.url}/visit/print/{ANSWERS}")
    page.emulate_media(media="print")

    broken = page.locator(".write-in, .visit-lines li, .visit-whole, .task")
    rules = set(
        broken.evaluate_all("all => all.map(e => getComputedStyle(e).breakInside)")
    )
    lines = page.locator(".write-in:visible").evaluate_all(
        "all => all.map(e => getComputedStyle(e, '::after').borderBottomWidth)"
    )

    assert rules == {"avoid"}
    assert len(lines) > 15 and all(float(w.removesuffix("px")) >= 1 for w in lines)


@pytest.mark.exhaustive
@pytest.mark.parametrize("path", ["/guide/print/", "/guide/print/short/"])
def test_whole_guide_prints_each_part_on_a_new_page(site, page, tmp_path, path):
    sheets = print_pdf(page, f"{site.url}{path}{ANSWERS}", tmp_path / "guide.pdf")

    starts = [letters(sheet[:300]) for sheet in sheets]
    titles = page.locator(".guide-part > h2").all_inner_texts()
    missing = [t for t in titles if not any(letters(t) in start for start in starts)]
    assert len(titles) > 20
    assert not missing
    assert f"Page {len(sheets)} of {len(sheets)}" in sheets[-1]
