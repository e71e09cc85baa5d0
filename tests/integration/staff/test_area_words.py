"""The screen of an area: which pages have words for it, and why it must stay."""

import pytest
from django.urls import reverse

from sessions.documents import parse_document
from sessions.models import Area, Clinic, ContentVersion, Wording
from tests.factories import make_live_wording, make_person, make_text, make_wording
from tests.page import Page as Read

pytestmark = pytest.mark.django_db
APP = "admin:stemguide_sessions"


@pytest.fixture
def spine(client) -> Area:
    """An area that is not offered. An administrator is signed in."""
    client.force_login(make_person("Administrator"))
    return Area.objects.create(slug="spine", name="Spine", position=3)


def body(area: str) -> str:
    return make_text(body=f"Words.\n\n::: only area={area}\nFor some.\n:::")


def screen(client, area: Area, name: str = "change") -> Read:
    return Read(client.get(reverse(f"{APP}_area_{name}", args=[area.pk])))


def part(page: Read, heading: str) -> str:
    """The text of the screen between this heading and the next."""
    words = page.text.split(heading, 1)[1]
    for other in ("Drafts with words", "Pages with words for other"):
        words = words.split(other, 1)[0]
    return words


def test_new_area_has_no_words_and_others_have(client, spine, real_content):
    page = screen(client, spine)

    assert "No. It is off until the clinic offers it." in page.text
    assert "None yet." in part(page, "Pages with words for this area")
    without = part(page, "what stands there for everybody.")
    assert "get-help" in without and "stages/recovery" in without
    assert "privacy" not in without and "after/hand" not in without
    assert "after/spine: there is no such page" in without
    assert "/page/" in page.link("get-help").href
    switch = page.link("Switch it on, on the clinic form").href
    assert "clinic" in Read(client.get(switch)).text.lower()


def test_pages_with_words_are_listed_with_their_lines(client, spine, real_content):
    hand = Area.objects.get(slug="hand")

    page = screen(client, hand)

    own = part(page, "Pages with words for this area")
    assert "Yes. The clinic offers it." in page.text
    assert "after/hand, the whole page" in own
    for name in ("get-help", "stages/recovery"):
        lines = ", ".join(map(str, lines_for("hand", name)))
        assert f"{name}, lines {lines}" in own
    assert "there is no such page" not in page.text


def test_offered_area_without_a_live_name_cannot_be_chosen(client, spine):
    Clinic.objects.get().areas_offered.add(spine)

    page = screen(client, spine)

    assert "No. The clinic offers it, but no name is published for it." in page.text


def test_drafts_are_listed_apart(client, spine):
    make_live_wording(page="risks", text=body("hand"))
    make_wording(page="risks", text=body("spine"))

    page = screen(client, spine)

    assert "risks, line 8 (draft)" in part(page, "Drafts with words for this area")
    assert "None yet." in page.text and "risks" in part(
        page, "what stands there for everybody."
    )


def test_form_to_add_an_area_lists_nothing(client, spine):
    assert "Pages with words" not in Read(client.get(reverse(f"{APP}_area_add"))).text


def lines_for(area: str, name: str) -> list[int]:
    """The lines of a live text whose condition names the area."""
    text = Wording.objects.live().get(page__name=name).text
    conditions = parse_document(text).conditions()
    return sorted(line for line, condition in conditions if area in condition.area)


@pytest.mark.parametrize("method", ["get", "post"])
def test_area_that_a_text_names_is_not_deleted(client, spine, real_content, method):
    hand = Area.objects.get(slug="hand")
    address = reverse(f"{APP}_area_delete", args=[hand.pk])
    before = ContentVersion.objects.get().number

    page = Read(getattr(client, method)(address, {"post": "yes"}))

    assert "“Hand” cannot be deleted." in page.text
    assert f"get-help, lines {lines_for('hand', 'get-help')[0]}, " in page.text
    assert "/page/" in page.link("get-help").href
    assert "The clinic offers it. Untick it on the clinic form first." in page.text
    assert not page.has("input[name=post]")
    assert Area.objects.filter(slug="hand").exists()
    assert ContentVersion.objects.get().number == before


def test_text_that_names_the_area_meanwhile_is_told(client, spine, monkeypatch):
    monkeypatch.setattr("sessions.staff.areas.reasons_to_keep", lambda area: [])
    make_live_wording(page="risks", text=body("spine"))
    address = reverse(f"{APP}_area_delete", args=[spine.pk])

    response = client.post(address, {"post": "yes"}, follow=True)

    assert response.redirect_chain[0][1] == 302
    assert "risks, line 8: patients read it." in Read(response).text
    assert Area.objects.filter(slug="spine").exists()


def test_area_that_no_text_names_is_deleted_for_every_worker(client, spine):
    make_wording(page="risks", text=body("spine"))
    before = ContentVersion.objects.get().number
    warning = screen(client, spine, "delete").text

    client.post(reverse(f"{APP}_area_delete", args=[spine.pk]), {"post": "yes"})

    assert "The history of its name and introduction stays." in warning
    assert "These drafts name it." in warning and "risks, line 8 (draft)" in warning
    assert not Area.objects.filter(slug="spine").exists()
    assert ContentVersion.objects.get().number > before


def test_areas_are_not_deleted_in_bulk(client, spine):
    fields = {
        "action": "delete_selected",
        "_selected_action": [spine.pk],
        "post": "yes",
    }

    client.post(reverse(f"{APP}_area_changelist"), fields)

    assert Area.objects.filter(slug="spine").exists()


@pytest.mark.parametrize("role", ["Editor", "Clinical reviewer", "Reception"])
def test_who_may_not_delete_areas_is_refused(client, spine, role):
    client.force_login(make_person(role, "somebody"))

    response = client.post(
        reverse(f"{APP}_area_delete", args=[spine.pk]), {"post": "yes"}
    )

    assert response.status_code == 403
    assert Area.objects.filter(slug="spine").exists()


def test_unknown_area_is_not_found(client, spine):
    address = reverse(f"{APP}_area_delete", args=[99999])

    assert client.get(address, follow=True).status_code == 200
    assert Clinic.objects.get().areas_offered.count() == 2
