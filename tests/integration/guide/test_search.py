"""What a reader is shown who searches: signs, answers, places, or where to begin."""

import logging

import pytest
from django.apps import apps

from sessions.guide.current import current_snapshot
from sessions.guide.search.engine import engine_of
from tests.factories import make_live_wording, make_stage_text, make_text
from tests.page import Page
from tests.search_rows import question, store_questions, store_synonyms

pytestmark = pytest.mark.django_db
CARD = """::: emergency
- **Bleeding** that spurts. {#bleeding}
:::

::: urgent
- **Fever** or chills. {#fever}
- **Hand:** throbbing. {#throbbing cells=fat}
:::
"""


@pytest.fixture
def risks():
    body = (
        "You may drive home.\n\n## Driving\n\nDo not drive after sedation.\n\n"
        "## Pay\n\nMoney."
    )
    return make_live_wording(page="risks", text=make_text(title="Risks", body=body))


@pytest.fixture
def card():
    text = make_text(title="When to get help", body=CARD)
    return make_live_wording(page="get-help", text=text)


def search(client, words: str, **answers: str) -> Page:
    return Page(client.get("/search/", {"q": words, **answers}))


def headings(page: Page) -> list[str]:
    return [heading.text_content() for heading in page.tree.cssselect("main h2")]


def links(page: Page, selector: str = ".found a") -> list[str]:
    return [link.text_content() for link in page.tree.cssselect(selector)]


# --- answers ---


def test_answer_stands_before_close_questions_and_places(client, risks):
    store_synonyms(little=["can", "i"])
    store_questions(
        question("pay", ask="Who pays?", also=["money", "cost", "bill"]),
        question("drive", leads="/risks/#driving"),
        question(
            "drive-later",
            ask="Can I drive home later?",
            also=["a", "b", "c"],
            leads="/risks/#pay",
        ),
    )

    page = search(client, "can i drive home")

    assert headings(page) == [
        "Our answer",
        "Questions close to this",
        "Other places, best first",
    ]
    assert links(page)[:2] == ["Can I drive home?", "Can I drive home later?"]
    first = page.tree.cssselect(".found a")[0]
    assert first.get("href") == "/risks/#driving"
    assert "Not yet checked by a clinician." in page.main


def test_each_result_has_one_link_the_name_of_its_page_and_a_passage(client, risks):
    store_questions(question())

    page = search(client, "drive sedation")

    results = page.tree.cssselect("ol.found > li")
    assert len(results) >= 2
    for result in results:
        assert len(result.cssselect("a")) == 1
        assert result.cssselect(".found__page")[0].text_content() == "Risks"
        assert result.cssselect("p")[0].text_content().strip()


def test_matched_words_of_a_place_are_marked(client, risks):
    page = search(client, "drivng")

    assert {mark.text for mark in page.tree.cssselect(".found mark")} == {"drive"}


def test_at_most_eight_results(real_content, client):
    for words in ("knee", "is it safe", "blood thinner", "fever", "pain after"):
        page = search(client, words)
        assert 1 <= len(page.tree.cssselect("ol.found > li")) <= 8


def test_what_was_typed_is_the_heading_as_words(client, risks):
    page = search(client, "<b>can</b> i")

    assert page.headings(1) == ["<b>can</b> i"]


def test_weak_match_is_close_and_not_our_answer(client, risks):
    store_questions(
        question(also=["driving a car home today", "b", "c"]),
        question("pay", ask="Who pays?", also=["money", "cost", "bill"]),
    )

    page = search(client, "sedation vehicle steering home")

    assert "Our answer" not in headings(page)


def test_question_for_other_readers_is_not_shown(client, risks):
    store_questions(
        question("fat", ask="Drive after fat?", also=["a", "b", "c"], cells=["fat"])
    )

    assert "Drive after fat?" in links(search(client, "drive", cells="fat"))
    assert "Drive after fat?" not in links(search(client, "drive", cells="prepared"))


def test_question_says_for_whom_it_is_while_that_is_unknown(client, risks):
    store_questions(question(cells=["fat"]))

    assert "Only for: Your fat" in search(client, "drive").main
    assert "Only for" not in search(client, "drive", cells="fat").main


def test_question_of_a_withdrawn_page_is_not_shown(client):
    make_live_wording(page="risks", state="withdrawn", withdrawn_reason="Wrong.")
    store_questions(question())

    assert "Can I drive home?" not in links(search(client, "can i drive home"))


def test_question_of_a_page_that_is_not_there_is_not_shown(client, risks):
    store_questions(question(leads="/options/"))

    assert "Can I drive home?" not in links(search(client, "can i drive home"))


def test_question_leads_to_the_page_where_its_section_is_gone(client, risks):
    store_questions(question(leads="/risks/#no-more"))

    page = search(client, "can i drive home")

    assert page.tree.cssselect(".found a")[0].get("href") == "/risks/"


def test_fold_is_a_place_of_its_own(real_content, client):
    page = search(client, "can i go home alone by taxi")

    hrefs = [link.get("href") for link in page.tree.cssselect(".found a")]
    assert "/stages/monitoring/#can-i-go-home-alone-by-taxi" in hrefs


@pytest.mark.parametrize(
    ("words", "title"),
    [("septic arthritis", "Septic arthritis"), ("Sédation", "Sedation")],
)
def test_meaning_of_a_word_is_among_the_places(real_content, client, words, title):
    assert title in links(search(client, words))


def test_every_place_found_is_there(real_content, client):
    page = search(client, "thumb", area="hand")

    for link in page.tree.cssselect(".found a"):
        path, _, anchor = link.get("href").partition("#")
        assert "area=hand" in path
        target = Page(client.get(path))
        assert not anchor or target.has(f"[id='{anchor}']")


def test_search_keeps_to_the_answers(client):
    body = "::: only cells=fat\nLiposuction.\n:::"
    make_live_wording(text=make_stage_text(body=body))

    assert links(search(client, "liposuction", cells="fat"))
    assert not links(search(client, "liposuction", cells="prepared"))


def test_withdrawn_page_is_no_place(client):
    text = make_text(body="Unicorns.")
    make_live_wording(
        page="about", text=text, state="withdrawn", withdrawn_reason="Wrong."
    )

    assert not links(search(client, "unicorns"))


# --- signs ---


def test_symptom_puts_the_number_and_the_line_of_the_card_first(client, card, risks):
    store_synonyms(symptoms=[{"sign": "bleeding", "any": ["blood everywhere"]}])

    page = search(client, "everywhere is blod and blood")

    main = page.tree.cssselect("main")[0]
    [bar] = main.cssselect(".help-bar")
    first = main.cssselect("ol.found > li")[0]
    order = list(main.iter())
    assert order.index(bar) < order.index(first)
    assert first.cssselect("a")[0].get("href") == "/get-help/#sign-bleeding"
    assert "Call 911 (US), 999 (UK) or 112 (EU) now" in first.text_content()


def test_line_of_the_card_that_a_sign_leads_to_is_there(client, card):
    target = Page(client.get("/get-help/"))

    assert (
        target.tree.get_element_by_id("sign-bleeding")
        .text_content()
        .startswith("Bleeding")
    )


def test_question_about_a_sign_has_its_line_and_no_written_answer(client, card, risks):
    store_questions(
        question("fever", ask="I have a fever.", also=["hot", "b", "c"], sign="fever"),
        question("normal", ask="Is a fever normal?", also=["a", "b", "c"]),
    )

    page = search(client, "i have a fever")

    assert "Our answer" not in headings(page)
    assert links(page)[0] == "Fever"
    assert "After sedation, no." not in page.main
    assert "Clinic today (no answer: emergency department)" in page.main


def test_line_for_other_readers_is_left_out_and_the_number_stays(client, card):
    store_synonyms(symptoms=[{"sign": "throbbing", "any": ["throbs"]}])

    page = search(client, "it throbs", cells="prepared")

    assert page.has(".help-bar") and not page.has("a[href*=sign-throbbing]")


def test_harmless_word_keeps_help_from_standing_first(client, card, risks):
    store_synonyms(
        symptoms=[{"sign": "bleeding", "any": ["blood"], "not": ["thinner"]}]
    )

    assert search(client, "blood").has(".help-bar")
    assert not search(client, "blood thinner").has(".help-bar")


# --- nothing found, nothing typed ---


def test_nothing_found_offers_questions_help_and_the_telephone(client, risks):
    store_questions(question())

    page = search(client, "xylophone")

    assert "Nothing found for “xylophone”." in page.main
    assert links(page) == ["Can I drive home?"]
    assert page.has("main a[href='/get-help/']")
    assert "Ring the number on your appointment letter." in page.main


def test_empty_search_has_three_starting_points(client, risks):
    page = search(client, "  ")

    starts = [a.get("href") for a in page.tree.cssselect("main ul a")]
    assert starts == ["/", "/checklist/", "/risks/"]


def test_search_without_rows_finds_places(client, risks):
    page = search(client, "sedation")

    assert links(page) == ["Driving"]
    assert headings(page) == ["Places, best first"]


@pytest.mark.parametrize(
    "words",
    ["", "   ", "???", "zzzz", "a" * 3900, "\0", "<b>x</b>", "1", "é", "to the"],
)
def test_search_answers_anything_kindly(real_content, client, words):
    response = client.get("/search/", {"q": words})

    assert response.status_code == 200
    assert "<b>x</b>" not in response.content.decode()
    assert "no-store" in response["Cache-Control"]


# --- nothing is kept ---


def test_nothing_of_a_query_is_stored_logged_or_kept(client, risks, caplog):
    store_questions(question())
    caplog.set_level(logging.DEBUG)
    models = apps.get_app_config("stemguide_sessions").get_models(True)
    before = {model: model._base_manager.count() for model in models}

    response = client.get("/search/", {"q": "drive zebrafish"})

    lexicon = engine_of(current_snapshot()).lexicon
    assert before == {model: model._base_manager.count() for model in before}
    assert "zebrafish" not in caplog.text
    assert "zebrafish" not in str(vars(lexicon))
    assert not response.cookies
