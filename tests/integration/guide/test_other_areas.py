"""No reader gets words about another area, or about cells that are not offered."""

from collections.abc import Iterator

import pytest

from sessions.documents import Document, parse_document
from sessions.documents import blocks as b
from sessions.documents.front_matter import Condition
from sessions.models import Area, Clinic, Wording
from tests.clinic_texts import add_live_area
from tests.factories import make_live_wording, make_person, make_stage_text, make_text
from tests.page import Page

pytestmark = pytest.mark.django_db
SPINE = "?area=spine"
HAND_TITLE = "After a hand treatment"
OTHER = "This page is for another area"


@pytest.fixture
def spine(real_content) -> Area:
    """A third area that is offered, and that no text names."""
    area = add_live_area("spine", "Spine", position=3)
    Clinic.objects.get().areas_offered.add(area)
    return area


def offer(*slugs: str) -> None:
    Clinic.objects.get().areas_offered.set(Area.objects.filter(slug__in=slugs))


def plain(words: str) -> str:
    return " ".join(words.split())


def is_for_others(condition: Condition) -> bool:
    return bool(condition.area) and "spine" not in condition.area


def lines_in(blocks: b.Blocks) -> Iterator[str]:
    for block in b.walk(blocks):
        caption = (block.caption,) if isinstance(block, b.Picture) else ()
        for run in (*block.runs(), *caption):
            yield plain(b.plain_text(run))


def lines_for_others(document: Document) -> Iterator[str]:
    """The words of a text that are for other areas alone."""
    for block in document.walk():
        if isinstance(block, b.Only) and is_for_others(block.condition):
            yield from lines_in(block.blocks)
    for _, variants in document.front_matter.key_facts or ():
        yield from (v.text for v in variants if is_for_others(v.when))


def documents() -> dict[str, Document]:
    rows = Wording.objects.live().of_guide().select_related("page")
    return {row.page.name: parse_document(row.text) for row in rows}


def crawl(client, waiting: set[str]) -> dict[str, Page]:
    """Every page and sheet that can be reached, sheets in their standard form."""
    found: dict[str, Page] = {}
    while waiting:
        address = waiting.pop()
        response = client.get(address)
        assert response.status_code == 200, address
        found[address] = Page(response)
        for link in found[address].links():
            path, _, query = link.href.partition("#")[0].partition("?")
            if path.startswith("/") and f"?{query}" == SPINE:
                waiting |= {link.href.partition("#")[0]} - found.keys()
    return found


def words_for_others() -> list[str]:
    """The lines that are for other areas alone, and stand nowhere else."""
    texts = documents()
    after_hand = texts.pop("after/hand")
    fitting = [text.tailored({"area": "spine"}).walk() for text in texts.values()]
    general = " ".join(line for blocks in fitting for line in lines_in(tuple(blocks)))
    found = {line for text in texts.values() for line in lines_for_others(text)}
    found |= set(lines_in(tuple(after_hand.walk())))
    return [line for line in found if len(line) > 14 and line not in general]


def test_area_without_words_gets_the_general_words_alone(client, spine):
    names = documents().keys() - {"home"}
    hidden = words_for_others()

    sheets = {f"/{name}/print/{SPINE}" for name in names}
    pages = crawl(client, {f"/{SPINE}", f"/guide/print/{SPINE}", *sheets})

    assert len(pages) > 80 and len(hidden) > 100
    for address, page in pages.items():
        words = plain(page.text)
        assert [line for line in hidden if line in words] == [], address
        assert HAND_TITLE not in page.title and HAND_TITLE not in page.headings(2)
        others = [link for link in page.links() if "/after/" in link.href]
        assert others == [] or address.startswith("/after/"), address


@pytest.mark.parametrize("area", ["spine", "joint"])
@pytest.mark.parametrize("path", ["/after/hand/", "/after/hand/print/"])
def test_page_about_another_area_says_so(client, spine, path, area):
    page = Page(client.get(f"{path}?area={area}"))

    assert page.headings(1) == [OTHER]
    assert "Only for: Hand This page has nothing for your area." in page.text
    assert "Raise your hand" not in page.text and "Get help" in page.headings(2)


def test_page_about_another_area_leads_back(client, spine):
    page = Page(client.get("/after/hand/?area=spine&cells=fat"))

    link = page.link("Show this page for: Hand")
    assert link.href == "/after/hand/?area=hand&cells=fat"
    assert page.link("Your recovery").href == "/stages/recovery/?area=spine&cells=fat"
    assert Page(client.get(link.href)).headings(1) == [HAND_TITLE]


def test_sources_of_a_page_about_another_area_say_so(client, spine):
    assert Page(client.get(f"/sources/after/hand/{SPINE}")).headings(1) == [OTHER]


def test_area_that_is_not_offered_has_no_page(client, spine):
    offer("joint", "spine")

    page = Page(client.get("/after/hand/"))

    assert page.headings(1) == [OTHER] and "Show this page" not in page.text


def test_page_after_something_that_is_no_area_is_for_everyone(client, real_content):
    make_live_wording(page="after/surgery", text=make_text(title="After surgery"))

    for query in ("", "?area=joint"):
        page = Page(client.get(f"/after/surgery/{query}"))
        assert page.headings(1) == ["After surgery"]


def test_link_to_a_page_about_another_area_is_plain_words(client, spine):
    body = "Read [after a hand treatment](/after/hand/#call)."
    make_live_wording(text=make_stage_text(body=body))

    joint = Page(client.get("/stages/recovery/?area=joint"))
    unsure = Page(client.get("/stages/recovery/"))

    assert "Read after a hand treatment." in joint.main
    assert not any("/after/" in link.href for link in joint.links())
    assert unsure.link("after a hand treatment").href == "/after/hand/#call"


def test_search_and_offline_copy_leave_other_areas_out(client, spine):
    found = Page(client.get("/search/?q=hand+treatment+at+home&area=spine"))
    listed = client.get(f"/guide/addresses.json{SPINE}").json()["pages"]

    assert len(listed) > 40
    assert not any("/after/" in link.href for link in found.links())
    assert not any("/after/" in address for address in listed)


def test_desk_says_that_a_sheet_is_about_another_area(client, spine):
    client.force_login(make_person("Reception"))

    page = Page(client.get("/desk/?document=after/hand&area=spine"))

    assert "It is about another area. The sheet says so, and has no other" in page.text


def test_reader_who_is_not_sure_reads_what_the_clinic_offers(client, spine):
    body = (
        "Everyone.\n\n::: only area=hand\nHand.\n:::\n\n"
        "::: only area=joint\nJoint.\n:::\n\n::: only area=hand,spine\nBoth.\n:::"
    )
    make_live_wording(text=make_stage_text(body=body))
    offer("joint", "spine")

    main = Page(client.get("/stages/recovery/")).main

    assert "Everyone." in main and "Hand." not in main
    assert "Only for: Joint, tendon or ligament Joint." in main
    assert "Only for: Spine Both." in main


def test_cells_that_are_switched_off_have_no_words(client, real_content):
    body = (
        "Everyone.\n\n::: only cells=fat\nFat.\n:::\n\n::: only cells=prepared\nP.\n:::"
    )
    make_live_wording(text=make_stage_text(body=body))
    Clinic.objects.update(offers_fat=False)

    unsure = Page(client.get("/stages/recovery/"))
    old_link = Page(client.get("/stages/recovery/?cells=fat"))

    assert "Only for: Prepared cells P." in unsure.main
    for page in (unsure, old_link):
        assert "Everyone." in page.main and "Fat." not in page.main
    assert "Part of the address was not understood" in old_link.main


@pytest.mark.parametrize("query", ["area=hand", "area=gone", "cells=fat"])
def test_old_link_to_what_is_offered_no_more_is_not_answered_in_silence(
    client, real_content, query
):
    offer("joint")
    Clinic.objects.update(offers_fat=False, offers_prepared=False)

    page = Page(client.get(f"/stages/recovery/?{query}"))

    assert "The address asks for something else. This clinic offers only" in page.main
    assert "Showing: Joint, tendon or ligament, your bone marrow." in page.main


def test_old_link_to_a_deleted_area_shows_more_and_says_so(client, spine):
    offer("joint", "hand")
    spine.delete()

    for path in ("/", "/stages/recovery/", "/after/hand/", "/after/hand/print/"):
        assert client.get(f"{path}{SPINE}").status_code == 200
    page = Page(client.get(f"/stages/recovery/{SPINE}"))
    assert "Part of the address was not understood" in page.main
    assert client.get(f"/after/spine/{SPINE}").status_code == 404


JOINT_FACT = "A sore joint often settles in 2 to 3 days."
HAND_FACT = "How long a hand stays sore is not well studied."
GENERAL_FACT = "Ask your team how long you may be sore."
FACTS = f"""key_facts:
  time:
    - {{when: {{area: hand}}, text: "{HAND_FACT}"}}
    - {{when: {{area: joint}}, text: "{JOINT_FACT}"}}
    - {{text: "{GENERAL_FACT}"}}
"""


def soreness(client, query: str) -> str:
    live = Wording.objects.live().get(page__name="stages/recovery")
    if FACTS not in live.text:
        text = live.text.replace("key_facts:\n", FACTS, 1)
        make_live_wording(page="stages/recovery", text=text)
    page = Page(client.get(f"/stages/recovery/{query}"))
    (fact,) = page.tree.cssselect(".key-facts__fact:first-child")
    return fact.text_content()


def test_key_fact_gives_no_area_the_days_of_another(client, spine):
    found, joint = soreness(client, SPINE), soreness(client, "?area=joint")

    assert GENERAL_FACT in found and JOINT_FACT not in found
    assert HAND_FACT not in found
    assert JOINT_FACT in joint and GENERAL_FACT not in joint


def test_last_key_fact_is_for_nobody_where_each_area_has_its_own(client, real_content):
    found = soreness(client, "")

    assert HAND_FACT in found and JOINT_FACT in found and GENERAL_FACT not in found
