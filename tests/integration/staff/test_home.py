"""The first page of staff: what this user must do now, and nothing else."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.urls import reverse

from sessions import wordings
from sessions.models import Clinic, FileText, LoadReport, RegisterEntry, Saver, Wording
from sessions.people import accounts
from tests.clinic_texts import confirm_texts, publish_statement
from tests.factories import (
    make_live_wording,
    make_page,
    make_person,
    make_rules,
    make_text,
    make_wording,
)
from tests.page import Page as Read
from tests.page import words
from tests.staff import sign_in

pytestmark = pytest.mark.django_db
HOME = reverse("admin:index")
TODAY = date(2026, 6, 1)
QUIET = "Nothing needs you now."


@pytest.fixture(autouse=True)
def day(time_machine):
    time_machine.move_to(datetime(2026, 6, 1, 12, tzinfo=UTC))


@pytest.fixture(autouse=True)
def rules(db):
    """Stores clinical rules. Without rules, the page of every role says so."""
    make_rules()


@pytest.fixture
def full_clinic():
    """A clinic with all details filled in."""
    Clinic.objects.update(
        name="Example Clinic",
        telephone="555 010 0199",
        emergency_number="911",
    )
    publish_statement("clinic/funding", "Patients pay.")
    publish_statement("clinic/approval", "It is not approved.")
    confirm_texts()


def needs(client) -> str:
    """The text under "What needs you now"."""
    page = Read(client.get(HOME))
    return words(page.tree.cssselect("section[aria-labelledby=needs]")[0])


def checked(page: str, due: date | None, **fields) -> Wording:
    doctor = make_person(username=f"doctor of {page}")
    values = {"approved_on": date(2026, 1, 5), "reviewer": doctor, "review_due": due}
    return make_live_wording(page=page, text=make_text(), **{**values, **fields})


@pytest.mark.parametrize("role", ["Editor", "Clinical reviewer", ""])
def test_quiet_day_says_that_nothing_needs_anybody(client, full_clinic, role):
    checked("about", TODAY + timedelta(days=61))
    sign_in(client, role)

    assert QUIET in needs(client)


def test_review_waits_for_who_did_not_save_it(client):
    mine = make_wording(page="stages/recovery", state="in-review")
    make_wording(page="stages/injection", state="in-review")
    user = sign_in(client, "Clinical reviewer")
    Saver.objects.create(wording=mine, user=user)

    found = needs(client)

    assert "1 text waits for your review." in found
    assert "stages/injection version 1" in found and "recovery" not in found


def test_review_is_not_asked_of_an_editor(client, full_clinic):
    make_wording(state="in-review")
    sign_in(client, "Editor")

    assert QUIET in needs(client)


def test_changes_asked_for_are_told_to_who_saved_it(client):
    user = sign_in(client, "Editor")
    draft = wordings.start_draft(page=make_live_wording().page, user=user)
    draft = wordings.send_for_review(wording=draft, revision=1, user=user)
    assert "changes asked" not in needs(client)
    draft = wordings.ask_for_changes(
        wording=draft,
        revision=2,
        user=make_person("Clinical reviewer", "doctor"),
        comment="Shorter.",
    )

    assert "1 draft has changes asked for by the reviewer." in needs(client)
    wordings.send_for_review(wording=draft, revision=3, user=user)
    assert "changes asked" not in needs(client)
    sign_in(client, "Editor", "somebody else")
    assert "changes asked" not in needs(client)


def test_text_from_a_file_waits_for_every_reviewer(client):
    make_wording(page="risks", text="x", state="in-review", source_digest="d")
    sign_in(client, "Clinical reviewer")

    found = needs(client)

    assert "1 text waits for your review. risks version 1, from its file" in found


def test_changes_asked_of_a_text_from_a_file_are_told_to_every_editor(client):
    draft = make_wording(state="in-review", source_digest="d")
    doctor = make_person("Clinical reviewer", "doctor")
    wordings.ask_for_changes(wording=draft, revision=1, user=doctor, comment="Shorter.")
    sign_in(client, "Editor")

    found = needs(client)

    assert "1 draft has changes asked for by the reviewer." in found
    assert "stages/recovery version 1, from its file" in found
    client.force_login(doctor)
    assert "changes asked" not in needs(client)


@pytest.mark.parametrize("role", ["Editor", "Clinical reviewer"])
def test_approved_text_waits_to_be_published(client, role):
    doctor = make_person(username="doctor")
    make_wording(state="in-review", reviewer=doctor, approved_on=TODAY)
    sign_in(client, role)

    found = needs(client)

    assert "1 approved text waits to be published." in found
    assert "review" not in found


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (-1, "1 page is overdue for the next check. Patients are told so."),
        (0, "1 page is due for the next check within 60 days."),
        (60, "1 page is due for the next check within 60 days."),
        (61, QUIET),
    ],
)
def test_next_check_is_told_in_time(client, days, says):
    checked("about", TODAY + timedelta(days=days))
    confirm_texts()
    sign_in(client, "Clinical reviewer")

    assert says in needs(client)


def test_due_follows_the_day_at_the_clinic(client):
    checked("about", TODAY)
    Clinic.objects.update(time_zone="Pacific/Kiritimati")  # It is 2 June there.
    sign_in(client, "Clinical reviewer")

    assert "overdue" in needs(client)


def test_text_that_nobody_checked_is_counted(client):
    make_live_wording(page="about", text=make_text())
    make_live_wording(
        page="risks", text=make_text(), author=make_person(username="ann")
    )
    sign_in(client, "Clinical reviewer")

    found = needs(client)

    assert "2 pages were never checked by a clinician." in found
    assert "1 text is live without the approval of a second person" in found


def test_text_of_the_clinic_that_nobody_confirmed_is_counted(client):
    publish_statement("clinic/funding", "Patients pay.")
    sign_in(client, "Clinical reviewer")

    found = needs(client)

    assert "3 texts of the clinic were never confirmed by a second person" in found
    assert 'Clinic statement "Who pays, and who earns" version 1' in found


def test_overdue_check_is_not_asked_of_an_editor(client, full_clinic):
    checked("about", TODAY - timedelta(days=1))
    sign_in(client, "Editor")

    assert QUIET in needs(client)


def test_withdrawn_page_is_told(client, full_clinic):
    make_live_wording(number=1)
    make_live_wording(number=2, state="withdrawn", withdrawn_reason="Wrong.")
    sign_in(client, "Editor")

    assert "1 text is withdrawn. A reviewer can put a version back" in needs(client)


def test_content_faults_are_told_line_by_line_with_their_moment(client):
    fault = "content/en/risks.md:7: There is no block `tip`."
    LoadReport.objects.update_or_create(
        pk=1,
        defaults={"moment": datetime(2026, 5, 31, 23, tzinfo=UTC), "faults": [fault]},
    )
    Clinic.objects.update(time_zone="Europe/Dublin")
    sign_in(client, "Editor")

    found = needs(client)

    assert fault in found
    assert "The content folder was not loaded because of 1 fault" in found
    assert "on 01 June 2026 at 00:00" in found
    assert "Only whoever runs the site can mend them" in found
    LoadReport.objects.update(faults=[])
    assert QUIET in needs(client)


def test_file_that_differs_leads_to_its_decision(client):
    waiting = FileText.objects.create(page=make_page(), text="Other.", digest="a")
    sign_in(client, "Editor")

    page = Read(client.get(HOME))

    link = page.link("en/stages/recovery.md")
    name = "admin:stemguide_sessions_file_conflict"
    assert link.href == reverse(name, args=[waiting.pk])
    FileText.objects.update(is_settled=True)
    assert QUIET in needs(client)


def test_blank_clinic_details_say_what_patients_see_meanwhile(client):
    Clinic.objects.update(name="Example Clinic")
    sign_in(client, "Administrator")

    found = needs(client)

    assert "4 clinic details are still blank." in found
    assert 'Until then: "Ring the number on your appointment letter"' in found
    assert "The clinic's name" not in found
    link = Read(client.get(HOME)).link("clinic details")
    assert client.get(link.href).status_code == 200


def test_full_clinic_is_not_told(client, full_clinic):
    sign_in(client, "Administrator")

    assert QUIET in needs(client)


def test_every_address_on_the_page_is_there(client, real_content):
    doctor = make_person(username="doctor")
    make_wording(state="in-review", reviewer=doctor, approved_on=TODAY)
    user = sign_in(client, "Administrator")
    user.groups.add(Group.objects.get(name="Clinical reviewer"))

    links = [link.href for link in Read(client.get(HOME)).links()]

    ours = [link for link in links if link.startswith("/") and "logout" not in link]
    assert "/desk/?document=checklist#result" in ours
    assert {client.get(link, follow=True).status_code for link in ours} == {200}


def test_few_queries_however_many_pages(
    client, real_content, django_assert_max_num_queries
):
    for number in range(40):
        make_live_wording(page=f"learn/page-{number}", text=make_text())
        make_wording(page=f"learn/page-{number}", text="x", state="in-review")
    user = sign_in(client, "Administrator")
    user.groups.add(Group.objects.get(name="Clinical reviewer"))

    with django_assert_max_num_queries(21):
        page = Read(client.get(HOME))

    assert "40 texts wait for your review." in page.text
    assert "and 35 more" in page.text


def test_home_is_never_cached_and_asks_for_sign_in(client):
    assert client.get(HOME)["Location"] == "/admin/login/?next=/admin/"
    sign_in(client, "Editor")

    assert "no-store" in client.get(HOME)["Cache-Control"]


# --- admin's own part of the page --------------------------------------------


def test_recent_actions_are_those_of_this_person_by_what_they_were_done_to(client):
    me = sign_in(client, "Administrator")
    rosa = make_person("Editor", "rosa")
    accounts.switch_off(by=me, person=rosa)
    accounts.switch_off(by=rosa, person=make_person("Editor", "ann"))

    side = Read(client.get(HOME)).tree.cssselect("#recent-actions-module li")

    assert [words(action) for action in side] == ["Changed: rosa Person who signs in"]
    assert (
        side[0].cssselect("a")[0].get("href") == f"/admin/auth/user/{rosa.pk}/change/"
    )


def test_lists_have_the_names_of_the_site_and_models_keep_those_of_django(client):
    sign_in(client, "Administrator")

    titles = [words(e) for e in Read(client.get(HOME)).tree.cssselect("caption")]

    assert titles == ["Guide", "People"]
    assert User._meta.verbose_name == "user"
    assert apps.get_app_config("auth").verbose_name != "People"


def test_history_of_a_person_leads_back_to_people(client):
    sign_in(client, "Administrator")
    rosa = make_person("Editor", "rosa")

    page = Read(client.get(f"/admin/auth/user/{rosa.pk}/history/"))

    path = [words(link) for link in page.tree.cssselect(".breadcrumbs a")]
    assert path == ["Home", "People", "People who sign in", "rosa"]


def test_live_text_with_a_withdrawn_sentence_is_named_in_red(client):
    unsafe = "If pain gets worse after 2 to 3 days, call."
    wording = make_live_wording(text=make_text(body=unsafe))
    make_live_wording(page="risks", text=make_text(body="Getting worse is not normal."))
    sign_in(client, "Editor")

    page = Read(client.get(HOME))

    (need,) = page.tree.cssselect(".needs > .needs__danger")
    assert "1 live text holds sentences that are not safe." in words(need)
    (line,) = need.cssselect("ul a")
    assert words(line) == f"stages/recovery: “{unsafe}”"
    assert line.get("href").endswith(f"/wording/{wording.pk}/change/")


UNSAFE = "If pain gets worse after 2 to 3 days, call."


@pytest.mark.parametrize(
    ("page", "text", "called"),
    [
        ("clinic/approval", make_text(body=UNSAFE), "Is it approved"),
        ("clinic/areas/knee", f'---\ntitle: Knee\nsummary: "{UNSAFE}"\n---\n', "Area"),
        ("words", make_text(body=f"## Ache\n\n{UNSAFE}"), "words"),
    ],
)
def test_unsafe_text_of_the_clinic_and_glossary_is_red(client, page, text, called):
    make_live_wording(page=page, text=text)
    sign_in(client, "Editor")

    (line,) = Read(client.get(HOME)).tree.cssselect(".needs__danger ul a")

    assert called in words(line) and UNSAFE in words(line)
    assert "clinic/" not in words(line)


def test_live_claim_with_a_withdrawn_sentence_is_red(client):
    claim = {"claim": UNSAFE, "result": "Safe.", "sources": ["R1"]}
    RegisterEntry.objects.create(kind=RegisterEntry.Kind.CLAIM, name="c1", data=claim)
    sign_in(client, "Editor")

    (need,) = Read(client.get(HOME)).tree.cssselect(".needs__danger")

    assert "1 live claim holds sentences that are not safe." in words(need)
    assert f"c1: “{UNSAFE}”" in words(need)


def test_nothing_is_red_where_every_live_text_is_safe(client):
    make_live_wording(text=make_text(body="Getting worse is not normal."))
    sign_in(client, "Editor")

    assert not Read(client.get(HOME)).tree.cssselect(".needs__danger")
