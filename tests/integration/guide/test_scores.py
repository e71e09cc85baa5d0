"""How we score: the ratings that are stored, as patients read them."""

import json

import pytest
import yaml
from django.core.management import call_command
from django.db import connection

from sessions.documents.scorecards import INSTRUMENTS, read_scorecard
from sessions.models import ContentVersion, Ratings
from tests.factories import make_live_wording, make_text
from tests.page import Page
from tests.unit.documents.test_scorecards import make_card, make_older, make_rating

pytestmark = pytest.mark.django_db
ADDRESS = "/about/how-we-score/"
NOT_LOADED = "They come with the content, when load_content runs."


def store(name: str, text: str) -> None:
    card, faults = read_scorecard(name, text)
    assert card is not None, faults
    Ratings.objects.create(name=name, data=card.model_dump(mode="json"))


def store_subjects(instrument: str, **subjects: tuple[dict, dict]) -> None:
    """Stores what "one" and "two" scored below the best, by subject."""
    rated = {
        subject.replace("_", "/"): {
            "one": make_rating(instrument, scores=one),
            "two": make_rating(instrument, scores=two),
        }
        for subject, (one, two) in subjects.items()
    }
    names = {item: f"Point {item}" for item in INSTRUMENTS[instrument].items}
    store(instrument, make_card(instrument, subjects=rated, items=names))


def rows(page: Page) -> list[list[str]]:
    """The cells of each row, as they read on a wide screen."""
    for label in page.tree.cssselect(".table__label"):
        label.drop_tree()
    return [
        [" ".join(cell.text_content().split()) for cell in row]
        for row in page.tree.cssselect("main tbody tr")
    ]


def notes(page: Page, heading: str) -> list[str]:
    [list_] = [h.getnext() for h in page.tree.iter("h3") if h.text == heading]
    return [" ".join(item.text_content().split()) for item in list_]


def look(client) -> Page:
    return Page(client.get(ADDRESS))


def test_totals_of_both_are_added_up_and_shown_with_pass_marks(client):
    make_live_wording(page="risks", text=make_text(title="Risks"))
    store_subjects("cdc-index", risks=({"1": "0", "2": "0"}, {"20": "n/a"}))
    store_subjects("discern", guide_hand=({"1": "3"}, {}), guide_joint=({}, {}))

    found = rows(look(client))

    assert found == [
        ["Risks", "90% and 100%"],
        ["Pass mark", "90%"],
        [
            "Whole guide, sore joint",
            "75 and 75 of 75",
            "5 and 5 of 5",
        ],
        [
            "Whole guide, sore hand",
            "73 and 75 of 75",
            "5 and 5 of 5",
        ],
    ]


def test_instrument_without_a_pass_mark_says_so(client):
    store_subjects("ipdas", guide_hand=({"q1": "no"}, {}))
    store_subjects("discern", guide_hand=({}, {}))

    page = look(client)

    assert rows(page)[-1] == ["Pass mark", "6 of 6", "6 of 6", "none"]
    assert page.main.count("There is no pass mark.") == 1


def test_weak_points_and_differences_are_named(client):
    store_subjects(
        "pemat-p",
        home=({"1": "0", "2": "0", "3": "0"}, {"1": "0", "3": "0"}),
        risks=({"1": "0", "3": "0", "6": "n/a"}, {"1": "0", "3": "0"}),
        options=({"1": "0", "3": "0", "7": "0"}, {"1": "0", "3": "0", "7": "0"}),
        checklist=({"3": "0"}, {"3": "0"}),
    )

    page = look(client)

    assert notes(page, "Weak points") == [
        "Point 1 (3 pages)",
        "Point 3",
        "Point 7 (options)",
    ]
    assert notes(page, "Where they differ") == ["Point 2 (home)", "Point 6 (risks)"]


def test_points_on_a_scale_are_told_where_they_differ(client):
    store_subjects(
        "discern",
        guide_joint=({"4": "2", "5": "4", "6": "4"}, {"4": "3"}),
        guide_hand=({"5": "4", "6": "4"}, {"5": "4"}),
    )

    page = look(client)

    assert notes(page, "Weak points") == ["Point 4 (joint)"]
    assert notes(page, "Where they differ") == [
        "Point 4 (joint 2 and 3)",
        "Point 5 (joint 4 and 5)",
        "Point 6 (4 and 5)",
    ]


def test_page_of_another_area_is_not_linked_and_one_without_a_text_is_named(client):
    make_live_wording(
        page="after/hand", text=make_text(title="Hand", applies="applies: {area: hand}")
    )
    store_subjects("cdc-index", after_hand=({}, {}), gone=({}, {}))

    page = Page(client.get(f"{ADDRESS}?area=joint"))

    assert [row[0] for row in rows(page)] == ["Hand", "Gone", "Pass mark"]
    assert not page.has("main tbody a")


# --- ratings that are missing, older or broken ---


def test_without_ratings_the_page_says_how_they_come(client):
    page = look(client)

    assert NOT_LOADED in page.main
    assert "Nobody outside the project has rated this guide." in page.main


def test_rows_of_version_0_2_0_stay_and_are_not_shown(client):
    """Its workers read each row, and could not read the form of today."""
    data = yaml.safe_load(make_older())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO stemguide_sessions_scorecard (name, data) VALUES (%s, %s)",
            ["pemat-p", json.dumps(data)],
        )

    before = look(client)
    call_command("load_content")
    after = look(client)

    with connection.cursor() as cursor:
        cursor.execute("SELECT name, data FROM stemguide_sessions_scorecard")
        [(name, kept)] = cursor.fetchall()
    assert NOT_LOADED in before.main and NOT_LOADED not in after.main
    assert (name, json.loads(kept) if isinstance(kept, str) else kept) == (
        "pemat-p",
        data,
    )


def broken_row(fault: str) -> dict:
    """A row as it was stored by another version."""
    if fault == "older form":
        return yaml.safe_load(make_older("discern"))
    data = yaml.safe_load(make_card("discern"))
    if fault == "item":
        del data["subjects"]["risks"]["one"]["scores"]["7"]
    return data


@pytest.mark.parametrize(
    ("name", "fault"),
    [("discern", "older form"), ("discern", "item"), ("stars", "instrument")],
)
def test_row_that_cannot_be_read_is_left_out_and_logged(client, caplog, name, fault):
    make_live_wording(page="home", text=make_text(title="Home"))
    store_subjects("cdc-index", risks=({}, {}))
    Ratings.objects.create(name=name, data=broken_row(fault))

    page, home = look(client), client.get("/")

    assert home.status_code == 200
    named = {instrument.name for instrument in INSTRUMENTS.values()}
    assert named & set(page.headings(2)) == {"CDC Clear Communication Index"}
    assert f"The ratings by {name} cannot be read." in caplog.text


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_older_file_of_a_clinic_is_shown_as_scores_of_one_person(client, name):
    make_live_wording(page="risks", text=make_text(title="Risks"))
    item = INSTRUMENTS[name].items[0]
    worst = INSTRUMENTS[name].scores[-1 if name == "discern" else 1]
    store(name, make_older(name, scores={item: worst}))

    page = look(client)

    assert "A member of the project, 20 November 2026." in page.main
    assert not any(" and " in cell for row in rows(page) for cell in row)
    assert page.headings(3) == ["Weak points"]


def test_ratings_that_are_gone_from_the_files_are_gone_from_the_page(client):
    store("cdc-index", make_card("cdc-index", rated_by="Somebody we forgot"))
    before = ContentVersion.objects.get().number

    call_command("load_content")

    assert "Somebody we forgot" not in look(client).main
    assert ContentVersion.objects.get().number > before
