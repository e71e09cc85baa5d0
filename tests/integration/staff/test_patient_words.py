"""Names, addresses and introductions that staff type are checked as pages are."""

import pytest
from django.urls import reverse

from sessions.documents.quality import text_findings
from sessions.models import Area, Clinic, ClinicalRules
from sessions.wordings.rules import NO_RULES
from tests.factories import make_rules, shipped_rules
from tests.page import Page
from tests.staff import sign_in

pytestmark = pytest.mark.django_db
APP = "admin:stemguide_sessions"
CLINIC = {
    "name": "Lakeside Clinic", "country": "us", "time_zone": "UTC", "paper": "letter",
    "offers_fat": "on", "areas_offered": ["1", "2"], "opening_times-TOTAL_FORMS": "0",
    "opening_times-INITIAL_FORMS": "0", "closed_dates-TOTAL_FORMS": "0",
    "closed_dates-INITIAL_FORMS": "0",
}  # fmt: skip
AREA = {"name": "Ankle", "introduction": "", "slug": "ankle", "position": "5"}
ORDER = '"Stop your aspirin" reads as an order about a medicine.'


@pytest.fixture
def boss(client):
    make_rules()
    return sign_in(client, "Administrator")


def post_clinic(client, **changed):
    return client.post(reverse(f"{APP}_clinic_change", args=[1]), CLINIC | changed)


def post_area(client, **changed):
    return client.post(reverse(f"{APP}_area_add"), AREA | changed)


@pytest.mark.parametrize(
    ("field", "words", "fault"),
    [
        ("name", "Stop your aspirin Clinic", ORDER),
        ("address", "1 High Street\nStop your aspirin\nBoston", ORDER),
        ("address", "1 High Street\n\nPainless", '"painless" promises or comforts'),
        ("name", "Lakeside\u202e Clinic", "U+202E turns the order of words around"),
        ("address", "1 Caf\u00c3\u00a9 Street", "is a letter that was damaged"),
        ("name", "L\u0430keside Clinic", '"L\u0430keside" mixes letters of two alphab'),
    ],
)
def test_clinic_detail_that_no_text_may_have_is_refused(
    client, boss, field, words, fault
):
    before = Clinic.objects.values().get()

    page = Page(post_clinic(client, **{field: words}))

    assert fault in page.text
    assert Clinic.objects.values().get() == before


@pytest.mark.parametrize("field", ["name", "introduction"])
def test_area_with_an_order_is_refused(client, boss, field):
    page = Page(post_area(client, **{field: "Stop your aspirin"}))

    assert ORDER in page.text
    assert not Area.objects.filter(slug="ankle").exists()


def test_plain_details_are_saved(client, boss):
    saved = post_clinic(client, address="12 Stop Lane\nBoston")
    added = post_area(client, introduction="The ankle, or the foot.")

    assert (saved.status_code, added.status_code) == (302, 302)
    assert Clinic.objects.get().address == "12 Stop Lane\r\nBoston".replace("\r", "")


def test_words_that_are_stored_already_keep_no_other_field_from_a_change(client, boss):
    Clinic.objects.update(name="Painless Clinic")

    response = post_clinic(client, name="Painless Clinic", telephone="312 555 0100")

    assert response.status_code == 302
    assert Clinic.objects.get().telephone == "312 555 0100"


def test_without_rules_no_new_words_are_taken_and_a_telephone_is(client, boss):
    ClinicalRules.objects.all().delete()
    Clinic.objects.update(name="Lakeside Clinic")

    refused = Page(post_clinic(client, address="1 High Street"))
    saved = post_clinic(client, telephone="312 555 0100 ext. 4")

    assert NO_RULES in refused.text
    assert saved.status_code == 302


def test_areas_that_ship_pass():
    words = [text for a in Area.objects.all() for text in (a.name, a.introduction)]

    assert len(words) >= 4
    assert [text_findings(text, shipped_rules()) for text in words] == [[]] * len(words)
