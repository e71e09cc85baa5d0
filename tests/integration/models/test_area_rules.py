"""An area that texts name, or that is offered, stays; and no area changes its slug."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from sessions.models import Area, AreaInUse, Clinic, Wording
from tests.factories import make_live_wording, make_stage_text, make_text, make_wording

pytestmark = pytest.mark.django_db
BODY = "Words.\n\n::: only area=spine\nFor a spine.\n:::"
FACTS = "applies:\n  area: spine\nkey_facts:"
FRONT = make_stage_text().replace("key_facts:", FACTS, 1)


@pytest.fixture
def spine() -> Area:
    return Area.objects.create(slug="spine", name="Spine")


DELETES = {
    "row": lambda: Area.objects.get(slug="spine").delete(),
    "rows": lambda: Area.objects.filter(slug="spine").delete(),
    "all rows": lambda: Area.objects.order_by("-pk").delete(),
}
every_delete = pytest.mark.parametrize("delete", DELETES.values(), ids=DELETES)


def refused(delete=DELETES["row"]) -> str:
    with pytest.raises(AreaInUse) as caught, transaction.atomic():
        delete()
    assert Area.objects.filter(slug="spine").exists()
    return str(caught.value.args[0])


@every_delete
def test_area_that_a_live_text_names_is_not_deleted(spine, delete):
    Clinic.objects.get().areas_offered.clear()
    make_live_wording(page="get-help", text=make_text(body=BODY))

    message = refused(delete)

    assert "get-help, line 8: patients read it." in message
    assert "Publish a text without it first." in message


@pytest.mark.parametrize(
    ("page", "text", "where"),
    [
        ("stages/recovery", FRONT, "stages/recovery, line 5"),
        ("after/spine", make_text(), "after/spine, the whole page"),
        (
            "risks",
            make_text(body=f":::: more Why\n{BODY}\n::::\n\n{BODY}"),
            "risks, lines 9, 16",
        ),
    ],
)
def test_refusal_names_each_line(spine, page, text, where):
    make_live_wording(page=page, text=text)

    assert f"{where}: patients read it." in refused()


def test_area_that_a_scheduled_text_names_is_not_deleted(spine):
    make_live_wording(page="risks", text=make_text())
    make_wording(
        page="risks", text=make_text(body=BODY), state=Wording.State.PUBLISHED,
        publish_from=datetime(2999, 1, 1, tzinfo=UTC),
    )  # fmt: skip

    assert "risks, line 8: scheduled." in refused()


@every_delete
def test_area_that_is_offered_is_not_deleted(spine, delete):
    Clinic.objects.get().areas_offered.add(spine)

    message = refused(delete)

    assert "The clinic offers it. Untick it on the clinic form first." in message


@pytest.mark.parametrize("state", ["draft", "withdrawn", "replaced", "other"])
def test_area_that_no_text_of_patients_names_is_deleted(spine, state):
    named = "hand" if state == "other" else "spine"
    text = make_text(body=BODY.replace("spine", named))
    if state == "draft":
        make_wording(page="risks", text=text)
    elif state == "withdrawn":
        make_live_wording(page="risks", text=text, state=state, withdrawn_reason="Old.")
    else:
        make_live_wording(page="risks", text=text)
    if state == "replaced":
        make_live_wording(page="risks", text=make_text())

    Area.objects.filter(slug="spine").delete()

    assert not Area.objects.filter(slug="spine").exists()


def test_slug_of_an_area_never_changes(spine):
    def by_query():
        Area.objects.filter(pk=spine.pk).update(slug="back")

    def by_row():
        spine.slug = "back"
        spine.save()

    for change in (by_query, by_row):
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            change()
    Area.objects.filter(pk=spine.pk).update(slug="spine", name="Back", position=9)
    assert Area.objects.get(slug="spine").name == "Back"
