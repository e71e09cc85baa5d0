"""A file that differs from staff's text: both are shown, and nothing is discarded."""

import pytest
from django.urls import reverse

from sessions import wordings
from sessions.documents import parse_document
from sessions.documents.register import Register
from sessions.library.folder import ContentFile, Library
from sessions.models import FileText, Page, Wording
from sessions.wordings.loading import load_library
from tests.factories import make_live_wording, make_person, make_stage_text
from tests.page import Page as Read

pytestmark = pytest.mark.django_db
NAME = "admin:stemguide_sessions_file_conflict"
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
    """Staff's live text, and a file with another text."""
    make_live_wording(text=STAFF_TEXT, author=make_person(username="ann"))
    load(FILE_TEXT)
    return FileText.objects.get()


@pytest.fixture
def editor(client):
    user = make_person("Editor")
    client.force_login(user)
    return user


def decide(client, conflict: FileText, choice: str, **options):
    fields = {"choice": choice, "digest": conflict.digest}
    return client.post(reverse(NAME, args=[conflict.pk]), fields, **options)


def texts() -> list[str]:
    return list(Wording.objects.order_by("number").values_list("text", flat=True))


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
    assert "Only in staff's text, line" in page.text
    assert "Only in the file, line" in page.text
    assert "The same in both: lines 1 to" in page.text
    assert "saved by ann" in page.text
    assert len(page.tree.cssselect("input[type=radio][name=choice]")) == 3
    area = page.tree.cssselect("textarea[readonly]")[0]
    assert area.text.strip() == FILE_TEXT.strip()


def test_text_of_a_file_is_never_markup(client, editor):
    make_live_wording(text=STAFF_TEXT)
    FileText.objects.create(
        page=Page.objects.get(), text="<script>alert(1)</script>", digest="a"
    )

    address = reverse(NAME, args=[FileText.objects.get().pk])

    assert b"<script>alert" not in client.get(address).content


def test_keep_leaves_staffs_text_and_is_remembered(client, editor, conflict):
    page = Read(decide(client, conflict, "keep", follow=True))

    assert "Kept: stages/recovery version 1. The file was not changed." in page.text
    assert texts() == [STAFF_TEXT]
    load(FILE_TEXT)
    assert FileText.objects.get().is_settled


def test_take_makes_a_draft_of_the_file(client, editor, conflict):
    response = decide(client, conflict, "take")

    draft = Wording.objects.drafts().get()
    assert response["Location"].endswith(f"/wording/{draft.pk}/change/")
    assert texts() == [STAFF_TEXT, FILE_TEXT]
    assert FileText.objects.get().is_settled
    assert "the nurse wrote" in Read(client.get("/stages/recovery/")).main


def test_merge_makes_a_draft_of_staffs_text_and_the_file_stays_in_sight(
    client, editor, conflict
):
    response = decide(client, conflict, "merge")

    draft = Wording.objects.drafts().get()
    assert response["Location"].endswith(f"/wording/{draft.pk}/change/")
    assert texts() == [STAFF_TEXT, STAFF_TEXT]
    assert not FileText.objects.get().is_settled
    address = reverse(NAME, args=[conflict.pk])
    assert "the file says" in Read(client.get(address)).text
    assert address in client.get(response["Location"]).content.decode()


def test_take_is_refused_in_words_while_there_is_a_draft(client, editor, conflict):
    draft = wordings.start_draft(page=conflict.page, user=editor)

    response = decide(client, conflict, "take")

    assert response.status_code == 200
    assert "This page has a draft already" in Read(response).text
    assert texts() == [STAFF_TEXT, draft.text]
    assert not FileText.objects.get().is_settled


@pytest.mark.parametrize("choice", ["", "burn"])
def test_no_choice_is_asked_for_again(client, editor, conflict, choice):
    page = Read(decide(client, conflict, choice))

    assert page.has(".errornote li")
    assert texts() == [STAFF_TEXT] and not FileText.objects.get().is_settled


def test_decision_upon_a_text_that_has_changed_is_asked_again(client, editor, conflict):
    load(FILE_TEXT.replace("the file says", "the file says now"))

    page = Read(decide(client, conflict, "keep"))

    assert "The file changed while you read" in page.text
    assert "It is what the file says now." in page.text
    assert not FileText.objects.get().is_settled


def test_settled_file_that_changes_waits_again(client, editor, conflict):
    decide(client, conflict, "keep")

    load(FILE_TEXT.replace("the file says", "the file says now"))

    assert not FileText.objects.get().is_settled


def test_file_made_equal_disappears_and_an_old_link_says_so(client, editor, conflict):
    load(STAFF_TEXT)

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

    assert client.get(reverse(NAME, args=[conflict.pk])).status_code == 403
    assert decide(client, conflict, "take").status_code == 403
    assert texts() == [STAFF_TEXT]


def test_nobody_decides_without_signing_in(client, conflict):
    response = decide(client, conflict, "keep")

    assert response.status_code == 302 and "/admin/login/" in response["Location"]
    assert not FileText.objects.get().is_settled


def test_odd_address_is_not_found(client, editor):
    listed = reverse("admin:stemguide_sessions_filetext_changelist")

    assert client.get(f"{listed}nothing/change/").status_code == 404
