"""The print desk in a later language: its questions, its sheets and its counts."""

from datetime import UTC, date, datetime

import pytest

from sessions.guide.current import clear_snapshot_cache
from sessions.library.languages import FIRST, language_name
from sessions.models import PrintCount, SheetCode, Wording
from sessions.pdf.client import PrintJob
from sessions.wordings.sheet_codes import make_sheet_codes
from tests.factories import make_live_wording, make_person, make_text
from tests.page import Page, words
from tests.second_language import LANGUAGE

pytestmark = pytest.mark.django_db

DESK, SHEETS, PRINTED = "/desk/", "/desk/sheets/", "/desk/printed/"
NAME = language_name(LANGUAGE)
DAY = {"day": "7", "month": "1", "year": "2027"}


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(datetime(2026, 11, 20, 12, tzinfo=UTC), tick=False)


@pytest.fixture(autouse=True)
def every_word_is_there(monkeypatch):
    """These tests need no catalog."""
    monkeypatch.setattr("sessions.guide.live.untranslated", lambda code, own: ())


@pytest.fixture
def pages(db):
    """Three pages in English; two of them in a later language too."""
    task = "- [ ] Plan a ride. {#ride day=-7}"
    for name in ("checklist", "risks", "diary"):
        text = make_text(title=name.capitalize(), body=task * (name == "checklist"))
        make_live_wording(page=name, text=text)
    for name, title, body in (("checklist", "Lísto", task), ("risks", "Rískoj", "Jen")):
        text = make_text(title=title, body=body)
        make_live_wording(page=name, language=LANGUAGE, text=text)
    make_sheet_codes()


@pytest.fixture
def rita(client):
    client.force_login(make_person("Reception", "rita"))
    return client


@pytest.fixture
def drawn(monkeypatch):
    """Replaces `make_pdf`; records the sheets of each call."""
    sheets = []

    def make_pdf(asked, **_):
        sheets[:] = asked
        yield PrintJob(b"%PDF", (1,) * len(sheets))

    monkeypatch.setattr("sessions.desk.views.sheets.make_pdf", make_pdf)
    for module in ("desk", "sheets"):
        monkeypatch.setattr(f"sessions.desk.views.{module}.pdf_fault", lambda: "")
    return sheets


def code(kind: str, language: str) -> str:
    return SheetCode.objects.filter(kind=kind, language=language).latest("pk").code


def a_set(*kinds, language=LANGUAGE, **more):
    codes = [code(kind, language) for kind in kinds]
    chosen = {"document": kinds, "code": codes, "copies": "3", "language": language}
    return {**chosen, **more}


def result(response) -> str:
    return words(Page(response).tree.get_element_by_id("result"))


def counts() -> dict[tuple[str, str], int]:
    rows = PrintCount.objects.select_related("code")
    return {(row.code.kind, row.code.language): row.copies for row in rows}


def errors(response) -> list[str]:
    return [words(a) for a in Page(response).tree.cssselect(".errornote a")]


# --- what is asked -----------------------------------------------------------


def test_single_language_is_not_asked(rita):
    make_live_wording(page="risks")

    page = Page(rita.get(DESK))

    assert page.has("input[name=size]") and not page.has("input[name=language]")


def test_language_is_asked_first_and_is_english_as_usual(rita, pages):
    page = Page(rita.get(DESK))

    fieldset = page.tree.cssselect("fieldset")[0]
    assert words(fieldset) == f"Language English {NAME}"
    checked = page.tree.cssselect("input[name=language][checked]")
    assert [box.get("value") for box in checked] == [FIRST]


def test_documents_of_a_language_are_called_as_staff_know_them(rita, pages):
    page = Page(rita.get(f"{DESK}?language={LANGUAGE}"))

    labels = [
        words(label) for label in page.tree.cssselect("fieldset")[1].iter("label")
    ]
    assert labels == ["Checklist", "Risks", "The whole guide"]
    checked = page.tree.cssselect("input[name=language][checked]")
    assert [box.get("value") for box in checked] == [LANGUAGE]


def test_document_that_a_language_lacks_is_said(rita, pages):
    response = rita.post(
        DESK, {"document": ["risks", "diary"], "language": LANGUAGE, "size": "24"}
    )

    assert response.status_code == 422
    assert errors(response) == [
        f"“diary” is no sheet that we have in {NAME} now. Choose again."
    ]
    ticked = Page(response).tree.cssselect("input[checked]")
    assert {"risks", LANGUAGE, "24"} < {box.get("value") for box in ticked}


@pytest.mark.parametrize("wrong", ["es", "", "<b>", "EO"])
def test_unknown_language_is_an_error(rita, pages, wrong):
    for address in (DESK, SHEETS):
        response = rita.post(address, {"document": ["risks"], "language": wrong})

        assert response.status_code == 422
        assert errors(response) == ["Choose one of these."]
        assert Page(response).link("Choose one").href == "#id_language_0"
    assert rita.post(PRINTED, a_set("risks", language=LANGUAGE) | {"language": wrong})
    assert counts() == {}


# --- what comes out ----------------------------------------------------------


def test_address_names_the_language(rita, pages, drawn):
    data = {"document": ["risks", "checklist"], "language": LANGUAGE, "cells": "fat"}
    response = rita.post(DESK, data)

    assert f"Checklist, Risks. {NAME}. Any area, your fat." in result(response)
    link = Page(response).link("This set as a link").href
    named = f"document=checklist&document=risks&language={LANGUAGE}&cells=fat&"
    assert link.startswith(f"/desk/?{named}")
    assert result(rita.get(link)) == result(response)


def test_english_set_has_the_address_it_always_had(rita, pages, drawn):
    response = rita.post(DESK, {"document": ["risks"], "language": FIRST})

    assert "language" not in Page(response).link("This set as a link").href
    assert result(rita.get(f"{DESK}?document=risks")) == result(response)


def test_sheets_are_drawn_in_the_language_with_its_code(rita, pages, drawn):
    rita.post(SHEETS, a_set("checklist", "risks", purpose="look", cells="fat", **DAY))

    assert len(drawn) == 2
    for sheet, title, kind in zip(
        drawn, ("Lísto", "Rískoj"), ("checklist", "risks"), strict=True
    ):
        assert f'lang="{LANGUAGE}"' in sheet
        assert f"<h1>{title}</h1>" in sheet
        number = code(kind, LANGUAGE)
        assert f"{number[:4]} {number[4:]}" in sheet
    assert "Your day is" not in drawn[1]
    assert "Checklist" not in drawn[0]


def test_dates_are_in_the_language_on_the_sheet_and_in_english_at_the_desk(
    rita, pages, drawn
):
    """Django itself knows the names of days and months."""
    chosen = a_set("checklist", **DAY)
    at_the_desk = rita.post(DESK, chosen)
    rita.post(SHEETS, chosen | {"purpose": "look"})

    assert "Thursday 7 January 2027" in result(at_the_desk)
    assert "ĵaŭdo 7 januaro 2027" in drawn[0]


def test_without_pdf_the_browser_prints_it_in_the_language(rita, pages, monkeypatch):
    for module in ("desk", "sheets"):
        monkeypatch.setattr(
            f"sessions.desk.views.{module}.pdf_fault", lambda: "No Pango."
        )

    shown = Page(rita.post(DESK, a_set("risks"))).tree.cssselect("iframe")[0]
    opened = rita.post(SHEETS, a_set("risks", purpose="print")).content.decode()

    for source in (shown.get("srcdoc"), opened):
        assert f'lang="{LANGUAGE}"' in source
        assert "Rískoj" in source
    assert counts() == {("risks", LANGUAGE): 3}


# --- counting ----------------------------------------------------------------


def test_copies_are_counted_by_language(rita, pages, drawn):
    rita.post(PRINTED, a_set("risks", "checklist"))
    rita.post(SHEETS, a_set("risks", language=FIRST, purpose="print"))

    assert counts() == {
        ("risks", LANGUAGE): 3,
        ("checklist", LANGUAGE): 3,
        ("risks", FIRST): 3,
    }


def test_code_of_another_language_is_not_what_was_seen(rita, pages):
    response = rita.post(PRINTED, a_set("risks", language=FIRST) | {"language": "eo"})

    assert response.status_code == 409
    assert "changed since you looked" in response.json()["message"]
    assert counts() == {}


def test_recall_names_the_language(rita, pages, drawn):
    rita.post(PRINTED, a_set("risks", "guide"))
    rita.post(PRINTED, a_set("risks", language=FIRST))
    live = Wording.objects.live().get(page__name="risks", page__language=LANGUAGE)
    Wording.objects.filter(pk=live.pk).update(
        state=Wording.State.WITHDRAWN, withdrawn_reason="A wrong number."
    )

    text = Page(rita.get("/desk/recall/")).text

    assert f"Rískoj ({NAME})" in text
    assert f"The whole guide ({NAME})" in text
    assert "A wrong number." in text
    rows = b"".join(rita.get("/desk/recall.csv").streaming_content).decode()
    standing = {
        line.split(",")[0]: line for line in rows.splitlines() if "risks" in line
    }
    assert "Withdrawn" in standing[f"Rískoj ({NAME})"]
    assert "In use now" in standing["Risks"]


# --- what staff should know --------------------------------------------------


def doubts(response) -> str:
    return " ".join(
        words(row)
        for row in Page(response).tree.cssselect("[data-desk-job] .desk-doubt")
    )


def test_translation_behind_its_original_asks_before_it_is_printed(rita, pages, drawn):
    make_live_wording(page="risks", publish_from=datetime(2026, 3, 4, tzinfo=UTC))
    make_sheet_codes()
    clear_snapshot_cache()

    assert "The English page changed on 4 March 2026." in doubts(
        rita.post(DESK, a_set("risks"))
    )
    assert "Behind the English pages in it: Rískoj." in doubts(
        rita.post(DESK, a_set("guide"))
    )
    assert rita.post(PRINTED, a_set("risks")).status_code == 409
    assert rita.post(PRINTED, a_set("risks", anyway="risks")).status_code == 200
    assert doubts(rita.post(DESK, a_set("risks", language=FIRST))) == ""


def test_translation_of_what_was_taken_back_says_why(rita, pages, drawn):
    Wording.objects.filter(page__name="risks", page__language=FIRST).update(
        state=Wording.State.WITHDRAWN, withdrawn_reason="A wrong dose."
    )
    clear_snapshot_cache()

    for kind in ("risks", "guide"):
        text = doubts(rita.post(DESK, a_set(kind)))
        assert "Rískoj: The English page was taken back." in text
        assert "A wrong dose." in text


def test_words_that_are_not_translated_ask_before_they_are_printed(
    rita, pages, drawn, monkeypatch
):
    missing = ("Get help", "Hand")
    monkeypatch.setattr("sessions.guide.live.untranslated", lambda code, own: missing)
    clear_snapshot_cache()

    text = doubts(rita.post(DESK, a_set("risks")))

    assert f"Not in {NAME} yet: 2 words or lines on it." in text
    assert rita.post(PRINTED, a_set("risks")).status_code == 409


def test_overdue_in_one_language_is_not_overdue_in_the_other(rita, pages, drawn):
    Wording.objects.filter(page__name="risks", page__language=LANGUAGE).update(
        approved_on=date(2026, 1, 1), review_due=date(2026, 6, 1),
        reviewer=make_person("Clinical reviewer", "rev"),
    )  # fmt: skip
    clear_snapshot_cache()

    assert "Its check was due" in doubts(rita.post(DESK, a_set("risks")))
    assert doubts(rita.post(DESK, a_set("risks", language=FIRST))) == ""


def test_change_to_come_is_told_in_its_own_language(rita, pages, drawn):
    make_live_wording(
        page="risks", language=LANGUAGE, publish_from=datetime(2026, 12, 1, tzinfo=UTC)
    )
    clear_snapshot_cache()

    assert "It changes on 1 December" in result(rita.post(DESK, a_set("risks")))
    assert "It changes" not in result(rita.post(DESK, a_set("risks", language=FIRST)))
