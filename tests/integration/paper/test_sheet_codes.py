"""Is my paper still right? Codes name what is printed, and answer for ever."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from sessions import wordings
from sessions.guide.current import clear_snapshot_cache
from sessions.models import SheetCode, Wording
from sessions.wordings.sheet_codes import ALPHABET, make_sheet_codes
from tests.factories import make_live_wording, make_person, make_stage_text, make_text
from tests.page import Page

pytestmark = pytest.mark.django_db

REVIEWER = "Clinical reviewer"


def code_of(kind):
    make_sheet_codes()
    newest = SheetCode.objects.filter(kind=kind).order_by("-wordings__pk").first()
    return newest.code


def status_page(client, code):
    return Page(client.get(f"/v/{code}/"))


def replace(page, note="", **fields):
    """A newer wording of the page, with other words."""
    fields = {
        "text": make_text(body=f"Text {Wording.objects.of_guide().count()}."),
        **fields,
    }
    return make_live_wording(page=page, patient_change_note=note, **fields)


def test_paper_with_the_words_in_use_is_current(client):
    make_live_wording(page="risks", text=make_text(title="Risks"))

    page = status_page(client, code_of("risks"))

    assert page.headings(1) == ["This paper is current"]
    assert page.link("Read it here").href == "/risks/"


def test_older_paper_says_what_changed_in_words_for_patients(client):
    make_live_wording(page="risks")
    code = code_of("risks")
    replace("risks", "We took out a wrong number.")
    replace("risks", "A new line on bleeding.")

    page = status_page(client, code)

    assert page.headings(1) == ["This paper has changed"]
    assert "We took out a wrong number." in page.main
    assert "A new line on bleeding." in page.main


def test_change_that_nobody_described_is_said_to_be_so(client):
    make_live_wording(page="risks")
    code = code_of("risks")
    replace("risks")

    assert "Nobody wrote down what changed." in status_page(client, code).main


@pytest.mark.parametrize("was_replaced_first", [False, True])
def test_withdrawn_paper_says_why_and_what_to_do(client, was_replaced_first):
    wording = make_live_wording(page="risks")
    code = code_of("risks")
    if was_replaced_first:
        wording = replace("risks", "Something else.")
    doctor = make_person(REVIEWER)
    wordings.withdraw_wording(
        wording=wording, revision=1, user=doctor, reason="A <wrong> dose."
    )

    page = status_page(client, code)

    assert page.headings(1) == ["Do not use this paper"]
    assert "A <wrong> dose." in page.main and "Call your clinic" in page.main
    assert "Do not stop or start any medicine" in page.main


def test_paper_with_the_same_words_is_current_under_any_number(client):
    first = make_live_wording(page="risks")
    code = code_of("risks")
    replace("risks", "A wrong line.")
    assert status_page(client, code).headings(1) == ["This paper has changed"]

    replace("risks", text=first.text)
    clear_snapshot_cache()
    assert status_page(client, code).headings(1) == ["This paper is current"]

    replace("risks", "A new line on bleeding.")
    clear_snapshot_cache()
    page = status_page(client, code)
    assert page.headings(1) == ["This paper has changed"]
    assert "A new line on bleeding." in page.main
    assert "A wrong line." not in page.main


def test_paper_is_withdrawn_with_the_newest_wording_of_its_words(client):
    first = make_live_wording(page="risks")
    code = code_of("risks")
    replace("risks")
    again = replace("risks", text=first.text)
    doctor = make_person(REVIEWER)
    wordings.withdraw_wording(
        wording=again, revision=1, user=doctor, reason="A wrong dose."
    )
    replace("risks")

    page = status_page(client, code)

    assert page.headings(1) == ["Do not use this paper"]
    assert "A wrong dose." in page.main


def test_code_of_several_pages_names_the_one_that_changed(client):
    for name in ("checklist", "questions", "visit"):
        make_live_wording(page=name, text=make_text(title=f"My {name}"))
    code = code_of("visit")
    text = make_text(title="My questions", body="One more.")
    replace("questions", "One more question.", text=text)

    page = status_page(client, code)

    assert "What changed in: My questions" in page.headings(2)
    assert "My checklist" not in page.main


def test_same_words_have_the_same_code(client):
    make_live_wording(page="risks")
    codes = {code_of("risks"), code_of("risks")}

    assert len(codes) == 1
    replace("risks")
    assert code_of("risks") not in codes


def test_every_write_that_patients_see_makes_its_codes():
    nurse, doctor = make_person("Editor"), make_person(REVIEWER, "doctor")
    live = make_live_wording(text=make_stage_text())
    draft = wordings.start_draft(page=live.page, user=nurse)
    draft = wordings.send_for_review(wording=draft, revision=1, user=nurse)
    due = timezone.now().date() + timedelta(days=300)
    draft = wordings.approve_wording(
        wording=draft, revision=2, user=doctor, reviewer_role="Nurse", review_due=due
    )
    assert not SheetCode.objects.filter(wordings=draft).exists()

    wordings.publish_wording(
        wording=draft, revision=3, user=nurse, advisory_reason="Fine."
    )

    assert SheetCode.objects.filter(wordings=draft, kind="stages/recovery").exists()


def test_code_for_a_day_to_come_tells_nothing_before_it(client):
    make_live_wording(page="risks")
    soon = timezone.now() + timedelta(days=2)
    replace("risks", "The secret change.", publish_from=soon)
    code = code_of("risks")

    assert client.get(f"/v/{code}/").status_code == 404
    with time_machine.travel(soon + timedelta(minutes=1)):
        assert status_page(client, code).headings(1) == ["This paper is current"]


def test_drafts_have_no_code():
    make_live_wording(page="risks")
    draft = Wording.objects.create(
        page=Wording.objects.of_guide().get().page, number=2, text="x", state="draft"
    )
    make_sheet_codes()

    assert not SheetCode.objects.filter(wordings=draft).exists()


def test_code_is_short_and_clear_to_read():
    for number in range(20):
        make_live_wording(page=f"page-{number}")
    make_sheet_codes()

    codes = SheetCode.objects.values_list("code", flat=True)
    assert {len(code) for code in codes} == {8}
    assert set("".join(codes)) <= set(ALPHABET)
    assert not set(ALPHABET) & set("01ILO")


@pytest.mark.parametrize("typed", ["{}", "{} ", "{0:.4}-{0:.9}"])
def test_code_may_be_typed_in_small_letters_with_spaces_or_a_dash(client, typed):
    make_live_wording(page="risks")
    code = code_of("risks").lower()
    text = f"{code[:4]}-{code[4:]}" if "-" in typed else typed.format(code)

    response = client.get("/v/", {"code": text}, follow=True)

    assert Page(response).headings(1) == ["This paper is current"]


@pytest.mark.parametrize("code", ["ABCDEFGH", "x", "..", "<b>", "é", "0" * 200])
def test_code_that_is_not_ours_is_told_kindly(client, code):
    make_live_wording(page="risks")

    response = client.get(f"/v/{code}/", follow=True)

    assert response.status_code == 404
    assert "We do not know this code" in Page(response).headings(1)
    assert b"<b>" not in response.content


def test_empty_question_shows_the_form_and_sets_no_cookie(client):
    make_live_wording(page="risks")

    response = client.get("/v/?code=%20")

    assert Page(response).headings(1) == ["Is your paper still right?"]
    assert not response.cookies


def test_codes_can_be_neither_changed_nor_posted(client):
    assert client.post("/v/").status_code == 405
    assert client.post("/v/ABCDEFGH/").status_code == 405


@pytest.mark.parametrize("path", ["/risks/print/", "/guide/print/"])
def test_sheet_carries_the_code_that_answers_for_it(client, path):
    make_live_wording(page="risks", text=make_text(title="Risks"))
    code = code_of("guide" if "guide" in path else "risks")
    clear_snapshot_cache()

    head = Page(client.get(path)).tree.cssselect(".sheet-head__version")[0]

    assert f"Code {code[:4]} {code[4:]}." in head.text_content()
