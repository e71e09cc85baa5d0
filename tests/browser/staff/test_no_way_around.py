"""Faults that a member of staff can make, as each role: refused, waiting, or undone.

A role that may mend a fault finds the button on the page of its text, and one action
mends it. Every other role finds no button, and is refused at the address of the screen.
"""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.axe import looks, violations
from tests.browser.staff.test_staff_story import ADMIN, PASSWORD, ask_site

NEXT_YEAR = (date.today() + timedelta(days=365)).isoformat()
NEXT_WEEK = f"{date.today() + timedelta(days=7)}T09:00"
WRONG, FROM_FILE = "These words are wrong.", "This line came from the file."
EDITOR, REVIEWER, BOSS, DESK = (
    "Editor", "Clinical reviewer", "Administrator", "Reception",
)  # fmt: skip
PEOPLE = {"emil": EDITOR, "runa": REVIEWER, "astrid": BOSS, "rolf": DESK}

# Every page is approved. Then its fault is made: a wrong text goes live, somebody
# begins a bad draft, schedules a text, or puts another text into the file.
MAKE_FAULTS = f"""
import json
from dataclasses import replace
from datetime import timedelta
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.utils import timezone
from sessions import wordings
from sessions.documents import parse_document
from sessions.library.folder import read_library
from sessions.models import FileText, Page, Wording
from sessions.wordings.loading import load_library
people = {{}}
for name, role in {[*PEOPLE.items(), ("anke", REVIEWER)]!r}:
    people[name] = User.objects.create_user(name, password={PASSWORD!r}, is_staff=True)
    people[name].groups.add(Group.objects.get(name=role))
emil, anke = people["emil"], people["anke"]
due = timezone.now().date() + timedelta(days=90)

def approve(wording):
    return wordings.approve_wording(
        wording=wording, revision=wording.revision, user=anke, reviewer_role="Nurse",
        review_due=due,
    )

def draft_of(name, line={WRONG!r}):
    live = Wording.objects.live().get(page__name=name)
    if not live.is_approved:
        live = approve(live)
    draft = wordings.start_draft(page=live.page, user=emil)
    text = live.text + "\\n" + line + "\\n"
    return wordings.save_draft(wording=draft, revision=1, text=text, user=emil)

def publish(draft, when=None):
    sent = wordings.send_for_review(wording=draft, revision=2, user=emil)
    return wordings.publish_wording(
        wording=approve(sent), revision=4, user=emil, advisory_reason="Fine.",
        publish_from=when,
    )

found = {{}}
def made(fault, wording):
    found.setdefault(fault, []).append([wording.page_id, wording.pk])

ahead = timezone.now() + timedelta(days=30)
publish(draft_of("options"))
made("put back", Wording.objects.get(page__name="options", number=1))
for name in ("learn/choosing-a-clinic", "learn/warning-signs"):
    made("throw away", draft_of(name))
moved = publish(draft_of("learn/is-it-approved"), ahead)
for _ in range(3):
    made("move", moved)
for name in ("learn/three-cell-sources", "learn/what-are-stem-cells", "questions"):
    made("cancel", publish(draft_of(name), ahead))
for name in ("helping-someone", "after/hand"):
    made("withdraw", publish(draft_of(name)))
approve(Wording.objects.live().get(page__name="risks"))
draft_of("home")
library, files = read_library(settings.CONTENT_DIR), []
for file in library.files:
    if file.name in ("risks", "home"):
        text = file.text + "\\n" + {FROM_FILE!r} + "\\n"
        file = replace(file, text=text, document=parse_document(text))
    files.append(file)
load_library(replace(library, files=tuple(files)))
made("file", Wording.objects.drafts().get(page__name="risks"))
found["conflict"] = FileText.objects.get(page__name="home").pk
print(json.dumps(found))
"""

# So that other tests find the texts of the files again.
MEND = """
from django.contrib.auth.models import User
from sessions import wordings
from sessions.models import Wording
anke = User.objects.get(username="anke")
for live in Wording.objects.live().filter(page__name__in=[
    "options", "helping-someone", "after/hand"
]):
    first = live.page.wordings.get(number=1)
    if first.text != live.text:
        wordings.put_back_wording(
            wording=first, revision=first.revision, user=anke, reason="The test ended."
        )
"""


@dataclass(frozen=True)
class Fault:
    """How it is mended: the screen and its button, what is typed, and who may do it."""

    screen: str
    button: str
    says: str
    may: tuple[str, ...]
    fields: dict[str, str] = field(default_factory=dict)
    address: str = ""
    """Where readers then find the wrong words no longer."""


FAULTS = {
    "withdraw": Fault(
        "withdraw", "Withdraw", "Withdrawn. Patients read the reason",
        ("runa", "astrid"), {"Why must patients not use it?": "A sentence was wrong."},
        "/helping-someone/",
    ),
    "put back": Fault(
        "put-back", "Put back", "Put back. Patients read the text of version 1 now",
        ("runa",), {"Why do you put it back?": "A sentence was wrong."}, "/options/",
    ),
    "throw away": Fault(
        "throw-away", "Throw this draft away", "Thrown away.", ("emil", "runa")
    ),
    "move": Fault(
        "move-schedule", "Move the date", "Scheduled. Patients read it at",
        ("emil", "runa", "astrid"), {"Day and time": NEXT_WEEK},
    ),
    "cancel": Fault(
        "cancel-schedule", "Cancel the schedule", "Cancelled. No patient will read",
        ("emil", "runa", "astrid"),
    ),
    "file": Fault(
        "approve", "Approve", "Approved. It can be published now.", ("runa",),
        {"Checked by": "Hand surgeon", "Next check due": NEXT_YEAR}, "/risks/",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def faults(site):
    """By the fault, and for each role that may mend it: (page, wording)."""
    yield json.loads(ask_site(site, MAKE_FAULTS))
    ask_site(site, MEND)


@pytest.fixture(scope="module")
def cookies(site, faults, chromium) -> dict[str, dict]:
    """The state of a browser in which each of the people has signed in."""
    found = {}
    for name in PEOPLE:
        context: BrowserContext = chromium.new_context()
        page = context.new_page()
        page.goto(f"{site.url}/admin/")
        page.get_by_label("Username").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("button", name="Log out")).to_be_visible()
        found[name] = context.storage_state()
        context.close()
    return found


@pytest.fixture
def page_of(cookies, open_context):
    """A page of the browser of one of the people; no script complains."""
    said: list[str] = []

    def make(name: str, width: int = 1280, **options) -> Page:
        state = cookies[name]
        page = open_context(width, storage_state=state, **options).new_page()
        page.on("console", lambda message: said.append(message.text))
        return page

    yield make
    # A refusal is a status of 403, which Chromium says too.
    assert [words for words in said if "403" not in words] == []


def press(page: Page, target: Locator) -> None:
    """Goes to a link or button with the Tab key alone, and presses Enter."""
    for _ in range(150):
        if target.evaluate("element => element === document.activeElement"):
            page.keyboard.press("Enter")
            page.wait_for_load_state()
            return
        page.keyboard.press("Tab")
    pytest.fail("The keyboard does not come to it.")


# --- the screens, before anything is mended ----------------------------------

SCREENS = {
    "withdraw": "runa", "put back": "runa", "throw away": "runa", "move": "astrid",
    "cancel": "astrid", "file": "runa",
}  # fmt: skip


@looks((320, "dark"), (390, "light"), (1280, "light"))
def test_axe_finds_nothing_and_nothing_is_cut_off(site, faults, page_of, width, scheme):
    problems = []
    for name, who in [*SCREENS.items(), ("conflict", "emil")]:
        page = page_of(who, width, bypass_csp=True, color_scheme=scheme)
        if name == "conflict":
            path = f"{ADMIN}/filetext/{faults[name]}/change/"
        else:
            path = path_of(name, faults[name][0][1])
        page.goto(f"{site.url}{path}")
        page.evaluate(
            "document.querySelectorAll('details').forEach(d => { d.open = true })"
        )
        problems += [(name, *one) for one in violations(page, {"preload": False})]
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name

    assert not problems, problems[:5]


def test_note_for_patients_is_checked_while_it_is_typed(site, faults, page_of):
    page = page_of("emil")
    draft = faults["throw away"][0][1]
    page.goto(f"{site.url}{ADMIN}/wording/{draft}/change/")
    note = page.get_by_label("Change note for patients")

    note.fill("It is a miracle.")
    expect(page.locator(".findings")).to_contain_text("In the change note for patients")

    note.fill("A number was wrong.")
    expect(page.locator(".findings")).not_to_contain_text("In the change note")


def path_of(name: str, wording: int) -> str:
    return f"{ADMIN}/wording/{wording}/{FAULTS[name].screen}/"


# --- the faults --------------------------------------------------------------


def assert_refused(page: Page, site, overview: str, path: str, who: str) -> None:
    """No button on the page of the text, and a refusal at the address."""
    page.goto(overview)
    expect(page.locator(f"a[href='{path}']")).to_have_count(0)
    response = page.goto(f"{site.url}{path}")
    if PEOPLE[who] == DESK:
        assert response.status == 403
        expect(
            page.get_by_role("heading", name="You may not open this")
        ).to_be_visible()
    else:
        expect(page.get_by_text("You cannot do this with the wording")).to_be_visible()
        expect(page.locator("form.step")).to_have_count(0)


def mend(page: Page, site, overview: str, path: str, fault: Fault) -> None:
    """From the page of the text to the screen, and one action; with the keyboard."""
    page.goto(overview)
    press(page, page.locator(f"a[href='{path}']").first)
    for label, value in fault.fields.items():
        box = page.get_by_label(label, exact=True)
        if box.evaluate("element => element.tagName") == "SELECT":
            box.select_option(value)
        else:
            box.fill(value)
    press(page, page.get_by_role("button", name=fault.button, exact=True))
    expect(page.get_by_text(fault.says)).to_be_visible()


@pytest.mark.parametrize("name", FAULTS)
def test_each_role_mends_it_in_one_action_or_is_refused(site, faults, page_of, name):
    fault, places = FAULTS[name], iter(faults[name])
    page_id, wording = faults[name][0]
    overview = f"{site.url}{ADMIN}/page/{page_id}/change/"
    for who in PEOPLE.keys() - fault.may:
        page = page_of(who)
        assert_refused(page, site, overview, path_of(name, wording), who)

    for who in fault.may:
        page_id, wording = next(places)
        overview = f"{site.url}{ADMIN}/page/{page_id}/change/"
        mend(page_of(who), site, overview, path_of(name, wording), fault)

    if fault.address:
        reader = page_of(fault.may[0])
        reader.wait_for_timeout(1000)
        reader.goto(f"{site.url}{fault.address}")
        for words in (WRONG, FROM_FILE):
            expect(reader.get_by_text(words)).to_have_count(0)


def test_text_of_a_file_goes_live_when_a_second_person_approved_it(
    site, faults, page_of
):
    """It waits as long as nobody did: see the fault "file"."""
    (page_id, _), reader = faults["file"][0], page_of("rolf")
    nurse = page_of("emil")
    nurse.goto(f"{site.url}{ADMIN}/page/{page_id}/change/")
    nurse.get_by_role("link", name="Publish version").click()
    nurse.get_by_label("Publish it all the same").check()
    nurse.get_by_label("Why is it good enough?").fill("As it was approved before.")
    nurse.get_by_role("button", name="Publish").click()
    expect(nurse.get_by_text("Published. Patients read it now at")).to_be_visible()
    nurse.wait_for_timeout(1000)

    reader.goto(f"{site.url}/risks/")

    expect(reader.get_by_text(FROM_FILE)).to_be_visible()
    expect(reader.get_by_text("Checked by Hand surgeon")).to_be_visible()


# --- the words of the clinic -------------------------------------------------

SALES = "It is FDA approved, 100 % safe and cures arthritis."
HONEST = "What we do is not approved by the FDA for any joint."
MONEY, FRESH = "/money-and-approval/", 1500


def page_of_text(site, name: str) -> str:
    code = (
        f"from sessions.models import Page; print(Page.objects.get(name={name!r}).pk)"
    )
    return f"{site.url}{ADMIN}/page/{ask_site(site, code)}/change/"


def write(page: Page, site, name: str, line: str) -> None:
    """Opens the draft of a text of the clinic, and adds a line to it."""
    page.goto(page_of_text(site, name))
    page.get_by_role("button", name="Edit the wording").click()
    box = page.locator("#id_text")
    box.fill(f"{box.input_value().rstrip()}\n\n{line}\n")


def throw_away(page: Page, site, name: str) -> None:
    page.goto(page_of_text(site, name))
    page.get_by_role("link", name="Throw this draft away").click()
    page.get_by_role("button", name="Throw this draft away").click()
    expect(page.get_by_text("Thrown away.")).to_be_visible()


@pytest.mark.parametrize("who", ["emil", "astrid"])
def test_nobody_puts_sales_talk_into_a_statement(site, faults, page_of, who):
    """Who may write it can neither send nor publish it, alone or with another."""
    page, reader = page_of(who), page_of("rolf")
    write(page, site, "clinic/approval", SALES)

    page.get_by_role("button", name="Save and send for review").click()
    page.wait_for_url("**/send/")
    expect(page.locator("form.step button")).to_have_count(0)

    main = page.locator("main")
    expect(main).to_contain_text("promises or comforts without proof")
    expect(main).to_contain_text("Say what the FDA has approved it for")
    reader.wait_for_timeout(FRESH)
    reader.goto(f"{site.url}{MONEY}")
    expect(reader.get_by_text(SALES)).to_have_count(0)
    throw_away(page, site, "clinic/approval")


def test_honest_statement_waits_for_a_second_person(site, faults, page_of):
    astrid, runa, reader = page_of("astrid"), page_of("runa"), page_of("rolf")
    astrid.goto(f"{site.url}{ADMIN}/clinic/1/change/")
    expect(astrid.locator("[name=approval_statement]")).to_have_count(0)
    write(astrid, site, "clinic/approval", HONEST)
    astrid.get_by_role("button", name="Save and send for review").click()
    astrid.wait_for_url("**/send/")
    astrid.get_by_role("button", name="Send for review", exact=True).click()
    expect(astrid.get_by_text("Sent. A clinical reviewer sees it")).to_be_visible()
    expect(astrid.get_by_role("link", name="Approve")).to_have_count(0)

    runa.goto(f"{site.url}{ADMIN}/page/review-queue/")
    runa.get_by_role("link", name="Is it approved").first.click()
    runa.get_by_role("link", name="Approve").click()
    runa.get_by_label("Checked by", exact=True).select_option("Hand surgeon")
    runa.get_by_label("Next check due").fill(NEXT_YEAR)
    runa.get_by_role("button", name="Approve", exact=True).click()
    runa.get_by_role("link", name="Publish").first.click()
    runa.get_by_role("button", name="Publish").click()
    expect(runa.get_by_text("Published. Patients read it now at")).to_be_visible()

    reader.wait_for_timeout(FRESH)
    reader.goto(f"{site.url}{MONEY}")
    expect(reader.get_by_text(HONEST)).to_be_visible()
    expect(reader.get_by_text("Checked by Hand surgeon")).to_be_visible()


def test_nobody_deletes_an_area_that_texts_name(site, faults, page_of):
    """Its warnings stay on get-help, and the refusal names the lines."""
    code = "from sessions.models import Area; print(Area.objects.get(slug='hand').pk)"
    path = f"{site.url}{ADMIN}/area/{ask_site(site, code)}/delete/"
    for who in ("emil", "runa", "rolf"):
        assert page_of(who).goto(path).status == 403

    page = page_of("astrid")
    page.goto(path)

    expect(page.get_by_text("get-help, line")).to_be_visible()
    expect(page.get_by_role("button", name="Yes")).to_have_count(0)
    page.goto(f"{site.url}/get-help/?area=hand")
    expect(page.locator("main")).to_contain_text("hand")


def test_new_area_is_seen_by_nobody_before_a_second_person(site, faults, page_of):
    page, reader = page_of("astrid"), page_of("rolf")
    page.goto(f"{site.url}{ADMIN}/area/add/")
    for label, words in {"Name": "Spine", "Slug": "spine"}.items():
        page.get_by_label(label).fill(words)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Patients see it once a second person")).to_be_visible()
    page.goto(f"{site.url}{ADMIN}/clinic/1/change/")
    page.get_by_label("Spine").check()
    page.get_by_role("button", name="Save", exact=True).click()

    reader.wait_for_timeout(FRESH)
    reader.goto(f"{site.url}/")
    expect(reader.get_by_text("Spine")).to_have_count(0)
    page.goto(f"{site.url}{ADMIN}/clinic/1/change/")
    page.get_by_label("Spine").uncheck()
    page.get_by_role("button", name="Save", exact=True).click()
