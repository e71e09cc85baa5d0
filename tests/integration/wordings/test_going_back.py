"""A draft can be thrown away, and an approved version put back, in one action."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from sessions import wordings
from sessions.documents import parse_document
from sessions.documents.register import Register
from sessions.library.folder import ContentFile, Library
from sessions.models import AuditEntry, FileText, Saver, Wording
from sessions.wordings.loading import load_library
from sessions.wordings.step_rules import NOT_YOURS
from tests.factories import (
    make_live_wording,
    make_person,
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
    revision = Wording.objects.get(pk=wording.pk).revision
    return wordings.throw_away_draft(wording=wording, revision=revision, user=user)


def test_page_may_have_another_draft_and_the_number_is_never_used_again():
    live, nurse = make_live_wording(), make_person("Editor")
    draft = wordings.start_draft(page=live.page, user=nurse)

    throw_away(draft, nurse)
    another = wordings.start_draft(page=live.page, user=nurse)

    assert (draft.number, another.number) == (2, 3)
    assert Wording.objects.get(number=2).status == "Thrown away"
    assert Wording.objects.live().get() == live


def test_its_text_is_kept_with_who_threw_it_away_and_is_never_edited():
    draft, doctor = make_wording(text=body("Kept.")), make_person(REVIEWER)

    throw_away(draft, doctor)

    entry = AuditEntry.objects.get()
    assert (entry.step, entry.user, entry.text) == ("thrown-away", doctor, draft.text)
    row = Wording.objects.filter(pk=draft.pk)
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
    file = ContentFile("stages/recovery", "recovery.md", text, parse_document(text))
    load_library(Library((file,), Register({}, {}), {}, ()))


def test_changed_file_is_not_compared_with_a_text_that_was_thrown_away():
    load(body("The first file."))
    page = Wording.objects.get().page
    nurse = make_person("Editor")
    draft = wordings.start_draft(page=page, user=nurse, text=body("Never mind."))
    throw_away(draft, nurse)

    load(body("The second file."))

    assert "The second file." in Wording.objects.live().get().text
    assert not FileText.objects.exists()
