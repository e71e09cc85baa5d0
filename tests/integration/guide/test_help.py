"""The help bar and the help card: where they stand. Nothing switches them off."""

import pytest

from sessions.models import Clinic, Wording
from tests.conftest import ROOT
from tests.factories import make_live_wording, make_stage_text, make_text
from tests.page import Page, words

pytestmark = pytest.mark.django_db
HELP = (ROOT / "content" / "en" / "get-help.md").read_text()
OLD_SIGN = "If pain or heat gets worse after 2 to 3 days, call the same day."
OLD_CARD = "## Call\n\n::: emergency\nCall for:\n\n- Chest pain that is ours.\n:::\n"
RED = "Chest pain , trouble breathing, coughing blood."
"""A line of the card that ships, as a page's text is read in tests."""


@pytest.fixture(autouse=True)
def clinic(db):
    Clinic.objects.update(emergency_number="911")


def page_at(client, address):
    return Page(client.get(address))


def count_of(page, selector):
    return len(page.tree.cssselect(selector))


def has_card(page):
    lines = [words(item) for item in page.tree.cssselect(".care-card--emergency li")]
    return any(line.replace(" ,", ",").startswith("Chest pain, ") for line in lines)


def order_of(page, *selectors):
    """The positions of elements in the source of the page."""
    every = list(page.tree.iter())
    return [every.index(page.tree.cssselect(selector)[0]) for selector in selectors]


@pytest.mark.parametrize("kind", ["monitoring", "recovery"])
def test_bar_is_on_top_and_card_after_what_can_go_wrong(client, kind):
    make_live_wording(page="get-help", text=HELP)
    make_live_wording(page=f"stages/{kind}", text=make_stage_text(kind))

    page = page_at(client, f"/stages/{kind}/")

    assert has_card(page) and count_of(page, ".help-bar") == 1
    places = order_of(
        page, ".help-bar", "#in-short", "#what-can-go-wrong", "#all-signs", "#get-help"
    )
    assert places == sorted(places)
    assert page.tree.cssselect(".help-bar a[href='#all-signs']")


@pytest.mark.parametrize("name", ["risks", "after/hand"])
def test_page_without_that_section_has_both_on_top(client, name):
    make_live_wording(page=name, text=make_text(body="## Words\n\nSome."))

    page = page_at(client, f"/{name}/")

    places = order_of(page, ".help-bar", "#all-signs", "#words")
    assert places == sorted(places) and has_card(page)


def test_other_stage_has_the_bar_alone(client):
    make_live_wording(page="get-help", text=HELP)
    make_live_wording(page="stages/injection", text=make_stage_text("injection"))

    page = page_at(client, "/stages/injection/?area=hand&cells=fat")

    places = order_of(page, "#what-can-go-wrong", ".help-bar", "#get-help")
    assert places == sorted(places) and count_of(page, ".care-card") == 0
    (link,) = page.tree.cssselect(".help-bar a[href^='/get-help/']")
    assert link.get("href") == "/get-help/?area=hand&cells=fat"


def test_help_page_begins_with_the_card_and_has_no_bar(client):
    make_live_wording(page="get-help", text=HELP)

    page = page_at(client, "/get-help/")

    assert count_of(page, "#all-signs") == 1 and count_of(page, ".help-bar") == 0
    assert count_of(page, ".care-card") == 4
    places = order_of(page, "h1", "#all-signs", "#first-aid")
    assert places == sorted(places)


def test_card_comes_first_wherever_the_wording_puts_it(client):
    start, card, end = HELP.partition("::: emergency")
    last = end.index("If your clinic's instructions")
    moved = start + end[last:] + "\n## Signs\n\n" + card + end[:last]
    make_live_wording(page="get-help", text=moved)

    page = page_at(client, "/get-help/")

    places = order_of(page, "#all-signs", ".care-card", "#first-aid")
    assert places == sorted(places) and count_of(page, ".care-card") == 4


@pytest.mark.parametrize(
    ("answers", "words_of_limb"),
    [
        ("?area=hand", "white or cold finger,"),
        ("?area=joint", "white or cold toes,"),
        ("", "white or cold finger, toe,"),
    ],
)
def test_bar_has_forty_words_at_most(client, answers, words_of_limb):
    make_live_wording(page="stages/recovery", text=make_stage_text())

    page = page_at(client, f"/stages/recovery/{answers}")

    bar = [words(line) for line in page.tree.cssselect(".help-bar p")[:2]]
    text = " ".join(bar)
    assert words_of_limb in text and "Call 911" in text
    assert len(text.replace(" :", ":").replace(" .", ".").split()) <= 40


def test_uk_page_says_where_to_go_there(client):
    Clinic.objects.update(country="uk", emergency_number="999")
    make_live_wording(page="get-help", text=HELP)

    page = page_at(client, "/get-help/")

    assert "A&E now" in page.main and "Call 999 now" in page.main.replace("  ", " ")
    assert "(38 °C)" in page.main and "°F" not in page.main


@pytest.mark.parametrize("state", ["missing", "withdrawn"])
def test_card_that_ships_stands_in_for_a_help_page_that_is_away(client, state):
    if state == "withdrawn":
        wording = make_live_wording(page="get-help", text=HELP)
        Wording.objects.filter(pk=wording.pk).update(
            state=Wording.State.WITHDRAWN, withdrawn_reason="Wrong."
        )
    make_live_wording(text=make_stage_text())

    assert has_card(page_at(client, "/stages/recovery/"))


def test_older_help_page_stays_in_its_shape(client):
    make_live_wording(page="get-help", text=make_text(body=OLD_CARD))
    make_live_wording(text=make_stage_text())

    own, stage = page_at(client, "/get-help/"), page_at(client, "/stages/recovery/")

    assert "Chest pain that is ours." in own.main
    assert count_of(own, ".care-card") == 1
    assert "Chest pain that is ours." in stage.main and not has_card(stage)


def test_help_page_with_a_withdrawn_sentence_is_under_todays_card(client):
    text = make_text(body=f"{OLD_CARD}\n{OLD_SIGN}")
    make_live_wording(page="get-help", text=text)
    make_live_wording(text=make_stage_text())

    own, stage = page_at(client, "/get-help/"), page_at(client, "/stages/recovery/")

    assert "Chest pain that is ours." in own.main and OLD_SIGN in own.main
    assert has_card(own) and has_card(stage)
    assert own.main.index("Warning signs") < own.main.index("that is ours")


@pytest.mark.parametrize("name", ["home", "options", "stages/injection", "checklist"])
def test_page_with_a_withdrawn_sentence_is_under_bar_and_card(client, name):
    make_live_wording(page="get-help", text=HELP)
    body = f"## First\n\n{OLD_SIGN}"
    text = make_text(body=body)
    if name.startswith("stages/"):
        text = make_stage_text("injection", body=OLD_SIGN)
    make_live_wording(page=name, text=text)

    page = page_at(client, "/" if name == "home" else f"/{name}/")

    assert has_card(page) and count_of(page, "#all-signs") == 1
    assert count_of(page, ".help-bar") == 1 and OLD_SIGN in page.main
    assert page.main.index("Warning signs") < page.main.index(OLD_SIGN)


@pytest.mark.parametrize("is_unsafe", [True, False])
@pytest.mark.parametrize(
    ("page", "name"),
    [("home", "clinic/areas/knee"), ("money-and-approval", "clinic/funding")],
)
def test_page_that_shows_an_unsafe_text_is_under_card(client, page, name, is_unsafe):
    says = OLD_SIGN if is_unsafe else "Getting worse is not normal."
    make_live_wording(page="get-help", text=HELP)
    make_live_wording(page=page, text=make_text(body="## First\n\nWords."))
    text = f'---\ntitle: Knee\nsummary: "{says}"\n---\n\n{says}\n'
    make_live_wording(page=name, text=text)

    shown = page_at(client, "/" if page == "home" else f"/{page}/")

    assert has_card(shown) == is_unsafe
    assert count_of(shown, "#all-signs") == is_unsafe


@pytest.mark.parametrize("name", ["get-help", "stages/recovery"])
def test_paper_has_bar_and_card_with_a_withdrawn_sentence(client, name):
    text = (
        make_text(body=OLD_SIGN)
        if name == "get-help"
        else make_stage_text(body=OLD_SIGN)
    )
    make_live_wording(page=name, text=text)

    page = page_at(client, f"/{name}/print/")

    assert has_card(page) and count_of(page, ".help-bar") == 1


@pytest.mark.parametrize("body", ["Words.", "Words.\n\n## One\n\nA.\n\n## Two\n\nB."])
def test_page_without_a_word_on_help_has_the_bar_all_the_same(client, body):
    make_live_wording(page="get-help", text=HELP)
    make_live_wording(page="privacy", text=make_text(body=body))

    page = page_at(client, "/privacy/")

    assert count_of(page, ".help-bar") == 1 and count_of(page, ".care-card") == 0
    if "## Two" in body:
        places = order_of(page, "#two", ".help-bar")
        assert places == sorted(places)


@pytest.mark.parametrize("name", ["checklist", "diary", "visit"])
@pytest.mark.parametrize(
    "body", ["Words.", "## One\n\nA.", "## What can go wrong\n\nPain."]
)
def test_page_with_the_bar_in_its_frame_has_it_once(client, name, body):
    make_live_wording(page="get-help", text=HELP)
    make_live_wording(page=name, text=make_text(body=body))

    page = page_at(client, f"/{name}/")

    assert count_of(page, ".help-bar") == 1 and count_of(page, ".care-card") == 0


def test_stage_with_unsafe_lines_of_the_checklist_is_under_bar_and_card(client):
    make_live_wording(page="get-help", text=HELP)
    line = f"- [ ] Look at it. {{#look day=1}}\n\n  {OLD_SIGN}\n\n- [ ] Eat. {{#eat}}"
    make_live_wording(page="checklist", text=make_text(body=line))
    for kind, task in (("injection", "look"), ("preparation", "eat")):
        text = make_stage_text(kind, body=f"::: tasks\n- {task}\n:::")
        make_live_wording(page=f"stages/{kind}", text=text)

    unsafe = page_at(client, "/stages/injection/")
    other = page_at(client, "/stages/preparation/")

    assert unsafe.main.index("Warning signs") < unsafe.main.index(OLD_SIGN)
    assert count_of(unsafe, ".help-bar") == 1 and has_card(unsafe)
    assert count_of(other, ".help-bar") == 1 and not has_card(other)
