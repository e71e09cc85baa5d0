"""The screens of the steps of a wording, from draft to withdrawn; the review queue."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

from sessions import wordings
from sessions.models import AuditEntry, Clinic, ContentVersion, Saver, Wording
from sessions.wordings.step_rules import STEPS, Standing, standing_of
from tests import factories
from tests.clinic_texts import confirm_texts, steps_taken
from tests.factories import (
    PUBLISHED,
    make_live_wording,
    make_person,
    make_stage_text,
    make_text,
    make_wording,
)
from tests.page import Page as Read
from tests.staff import sign_in

pytestmark = pytest.mark.django_db
APP = "admin:stemguide_sessions"
IN_REVIEW = Wording.State.IN_REVIEW
REVIEWER = "Clinical reviewer"
ROLES = ["", "Reception", "Editor", REVIEWER, "Administrator"]
NEXT_YEAR = (date.today() + timedelta(days=365)).isoformat()
TYPED = {
    "send": {},
    "approve": {"reviewer_role": "Hand surgeon", "review_due": NEXT_YEAR},
    "ask_for_changes": {"comment": "Say how long."},
    "publish": {
        "when": "now",
        "unreviewed_reason": "A number was wrong.",
        "is_accepted": "on",
        "advisory_reason": "It is short.",
    },
    "move_schedule": {"publish_from": f"{date.today() + timedelta(days=9)} 09:00"},
    "cancel_schedule": {},
    "withdraw": {"reason": "A number is wrong."},
    "put_back": {"reason": "Version 2 is wrong."},
    "throw_away": {},
}
AHEAD = datetime(2999, 1, 1, tzinfo=UTC)


def approved(make=make_wording, **values):
    doctor = make_person(username="approver")
    approval = {
        "reviewer": doctor,
        "reviewer_role": "Hand surgeon",
        "approved_on": date(2026, 1, 5),
        "review_due": date(2999, 1, 5),
    }
    return make(**{"state": IN_REVIEW, **approval, **values})


def scheduled(**values):
    values = {"state": "published", "publish_from": AHEAD, **values}
    return approved(make_live_wording, **values)


def ended(reason):
    """An approved wording that no patient ever read."""
    return approved(state="withdrawn", withdrawn_reason=reason)


def replaced(**values):
    """An approved wording that patients read before they read other words."""
    values = {"state": "published", "publish_from": PUBLISHED, **values}
    first = approved(make_live_wording, **values)
    make_live_wording(text=make_stage_text(body="Other words."))
    return first


def in_use_again():
    first = replaced()
    make_live_wording(text=first.text)
    return first


def withdrawn(make=approved):
    return make(
        make=make_live_wording, state="withdrawn", withdrawn_reason="Bad.",
        publish_from=PUBLISHED,
    )  # fmt: skip


def replaced_unreviewed():
    first = make_live_wording()
    make_live_wording(text=make_stage_text(body="Other words."))
    return first


# A sentence that is too long: an advisory finding.
LONG = f"We {'very ' * 30}gladly help."
STATES = {
    "could be better": lambda: make_wording(text=make_stage_text(body=LONG)),
    "draft": make_wording,
    "in review": lambda: make_wording(state=IN_REVIEW),
    "approved": approved,
    "live": make_live_wording,
    "scheduled": scheduled,
    "scheduled unreviewed": lambda: make_live_wording(publish_from=AHEAD),
    "replaced": replaced,
    "replaced unreviewed": replaced_unreviewed,
    "in use again": in_use_again,
    "withdrawn": withdrawn,
    "withdrawn unreviewed": lambda: make_live_wording(
        state="withdrawn", withdrawn_reason="Bad."
    ),
    "cancelled": lambda: ended("Cancelled before its day."),
    "thrown away": lambda: ended("Thrown away before patients read it."),
}
STANDINGS = {
    "could be better": Standing.DRAFT,
    "draft": Standing.DRAFT,
    "in review": Standing.WAITING,
    "approved": Standing.APPROVED,
    "live": Standing.LIVE,
    "scheduled": Standing.SCHEDULED,
    "scheduled unreviewed": Standing.SCHEDULED,
    "replaced": Standing.REPLACED,
    "replaced unreviewed": Standing.REPLACED,
    "in use again": Standing.IN_USE,
    "withdrawn": Standing.WITHDRAWN,
    "withdrawn unreviewed": Standing.WITHDRAWN,
    "cancelled": Standing.ENDED,
    "thrown away": Standing.ENDED,
}


APPROVED = ("approved", "scheduled", "replaced", "withdrawn", "in use again")


def is_allowed(state, step, role) -> bool:
    """Whether STEPS allows it to a user of this role who never saved the wording."""
    rule, standing = STEPS[step], STANDINGS[state]
    rows = Permission.objects.filter(group__name=role)
    has = set(rows.values_list("codename", flat=True))
    besides = rule.permission_without_approval
    if rule.permission_for_others and rule.permission_for_others not in has:
        return False
    if rule.needs_approval and state not in APPROVED:
        return False
    if besides and state not in APPROVED and besides not in has:
        return False
    return standing in rule.standings and not has.isdisjoint(rule.permissions)


def url(wording, step):
    return reverse(f"{APP}_wording_{step}", args=[wording.pk])


def take(client, wording, step, **typed):
    fields = {"opened_revision": wording.revision, **TYPED[step], **typed}
    return client.post(url(wording, step), fields, follow=True)


def steps_offered(response, wording):
    links = {a.get("href") for a in Read(response).tree.cssselect("a")}
    return links & {url(wording, step) for step in STEPS}


# --- permissions and states --------------------------------------------------


def test_table_holds_what_keeps_patients_safe():
    """These rules are repeated here, so that no change of STEPS drops one unnoticed."""
    second = [name for name, rule in STEPS.items() if rule.needs_second_person]
    alone = {name: rule.permission_without_approval for name, rule in STEPS.items()}

    assert list(STEPS) == list(TYPED)
    assert second == ["approve", "put_back"]
    assert STEPS["put_back"].needs_approval
    assert STEPS["put_back"].permissions == ("review_wording",)
    assert STEPS["throw_away"].permission_for_others == "review_wording"
    assert STEPS["approve"].permissions == ("review_wording",)
    assert {name: may for name, may in alone.items() if may} == {
        "publish": "publish_unreviewed",
        "move_schedule": "publish_unreviewed",
    }
    for standing in (Standing.WITHDRAWN, Standing.REPLACED):
        back = [name for name, rule in STEPS.items() if standing in rule.standings]
        assert back == ["put_back"]
    for standing in (Standing.ENDED, Standing.IN_USE, Standing.DROPPED):
        assert not any(standing in rule.standings for rule in STEPS.values())


@pytest.mark.parametrize("state", STATES)
def test_wording_stands_where_it_is_said_to(state):
    assert standing_of(STATES[state]()) is STANDINGS[state]


def test_text_that_was_replaced_meanwhile_is_not_approved(client):
    old = make_live_wording()
    assert standing_of(old) is Standing.LIVE
    make_live_wording(text=make_stage_text(body="Other words."))
    sign_in(client, REVIEWER, "doctor")

    response = take(client, old, "approve")

    assert standing_of(old) is Standing.REPLACED
    assert response.status_code == 403
    assert "This wording is not waiting for review." in Read(response).text
    assert not Wording.objects.exclude(reviewer=None).exists()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", STATES)
def test_each_role_is_offered_what_it_may_do_now(client, role, state):
    wording = STATES[state]()
    sign_in(client, role)

    response = client.get(reverse(f"{APP}_page_change", args=[wording.page_id]))

    expected = {url(wording, step) for step in STEPS if is_allowed(state, step, role)}
    offered = set()
    if response.status_code == 200:
        offered = steps_offered(response, wording)
    assert offered == expected


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("step", TYPED)
@pytest.mark.parametrize("state", STATES)
def test_a_step_is_taken_by_who_may_and_by_nobody_else(client, role, step, state):
    wording = STATES[state]()
    sign_in(client, role)
    was = list(Wording.objects.of_guide().values())

    response = take(client, wording, step)

    if is_allowed(state, step, role):
        assert response.status_code == 200
        assert Read(response).has(".messagelist .success")
        takers = steps_taken().values_list("user__username", flat=True)
        assert set(takers) == {"nurse"}
    else:
        assert response.status_code == 403
        assert list(Wording.objects.of_guide().values()) == was


@pytest.mark.parametrize("state", [s for s in STATES if s != "could be better"])
@pytest.mark.parametrize("page", ["clinic/approval", "clinic/areas/hand"])
def test_a_text_of_the_clinic_goes_no_other_way(monkeypatch, page, state):
    """The same table of steps, for each role: a statement, and an area."""
    monkeypatch.setattr(factories, "ANY_PAGE", page)
    wording = STATES[state]()
    clients = {}
    for number, role in enumerate(ROLES):
        clients[role] = Client()
        sign_in(clients[role], role, f"person {number}")

    for role, step in product(ROLES, TYPED):
        with transaction.atomic():
            response = take(clients[role], wording, step)
            transaction.set_rollback(True)
        expected = 200 if is_allowed(state, step, role) else 403
        assert response.status_code == expected, (role, step, Read(response).main)


MIRACLE = "It is a miracle."
OTHER_ROLE = {"reviewer_role": "other", "other_role": MIRACLE}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("step", "state", "note", "typed"),
    [
        ("send", "draft", MIRACLE, {}),
        ("publish", "draft", MIRACLE, {}),
        ("publish", "draft", "", {"unreviewed_reason": MIRACLE}),
        ("approve", "in review", "", OTHER_ROLE),
        ("withdraw", "live", "", {"reason": MIRACLE}),
    ],
)
def test_no_role_puts_a_forbidden_phrase_beside_a_text(
    client, role, step, state, note, typed
):
    wording = STATES[state]()
    if note:
        Wording.objects.of_guide().update(patient_change_note=note)
    sign_in(client, role)
    was = list(Wording.objects.of_guide().values())

    response = take(client, wording, step, **typed)

    assert response.status_code in (200, 403)
    if is_allowed(state, step, role):
        assert "miracle*" in Read(response).text
    assert list(Wording.objects.of_guide().values()) == was


@pytest.mark.parametrize("step", TYPED)
@pytest.mark.parametrize("state", STATES)
def test_refusal_is_told_on_the_screen(client, step, state):
    wording = STATES[state]()
    sign_in(client, "Editor")
    if is_allowed(state, step, "Editor"):
        assert take(client, wording, step).status_code == 200
        return

    response = take(client, wording, step)

    page = Read(response)
    assert response.status_code == 403 and page.has("[role=alert]")
    for name, value in TYPED[step].items():
        if page.has(f"textarea[name={name}]"):
            assert (
                page.tree.cssselect(f"textarea[name={name}]")[0].text.strip() == value
            )


@pytest.mark.parametrize("step", TYPED)
def test_screen_opens_for_who_may_only_read(client, step):
    wording = make_wording(state=IN_REVIEW)
    sign_in(client, "Editor")

    response = client.get(url(wording, step))

    assert response.status_code == 200
    assert "You cannot do this with the wording as it stands now." in (
        Read(response).text
    )


@pytest.mark.parametrize("step", [*TYPED, "restore"])
def test_nobody_gets_in_without_signing_in(client, step):
    response = client.get(url(make_wording(), step))

    assert response.status_code == 302 and "/admin/login/" in response["Location"]


def test_who_saved_a_wording_is_told_that_somebody_else_checks_it(client):
    wording = make_wording(state=IN_REVIEW)
    Saver.objects.create(wording=wording, user=sign_in(client, REVIEWER, "doctor"))

    page = Read(client.get(reverse(f"{APP}_page_change", args=[wording.page_id])))
    refused = take(client, wording, "approve")

    assert "You saved this wording, so somebody else checks it." in page.text
    assert refused.status_code == 403
    assert "You saved this wording, so somebody else checks it." in Read(refused).text


# --- what is typed -----------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "role", "step", "field", "value", "says"),
    [
        ("in review", REVIEWER, "ask_for_changes", "comment", " ", "Say what should"),
        ("in review", REVIEWER, "approve", "reviewer_role", "", "Checked by"),
        ("in review", REVIEWER, "approve", "review_due", "", "by which day"),
        ("in review", REVIEWER, "approve", "review_due", "soon", "Write a day like"),
        (
            "in review",
            REVIEWER,
            "approve",
            "review_due",
            "2020-01-01",
            "must lie ahead",
        ),
        ("live", REVIEWER, "withdraw", "reason", "", "Say why. Patients read it."),
        ("draft", "Administrator", "publish", "unreviewed_reason", "", "cannot wait"),
        (
            "could be better",
            "Administrator",
            "publish",
            "is_accepted",
            "",
            "Tick this, or mend",
        ),
        (
            "could be better",
            "Administrator",
            "publish",
            "advisory_reason",
            "",
            "good enough",
        ),
        ("draft", "Administrator", "publish", "when", "later", "Say from which day"),
    ],
)
def test_what_is_missing_is_said_and_the_rest_is_kept(
    client, state, role, step, field, value, says
):
    wording = STATES[state]()
    sign_in(client, role)
    was = Wording.objects.of_guide().values().get()

    page = Read(take(client, wording, step, **{field: value}))

    assert says in page.text
    assert page.title.startswith("Error: ")
    for area in page.tree.cssselect(".step textarea"):
        if area.name != field:
            assert area.text.strip() == TYPED[step].get(area.name, "")
    assert Wording.objects.of_guide().values().get() == was


def test_faults_keep_a_draft_from_review(client):
    draft = make_wording(text=make_stage_text(body="It is risk-free."))
    sign_in(client, "Editor")

    page = Read(take(client, draft, "send"))

    assert "The text is not ready" in page.text
    assert "To send this you still need to mend:" in page.text
    assert Wording.objects.of_guide().get().state == "draft"


def test_what_is_still_needed_stands_on_the_page_and_on_the_draft(client):
    draft = make_wording(text=make_stage_text(body="It is risk-free."))
    sign_in(client, "Editor")

    for name, pk in (("page_change", draft.page_id), ("wording_change", draft.pk)):
        page = Read(client.get(reverse(f"{APP}_{name}", args=[pk])))
        assert "To publish this you still need:" in page.text
        assert "1 thing to mend in the text." in page.text
        assert "A second person who approves it, and who never saved it." in page.text


def test_save_and_send_loses_nothing(client):
    draft = make_wording()
    sign_in(client, "Editor")
    fields = {
        "text": make_stage_text(body="Fresh words."),
        "opened_revision": draft.revision,
        "change_note": "",
        "patient_change_note": "",
        "_send": "1",
    }

    response = client.post(
        reverse(f"{APP}_wording_change", args=[draft.pk]), fields, follow=True
    )

    assert response.wsgi_request.path == url(draft, "send")
    assert "Fresh words." in Wording.objects.of_guide().get().text


# --- the steps ---------------------------------------------------------------


def test_reviewer_reads_the_text_and_what_changed_before_approving(client):
    make_live_wording(text=make_stage_text(body="Rest for two days."))
    draft = make_wording(
        text=make_stage_text(body="Rest for three days."), state=IN_REVIEW
    )
    sign_in(client, REVIEWER, "doctor")

    page = Read(client.get(url(draft, "approve")))

    assert "Rest for three days." in page.text
    assert [e.text_content() for e in page.tree.cssselect(".reading del")] == [
        " [removed:  two ] "
    ]
    assert [e.text_content() for e in page.tree.cssselect(".reading ins")] == [
        " [added:  three ] "
    ]


def test_approval_is_kept_with_role_day_and_comment(client):
    draft = make_wording(state=IN_REVIEW)
    doctor = sign_in(client, REVIEWER, "doctor")

    take(client, draft, "approve", comment="Well put.")

    wording = Wording.objects.of_guide().get()
    entry = steps_taken().get()
    assert (wording.reviewer, wording.reviewer_role) == (doctor, "Hand surgeon")
    assert wording.status == "Approved"
    assert entry.comment == (
        f"Checked by: Hand surgeon. Next check due: {NEXT_YEAR}. Well put."
    )


def test_asked_changes_stand_above_the_draft(client):
    draft = make_wording(state=IN_REVIEW)
    sign_in(client, REVIEWER, "doctor")

    take(client, draft, "ask_for_changes", comment="Say how <long>.")
    client.force_login(make_person("Editor", "nurse"))
    page = Read(client.get(reverse(f"{APP}_wording_change", args=[draft.pk])))

    assert Wording.objects.of_guide().get().state == "draft"
    assert "doctor asks for changes: Say how <long>." in page.text


def test_approved_wording_goes_to_patients(client):
    make_live_wording()
    draft = approved(text=make_stage_text(body=f"Fresh words. {LONG}"))
    sign_in(client, "Editor")
    client.get("/stages/recovery/")
    before = ContentVersion.objects.get().number

    done = take(client, draft, "publish")

    patient = Read(client.get("/stages/recovery/"))
    assert "Published. Patients read it now at /stages/recovery/" in Read(done).text
    assert ContentVersion.objects.get().number == before + 1
    assert "Fresh words." in patient.main
    assert "Checked by Hand surgeon on 5 January 2026." in patient.main
    assert steps_taken().get().comment == "It is short."


def test_patients_read_why_nobody_checked_it(client):
    draft = make_wording()
    sign_in(client, "Administrator")

    take(client, draft, "publish", unreviewed_reason="A <b>number</b> was wrong.")

    patient = Read(client.get("/stages/recovery/"))
    assert "Not yet checked by a clinician." in patient.main
    assert (
        "Published without a check by a second person, because: "
        "A <b>number</b> was wrong." in patient.main
    )


def test_reason_ends_once_somebody_has_checked_it(client):
    live = make_live_wording(unreviewed_reason="A number was wrong.")
    sign_in(client, REVIEWER, "doctor")

    take(client, live, "approve")

    patient = Read(client.get("/stages/recovery/"))
    assert "Checked by Hand surgeon" in patient.main
    assert "because: A number was wrong." not in patient.main


def test_page_of_a_file_is_approved_where_it_stands(client):
    live = make_live_wording(page="about", text=make_text())
    sign_in(client, REVIEWER, "doctor")
    assert "Not yet checked by a clinician" in Read(client.get("/about/")).main

    take(client, live, "approve")

    assert "Checked by Hand surgeon" in Read(client.get("/about/")).main
    assert Wording.objects.of_guide().get().number == 1


def test_overdue_page_says_so_until_it_is_checked_again(client):
    live = make_live_wording(
        reviewer=make_person(username="first"),
        reviewer_role="Hand surgeon",
        approved_on=date(2020, 1, 1),
        review_due=date(2021, 1, 1),
    )
    sign_in(client, REVIEWER, "doctor")
    overdue = "This page is overdue for its check."
    assert overdue in Read(client.get("/stages/recovery/")).main

    screen = Read(client.get(url(live, "approve")))
    take(client, live, "approve")

    assert screen.headings(1) == ["Check again: stages/recovery version 1"]
    assert overdue not in Read(client.get("/stages/recovery/")).main


def test_patients_read_why_a_page_was_withdrawn(client):
    make_live_wording()
    second = make_live_wording()
    sign_in(client, REVIEWER, "doctor")

    screen = Read(client.get(url(second, "withdraw")))
    take(client, second, "withdraw", reason="A <b>number</b> is wrong.")

    response = client.get("/stages/recovery/")
    assert "What patients will then see at /stages/recovery/" in screen.text
    assert response.status_code == 200
    assert "This page is not in use A <b>number</b> is wrong." in Read(response).main


# --- from a day and time -----------------------------------------------------


@pytest.fixture
def chicago(db):
    Clinic.objects.update(time_zone="America/Chicago")


def test_wording_is_published_at_its_time_at_the_clinic(client, chicago):
    make_live_wording()
    draft = approved(text=make_stage_text(body="Fresh words."))
    with time_machine.travel(datetime(2026, 7, 1, 12, tzinfo=UTC), tick=False) as clock:
        sign_in(client, "Editor")
        screen = Read(client.get(url(draft, "publish")))

        done = take(
            client, draft, "publish", when="later", publish_from="2026-07-03T09:00"
        )

        assert "In the clinic's time zone: America/Chicago." in screen.text
        assert (
            "Scheduled. Patients read it at /stages/recovery/ from 3 July 2026, 09:00 "
            "(America/Chicago)." in Read(done).text
        )
        clock.move_to(datetime(2026, 7, 3, 13, 59, 59, tzinfo=UTC))
        assert "Fresh words." not in Read(client.get("/stages/recovery/")).main
        clock.move_to(datetime(2026, 7, 3, 14, 0, 0, tzinfo=UTC))
        assert "Fresh words." in Read(client.get("/stages/recovery/")).main


@pytest.mark.parametrize(
    ("moment", "says"),
    [
        ("2026-03-08T02:30", "it may be ambiguous or it may not exist"),
        ("2026-01-01T09:00", "Choose a time that lies ahead."),
        ("tomorrow", "Write a day and time like"),
    ],
)
@time_machine.travel(datetime(2026, 2, 1, 12, tzinfo=UTC), tick=False)
def test_time_that_can_not_be_is_refused(client, chicago, moment, says):
    draft = approved()
    sign_in(client, "Editor")

    page = Read(take(client, draft, "publish", when="later", publish_from=moment))

    assert says in page.text
    assert page.tree.cssselect("[name=publish_from]")[0].get("value") == moment
    assert Wording.objects.of_guide().get().is_draft


def test_day_left_in_the_box_means_nothing_when_it_goes_out_now(client):
    draft = approved()
    sign_in(client, "Editor")

    take(client, draft, "publish", when="now", publish_from="2020-01-01T09:00")

    assert Wording.objects.live().of_guide().get() == draft


def test_cancelled_wording_never_reaches_patients(client):
    make_live_wording()
    ahead = make_live_wording(publish_from=datetime(2026, 7, 3, tzinfo=UTC))
    with time_machine.travel(datetime(2026, 7, 1, tzinfo=UTC), tick=False) as clock:
        sign_in(client, "Editor")

        take(client, ahead, "cancel_schedule")

        clock.move_to(datetime(2026, 7, 4, tzinfo=UTC))
        assert Wording.objects.live().of_guide().get().number == 1
        assert Wording.objects.of_guide().get(number=2).status == "Cancelled"


@time_machine.travel(datetime(2026, 7, 1, 12, tzinfo=UTC), tick=False)
def test_moved_date_keeps_the_approval_and_is_told_in_both_times(client, chicago):
    ahead = scheduled(publish_from=datetime(2026, 7, 3, 14, tzinfo=UTC))
    sign_in(client, REVIEWER, "doctor")
    screen = Read(client.get(url(ahead, "move_schedule")))

    done = take(client, ahead, "move_schedule", publish_from="2026-07-04T08:00")

    moved, entry = (
        Wording.objects.of_guide().get(),
        steps_taken().get(),
    )
    box = screen.tree.cssselect("[name=publish_from]")[0]
    assert box.get("value") == "2026-07-03T09:00"
    assert "from 4 July 2026, 08:00 (America/Chicago)." in Read(done).text
    assert moved.publish_from == datetime(2026, 7, 4, 13, tzinfo=UTC)
    assert moved.reviewer_role == "Hand surgeon" and moved.number == 1
    assert entry.comment == (
        "Before: 2026-07-03 09:00 (America/Chicago), which is 2026-07-03 14:00 UTC. "
        "Now: 2026-07-04 08:00 (America/Chicago), which is 2026-07-04 13:00 UTC."
    )


@pytest.mark.parametrize(
    ("moment", "message"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), "Choose a time that lies ahead"),
        (AHEAD, "Choose a time at most ten years ahead"),
    ],
)
def test_date_is_never_moved_into_the_past_or_too_far_ahead(client, moment, message):
    ahead, editor = scheduled(), sign_in(client, "Editor")

    with pytest.raises(PermissionDenied, match=message):
        wordings.move_schedule(
            wording=ahead, revision=1, user=editor, publish_from=moment
        )
    refused = take(client, ahead, "move_schedule", publish_from=moment.isoformat())

    assert message in Read(refused).text
    assert Wording.objects.of_guide().get().publish_from == AHEAD


def test_approval_outlives_a_cancelled_schedule(client):
    nurse = make_person(username="author")
    make_live_wording()
    ahead = scheduled(author=nurse)
    Saver.objects.create(wording=ahead, user=nurse)
    sign_in(client, "Editor")

    take(client, ahead, "cancel_schedule")

    draft = Wording.objects.of_guide().get(number=3)
    assert draft.status == "Approved" and draft.text == ahead.text
    assert draft.reviewer_role == "Hand surgeon" and draft.next_check
    assert list(draft.savers.all()) == [nurse]
    assert Wording.objects.of_guide().get(number=2).status == "Cancelled"
    take(client, draft, "publish")
    assert Wording.objects.live().of_guide().get().number == 3


def test_cancelling_leaves_a_draft_alone(client):
    ahead, draft = scheduled(), make_wording()
    sign_in(client, "Editor")

    take(client, ahead, "cancel_schedule")

    assert list(Wording.objects.drafts()) == [draft]
    assert Wording.objects.of_guide().count() == 2


# --- edit conflicts ----------------------------------------------------------


@time_machine.travel(datetime(2026, 7, 1, 19, 3, tzinfo=UTC), tick=False)
def test_second_reviewer_is_told_who_was_faster(client, chicago):
    draft = make_wording(state=IN_REVIEW)
    first = make_person(REVIEWER, "anne")
    first.first_name, first.last_name = "Dr", "Anne"
    first.save()
    due = date(2027, 1, 1)
    wordings.approve_wording(
        wording=draft, revision=1, user=first, reviewer_role="Nurse", review_due=due
    )
    sign_in(client, REVIEWER, "doctor")

    response = take(client, draft, "approve", comment="What I typed.")

    page = Read(response)
    assert response.status_code == 409
    assert "Dr Anne approved this at 14:03. Nothing of yours was lost." in page.text
    assert page.tree.cssselect("[name=comment]")[0].text.strip() == "What I typed."
    assert Wording.objects.of_guide().get().reviewer == first


def test_reviewer_is_told_that_the_text_was_saved_meanwhile(client):
    draft = make_wording(state=IN_REVIEW)
    nurse = make_person("Editor", "nurse")
    wordings.save_draft(
        wording=draft, revision=1, text=make_stage_text(body="Newer."), user=nurse
    )
    sign_in(client, REVIEWER, "doctor")

    response = take(client, draft, "approve")

    assert response.status_code == 409
    assert "nurse saved this at" in Read(response).text
    assert "Newer." in Read(response).text
    assert not Wording.objects.of_guide().get().is_approved


def test_who_was_slower_may_go_on_after_looking_again(client):
    draft = make_wording(state=IN_REVIEW)
    wordings.ask_for_changes(
        wording=draft, revision=1, user=make_person(REVIEWER, "anne"), comment="Mend."
    )
    nurse = make_person("Editor", "nurse")
    wordings.send_for_review(wording=draft, revision=2, user=nurse)
    sign_in(client, REVIEWER, "doctor")
    told = Read(take(client, draft, "approve"))
    seen = told.tree.cssselect("[name=opened_revision]")[0].get("value")

    take(client, draft, "approve", opened_revision=seen)

    assert "nurse sent this for review at" in told.text
    assert Wording.objects.of_guide().get().status == "Approved"


# --- the queue ---------------------------------------------------------------


def today():
    return Clinic.objects.get(pk=1).today()


def live(page, due=None):
    """A live wording. With a due date it has been approved."""
    if due is None:
        return make_live_wording(page=page, text=make_text(title=page))
    return make_live_wording(
        page=page,
        text=make_text(title=page),
        reviewer=make_person(username=f"who checked {page}"),
        reviewer_role="Hand surgeon",
        approved_on=date(2020, 1, 1),
        review_due=today() + timedelta(days=due),
    )


# Nobody has checked the areas that ship.
AREAS = [
    'Area "Hand"',
    'Area "Joint, tendon or ligament"',
]


@pytest.fixture
def queue(db):
    """One page for each reason, and pages that need no check."""
    live("in-order", 61)
    live("overdue", -1)
    live("due-today", 0)
    live("due", 60)
    live("never")
    make_wording(page="waiting", text=make_text(title="waiting"), state=IN_REVIEW)
    make_wording(page="drafted", text=make_text(title="drafted"))


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        ("", ["waiting", "overdue", "due-today", "due", *AREAS, "never"]),
        ("waiting", ["waiting"]),
        ("overdue", ["overdue"]),
        ("due", ["due-today", "due"]),
        ("never", [*AREAS, "never"]),
    ],
)
def test_queue_shows_what_waits_for_a_clinician(client, queue, show, expected):
    sign_in(client, REVIEWER, "doctor")

    page = Read(client.get(reverse(f"{APP}_review_queue"), {"show": show}))

    rows = [e.text_content() for e in page.tree.cssselect("tbody th")]
    assert rows == [name if name in AREAS else f"{name} ({name})" for name in expected]


def test_staff_read_no_page_name_of_a_text_of_the_clinic(client, db):
    make_live_wording(page="clinic/approval")
    draft = make_wording(page="clinic/areas/spine")
    sign_in(client, "Administrator")
    screens = [
        reverse("admin:index"),
        reverse(f"{APP}_page_changelist"),
        reverse(f"{APP}_wording_changelist"),
        reverse(f"{APP}_review_queue"),
        reverse(f"{APP}_page_change", args=[draft.page_id]),
        reverse(f"{APP}_wording_send", args=[draft.pk]),
    ]

    texts = [Read(client.get(screen)).text for screen in screens]
    files = [
        client.get(reverse(f"{APP}_{name}_csv")).getvalue().decode()
        for name in ("review_queue", "audit")
    ]

    assert all("clinic/" not in text for text in [*texts, *files])
    assert 'Clinic statement "Is it approved"' in texts[1]
    assert 'Area "spine"' in texts[4]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"source_digest": "d"}, "Waiting for review. It came from its file."),
        ({"source_digest": ""}, "Waiting for review"),
    ],
)
def test_queue_says_what_came_from_a_file(client, fields, why):
    make_wording(page="risks", text=make_text(), state=IN_REVIEW, **fields)
    sign_in(client, REVIEWER, "doctor")

    page = Read(client.get(reverse(f"{APP}_review_queue")))
    written = client.get(reverse(f"{APP}_review_queue_csv")).getvalue().decode()

    cells = [e.text_content() for e in page.tree.cssselect("tbody td")]
    assert cells[1] == why
    assert f",{why}," in written


def test_live_text_of_a_file_is_in_the_queue_as_never_checked(client):
    make_live_wording(page="risks", text=make_text(), source_digest="d")
    sign_in(client, REVIEWER, "doctor")

    page = Read(client.get(reverse(f"{APP}_review_queue")))

    cells = [e.text_content() for e in page.tree.cssselect("tbody td")]
    assert cells[1] == "Never checked"


def test_reviewer_reads_where_a_text_came_from_and_what_is_new_in_it(client):
    make_live_wording(text=make_stage_text(body="Rest two days."))
    text = make_stage_text(body="Rest six days. It is risk-free.")
    draft = make_wording(text=text, state=IN_REVIEW, source_digest="d")
    sign_in(client, REVIEWER, "doctor")

    page = Read(client.get(url(draft, "approve")))

    assert "It came from its file: nobody on the staff wrote it." in page.text
    assert "six" in " ".join(e.text_content() for e in page.tree.iter("ins"))
    assert "What must be mended before it can be published" in page.headings(2)
    assert '"risk-free"' in page.text or "“risk-free”" in page.text


def test_file_that_changed_while_a_reviewer_read_is_not_approved(client):
    draft = make_wording(state=IN_REVIEW, source_digest="d")
    sign_in(client, REVIEWER, "doctor")
    Wording.objects.of_guide().update(text=make_stage_text(body="New."), revision=2)
    AuditEntry.objects.create(wording=draft, step="loaded", text="New.")

    response = take(client, draft, "approve")

    assert response.status_code == 409
    assert "Its file brought a new text of this at" in Read(response).text
    assert not Wording.objects.of_guide().get().is_approved


def test_queue_as_a_file(client, queue):
    make_live_wording(page="odd", text=make_text(title="'=1+1'"))
    sign_in(client, "Editor")

    response = client.get(reverse(f"{APP}_review_queue_csv"))

    rows = list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert [row["Page"] for row in rows][:2] == ["waiting", "overdue"]
    assert rows[1]["Why"] == "Overdue" and rows[1]["Checked by"] == "Hand surgeon"
    assert "'=1+1" in [row["Title"] for row in rows]


@pytest.mark.parametrize("name", ["review_queue", "review_queue_csv"])
@pytest.mark.parametrize("role", ["", "Reception"])
def test_queue_is_for_who_may_read_wordings(client, name, role):
    sign_in(client, role)

    assert client.get(reverse(f"{APP}_{name}")).status_code == 403


# --- the digest --------------------------------------------------------------


def digest(**options):
    out, err = io.StringIO(), io.StringIO()
    call_command("review_due", stdout=out, stderr=err, **options)
    return out.getvalue() + err.getvalue()


@pytest.fixture
def reviewers(db):
    for name, is_active, email in [
        ("anne", True, "anne@clinic.example"),
        ("bert", True, ""),
        ("carl", False, "carl@clinic.example"),
    ]:
        person = make_person(REVIEWER, name)
        person.is_active, person.email = is_active, email
        person.save()


def test_digest_is_mailed_to_the_role(queue, reviewers, settings):
    settings.EMAIL_HOST = "mail.clinic.example"
    settings.PUBLIC_URL = "https://guide.example"

    printed = digest()

    assert "Sent to 1 of Clinical reviewer." in printed
    assert [message.to for message in mail.outbox] == [["anne@clinic.example"]]
    assert mail.outbox[0].subject == "StemGuide: 7 pages to check"
    body = mail.outbox[0].body
    assert "Waiting for review (1)\n- waiting (waiting), version 1" in body
    assert "Overdue (1)\n- overdue (overdue), version 1, due " in body
    assert "https://guide.example/admin/stemguide_sessions/page/review-queue/" in body


def test_digest_says_what_came_from_a_file(reviewers):
    text = make_text(title="Risks")
    make_wording(page="risks", text=text, state=IN_REVIEW, source_digest="d")

    assert "- Risks (risks), version 1, from its file\n" in digest()


def test_digest_is_printed_where_no_mail_server_is_set(queue, reviewers):
    printed = digest()

    assert "To: anne@clinic.example" in printed
    assert "Subject: StemGuide: 7 pages to check" in printed
    assert "Never checked (3)" in printed
    assert mail.outbox == []


def test_digest_is_printed_where_nobody_has_an_address(queue):
    printed = digest()

    assert "No active Clinical reviewer has an e-mail address." in printed
    assert "Never checked (3)" in printed


def test_digest_says_when_nothing_waits(reviewers):
    confirm_texts()

    assert digest() == "Nothing waits for a check, so no mail was sent.\n"


def test_digest_looks_as_far_ahead_as_asked(queue, reviewers):
    assert "in-order (in-order)" not in digest()
    assert "in-order (in-order)" in digest(days=61)


def test_digest_names_the_roles_there_are(db):
    with pytest.raises(CommandError, match="The roles are: Administrator, Clinical"):
        digest(role="Nobody")


def step_of(client, page: str, step: str, **fields) -> str:
    """The words of the screen of a step for a text of this page."""
    wording = make_wording(page=page, **fields)
    address = reverse(f"{APP}_wording_{step}", args=[wording.pk])
    return Read(client.get(address)).text


@pytest.mark.parametrize(
    ("page", "where", "what"),
    [
        ("clinic/approval", "see at /money-and-approval/", "has not said yet"),
        (
            "clinic/areas/spine",
            "Patients do not see this area",
            "no name of it is published",
        ),
        ("risks", "see at /risks/", "This page is not in use"),
    ],
)
def test_withdrawing_tells_what_patients_then_see(client, db, page, where, what):
    sign_in(client, REVIEWER)

    text = step_of(client, page, "withdraw", state="published", publish_from=PUBLISHED)

    assert where in text and what in text


def test_reviewer_is_not_told_that_patients_read_who_checked_an_area(client, db):
    sign_in(client, REVIEWER)

    text = step_of(client, "clinic/areas/spine", "approve", state=IN_REVIEW)

    assert "as patients read it on the page" not in text
    assert "Patients read this day too" not in text
    assert "who wrote it is not known" in text


def test_screen_of_a_step_says_why_it_is_refused(client, db):
    sign_in(client, REVIEWER)

    text = step_of(
        client, "risks", "put_back", state="published", publish_from=PUBLISHED
    )

    assert "Only what patients read before can be put back." in text
