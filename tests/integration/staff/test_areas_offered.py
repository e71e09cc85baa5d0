"""A clinic offers exactly the areas that are ticked on its form."""

from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from sessions import wordings
from sessions.guide.snapshot import CELL_SOURCE_CHOICES
from sessions.library.clinic_texts import area_text
from sessions.library.references import CELL_SOURCES
from sessions.models import Area, Clinic, ContentVersion, Page
from sessions.running.site_export import export_site
from tests.clinic_texts import publish_text
from tests.factories import make_person, make_rules, make_text, make_wording
from tests.page import Page as Read

pytestmark = pytest.mark.django_db
APP = "admin:stemguide_sessions"
CLINIC = reverse(f"{APP}_clinic_change", args=[1])


@pytest.fixture
def boss(client):
    make_rules()
    client.force_login(make_person("Administrator"))


def offered() -> list[str]:
    return list(Clinic.objects.get().areas_offered.values_list("slug", flat=True))


def choices(client) -> list[str]:
    """The codes of the areas that patients can choose."""
    boxes = Read(client.get("/")).tree.cssselect("input[name=area]")
    return [box.get("value") for box in boxes]


def post_clinic(client, **changed):
    form = Read(client.get(CLINIC)).tree.get_element_by_id("clinic_form")
    fields = form.form_values()
    names = {name for name, _ in fields}
    data = {n: [value for name, value in fields if name == n] for n in names}
    return client.post(CLINIC, data | changed)


def test_fresh_site_offers_the_areas_that_ship():
    assert offered() == ["joint", "hand"]


def test_area_without_a_published_name_is_not_all_that_is_offered(
    client, boss, real_content
):
    spine = str(Area.objects.create(slug="spine", name="Spine").pk)

    refused = post_clinic(client, areas_offered=[spine])

    assert refused.status_code == 200
    assert "None of these has a name that patients read yet" in Read(refused).main
    assert offered() == ["joint", "hand"]
    hand = str(Area.objects.get(slug="hand").pk)
    assert post_clinic(client, areas_offered=[spine, hand]).status_code == 302
    # What is ticked already keeps nobody from changing a number.
    page = Page.objects.get(name="clinic/areas/hand")
    page.wordings.update(state="withdrawn", withdrawn_reason="Wrong.")
    assert post_clinic(client, telephone="555 010 0199").status_code == 302


def test_new_area_is_off_until_it_is_ticked(client, boss, real_content):
    before = ContentVersion.objects.get().number
    fields = {"name": "Spine", "slug": "spine", "introduction": "", "position": 3}

    client.post(reverse(f"{APP}_area_add"), fields)

    assert ContentVersion.objects.get().number > before
    publish_text("clinic/areas/spine", area_text("Spine", "The back."))
    assert choices(client) == ["joint", "hand", ""]
    every = [str(pk) for pk in Area.objects.values_list("pk", flat=True)]
    assert post_clinic(client, areas_offered=every).status_code == 302
    assert choices(client) == ["joint", "hand", "spine", ""]


def test_clinic_must_offer_an_area(client, boss):
    response = post_clinic(client, areas_offered=[])

    words = "Tick at least one area, or patients have nothing to choose."
    assert words in Read(response).text
    assert offered() == ["joint", "hand"]


def test_clinic_form_can_be_saved_while_there_is_no_area(client, boss):
    Clinic.objects.get().areas_offered.clear()
    Area.objects.all().delete()

    assert post_clinic(client, name="Ours").status_code == 302
    assert Clinic.objects.get().name == "Ours"


def test_site_without_an_offered_area_shows_the_words_for_all(
    client, real_content, tmp_path
):
    """Nobody's warnings may be missing because of a mistake on the clinic form."""
    Clinic.objects.get().areas_offered.clear()

    page = Read(client.get("/get-help/?area=hand"))

    assert choices(client) == []
    assert "Finger newly swollen all along, or too sore to straighten." in page.main
    assert export_site(tmp_path / "site") > 40


def test_staff_are_told_that_no_area_is_offered(client, boss, real_content):
    clinic = Clinic.objects.get()
    clinic.areas_offered.clear()
    Clinic.objects.update(offers_fat=False, offers_prepared=False)
    Clinic.objects.update(offers_bone_marrow=False)

    addresses = ["/admin/", "/desk/?document=risks", reverse("sessions:components")]
    responses = [client.get(address) for address in addresses]

    assert [response.status_code for response in responses] == [200, 200, 200]
    assert "No area is offered. Tick what you treat." in Read(responses[0]).text


@pytest.mark.parametrize(
    ("there", "chosen", "offers"),
    [
        (["joint", "hand"], [], ["joint", "hand"]),
        (["joint", "hand", "spine"], [], ["joint", "hand", "spine"]),
        (["joint", "hand", "spine"], ["spine"], ["spine"]),
        (["joint"], [], ["joint"]),
        (["spine"], [], ["spine"]),
        ([], [], []),
    ],
)
def test_upgraded_site_keeps_what_it_offers(there, chosen, offers):
    clinic = Clinic.objects.get()
    clinic.areas_offered.clear()
    Area.objects.exclude(slug__in=there).delete()
    if "spine" in there:
        Area.objects.create(slug="spine", name="Spine", position=3)
    clinic.areas_offered.set(Area.objects.filter(slug__in=chosen))

    import_module("sessions.migrations.0014_areas_offered").choose_areas(apps, None)

    assert offered() == offers
    slugs = set(Area.objects.values_list("slug", flat=True))
    assert slugs == {"joint", "hand", *there}


def test_words_of_an_area_are_previewed_before_it_is_offered(client, real_content):
    """Other areas, and who is not sure, are previewed just as patients get them."""
    Area.objects.create(slug="spine", name="Spine", position=3)
    client.force_login(make_person("Editor"))
    body = "Words.\n\n::: only area=spine\nBack.\n:::\n\n::: only area=hand\nPaw.\n:::"
    draft = make_wording(page="about", text=make_text(body=body))
    name = f"{APP}_wording_preview_text"
    given = {"text": draft.text, "look": "screen", "cells": ""}

    def preview(area):
        return Read(client.post(reverse(name, args=[draft.pk]), given | {"area": area}))

    spine, hand, unsure = preview("spine"), preview("hand"), preview("")

    assert "Words. Back." in spine.main and "Paw." not in spine.main
    assert "Words. Paw." in hand.main and "Back." not in hand.main
    assert "Only for: Hand Paw." in unsure.main and "Back." not in unsure.main
    editor = Read(client.get(reverse(f"{APP}_wording_change", args=[draft.pk])))
    options = editor.tree.cssselect("select[name=area] option")
    assert [option.get("value") for option in options] == ["", "joint", "hand", "spine"]


def test_cell_sources_are_switched_off_and_never_deleted(client, boss):
    """There is no row to delete: each has a box on the clinic form, and a name."""
    boxes = [f.name for f in Clinic._meta.fields if f.name.startswith("offers_")]
    codes = [box.removeprefix("offers_").replace("_", "-") for box in boxes]

    page = Read(post_clinic(client, **dict.fromkeys(boxes, [])))

    assert "Tick at least one cell source, or patients have nothing" in page.text
    assert sorted(codes) == sorted(CELL_SOURCES)
    assert codes == [choice.code for choice in CELL_SOURCE_CHOICES]


def test_text_may_name_a_cell_source_that_is_switched_off():
    Clinic.objects.update(offers_fat=False)
    text = make_text(body="Words.\n\n::: only cells=fat\nFor fat.\n:::")
    draft = make_wording(page="about", text=text)

    found = wordings.all_findings(draft.page, draft.text)

    assert not any("cell source" in finding.message for finding in found)
