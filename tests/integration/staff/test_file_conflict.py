"""A file that differs from a draft: both texts are shown, and nothing is discarded."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from sessions import wordings
from sessions.documents import parse_document
from sessions.documents.register import Register
from sessions.library.folder import ContentFile, Library
from sessions.models import FileText, Page, Wording
from sessions.wordings.loading import load_library
from tests.clinic_texts import steps_taken
from tests.factories import (
    make_live_wording,
    make_person,
    make_rules,
    make_stage_text,
)
from tests.page import Page as Read

pytestmark = pytest.mark.django_db
NAME = "admin:stemguide_sessions_file_conflict"
LIVE_TEXT = make_stage_text(body="It is what patients read.")
STAFF_TEXT = make_stage_text(body="It is what the nurse wrote.")
FILE_TEXT = make_stage_text(body="It is what the file says.")


def load(text: str) -> None:
    """Loads the content folder with this text of the stage recovery."""
    file = ContentFile(
        "stages/recovery", "en/stages/recovery.md", text, parse_document(text)
    )
    load_library(Library((file,), Register({}, {}), {}, ()))


@pytest.fixture
def conflict() -> FileText:
    """A draft of staff, and a file with another text."""
    load(LIVE_TEXT)
    ann = make_person(username="ann")
    draft = wordings.start_draft(page=Page.objects.of_guide().get(), user=ann)
    wordings.save_draft(wording=draft, revision=1, text=STAFF_TEXT, user=ann)
    load(FILE_TEXT)
    return FileText.objects.get()


@pytest.fixture
def editor(client):
    user = make_person("Editor")
    client.force_login(user)
    return user


def decide(client, conflict: FileText, choice: str, **options: str):
    address = reverse(NAME, args=[conflict.pk])
    fields = {"choice": choice, "seen": seen(client, conflict), **options}
    return client.post(address, fields, follow=True)


def seen(client, conflict: FileText) -> str:
    """What the screen says of the texts it shows."""
    page = Read(client.get(reverse(NAME, args=[conflict.pk])))
    return page.tree.cssselect("input[name=seen]")[0].get("value")


def texts() -> list[str]:
    return list(
        Wording.objects.of_guide().order_by("number").values_list("text", flat=True)
    )


def test_both_texts_are_shown_and_the_lines_that_differ_are_marked(
    client, editor, conflict
):
    page = Read(client.get(reverse(NAME, args=[conflict.pk])))

    assert [e.text.strip() for e in page.tree.iter("del")] == [
        "It is what the nurse wrote."
    ]
    assert [e.text.strip() for e in page.tree.iter("ins")] == [
        "It is what the file says."
    ]
    assert "Only in version 2, line" in page.text
    assert "Only in the file, line" in page.text
    assert "The same in both: lines 1 to" in page.text
    assert "saved by ann" in page.text
    assert len(page.tree.cssselect("input[type=radio][name=choice]")) == 3
    area = page.tree.cssselect("textarea[readonly]")[0]
    assert area.text.strip() == FILE_TEXT.strip()


def test_text_of_a_file_is_never_markup(client, editor):
    make_live_wording(text=STAFF_TEXT)
    FileText.objects.create(
        page=Page.objects.of_guide().get(), text="<script>alert(1)</script>", digest="a"
    )

    address = reverse(NAME, args=[FileText.objects.get().pk])

    assert b"<script>alert" not in client.get(address).content


def test_keep_leaves_staffs_text_and_is_remembered(client, editor, conflict):
    page = Read(decide(client, conflict, "keep"))

    assert "Kept: stages/recovery version 2. The file was not changed." in page.text
    assert texts() == [LIVE_TEXT, STAFF_TEXT]
    load(FILE_TEXT)
    assert FileText.objects.get().is_settled


@pytest.mark.parametrize("state", ["draft", "approved"])
def test_take_puts_a_draft_of_the_file_in_the_place_of_the_other(
    client, editor, conflict, state
):
    if state == "approved":
        reviewed = {"reviewer": make_person(username="doctor"), "state": "in-review"}
        mine = Wording.objects.drafts()
        mine.update(approved_on=date(2026, 1, 5), **reviewed)
    screen = Read(client.get(reverse(NAME, args=[conflict.pk])))

    page = Read(decide(client, conflict, "take"))

    draft = Wording.objects.drafts().get()
    assert "Version 2 is thrown away, and stays in the list" in screen.text
    assert "Next steps for version 3" in page.headings(2)
    assert (draft.number, draft.author, draft.state) == (3, editor, "draft")
    assert texts() == [LIVE_TEXT, STAFF_TEXT, FILE_TEXT]
    assert FileText.objects.get().is_settled
    assert "what patients read" in Read(client.get("/stages/recovery/")).main
    ended = Wording.objects.of_guide().get(number=2)
    assert (ended.status, ended.is_approved) == ("Thrown away", state == "approved")
    entry = steps_taken().filter(wording=ended).latest("pk")
    assert (entry.step, entry.user) == ("thrown-away", editor)
    assert entry.comment == "A draft with the text of the file took its place."
    entry = steps_taken().get(wording=draft)
    assert (entry.step, entry.user) == ("started", editor)
    assert entry.comment == (
        "With the text of the file. stages/recovery version 2 was thrown away."
    )


def test_text_that_gave_way_to_the_file_can_be_restored(client, editor, conflict):
    make_rules()
    decide(client, conflict, "take")
    draft = Wording.objects.drafts().get()
    draft = wordings.send_for_review(wording=draft, revision=1, user=editor)
    doctor = make_person("Clinical reviewer", "doctor")
    draft = wordings.approve_wording(
        wording=draft, revision=2, user=doctor, reviewer_role="Surgeon",
        review_due=date.today() + timedelta(days=300),
    )  # fmt: skip
    wordings.publish_wording(
        wording=draft, revision=3, user=editor, advisory_reason="Short."
    )

    mine = Wording.objects.of_guide().get(number=2)
    restored = wordings.restore_wording(wording=mine, user=editor)

    assert restored.text == STAFF_TEXT


def test_take_without_a_draft_makes_one(client, editor):
    make_live_wording(text=STAFF_TEXT, author=make_person(username="ann"))
    page = Page.objects.of_guide().get()
    kept = FileText.objects.create(page=page, text=FILE_TEXT, digest="a")

    decide(client, kept, "take")

    assert texts() == [STAFF_TEXT, FILE_TEXT]
    assert Wording.objects.drafts().get().text == FILE_TEXT


def test_merge_opens_the_draft_and_the_file_stays_in_sight(client, editor, conflict):
    response = decide(client, conflict, "merge")

    assert texts() == [LIVE_TEXT, STAFF_TEXT]
    assert not FileText.objects.get().is_settled
    address = reverse(NAME, args=[conflict.pk])
    assert "the file says" in Read(client.get(address)).text
    assert "This is stages/recovery version 2." in Read(response).text
    assert address in response.content.decode()


@pytest.mark.parametrize("choice", ["", "burn"])
def test_no_choice_is_asked_for_again(client, editor, conflict, choice):
    page = Read(decide(client, conflict, choice))

    assert page.has(".errornote li")
    assert texts() == [LIVE_TEXT, STAFF_TEXT]
    assert not FileText.objects.get().is_settled


@pytest.mark.parametrize("changed", ["the file", "the draft"])
@pytest.mark.parametrize("choice", ["keep", "take"])
def test_decision_upon_a_text_that_has_changed_is_asked_again(
    client, editor, conflict, changed, choice
):
    shown = seen(client, conflict)
    new = FILE_TEXT.replace("the file says", "somebody says now")
    if changed == "the file":
        load(new)
    else:
        draft = Wording.objects.drafts().get()
        wordings.save_draft(
            wording=draft, revision=draft.revision, text=new, user=editor
        )

    page = Read(decide(client, conflict, choice, seen=shown))

    assert "A text changed while you read. Look at both again" in page.text
    assert "It is what somebody says now." in page.text
    assert not FileText.objects.get().is_settled
    again = page.tree.cssselect("input[name=seen]")[0].get("value")
    assert again == seen(client, conflict) != shown


def test_settled_file_that_changes_waits_again(client, editor, conflict):
    decide(client, conflict, "keep")

    load(FILE_TEXT.replace("the file says", "the file says now"))

    assert not FileText.objects.get().is_settled


def test_file_made_equal_disappears_and_an_old_link_says_so(client, editor, conflict):
    load(LIVE_TEXT)

    page = Read(client.get(reverse(NAME, args=[conflict.pk]), follow=True))

    assert not FileText.objects.exists()
    assert "That file has the same text as its page again." in page.text


def test_list_leads_to_the_decision(client, editor, conflict):
    listed = Read(client.get(reverse("admin:stemguide_sessions_filetext_changelist")))
    link = listed.link("stages/recovery")

    page = Read(client.get(link.href, follow=True))

    assert "What should happen?" in page.headings(2)


@pytest.mark.parametrize("role", ["Clinical reviewer", "Reception", ""])
def test_who_may_not_edit_decides_nothing(client, conflict, role):
    client.force_login(make_person(role))
    address = reverse(NAME, args=[conflict.pk])

    assert client.get(address).status_code == 403
    assert client.post(address, {"choice": "take", "seen": "x"}).status_code == 403
    assert texts() == [LIVE_TEXT, STAFF_TEXT]


def test_nobody_decides_without_signing_in(client, conflict):
    address = reverse(NAME, args=[conflict.pk])
    response = client.post(address, {"choice": "keep", "seen": "x"})

    assert response.status_code == 302 and "/admin/login/" in response["Location"]
    assert not FileText.objects.get().is_settled


def test_odd_address_is_not_found(client, editor):
    listed = reverse("admin:stemguide_sessions_filetext_changelist")

    assert client.get(f"{listed}nothing/change/").status_code == 404
