"""A draft can be thrown away, and an approved version put back, in one action."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from sessions import wordings
from sessions.documents import parse_document
from sessions.documents.register import Register
from sessions.library.folder import ContentFile, Library
from sessions.models import (
    AuditEntry,
    Clinic,
    ClinicalRules,
    ContentVersion,
    FileText,
    Page,
    Saver,
    SheetCode,
    Wording,
)
from sessions.wordings.loading import load_library
from sessions.wordings.sheet_codes import make_sheet_codes
from sessions.wordings.step_rules import NEVER_APPROVED, NOT_YOURS, YOU_SAVED_IT
from tests.clinic_texts import steps_taken
from tests.factories import (
    make_live_wording,
    make_person,
    make_rules,
    make_stage_text,
    make_wording,
)
from tests.page import Page as Read
from tests.staff import sign_in

pytestmark = pytest.mark.django_db
REVIEWER = "Clinical reviewer"
APP = "admin:stemguide_sessions"


def body(words: str) -> str:
    return make_stage_text(body=words)


def url(wording: Wording, step: str) -> str:
    return reverse(f"{APP}_wording_{step}", args=[wording.pk])


# --- throwing a draft away ---------------------------------------------------


def throw_away(wording: Wording, user) -> Wording:
    revision = Wording.objects.of_guide().get(pk=wording.pk).revision
    return wordings.throw_away_draft(wording=wording, revision=revision, user=user)


def test_page_may_have_another_draft_and_the_number_is_never_used_again():
    live, nurse = make_live_wording(), make_person("Editor")
    draft = wordings.start_draft(page=live.page, user=nurse)

    throw_away(draft, nurse)
    another = wordings.start_draft(page=live.page, user=nurse)

    assert (draft.number, another.number) == (2, 3)
    assert Wording.objects.of_guide().get(number=2).status == "Thrown away"
    assert Wording.objects.live().of_guide().get() == live


def test_its_text_is_kept_with_who_threw_it_away_and_is_never_edited():
    draft, doctor = make_wording(text=body("Kept.")), make_person(REVIEWER)

    throw_away(draft, doctor)

    entry = steps_taken().get()
    assert (entry.step, entry.user, entry.text) == ("thrown-away", doctor, draft.text)
    row = Wording.objects.of_guide().filter(pk=draft.pk)
    for change in ({"text": "Other."}, {"state": "draft"}, {"number": 9}):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.delete()


def test_next_draft_begins_with_what_patients_read():
    live, nurse = make_live_wording(text=body("Right.")), make_person("Editor")
    draft = wordings.start_draft(page=live.page, user=nurse, text=body("Wrong."))

    throw_away(draft, nurse)

    assert wordings.start_draft(page=live.page, user=nurse).text == live.text


def test_whoever_saved_it_throws_it_away_and_no_other_editor():
    draft = make_wording()
    first, last = make_person("Editor", "first"), make_person("Editor", "last")
    Saver.objects.create(wording=draft, user=first)

    with pytest.raises(PermissionDenied, match=NOT_YOURS):
        throw_away(draft, last)
    throw_away(draft, first)

    assert not Wording.objects.drafts().exists()


def test_thrown_away_draft_is_restored_by_one_action(client):
    draft = make_wording(text=body("Wanted after all."))
    throw_away(draft, make_person(REVIEWER, "doctor"))
    sign_in(client)

    client.post(url(draft, "restore"))

    assert Wording.objects.drafts().get().text == draft.text


def test_who_is_still_writing_loses_no_word(client):
    draft = make_wording()
    sign_in(client)
    throw_away(draft, make_person(REVIEWER, "doctor"))
    typed = {"text": body("Just typed."), "opened_revision": 1, "change_note": ""}

    page = Read(client.post(reverse(f"{APP}_wording_change", args=[draft.pk]), typed))

    assert "is no draft any more: thrown away." in page.text
    assert "Just typed." in page.tree.cssselect("#kept-text")[0].text


def test_draft_and_page_lead_to_the_screen_which_says_what_happens(client):
    draft = make_wording()
    Saver.objects.create(wording=draft, user=sign_in(client))
    for name, pk in (("page_change", draft.page_id), ("wording_change", draft.pk)):
        page = Read(client.get(reverse(f"{APP}_{name}", args=[pk])))
        assert page.link("Throw this draft away").href == url(draft, "throw_away")

    screen = Read(client.get(url(draft, "throw_away")))
    done = client.post(url(draft, "throw_away"), {"opened_revision": 1}, follow=True)

    assert "Patients go on reading the version they have" in screen.text
    assert "Thrown away. Its text stays in the list of versions." in Read(done).text
    assert "Thrown away before patients read it." in Read(done).text
    assert "Draft thrown away" in Read(done).text


def load(text: str) -> None:
    make_rules()
    file = ContentFile("stages/recovery", "recovery.md", text, parse_document(text))
    load_library(Library((file,), Register({}, {}), {}, ()))


def test_changed_file_is_not_compared_with_a_text_that_was_thrown_away():
    load(body("The first file."))
    page = Wording.objects.of_guide().get().page
    nurse = make_person("Editor")
    draft = wordings.start_draft(page=page, user=nurse, text=body("Never mind."))
    throw_away(draft, nurse)

    load(body("The second file."))

    assert "The second file." in Wording.objects.live().of_guide().get().text
    assert not FileText.objects.exists()


# --- putting a version back --------------------------------------------------

PATIENTS = "/stages/recovery/"


def make_approved(**values) -> Wording:
    """A wording by nora, approved by anne, that patients read."""
    nora = User.objects.filter(username="nora").first()
    anne = User.objects.filter(username="anne").first()
    nora = nora or make_person("Editor", "nora")
    approval = {
        "reviewer": anne or make_person(REVIEWER, "anne"),
        "reviewer_role": "Hand surgeon",
        "approved_on": date(2026, 1, 5),
        "review_due": date(2999, 1, 5),
    }
    made = make_live_wording(author=nora, **{**approval, **values})
    Saver.objects.create(wording=made, user=nora)
    return made


@pytest.fixture
def right(db) -> Wording:
    """Version 1, which is right. Patients read version 2, which is wrong."""
    first = make_approved(text=body("Right words."))
    make_sheet_codes()
    make_live_wording(text=body("Wrong words."), source_digest="of the file")
    return first


@pytest.fixture
def david(db) -> User:
    return make_person(REVIEWER, "david")


def put_back(wording: Wording, user: User, **typed) -> Wording:
    typed = {"reason": "Version 2 is wrong.", **typed}
    revision = Wording.objects.of_guide().get(pk=wording.pk).revision
    return wordings.put_back_wording(
        wording=wording, revision=revision, user=user, **typed
    )


def withdraw(wording: Wording, user: User, reason: str = "A wrong dose.") -> None:
    row = Wording.objects.of_guide().get(pk=wording.pk)
    wordings.withdraw_wording(
        wording=row, revision=row.revision, user=user, reason=reason
    )


def code_of(wording: Wording) -> str:
    make_sheet_codes()
    return SheetCode.objects.get(kind="stages/recovery", wordings=wording).code


def paper(client, code: str) -> list[str]:
    return Read(client.get(f"/v/{code}/")).headings(1)


def test_one_action_and_a_reason_bring_the_right_words_back(client, right):
    sign_in(client, REVIEWER, "david")
    assert "Wrong words." in Read(client.get(PATIENTS)).main
    overview = Read(client.get(reverse(f"{APP}_page_change", args=[right.page_id])))
    screen = Read(client.get(overview.link("Put version 1 back").href))
    typed = {"opened_revision": 1, "reason": "The dose is wrong."}

    done = client.post(url(right, "put_back"), typed, follow=True)

    assert "Checked by Hand surgeon" in screen.text
    assert [e.text_content() for e in screen.tree.cssselect(".reading del")]
    said = "Put back. Patients read the text of version 1 now, as version 3."
    assert said in Read(done).text
    page = Read(client.get(PATIENTS)).main
    assert "Right words." in page and "Wrong words." not in page
    assert "Checked by Hand surgeon on 5 January 2026." in page
    entry = steps_taken().get()
    assert (entry.step, entry.comment) == ("put-back", "Version 1. The dose is wrong.")
    assert entry.user.username == "david" and entry.wording.number == 3


def test_approval_and_who_saved_it_go_with_the_text(right, david):
    before = ContentVersion.objects.get().number

    new = put_back(right, david)

    anne, nora = right.reviewer, right.author
    assert (new.number, new.text, new.author) == (3, right.text, nora)
    assert (new.reviewer, new.approved_on) == (anne, right.approved_on)
    assert new.next_check == right.next_check
    assert list(new.savers.all()) == [nora]
    assert new.change_note == "Version 1 was put back."
    assert ContentVersion.objects.get().number == before + 1


@pytest.mark.parametrize("reason", ["", " "])
def test_it_needs_a_reason(right, david, reason):
    with pytest.raises(PermissionDenied, match="Say why"):
        put_back(right, david, reason=reason)

    assert Wording.objects.live().of_guide().get().number == 2


def test_whoever_saved_it_is_not_the_second_person(right):
    nora = right.author
    nora.groups.add(Group.objects.get(name=REVIEWER))

    with pytest.raises(PermissionDenied, match=YOU_SAVED_IT):
        put_back(right, nora)

    assert Wording.objects.live().of_guide().get().number == 2


def test_whoever_approved_it_may_put_it_back(right):
    assert put_back(right, right.reviewer).is_approved


def test_version_that_nobody_approved_is_not_put_back(david):
    old = make_live_wording()
    make_live_wording(text=body("Other words."))

    with pytest.raises(PermissionDenied, match=NEVER_APPROVED):
        put_back(old, david)


def test_words_that_patients_read_already_are_not_put_back_twice(right, david):
    put_back(right, david)

    with pytest.raises(PermissionDenied, match="Only what patients read before"):
        put_back(right, david)

    assert Wording.objects.of_guide().count() == 3


@pytest.mark.parametrize(
    "values",
    [
        {"state": "withdrawn", "publish_from": None, "withdrawn_reason": "Ended."},
        {"publish_from": datetime(2999, 1, 1, tzinfo=UTC)},
        {"state": "in-review", "publish_from": None},
    ],
)
def test_what_patients_never_read_is_not_put_back(david, values):
    never = make_approved(**values)

    with pytest.raises(PermissionDenied, match="Only what patients read before"):
        put_back(never, david)


def test_page_that_was_dropped_does_not_come_back(right, david):
    Page.objects.of_guide().update(dropped_on=date(2026, 11, 30))

    with pytest.raises(PermissionDenied, match="Only what patients read before"):
        put_back(right, david)


def test_text_that_a_rule_refuses_today_stays_where_it_is(client):
    old = make_approved(text=body("It is risk-free."))
    make_live_wording(text=body("Other words."))
    sign_in(client, REVIEWER, "david")

    screen = Read(client.get(url(old, "put_back")))
    typed = {"opened_revision": 1, "reason": "It was better."}
    client.post(url(old, "put_back"), typed)

    assert "This version cannot be put back." in screen.text
    assert "risk-free" in screen.text and not screen.has(".step textarea")
    assert Wording.objects.of_guide().count() == 2


def test_nothing_is_put_back_without_rules(right, david):
    ClinicalRules.objects.all().delete()

    with pytest.raises(wordings.PublishRefused):
        put_back(right, david)


def test_draft_and_schedule_end_and_their_texts_are_kept(right, david, client):
    ahead = make_live_wording(
        text=body("For later."), publish_from=datetime(2999, 1, 1, tzinfo=UTC)
    )
    draft = make_wording(text=body("Half written."))
    client.force_login(david)
    screen = Read(client.get(url(right, "put_back"))).text

    new = put_back(right, david)

    assert "Version 3 ends with this: scheduled." in screen
    assert "Version 4 ends with this: draft." in screen
    found = {
        row.number: (row.status, row.text) for row in Wording.objects.of_guide().all()
    }
    assert found[3] == ("Cancelled", ahead.text)
    assert found[4] == ("Thrown away", draft.text)
    assert new.number == 5
    steps = AuditEntry.objects.exclude(step__in=["put-back", "kept"])
    steps = steps.values_list("step", "comment")
    assert sorted(steps) == [
        (
            "schedule-cancelled",
            "Version 1 was put back. It was set for 2999-01-01 00:00 UTC.",
        ),
        ("thrown-away", "Version 1 was put back."),
    ]


def test_withdrawn_page_comes_back_with_its_own_text(client, david):
    only = make_approved(text=body("Right words."))
    withdraw(only, david)
    client.force_login(david)
    page = Read(client.get(reverse(f"{APP}_page_change", args=[only.page_id])))
    assert page.link("Put back version 1").href == url(only, "put_back")

    put_back(only, david, reason="Withdrawn by mistake.")

    assert "Right words." in Read(client.get(PATIENTS)).main


def test_codes_on_paper_answer_rightly_through_both(client, right, david):
    old, wrong = code_of(right), code_of(Wording.objects.of_guide().get(number=2))
    assert paper(client, old) == ["This paper has changed"]

    withdraw(Wording.objects.of_guide().get(number=2), david)
    assert paper(client, old) == paper(client, wrong) == ["Do not use this paper"]

    new = put_back(right, david)
    assert paper(client, old) == ["This paper is current"]
    assert paper(client, code_of(new)) == ["This paper is current"]
    assert paper(client, wrong) == ["Do not use this paper"]

    withdraw(new, david, reason="Not right either.")
    assert paper(client, old) == paper(client, code_of(new)) == [
        "Do not use this paper"
    ]  # fmt: skip
    assert "Not right either." in Read(client.get(f"/v/{old}/")).main


def test_paper_with_the_replaced_words_says_what_changed(client, right, david):
    wrong = code_of(Wording.objects.of_guide().get(number=2))

    put_back(right, david)

    page = Read(client.get(f"/v/{wrong}/"))
    assert page.headings(1) == ["This paper has changed"]
    assert "We use the words of version 1 again." in page.main


def test_file_of_the_wrong_text_does_not_replace_what_was_put_back(david):
    load(body("Right words."))
    first = Wording.objects.of_guide().get()
    due = Clinic.objects.get(pk=1).today() + timedelta(days=90)
    checked = {"user": david, "reviewer_role": "Doctor", "review_due": due}
    wordings.approve_wording(wording=first, revision=1, **checked)
    wrong = body("Wrong words.")
    load(wrong)
    second = Wording.objects.drafts().get()
    second = wordings.approve_wording(wording=second, revision=1, **checked)
    wordings.publish_wording(
        wording=second, revision=2, user=david, advisory_reason="It is short."
    )

    put_back(first, david)
    load(wrong)
    assert "Right words." in Wording.objects.live().of_guide().get().text
    assert not Wording.objects.drafts().exists()

    load(body("Other words."))
    assert "Right words." in Wording.objects.live().of_guide().get().text
    assert Wording.objects.drafts().get().text == body("Other words.")
    assert not FileText.objects.exists()
