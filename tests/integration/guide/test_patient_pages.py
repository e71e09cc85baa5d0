"""What a patient sees, page by page, for their answers."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from sessions.models import Area, Clinic, Wording
from tests.factories import (
    make_live_wording,
    make_page,
    make_person,
    make_stage_text,
    make_text,
    make_wording,
)
from tests.page import Page

pytestmark = pytest.mark.django_db


def make_pathway() -> None:
    for kind in ("preparation", "harvesting", "injection"):
        applies = "applies: {cells: [bone-marrow, fat]}" if kind == "harvesting" else ""
        text = make_stage_text(kind, applies=applies)
        make_live_wording(page=f"stages/{kind}", text=text)


def test_stage_page_links_to_the_stages_either_side(client):
    make_pathway()

    page = Page(client.get("/stages/harvesting/?area=hand"))

    assert page.link(rel="prev").href == "/stages/preparation/?area=hand"
    assert page.link(rel="next").href == "/stages/injection/?area=hand"


def test_last_stage_leads_to_the_checklist(client):
    make_pathway()

    page = Page(client.get("/stages/injection/"))

    assert page.link(rel="next").href == "/checklist/"


def test_a_stage_says_which_step_it_is(client):
    make_pathway()

    assert "Step 2 of 3" in Page(client.get("/stages/harvesting/")).main


def test_warm_stage_page_asks_the_database_once(client, django_assert_num_queries):
    make_pathway()
    client.get("/stages/preparation/")

    with django_assert_num_queries(1):
        client.get("/stages/preparation/")


def test_warm_home_page_asks_the_database_once(
    real_content, client, django_assert_num_queries
):
    client.get("/")

    with django_assert_num_queries(1):
        client.get("/?area=hand")


def test_harvesting_is_not_needed_for_prepared_cells(real_content, client):
    page = Page(client.get("/stages/harvesting/?area=hand&cells=prepared"))

    assert "Not needed at this visit." in page.main
    assert "they were taken at an earlier visit" in page.main
    assert page.link("Read the full page").href == "/stages/harvesting/?area=hand"
    assert "Not needed for you" in Page(client.get("/?cells=prepared")).main


def test_numbers_of_the_stages_stay_when_one_is_not_needed(real_content, client):
    page = Page(client.get("/stages/injection/?cells=prepared"))

    assert "Step 4 of 7" in page.main


def test_home_lists_the_seven_stages_in_order(real_content, client):
    page = Page(client.get("/"))

    titles = [e.text_content() for e in page.tree.cssselect(".stage-list__title")]
    assert titles == [
        "Consultation",
        "Preparation",
        "Harvesting",
        "Injection",
        "Monitoring",
        "Recovery",
        "Follow-up",
    ]


def test_home_says_what_is_not_known_before_anything_else(real_content, client):
    words = Page(client.get("/")).main

    for statement in ("not approved", "not proven", "some people feel no change"):
        assert words.index(statement) < words.index("Show what fits you")


def test_home_lists_stages_by_title_alone(real_content, client):
    page = Page(client.get("/"))

    assert not page.has(".stage-list__summary")


@pytest.mark.parametrize(
    ("query", "is_folded"), [("", False), ("?area=hand", True), ("?cells=fat", True)]
)
def test_home_folds_its_two_questions_once_one_has_an_answer(
    real_content, client, query, is_folded
):
    page = Page(client.get(f"/{query}"))

    assert page.has(".your-answers form")
    assert page.has(".your-answers details form") == is_folded
    assert ("Change your answers" in page.main) == is_folded


def test_home_asks_openly_what_a_clinic_leaves_open(client, real_content):
    Clinic.objects.get().areas_offered.set([Area.objects.get(slug="hand")])

    page = Page(client.get("/"))

    assert page.has(".your-answers form") and not page.has(".your-answers details")


def test_only_blocks_follow_the_answers(client):
    body = "::: only cells=fat\nFrom fat.\n:::\n\n::: only cells=prepared\nReady.\n:::"
    make_live_wording(text=make_stage_text(body=body))

    fat = Page(client.get("/stages/recovery/?cells=fat"))
    unsure = Page(client.get("/stages/recovery/"))

    assert "From fat." in fat.main and "Ready." not in fat.main
    assert not fat.has(".only")
    assert "Only for: Your fat" in unsure.main and "Ready." in unsure.main


def test_answers_are_shown_and_can_be_changed(real_content, client):
    page = Page(client.get("/risks/?area=hand&cells=fat"))

    assert "Showing: Hand, your fat. Change" in page.main
    assert page.link("Change").href == "/?area=hand&cells=fat#your-answers"


@pytest.mark.parametrize(
    "query",
    [
        "area=nose",
        "cells=gold",
        "area=%00",
        "area='%3E%3Cscript%3E",
        "cells=fat&area=x",
    ],
)
def test_unknown_answers_are_passed_over_with_a_notice(real_content, client, query):
    page = Page(client.get(f"/stages/recovery/?{query}"))

    assert "Part of the address was not understood" in page.main
    assert "<script>" not in page.source and "nose" not in page.source


def test_parameters_we_do_not_know_change_nothing(real_content, client):
    plain = client.get("/risks/?area=hand")
    tracked = client.get("/risks/?area=hand&utm_source=mail&fbclid=1")

    assert plain.content == tracked.content


def test_unknown_address_is_404_with_ways_on(real_content, client):
    response = client.get("/stages/surgery/")

    page = Page(response)
    assert response.status_code == 404
    assert page.headings(1) == ["There is no page here"]
    assert page.link("When to get help").href == "/get-help/"


def test_clinic_that_offers_one_thing_does_not_ask(client, real_content):
    clinic = Clinic.objects.get()
    clinic.areas_offered.set([Area.objects.get(slug="hand")])
    Clinic.objects.update(offers_fat=False, offers_prepared=False)

    page = Page(client.get("/"))

    assert not page.has("fieldset")
    assert "Showing: Hand, your bone marrow." in page.main


def test_blank_clinic_still_says_whom_to_ring(real_content, client):
    page = Page(client.get("/get-help/"))

    assert "Ring the number on your appointment letter." in page.main
    assert "Call 911 (US), 999 (UK) or 112 (EU)" in page.main


def test_clinic_numbers_stand_in_the_care_cards(real_content, client):
    Clinic.objects.update(
        name="Example Clinic",
        telephone="+1 555 010 0199",
        out_of_hours_telephone="555 010 0100",
        emergency_number="911",
    )

    page = Page(client.get("/stages/monitoring/"))

    assert page.link("911").href == "tel:911"
    assert page.link("+1 555 010 0199").href == "tel:+15550100199"
    assert "When the clinic is closed, call 555 010 0100." in page.main
    assert "Example Clinic" in page.title


def test_withdrawn_stage_shows_its_notice(client):
    make_pathway()
    make_live_wording(
        page="stages/harvesting",
        state=Wording.State.WITHDRAWN,
        withdrawn_reason="The advice on bathing was wrong.",
    )

    response = client.get("/stages/harvesting/")

    page = Page(response)
    assert response.status_code == 200
    assert "The advice on bathing was wrong." in page.main
    assert page.link(rel="next").href == "/stages/injection/"
    assert "Get help" in page.headings(2)


def test_scheduled_wording_shows_from_its_moment(client):
    make_live_wording(text=make_stage_text(body="The old words."))
    make_wording(
        text=make_stage_text(body="The new words."),
        state=Wording.State.PUBLISHED,
        publish_from=datetime(2026, 5, 1, 9, tzinfo=UTC),
    )

    with time_machine.travel(datetime(2026, 5, 1, 8, 59, 50, tzinfo=UTC), tick=False):
        before = client.get("/stages/recovery/")
    with time_machine.travel(datetime(2026, 5, 1, 9, 0, 1, tzinfo=UTC), tick=False):
        after = client.get("/stages/recovery/")

    assert "The old words." in Page(before).main
    assert "The new words." in Page(after).main


def test_draft_is_never_shown_even_to_staff(client):
    make_live_wording(text=make_stage_text(body="What is live."))
    make_wording(text=make_stage_text(body="A draft."))
    client.force_login(make_person("Administrator"))

    assert "A draft." not in Page(client.get("/stages/recovery/")).main


def test_checked_page_says_by_whom_and_when(client):
    make_live_wording(
        reviewer=make_person(),
        reviewer_role="Hand surgeon",
        approved_on=date(2026, 2, 3),
        review_due=date(2999, 2, 3),
    )

    words = Page(client.get("/stages/recovery/")).main

    assert "Checked by Hand surgeon on 3 February 2026." in words
    assert "Next check due 3 February 2999." in words
    assert "Not yet checked" not in words and "overdue" not in words


def test_overdue_page_says_so(client):
    make_live_wording(
        reviewer=make_person(),
        reviewer_role="Hand surgeon",
        approved_on=date(2025, 2, 3),
        review_due=date(2026, 2, 3),
    )

    assert "overdue for its check" in Page(client.get("/stages/recovery/")).main


def test_words_of_the_text_are_escaped(client):
    hostile = 'Press & hold \\<b>now\\</b> "quoted" `<i>`'
    make_live_wording(text=make_stage_text(body=hostile))

    source = client.get("/stages/recovery/").content.decode()

    assert "<b>now" not in source and "&lt;b&gt;now" in source
    assert "<i>" not in source


def test_page_without_content_is_not_there_yet(client):
    assert client.get("/checklist/").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_reading_pages_takes_only_get_and_head(client, method):
    make_page("risks")

    assert getattr(client, method)("/risks/").status_code == 405


def test_head_answers_without_a_body(real_content, client):
    response = client.head("/risks/")

    assert response.status_code == 200 and not response.content


def test_table_keeps_its_headings_for_narrow_screens(client):
    body = "| Sign | Do |\n|---|--:|\n| Pain | Call |"
    make_live_wording(page="about", text=make_text(body=body))

    page = Page(client.get("/about/"))

    assert page.tree.cssselect("td.align-end")[0].text_content() == "Do: Call"
    assert "style=" not in page.source


def test_help_cards_bring_the_signs_for_the_readers_area_along(client):
    signs = (
        "## Call\n\n::: emergency\nCall for:\n\n- Chest pain.\n:::\n\n"
        ":::: only area=hand\n::: warning\nA cold finger.\n:::\n::::\n\n"
        "::: routine\nTell them:\n\n- A bruise.\n:::\n\n## Other\n\nMore."
    )
    make_live_wording(page="get-help", text=make_text(body=signs))
    make_live_wording(text=make_stage_text())

    hand = Page(client.get("/stages/recovery/?area=hand")).main
    joint = Page(client.get("/stages/recovery/?area=joint")).main

    assert "Chest pain." in hand and "Chest pain." in joint
    assert "A cold finger." in hand and "A cold finger." not in joint
    assert "A bruise." not in hand
