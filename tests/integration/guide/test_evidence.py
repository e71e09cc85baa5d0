"""Claims, choices, words explained, and the two depths of a page."""

import pytest
from django.db.models import F

from sessions.documents.register import Claim
from sessions.models import ContentVersion, RegisterEntry
from tests.factories import make_live_wording, make_stage_text, make_text
from tests.page import Page

pytestmark = pytest.mark.django_db
FIELDS = ["Choice", "What may get better", "What may go wrong", "What it takes"]
GLOSSARY = make_text(
    title="Words",
    body="## Sedation\n\nMedicine that makes you sleepy.\n\n"
    "## Tendon\n\nA strong cord.\n\nAlso called: sinew, cord.\n",
)


def texts(page: Page, selector: str) -> list[str]:
    return [" ".join(e.text_content().split()) for e in page.tree.cssselect(selector)]


# --- claims ---


def test_every_claim_is_listed_under_its_topic_and_opens(real_content, client):
    page = Page(client.get("/evidence/?area=hand"))

    links = [a for a in page.links() if a.href.startswith("/evidence/")]
    opened = {a.href.split("/")[2] for a in links if a.href.count("/") == 3}
    claims = RegisterEntry.objects.claims()
    assert opened == {row.name for row in claims}
    assert set(page.headings(2)) >= {row.data["topic"] for row in claims}


def test_claim_page_tells_what_was_studied_found_and_not_told(real_content, client):
    row = RegisterEntry.objects.get(name="knee-cells-against-steroid")
    claim = Claim.model_validate(row.data)

    page = Page(client.get(f"/evidence/{row.name}/"))

    for words in (claim.who, claim.number, claim.how_long, claim.result):
        assert words in page.main
    assert claim.does_not_tell in page.main
    assert f"How sure: {claim.certainty.lower()}." in page.main
    assert "Last looked up: 20 November 2026." in page.main
    assert any(a.href.startswith("https://") for a in page.links())


def change_claim(name: str, **fields: object) -> None:
    row = RegisterEntry.objects.get(name=name)
    row.data |= fields
    row.save()


PLACES = ("/evidence/", "/evidence/no-approval-for-joints/", "/risks/")


@pytest.mark.parametrize("path", PLACES)
def test_fact_says_when_it_was_looked_up_and_unknown_says_nothing(
    real_content, client, path
):
    body = "::: claim no-approval-for-joints\n:::\n"
    make_live_wording(page="risks", text=make_text(title="Risks", body=body))

    change_claim("no-approval-for-joints", certainty="Fact", checked="2026-10-02")
    fact = Page(client.get(path)).main
    change_claim("no-approval-for-joints", certainty="Not known")
    ContentVersion.objects.update(number=F("number") + 1)
    unknown = Page(client.get(path)).main

    assert "Fact, last looked up: 2 October 2026." in fact
    assert "Fact, last looked up: 2 October 2026." not in unknown
    assert "How sure: fact" not in fact and "How sure: not known" not in unknown


def test_claim_page_says_how_much_of_its_sources_was_read(real_content, client):
    change_claim("hand-no-large-trial", checked="2026-11-30", read="record")

    page = Page(client.get("/evidence/hand-no-large-trial/"))

    assert "Last looked up: 30 November 2026. Read: record." in page.main


def test_older_name_of_a_claim_shows_the_one_that_replaced_it(real_content, client):
    change_claim("hand-no-large-trial", replaces=["hand-trials"])
    claim = RegisterEntry.objects.get(name="hand-no-large-trial").data["claim"]
    body = "::: claim hand-trials\n:::\n\n::: claim never-was\n:::\n"
    make_live_wording(page="risks", text=make_text(title="Risks", body=body))

    page = Page(client.get("/risks/"))

    assert texts(page, ".claim__words") == [claim]
    assert claim in Page(client.get("/evidence/hand-trials/")).main


def test_every_claim_page_answers(real_content, client):
    for name in RegisterEntry.objects.claims().values_list("name", flat=True):
        assert client.get(f"/evidence/{name}/").status_code == 200


def test_one_source_of_a_stage_is_counted_as_one(real_content, client):
    name = RegisterEntry.objects.sources().values_list("name", flat=True)[0]
    make_live_wording(text=make_stage_text(sources=f"sources: [{name}]"))

    page = Page(client.get("/stages/recovery/"))

    assert "Where these facts come from: 1 source, with years" in page.main


def test_claim_that_never_was_is_404(real_content, client):
    assert client.get("/evidence/no-such-claim/").status_code == 404


def test_claim_in_a_text_shows_its_certainty_in_words(real_content, client):
    page = Page(client.get("/learn/what-the-studies-say/"))

    shown = set(texts(page, ".claim__sure"))
    facts = {words for words in shown if words.startswith("Fact, last looked up: ")}
    assert len(shown - facts) > 1
    assert shown - facts <= {f"How sure: {s}." for s in ("strong", "some", "weak")}


def test_odds_are_words_first_and_drawn_the_same(client):
    make_live_wording(
        text=make_stage_text(body="::: odds 1 in 4\nAbout 25 out of 100 people.\n:::")
    )

    page = Page(client.get("/stages/recovery/"))

    box = page.tree.cssselect(".odds")[0]
    paths = [path.get("d").count("M") for path in box.cssselect("path")]
    assert [child.tag for child in box] == ["p", "svg"]
    assert paths == [25, 75]
    assert box.cssselect("svg")[0].get("aria-hidden") == "true"


def test_number_that_nobody_knows_is_drawn_with_nobody_counted(client):
    make_live_wording(
        text=make_stage_text(body="::: odds unknown in 100\nWe do not know.\n:::")
    )

    page = Page(client.get("/stages/recovery/"))

    counted, others = page.tree.cssselect(".odds path")
    assert (counted.get("d"), others.get("d").count("M")) == ("", 100)
    assert others.get("stroke-dasharray")


# --- choices and questions ---


def test_choices_have_the_same_fields(real_content, client):
    page = Page(client.get("/options/"))

    tables = page.tree.cssselect("main table")
    rows = page.tree.cssselect("main table tbody tr")
    for table in tables:
        assert [cell.text_content() for cell in table.cssselect("thead th")] == [
            "Choice",
            "What may get better",
            "What may go wrong",
            "What it takes",
        ]
    assert tables and len(rows) >= 7
    assert all(
        len(row) == 4 and all(c.text_content().strip() for c in row) for row in rows
    )


def test_five_questions_come_first(real_content, client):
    page = Page(client.get("/questions/"))

    first = page.tree.cssselect("section[aria-labelledby=five-to-ask-first]")[0]
    assert len(first.cssselect(".task")) == 5
    assert page.headings(2)[0] == "Five to ask first"


def test_clinic_statements_are_shown_or_asked_for(real_content, client):
    page = Page(client.get("/money-and-approval/"))

    assert "This clinic has not said yet. Ask your team" in page.main


def test_learn_lists_its_pages_in_order(real_content, client):
    page = Page(client.get("/learn/"))

    cards = texts(page, ".link-cards a")
    assert len(cards) == 12
    assert cards[0] == "What stem cells are"


# --- words explained ---


def test_first_use_of_a_word_opens_its_meaning_without_a_script(client):
    make_live_wording(page="words", text=GLOSSARY)
    body = "You may have sedation. Sedation makes you sleepy. Your tendons rest."
    make_live_wording(text=make_stage_text(body=body))

    page = Page(client.get("/stages/recovery/"))

    buttons = page.tree.cssselect("button.term")
    assert [b.text for b in buttons] == ["sedation", "tendon"]
    meaning = page.tree.get_element_by_id(buttons[0].get("popovertarget"))
    assert meaning.text_content() == "Sedation. Medicine that makes you sleepy."


@pytest.mark.parametrize("form", ["sinew", "Sinews", "cord"])
def test_other_forms_of_a_word_are_explained_too(client, form):
    make_live_wording(page="words", text=GLOSSARY)
    make_live_wording(text=make_stage_text(body=f"It is a {form}."))

    page = Page(client.get("/stages/recovery/"))

    assert page.has("button.term[popovertarget=word-tendon]")


@pytest.mark.parametrize("words", ["recordings", "### Sedation", "`sedation`"])
def test_a_word_inside_another_a_heading_or_code_is_left_alone(client, words):
    make_live_wording(page="words", text=GLOSSARY)
    make_live_wording(text=make_stage_text(body=words))

    assert not Page(client.get("/stages/recovery/")).has("button.term")


def test_sheet_lists_the_words_it_uses(client):
    make_live_wording(page="words", text=GLOSSARY)
    make_live_wording(text=make_stage_text(body="You may have sedation."))

    page = Page(client.get("/stages/recovery/print/"))

    assert not page.has("button.term")
    assert texts(page, ".words-used dt") == ["Sedation"]


# --- two depths ---


@pytest.mark.parametrize(
    ("depth", "is_there"), [("print/", True), ("print/short/", False)]
)
def test_print_is_short_or_full(client, depth, is_there):
    body = "Short.\n\n::: more Details\nThe deeper layer.\n:::"
    make_live_wording(text=make_stage_text(body=body))

    page = Page(client.get(f"/stages/recovery/{depth}"))

    assert "Short." in page.main
    assert ("The deeper layer." in page.main) == is_there


def test_page_offers_both_depths_only_where_they_differ(client):
    make_live_wording(page="about", text=make_text(body="Only short."))
    make_live_wording(page="risks", text=make_text(body="::: more M\nDeep.\n:::"))

    short = "Print a short version"
    assert short not in Page(client.get("/about/")).text
    assert short in Page(client.get("/risks/")).text
