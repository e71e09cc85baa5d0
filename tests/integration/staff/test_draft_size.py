"""A draft has the size limit of a content file, wherever its text comes in."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from sessions import wordings
from sessions.library.texts import MAX_BYTES, text_of
from sessions.models import Wording
from tests.factories import make_person, make_wording
from tests.page import Page as Read
from tests.staff import sign_in

pytestmark = pytest.mark.django_db
APP = "admin:stemguide_sessions"

LONGEST = "a" * MAX_BYTES
TOO_LONG = "This text is 3 bytes too long: a page may have 400,000"
# Each is three bytes above the limit.
TEXTS = {"three characters": LONGEST + "bcd", "one character": LONGEST + "€"}


def post(client, name: str, wording: Wording, text: str):
    fields = {"text": text, "opened_revision": wording.revision, "_continue": "1"}
    return client.post(reverse(f"{APP}_wording_{name}", args=[wording.pk]), fields)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_form_refuses_a_text_above_the_limit_and_keeps_it(client, text):
    sign_in(client)
    draft = make_wording()

    page = Read(post(client, "change", draft, text))

    kept = page.tree.cssselect("textarea[name=text]")[0].text
    assert TOO_LONG in page.text
    assert "Nothing was saved, and your text is still here." in page.text
    assert kept.strip() == text
    assert Wording.objects.of_guide().get().text == draft.text


def test_longest_text_is_saved_and_can_be_a_file(client):
    sign_in(client)
    draft = make_wording()
    # A browser sends CRLF; a file has LF.
    text = LONGEST[:-100] + "\r\n" * 99 + "b"

    response = post(client, "change", draft, text)

    stored = Wording.objects.of_guide().get().text
    assert response.status_code == 302
    assert len(stored) == MAX_BYTES and text_of(stored.encode()) == stored


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_act_refuses_a_text_above_the_limit(text):
    draft = make_wording()
    user = make_person("Editor")

    with pytest.raises(PermissionDenied, match=TOO_LONG):
        wordings.save_draft(wording=draft, revision=1, text=text, user=user)

    stored = Wording.objects.of_guide().get()
    assert (stored.text, stored.revision) == (draft.text, 1)
    assert not stored.savers.exists()


@pytest.mark.parametrize("name", ["check_text", "preview_text"])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_checks_and_live_preview_tell_of_the_limit(client, name, text):
    sign_in(client)

    page = Read(post(client, name, make_wording(), text))

    assert TOO_LONG in page.text
