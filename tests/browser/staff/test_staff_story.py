"""The life of a text in a browser: edited, reviewed, published, restored, withdrawn."""

import http.client
import json
import time
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.axe import looks, violations
from tests.sites import manage

ADMIN = "/admin/stemguide_sessions"
PASSWORD = "a long password for one person"
NEXT_YEAR = (date.today() + timedelta(days=365)).isoformat()
HAND = "Your pinch may be weak."


def ask_site(site, code: str) -> str:
    """Runs Python in a shell of the running site. Returns what it prints."""
    return manage(site.var_dir, "shell", "-v", "0", "-c", code)


@pytest.fixture(scope="module")
def people(site):
    """A nurse who edits, and a doctor who reviews."""
    code = f"""
from django.contrib.auth.models import Group, User
for name, role in (("nora", "Editor"), ("david", "Clinical reviewer")):
    user = User.objects.create_user(name, password={PASSWORD!r}, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
"""
    ask_site(site, code)


@pytest.fixture
def sign_in(site, people, open_context):
    """A signed-in browser context; collects its console messages."""
    said: list[str] = []

    def make(name: str, width: int = 1280, **options) -> Page:
        page = open_context(width, **options).new_page()
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{site.url}/admin/")
        page.get_by_label("Username").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("button", name="Log out")).to_be_visible()
        return page

    yield make
    assert not said, said


def live_text(site, name: str) -> tuple[int, int, str]:
    """(page id, number, text) of what patients read."""
    code = f"""
import json
from sessions.models import Wording
wording = Wording.objects.live().get(page__name={name!r})
print(json.dumps([wording.page_id, wording.number, wording.text]))
"""
    page_id, number, text = json.loads(ask_site(site, code))
    return page_id, number, text


def patients_read(site, words: str) -> list[bool]:
    """Whether the words are in every response, over many new connections."""
    found = []
    for _ in range(40):
        connection = http.client.HTTPConnection(urlsplit(site.url).netloc, timeout=10)
        connection.request("GET", "/stages/recovery/?area=hand")
        found.append(words in connection.getresponse().read().decode())
        connection.close()
    return found


def all_patients_read(site, words: str, since: float) -> bool:
    """Whether every worker process serves the words one second after `since`."""
    while time.monotonic() < since + 1:
        patients_read(site, words)
    return all(patients_read(site, words))


def box(page: Page):
    return page.get_by_label("Text:")


def send(nurse: Page) -> None:
    nurse.get_by_role("button", name="Save and send for review").click()
    nurse.get_by_role("button", name="Send for review").click()
    expect(nurse.get_by_text("Sent. A clinical reviewer sees it")).to_be_visible()


def approve(doctor: Page, site, title: str) -> None:
    doctor.goto(f"{site.url}{ADMIN}/page/review-queue/?show=waiting")
    doctor.get_by_role("link", name=f"Check {title}").click()
    doctor.get_by_label("Checked by").select_option("Hand surgeon")
    doctor.get_by_label("Next check due").fill(NEXT_YEAR)
    doctor.get_by_role("button", name="Approve").click()
    expect(doctor.get_by_text("Approved. It can be published now.")).to_be_visible()


def publish(nurse: Page) -> float:
    """Publishes now. Returns when the response came."""
    nurse.reload()
    nurse.get_by_role("link", name="Publish version").click()
    nurse.get_by_role("button", name="Publish").click()
    expect(nurse.get_by_text("Published. Patients read it now at")).to_be_visible()
    return time.monotonic()


def send_with_a_phrase_that_is_mended(nurse: Page, overview: str, old: str) -> None:
    """A forbidden word is reported, blocks the review, and is removed."""
    nurse.goto(overview)
    nurse.get_by_role("button", name="Edit the wording").click()
    box(nurse).fill(old.replace(HAND, f"{HAND} This is a miracle.", 1))
    nurse.get_by_role("button", name="Save and send for review").click()
    expect(nurse.get_by_text("To send this you still need to mend:")).to_be_visible()
    expect(nurse.locator(".found")).to_contain_text("miracle")
    assert nurse.get_by_role("button", name="Send for review").count() == 0
    nurse.get_by_role("link", name="Back to the text").click()
    expect(nurse.get_by_text("1 thing to mend in the text.")).to_be_visible()
    box(nurse).fill(old.replace(HAND, "Rest for two days.", 1))
    nurse.get_by_role("button", name="Save and preview").click()
    nurse.goto(f"{nurse.url}?area=hand")
    expect(nurse.get_by_text("Patients cannot see this")).to_be_visible()
    expect(nurse.get_by_text("Rest for two days.")).to_be_visible()
    nurse.get_by_role("link", name="Back to the text").click()
    send(nurse)


def ask_for_a_change(doctor: Page, nurse: Page, overview: str, old: str) -> None:
    """The reviewer asks for a change; the nurse reads it and mends."""
    doctor.goto(overview)
    doctor.get_by_role("link", name="Ask for changes").click()
    doctor.get_by_label("What should change?").fill("Three days, as on our sheet.")
    doctor.get_by_role("button", name="Ask for changes").click()
    expect(doctor.get_by_text("It is a draft again")).to_be_visible()
    nurse.goto(overview)
    nurse.get_by_role("button", name="Edit the wording").click()
    expect(nurse.get_by_text("Three days, as on our sheet.")).to_be_visible()
    box(nurse).fill(old.replace(HAND, "Rest for three days.", 1))
    send(nurse)


def restore(nurse: Page, overview: str, number: int) -> None:
    """The diff shows the changed words; the older text is restored as a draft."""
    nurse.get_by_role("link", name=f"Compare version {number} with live").click()
    expect(nurse.locator(".reading del")).to_contain_text("Rest for three days.")
    nurse.get_by_label("Compare").select_option(str(number))
    nurse.get_by_label("with").last.select_option(index=0)
    nurse.get_by_role("button", name="Compare").click()
    expect(nurse.locator(".reading ins")).to_contain_text("Rest for three days.")
    nurse.goto(overview)
    nurse.get_by_role("link", name=f"Restore version {number}", exact=True).click()
    nurse.get_by_role("button", name="Make the new draft").click()
    expect(nurse.get_by_text("is a new draft with the text of")).to_be_visible()
    assert "Rest for three days." not in box(nurse).input_value()


def withdraw(doctor: Page, overview: str) -> float:
    """Withdraws the text; returns the moment at which the site said so."""
    doctor.goto(overview)
    doctor.get_by_role("link", name="Withdraw").click()
    doctor.get_by_label("Why must patients not use it?").fill("Our advice has changed.")
    doctor.get_by_role("button", name="Withdraw").click()
    expect(doctor.get_by_text("Withdrawn. Patients read the reason")).to_be_visible()
    return time.monotonic()


def put_back(doctor: Page, overview: str, number: int) -> float:
    """Puts a version back; returns the moment at which the site said so."""
    doctor.goto(overview)
    doctor.get_by_role("link", name=f"Put version {number} back").click()
    doctor.get_by_label("Why do you put it back?").fill("It was right after all.")
    doctor.get_by_role("button", name="Put back").click()
    expect(doctor.get_by_text("Put back. Patients read the text of")).to_be_visible()
    return time.monotonic()


def test_nurse_and_reviewer_bring_a_text_to_patients_and_back(site, sign_in):
    page_id, number, old = live_text(site, "stages/recovery")
    overview = f"{site.url}{ADMIN}/page/{page_id}/change/"
    nurse, doctor = sign_in("nora"), sign_in("david")

    send_with_a_phrase_that_is_mended(nurse, overview, old)
    assert not any(patients_read(site, "Rest for")), "A draft reached a patient."
    ask_for_a_change(doctor, nurse, overview, old)

    # Approved, published, and in every worker a second later.
    approve(doctor, site, "Recovery")
    assert not any(patients_read(site, "Rest for")), "A draft reached a patient."
    published = publish(nurse)
    assert all_patients_read(site, "Rest for three days.", published)
    assert all(patients_read(site, "Checked by Hand surgeon"))

    restore(nurse, overview, number)

    # Patients read the reason and no text, until the next one is there.
    withdrawn = withdraw(doctor, overview)
    assert all_patients_read(site, "Our advice has changed.", withdrawn)
    assert not any(patients_read(site, HAND))
    send(nurse)
    approve(doctor, site, "Recovery")
    published = publish(nurse)
    assert all_patients_read(site, HAND, published)
    assert not any(patients_read(site, "Rest for three days."))

    # The version that was withdrawn comes back in one action.
    back = put_back(doctor, overview, number + 1)
    assert all_patients_read(site, "Rest for three days.", back)
    assert all(patients_read(site, "Checked by Hand surgeon"))


MAKE_WAITING = """
import json
from datetime import timedelta
from django.contrib.auth.models import User
from django.utils import timezone
from sessions import wordings
from sessions.models import Page, Wording
nora, david = (User.objects.get(username=name) for name in ("nora", "david"))
found = {}
for name, is_sent in (("stages/follow-up", True), ("stages/harvesting", False)):
    page = Page.objects.get(name=name)
    draft = wordings.start_draft(page=page, user=nora)
    heading = "## How it may feel\\n"
    text = draft.text.replace(heading, heading + "\\nOne more line.\\n", 1)
    draft = wordings.save_draft(
        wording=draft, revision=draft.revision, text=text, user=nora,
        change_note="Clearer.",
    )
    if is_sent:
        draft = wordings.send_for_review(
            wording=draft, revision=draft.revision, user=nora
        )
    found[name] = [page.pk, draft.pk]
draft = wordings.start_draft(page=Page.objects.get(name="stages/injection"), user=nora)
sent = wordings.send_for_review(wording=draft, revision=draft.revision, user=nora)
checked = wordings.approve_wording(
    wording=sent, revision=sent.revision, user=david, reviewer_role="Nurse",
    review_due=timezone.now().date() + timedelta(days=90),
)
last = wordings.publish_wording(
    wording=checked, revision=checked.revision, user=nora, advisory_reason="Fine."
)
wordings.withdraw_wording(
    wording=last, revision=last.revision, user=david, reason="Bad."
)
found["stages/injection"] = last.pk
about = Wording.objects.live().get(page__name="about")
found["about"] = [about.page_id, about.pk]
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def waiting(site, people) -> dict[str, int]:
    """By the name of each step's screen: a wording in a state for that step."""
    found = json.loads(ask_site(site, MAKE_WAITING))
    page_id, sent = found["stages/follow-up"]
    _, draft = found["stages/harvesting"]
    return {
        "page": page_id,
        "sent": sent,
        "draft": draft,
        "live": found["about"][1],
        "withdrawn": found["stages/injection"],
    }


SCREENS = {
    "david": [
        "/page/review-queue/",
        "/page/{page}/change/",
        "/page/{page}/compare/",
        "/wording/{sent}/approve/",
        "/wording/{sent}/ask-for-changes/",
        "/wording/{live}/approve/",
        "/wording/{live}/withdraw/",
        "/wording/{withdrawn}/put-back/",
    ],
    "nora": [
        "/page/{page}/change/",
        "/wording/{draft}/send/",
        "/wording/{draft}/publish/",
        "/wording/{live}/restore/",
        "/wording/{sent}/restore/",
    ],
}


@looks((390, "light"), (390, "dark"), (1280, "light"), (1280, "dark"))
@pytest.mark.parametrize("name", SCREENS)
def test_axe_finds_nothing_on_the_screens(site, sign_in, waiting, name, width, scheme):
    page = sign_in(name, width, bypass_csp=True, color_scheme=scheme)
    problems = []
    for screen in SCREENS[name]:
        page.goto(f"{site.url}{ADMIN}{screen.format(**waiting)}")
        page.evaluate(
            "document.querySelectorAll('details').forEach(d => { d.open = true })"
        )
        problems += [(screen, *found) for found in violations(page)]
        width_now = page.evaluate("document.documentElement.scrollWidth")
        assert width_now <= width, screen

    assert not problems, problems[:5]


@looks((1280, "dark"), (390, "light"))
def test_axe_finds_nothing_on_a_file_that_differs(site, sign_in, width, scheme):
    code = """
from sessions.models import FileText, Page, Wording
page = Page.objects.get(name="stages/monitoring")
text = Wording.objects.live().get(page=page).text + "\\nA line that the file has."
file, _ = FileText.objects.update_or_create(
    page=page, defaults={"text": text, "digest": "other", "is_settled": False}
)
print(file.pk)
"""
    pk = ask_site(site, code).strip()
    page = sign_in("nora", width, bypass_csp=True, color_scheme=scheme)

    page.goto(f"{site.url}{ADMIN}/filetext/{pk}/change/")

    expect(page.get_by_text("A line that the file has.").first).to_be_visible()
    # With preload, axe resolves the imports of a stylesheet against the page's URL.
    assert not violations(page, {"preload": False})


@looks((1280, "dark"), (390, "light"), (320, "dark"))
def test_axe_finds_nothing_on_a_text_that_ships(site, sign_in, width, scheme):
    code = """
from sessions.models import ShippedText, Wording
text = Wording.objects.live().get(page__name="risks").text
row, _ = ShippedText.objects.update_or_create(
    path="en/risks.md",
    defaults={
        "clinic_text": text + "\\nA line of the clinic.\\n",
        "text": text + "\\nA line that ships.\\n",
        "digest": "other",
        "is_settled": False,
    },
)
print(row.pk)
"""
    pk = ask_site(site, code).strip()
    page = sign_in("nora", width, bypass_csp=True, color_scheme=scheme)

    page.goto(f"{site.url}{ADMIN}/page/shipped/{pk}/")

    expect(page.get_by_text("A line", exact=False).first).to_be_visible()
    page.evaluate(
        "document.querySelectorAll('details').forEach(d => { d.open = true })"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not violations(page, {"preload": False})


def test_what_is_wrong_is_said_where_it_was_typed(site, sign_in, waiting):
    doctor = sign_in("david", bypass_csp=True)
    doctor.goto(f"{site.url}{ADMIN}/wording/{waiting['sent']}/approve/")
    doctor.get_by_label("Comment (optional)").fill("What I typed.")

    doctor.get_by_role("button", name="Approve").click()

    due = doctor.get_by_label("Next check due")
    expect(doctor.get_by_role("alert")).to_be_visible()
    expect(due).to_have_attribute("aria-invalid", "true")
    expect(due).to_have_accessible_description(
        "Patients read this day too, and are told when it has passed. "
        "Say by which day it must be checked again."
    )
    expect(doctor.get_by_label("Comment (optional)")).to_have_value("What I typed.")
    assert not violations(doctor)
