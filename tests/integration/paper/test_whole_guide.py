"""The whole guide on one sheet: every part, once, for each reader's answers."""

from collections import Counter

import pytest

from sessions.models import Wording
from sessions.paper.whole_guide import AFTER_THE_STAGES
from sessions.wordings import content_write
from tests.addresses import ANSWERS, WHOLE_GUIDE
from tests.factories import make_live_wording, make_text
from tests.page import Page, words

pytestmark = pytest.mark.django_db

STAGES = [
    "Consultation", "Preparation", "Harvesting", "Injection",
    "Monitoring", "Recovery", "Follow-up",
]  # fmt: skip


@pytest.fixture
def open_guide(real_content, client):
    """Opens the sheet for some answers."""

    def get(answers: str = "", address: str = "/guide/print/") -> Page:
        response = client.get(address + answers)
        assert response.status_code == 200
        return Page(response)

    return get


def parts(page: Page) -> list[str]:
    return [words(h) for h in page.tree.cssselect(".guide-part > h2")]


def withdraw(name: str) -> None:
    with content_write():
        Wording.objects.filter(page__name=name).update(
            state=Wording.State.WITHDRAWN, withdrawn_reason="Two numbers are wrong."
        )


def part(page: Page, anchor: str):
    return page.tree.get_element_by_id(anchor).getparent()


@pytest.mark.parametrize("answers", ANSWERS)
def test_every_page_that_fits_stands_in_the_guide_once_and_in_order(
    responses, library, answers
):
    page = Page(responses[WHOLE_GUIDE + answers])

    documents = {file.name: file.document for file in library.files}
    learn = sorted(
        (doc for name, doc in documents.items() if name.startswith("learn/")),
        key=lambda doc: doc.front_matter.position,
    )
    fits_hand = "area=joint" not in answers
    assert parts(page) == [
        *STAGES,
        *(documents[name].title for name in AFTER_THE_STAGES),
        *([documents["after/hand"].title] if fits_hand else []),
        *(doc.title for doc in learn),
        documents["get-help"].title,
    ]


@pytest.mark.parametrize("answers", ANSWERS)
def test_contents_lead_to_every_part(responses, answers):
    page = Page(responses[WHOLE_GUIDE + answers])

    links = page.tree.cssselect(".guide-contents a")
    *others, last = parts(page)
    assert [words(a) for a in links] == [*others, "Words explained", last]
    for link in links:
        assert page.has(link.get("href"))


@pytest.mark.parametrize("answers", ANSWERS)
def test_no_anchor_is_there_twice_and_every_link_inside_finds_one(responses, answers):
    page = Page(responses[WHOLE_GUIDE + answers])

    ids = Counter(e.get("id") for e in page.tree.iter() if e.get("id"))
    inside = {a.href[1:] for a in page.links() if a.href.startswith("#")}
    assert [name for name, count in ids.items() if count > 1] == []
    assert inside <= set(ids)
    assert len(page.headings(1)) == 1


def test_links_inside_a_part_lead_into_that_part(client):
    body = "## Start\n\nSee [the end](#end).\n\n## End\n\nThe end."
    for name in ("risks", "options"):
        make_live_wording(page=name, text=make_text(title=name, body=body))

    page = Page(client.get("/guide/print/"))

    for name in ("risks", "options"):
        (link,) = part(page, name).cssselect("p a")
        heading = page.tree.get_element_by_id(link.get("href")[1:])
        assert link.get("href") == f"#{name}--end"
        assert (heading.tag, heading.text_content()) == ("h3", "End")


def test_stage_that_is_not_needed_keeps_its_place(open_guide):
    page = open_guide("?area=hand&cells=prepared")

    harvesting = words(part(page, "stages-harvesting"))
    whole = words(part(open_guide("?area=hand&cells=fat"), "stages-harvesting"))
    assert parts(page)[:7] == STAGES
    assert "Step 3 of 7" in harvesting and "Not needed for you." in harvesting
    assert "Not needed for you" in words(page.tree.cssselect(".guide-contents")[0])
    assert len(harvesting) < len(whole) / 2
    assert "Not needed for you" not in whole


def test_each_part_says_its_version_and_who_checked_it(open_guide, client):
    page = open_guide()

    lines = [words(e) for e in page.tree.cssselect(".guide-part__checked")]
    assert len(lines) == len(parts(page))
    for title, line in zip(parts(page), lines, strict=True):
        assert f"Not yet checked by a clinician. {title}, version 1." in line


def test_part_that_was_withdrawn_has_its_notice_in_its_place(real_content, client):
    withdraw("risks")

    page = Page(client.get("/guide/print/"))

    risks = words(part(page, "risks"))
    assert "This page is not in use" in risks and "Two numbers are wrong." in risks
    assert not part(page, "risks").cssselect("h3")
    assert parts(page)[8] == "Risks and benefits"


def test_help_stands_on_the_sheet_even_without_the_help_page(real_content, client):
    withdraw("get-help")

    page = Page(client.get("/guide/print/"))

    assert "Call 911" in words(page.tree.cssselect(".sheet-help")[0])


def test_short_guide_leaves_out_the_deeper_layer_alone(open_guide):
    whole = open_guide("?area=hand&cells=fat")
    short = open_guide("?area=hand&cells=fat", "/guide/print/short/")

    assert whole.has(".more") and not short.has(".more")
    assert parts(short) == parts(whole)
    assert whole.link("Short").href == ("/guide/print/short/?area=hand&cells=fat")
    assert short.link("Full").href == "/guide/print/?area=hand&cells=fat"


def test_sources_are_left_out_once_and_said_where(open_guide):
    page = open_guide("?area=hand&cells=fat")

    assert not page.has(".sources, .sources__list")
    assert page.main.count("lists of sources are left out") == 1
    assert page.link("Sources").href == "/sources/?area=hand&cells=fat"


def test_words_that_were_used_are_explained_at_the_end(open_guide):
    page = open_guide()

    explained = page.tree.get_element_by_id("words-used").cssselect("dt")
    assert len(explained) > 20
    assert len({words(term) for term in explained}) == len(explained)


def test_home_leads_to_the_whole_guide(real_content, client):
    home = Page(client.get("/?area=hand&cells=fat"))

    link = home.link("Print the whole guide")
    assert link.href == "/guide/print/?area=hand&cells=fat"


def test_warm_guide_asks_the_database_once(
    open_guide, client, django_assert_num_queries
):
    open_guide()

    with django_assert_num_queries(1):
        client.get("/guide/print/")


WITHDRAWN_PARTS = [
    ("checklist", "The checklist is not in use now"),
    ("questions", "The page of questions is not in use now"),
    ("options", "The page of choices is not in use now"),
]


@pytest.mark.parametrize("path", ["/visit/", "/visit/print/"])
@pytest.mark.parametrize(("name", "sentence"), WITHDRAWN_PARTS)
def test_visit_sheet_says_which_page_is_not_in_use(
    real_content, client, path, name, sentence
):
    everything = Page(client.get(path))
    assert sentence not in everything.main
    withdraw(name)
    tasks = len(everything.tree.cssselect("[data-task]"))

    page = Page(client.get(path))

    assert sentence in page.main
    assert 0 < len(page.tree.cssselect("[data-task]")) < tasks


def test_visit_sheet_holds_the_tasks_that_fit(real_content, client):
    fat = Page(client.get("/visit/print/?area=hand&cells=fat"))
    unsure = Page(client.get("/visit/print/"))

    ids = {e.get("data-task") for e in fat.tree.cssselect("[data-task]")}
    assert "clothes-for-wrap" in ids and "ask-whose-cells" not in ids
    assert "Only for:" not in fat.main
    framed = unsure.tree.cssselect("[data-task=clothes-for-wrap]")[0]
    assert "Only for: Your fat" in words(framed)
    assert "Not said" in unsure.main and "Not said" not in fat.main
