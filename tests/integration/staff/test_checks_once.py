"""The checks of a text are made once for each screen, and for each save."""

import pytest
from django.urls import reverse

from sessions.wordings import judging
from tests.factories import make_stage_text, make_wording
from tests.staff import sign_in

pytestmark = pytest.mark.django_db
APP = "admin:stemguide_sessions"
NEW = make_stage_text(body="The new words are risk-free.")


@pytest.fixture
def judged(monkeypatch) -> list[bool]:
    """For each time that a text is checked, whether it has the new words."""
    seen: list[bool] = []
    review = judging.review

    def counted(document, *others):
        seen.append("The new words" in str(document))
        return review(document, *others)

    monkeypatch.setattr(judging, "review", counted)
    return seen


def save(client, draft, text: str = NEW, revision: int = 1, button: str = "_continue"):
    """Saves as a browser does, and follows to the screen that comes next."""
    fields = {"text": text, "opened_revision": revision, button: "1"}
    address = reverse(f"{APP}_wording_change", args=[draft.pk])
    return client.post(address, fields, follow=True)


@pytest.mark.parametrize(
    ("button", "times"),
    [("_continue", 1), ("_preview", 0), ("_send", 1), ("_publish", 1)],
)
def test_saving_checks_the_new_text_once_and_the_old_never(
    client, judged, button, times
):
    sign_in(client, "Administrator")
    draft = make_wording()

    response = save(client, draft, button=button)

    draft.refresh_from_db()
    assert response.status_code == 200 and "The new words" in draft.text
    assert judged == [True] * times


def test_refused_save_checks_the_stored_text_once(client, judged):
    sign_in(client)
    draft = make_wording()

    response = save(client, draft, revision=7)

    assert "after you opened it" in response.content.decode()
    assert judged == [False]


@pytest.mark.parametrize("name", ["change", "send", "publish", "ask_for_changes"])
def test_screen_of_a_draft_checks_its_text_once(client, judged, name):
    sign_in(client, "Administrator")
    draft = make_wording(text=NEW)

    client.get(reverse(f"{APP}_wording_{name}", args=[draft.pk]))

    assert judged == [True]


def test_overview_checks_a_draft_once(client, judged):
    sign_in(client)
    draft = make_wording(text=NEW)

    client.get(reverse(f"{APP}_page_change", args=[draft.page_id]))

    assert judged == [True]
