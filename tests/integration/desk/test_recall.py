"""Prints and recall: how many copies of withdrawn or older words are out."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from sessions import wordings
from sessions.desk.counts import count_prints
from sessions.models import SheetCode, Wording
from sessions.wordings.sheet_codes import make_sheet_codes
from tests.factories import make_live_wording, make_person, make_text
from tests.page import Page, words

pytestmark = pytest.mark.django_db

RECALL = "/desk/recall/"
TODAY = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(TODAY, tick=False)


@pytest.fixture
def rita(client):
    client.force_login(make_person("Reception", "rita"))
    return client


def live(page: str, title: str, **fields):
    text = make_text(title=title, body=f"Text {Wording.objects.of_guide().count()}.")
    wording = make_live_wording(page=page, **{"text": text, **fields})
    make_sheet_codes()
    return wording


def printed(kind: str, copies: int, days_ago: int = 0) -> str:
    """Counts prints of the newest sheet of this kind, and returns its code."""
    code = SheetCode.objects.filter(kind=kind).order_by("-pk")[0].code
    day = timezone.now().date() - timedelta(days=days_ago)
    count_prints(codes=[code], copies=copies, day=day)
    return f"{code[:4]} {code[4:]}"


def withdraw(wording, reason: str = "A wrong dose.") -> None:
    doctor = make_person("Clinical reviewer", f"doctor of {wording}")
    wordings.withdraw_wording(wording=wording, revision=1, user=doctor, reason=reason)


def rows(page: Page, label: str) -> list[list[str]]:
    """The cells of the table with this label."""
    [table] = page.tree.cssselect(f"[aria-label='{label}'] tbody") or [[]]
    return [[words(cell) for cell in row] for row in table]


def test_nothing_printed_and_nothing_withdrawn_is_said(rita):
    page = Page(rita.get(RECALL))

    assert "No wording is withdrawn." in page.text
    assert "Nothing was printed here yet." in page.text
    assert page.headings(2)[1:] == [
        "Older versions still out: 0 copies",
        "Everything printed: 0 copies",
    ]


def test_report_says_what_it_does_not_count(rita):
    text = Page(rita.get(RECALL)).text

    assert "Sheets from patients' own printers" in text
    assert "not who printed, and not for whom" in text


def test_counts_are_by_sheet_and_version_with_first_and_last_day(rita):
    live("risks", "Risks")
    printed("risks", 2, days_ago=9)
    code = printed("risks", 3, days_ago=1)

    page = Page(rita.get(RECALL))

    assert rows(page, "Everything printed") == [
        ["Risks", "Version 1", code, "In use now", "5", "11 November 2026",
         "19 November 2026"],
    ]  # fmt: skip
    assert rita.get(page.link(code).href).status_code == 200


def test_withdrawn_wording_is_listed_with_each_of_its_sheets(rita):
    wording = live("checklist", "Checklist")
    live("visit", "Visit")
    live("risks", "Risks")
    alone, visit = printed("checklist", 2), printed("visit", 3)
    guide = printed("guide", 1)
    printed("risks", 50)
    withdraw(wording)

    page = Page(rita.get(RECALL))

    assert "6 copies printed here carry words that are withdrawn." in page.text
    assert page.headings(3) == ["Checklist, version 1: 6 copies"]
    assert "Withdrawn because: A wrong dose." in page.text
    found = {row[2]: row for row in rows(page, "Checklist")}
    assert set(found) == {alone, visit, guide}
    assert found[alone][1] == "Version 1"
    assert found[visit][:2] == ["Visit", "Checklist 1, Visit 1"]
    assert found[guide][0] == "The whole guide"
    assert {row[3] for row in found.values()} == {"Withdrawn"}
    assert "Everything printed: 56 copies" in page.headings(2)


def test_one_copy_is_one_copy(rita):
    wording = live("risks", "Risks")
    printed("risks", 1)
    withdraw(wording)

    assert "1 copy printed here carries words" in Page(rita.get(RECALL)).text


def test_withdrawn_wording_that_was_never_printed_is_listed_too(rita):
    withdraw(live("risks", "Risks"))

    page = Page(rita.get(RECALL))

    assert "0 copies printed here carry words" in page.text
    assert "None was printed here." in page.text


def test_what_was_printed_before_the_withdrawn_version_is_called_back_too(rita):
    live("risks", "Risks")
    first = printed("risks", 4)
    second_wording = live("risks", "Risks")
    second = printed("risks", 2)
    withdraw(second_wording)

    page = Page(rita.get(RECALL))

    assert {row[2]: row[4] for row in rows(page, "Risks")} == {first: "4", second: "2"}
    assert page.headings(3) == ["Risks, version 2: 6 copies"]
    assert "Older versions still out: 0 copies" in page.headings(2)


def test_new_words_after_a_withdrawal_leave_the_recall_standing(rita):
    withdrawn = live("risks", "Risks")
    old = printed("risks", 4)
    withdraw(withdrawn)
    live("risks", "Risks")
    new = printed("risks", 9)

    page = Page(rita.get(RECALL))

    assert [row[2] for row in rows(page, "Risks")] == [old]
    assert page.headings(3) == ["Risks, version 1: 4 copies"]
    standing = {row[2]: row[3] for row in rows(page, "Everything printed")}
    assert standing == {old: "Withdrawn", new: "In use now"}


def test_paper_with_a_text_that_is_in_use_again_is_not_called_back(rita):
    first = live("risks", "Risks")
    code = printed("risks", 4)
    withdraw(first)
    again = live("risks", "Risks", text=first.text)

    page = Page(rita.get(RECALL))

    assert "No wording is withdrawn." in page.text
    [row] = rows(page, "Everything printed")
    assert row[1:4] == ["Version 1", code, "In use now"]

    withdraw(again, "It is wrong after all.")

    page = Page(rita.get(RECALL))
    assert page.headings(3) == ["Risks, version 2: 4 copies"]
    assert [row[2] for row in rows(page, "Risks")] == [code]


def test_older_versions_still_out_are_listed(rita):
    live("risks", "Risks")
    old = printed("risks", 7)
    live("risks", "Risks")
    printed("risks", 1)

    page = Page(rita.get(RECALL))

    assert "Older versions still out: 7 copies" in page.headings(2)
    assert [row[:5] for row in rows(page, "Older versions")] == [
        ["Risks", "Version 1", old, "Older version", "7"]
    ]


def test_copy_with_two_withdrawn_pages_is_counted_once_in_the_total(rita):
    first, second = live("checklist", "Checklist"), live("questions", "Questions")
    live("visit", "Visit")
    printed("visit", 3)
    withdraw(first)
    withdraw(second)

    page = Page(rita.get(RECALL))

    assert "3 copies printed here carry words that are withdrawn." in page.text
    assert len(page.headings(3)) == 2


def test_file_has_a_line_for_each_version(rita):
    wording = live("risks", "=Risks")
    code = printed("risks", 3, days_ago=2).replace(" ", "")
    withdraw(wording, "Two reasons.")

    response = rita.get("/desk/recall.csv")

    text = b"".join(response.streaming_content).decode("utf-8-sig")
    header, line = csv.reader(io.StringIO(text))
    assert dict(zip(header, line, strict=True)) == {
        "Sheet": "'=Risks",
        "Kind": "risks",
        "Code": code,
        "On it": "Version 1",
        "Stands": "Withdrawn",
        "Withdrawn because": "Two reasons.",
        "Copies": "3",
        "First printed": "2026-11-18",
        "Last printed": "2026-11-18",
    }
    assert "no-store" in response["Cache-Control"]


def test_report_is_not_for_who_may_not_print(client):
    client.force_login(make_person("", "nobody"))

    assert client.get(RECALL).status_code == 403
    assert client.get("/desk/recall.csv").status_code == 403


def test_few_queries_however_much_was_printed(rita, django_assert_max_num_queries):
    for number in range(20):
        live(f"learn/page-{number}", f"Page {number}")
        printed(f"learn/page-{number}", 1)

    with django_assert_max_num_queries(13):
        page = Page(rita.get(RECALL))

    assert "Everything printed: 20 copies" in page.headings(2)


def test_count_of_an_unknown_code_counts_nothing(db):
    live("risks", "Risks")
    code = SheetCode.objects.get(kind="risks").code

    with pytest.raises(SheetCode.DoesNotExist):
        count_prints(codes=[code, "ZZZZZZZZ"], copies=1, day=TODAY.date())

    assert not SheetCode.objects.filter(print_counts__isnull=False).exists()
