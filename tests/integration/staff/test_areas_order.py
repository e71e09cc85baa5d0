"""Staff put the areas in order: by buttons, or by typing positions."""

import pytest
from django.urls import reverse

from sessions import wordings
from sessions.models import Area, Clinic, ContentVersion
from tests.clinic_texts import add_live_area
from tests.factories import make_person
from tests.page import Page as Read

pytestmark = pytest.mark.django_db
LIST = reverse("admin:stemguide_sessions_area_changelist")


@pytest.fixture
def areas() -> dict[str, Area]:
    """Three areas, all offered. Migrations create joint and hand."""
    add_live_area("back", "Back", position=3)
    return {area.slug: area for area in Area.objects.all()}


def order() -> list[tuple[str, int]]:
    return list(Area.objects.values_list("slug", "position"))


def move(client, area: Area, way: str, **options):
    name = "admin:stemguide_sessions_area_move"
    return client.post(reverse(name, args=[area.pk, way]), **options)


@pytest.mark.parametrize(
    ("slug", "way", "expected", "says"),
    [
        ("back", "up", ["joint", "back", "hand"], "Back is number 2 of 3 now."),
        ("joint", "down", ["hand", "joint", "back"], "ligament is number 2 of 3 now."),
        ("joint", "up", ["joint", "hand", "back"], "ligament is number 1 of 3 now."),
        ("back", "down", ["joint", "hand", "back"], "Back is number 3 of 3 now."),
    ],
)
def test_button_moves_an_area_one_place(client, areas, slug, way, expected, says):
    client.force_login(make_person("Administrator"))

    page = Read(move(client, areas[slug], way, follow=True))

    assert order() == list(zip(expected, [1, 2, 3], strict=True))
    assert says in page.text


def test_focus_comes_back_to_the_button_that_was_pressed(client, areas):
    client.force_login(make_person("Administrator"))

    address = move(client, areas["hand"], "down")["Location"]

    path, _, anchor = address.partition("#")
    button = Read(client.get(path)).tree.get_element_by_id(anchor)
    assert button.tag == "button" and button.text_content() == "Move down Hand"


def test_buttons_work_in_the_page_as_it_is_sent(client, areas):
    client.force_login(make_person("Administrator"))
    client.handler.enforce_csrf_checks = True
    tree = Read(client.get(LIST)).tree
    button = tree.get_element_by_id(f"move-{areas['back'].pk}-up")
    form = tree.get_element_by_id(button.get("form"))

    response = client.post(button.get("formaction"), dict(form.form_values()))

    assert response.status_code == 302
    assert [slug for slug, _ in order()] == ["joint", "back", "hand"]
    assert move(client, areas["back"], "up").status_code == 403


def test_move_leaves_no_gap_and_no_position_twice(client, areas):
    Area.objects.update(position=7)
    client.force_login(make_person("Administrator"))

    move(client, areas["back"], "down")

    assert order() == [("hand", 1), ("back", 2), ("joint", 3)]


def test_patients_see_the_new_order(client, real_content, areas):
    client.force_login(make_person("Administrator"))
    before = Read(client.get("/")).main
    version = ContentVersion.objects.get().number

    move(client, areas["back"], "up")

    after = Read(client.get("/")).main
    assert before.index("Hand") < before.index("Back")
    assert after.index("Back") < after.index("Hand")
    assert ContentVersion.objects.get().number == version + 1


def test_positions_can_be_typed(client, areas):
    client.force_login(make_person("Administrator"))
    form = Read(client.get(LIST)).tree.get_element_by_id("changelist-form")
    fields = {**dict(form.form_values()), "form-0-position": "9", "_save": "Save"}

    client.post(LIST, fields)

    assert [slug for slug, _ in order()] == ["hand", "back", "joint"]


def test_every_position_says_whose_it_is(client, areas):
    client.force_login(make_person("Administrator"))

    boxes = Read(client.get(LIST)).tree.cssselect("input[name$=position]")

    assert [box.get("aria-label") for box in boxes][1:] == [
        "Position of Hand",
        "Position of Back",
    ]


def test_enter_in_a_position_saves_and_moves_nothing(client, areas):
    client.force_login(make_person("Administrator"))

    form = Read(client.get(LIST)).tree.get_element_by_id("changelist-form")

    submits = form.cssselect("input[type=submit], button:not([form])")
    assert [button.get("name") for button in submits] == ["_save"]


def test_get_moves_nothing(client, areas):
    client.force_login(make_person("Administrator"))
    name = "admin:stemguide_sessions_area_move"

    response = client.get(reverse(name, args=[areas["back"].pk, "up"]))

    assert response.status_code == 405
    assert [slug for slug, _ in order()] == ["joint", "hand", "back"]


@pytest.mark.parametrize("role", ["Editor", "Clinical reviewer", "Reception", ""])
def test_who_may_only_look_moves_nothing(client, areas, role):
    client.force_login(make_person(role))

    response = move(client, areas["back"], "up")

    assert response.status_code == 403
    assert [slug for slug, _ in order()] == ["joint", "hand", "back"]
    assert "Move up" not in client.get(LIST).content.decode()


def test_area_that_is_gone_is_not_found(client, areas):
    client.force_login(make_person("Administrator"))
    Clinic.objects.get().areas_offered.remove(areas["back"])
    Area.objects.filter(slug="back").delete()

    assert move(client, areas["back"], "up").status_code == 404


def test_failed_move_changes_nothing(areas, monkeypatch):
    before = (order(), ContentVersion.objects.get().number)

    def fail(*_, **__):
        raise RuntimeError

    monkeypatch.setattr("django.db.models.query.QuerySet.bulk_update", fail)
    with pytest.raises(RuntimeError):
        wordings.move_area(
            area=areas["back"], places=-1, user=make_person("Administrator")
        )

    assert (order(), ContentVersion.objects.get().number) == before
