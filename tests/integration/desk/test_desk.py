"""The print desk: its documents, its sheets, its questions and its counts."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sessions.documents.front_matter import STAGE_KINDS
from sessions.models import Clinic, PrintCount, SheetCode
from sessions.pdf.client import PdfError, PrintJob, Progress
from sessions.wordings.sheet_codes import make_sheet_codes
from tests.factories import make_live_wording, make_person, make_text
from tests.page import Page, words

pytestmark = pytest.mark.django_db

DESK, SHEETS, PRINTED = "/desk/", "/desk/sheets/", "/desk/printed/"
DAY = {"day": "7", "month": "1", "year": "2027"}
PDF = b"%PDF-1.7\n\n\x00\xff drawn"
NO_PANGO = "The Pango library is missing."


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(datetime(2026, 11, 20, 12, tzinfo=UTC), tick=False)


@pytest.fixture
def pages(db):
    """A checklist with a task seven days before, three other pages, and their codes."""
    task = "- [ ] Plan a ride. {#ride day=-7}"
    make_live_wording(page="checklist", text=make_text(title="Checklist", body=task))
    make_live_wording(page="risks", text=make_text(title="Risks"))
    make_live_wording(page="stages/recovery")
    make_live_wording(page="privacy", text=make_text(title="Privacy"))
    make_sheet_codes()


@pytest.fixture
def rita(client):
    client.force_login(make_person("Reception", "rita"))
    return client


@pytest.fixture
def drawn(monkeypatch):
    """Replaces `make_pdf`; records the arguments of each call."""
    asked = {}

    def make_pdf(sheets, *, copies, blank_backs):
        asked.update(sheets=list(sheets), copies=copies, blank_backs=blank_backs)
        yield Progress(0, 2)
        yield Progress(2, 2)
        yield PrintJob(PDF, (3,) * len(sheets))

    monkeypatch.setattr("sessions.desk.views.sheets.make_pdf", make_pdf)
    for module in ("desk", "sheets"):
        monkeypatch.setattr(f"sessions.desk.views.{module}.pdf_fault", lambda: "")
    return asked


@pytest.fixture
def no_pdf(monkeypatch):
    for module in ("desk", "sheets"):
        monkeypatch.setattr(f"sessions.desk.views.{module}.pdf_fault", lambda: NO_PANGO)


def code(kind: str) -> str:
    rows = SheetCode.objects.filter(kind=kind).order_by("-pk")
    return rows[0].code if rows else ""


def a_set(*kinds, **more):
    """The fields that the form under the result sends."""
    codes = [code(kind) for kind in kinds]
    return {"document": kinds, "code": codes, "copies": "3", **more}


def counts() -> dict[str, int]:
    return {row.code.kind: row.copies for row in PrintCount.objects.all()}


def errors(response) -> list[str]:
    """The errors at the top of the page."""
    links = Page(response).tree.cssselect(".errornote a")
    return [words(link) for link in links]


# --- what is offered ---------------------------------------------------------


def test_desk_offers_the_usual_documents_first(rita, pages):
    page = Page(rita.get(DESK))

    labels = [
        words(label) for label in page.tree.cssselect("fieldset")[0].iter("label")
    ]
    assert labels == ["Checklist", "Risks", "The whole guide", "Recovery"]
    assert page.headings(1) == ["Print desk"]
    assert not page.has("[data-desk-result]")


def test_real_guide_has_every_sheet_the_clinic_hands_out(rita, real_content):
    page = Page(rita.get(DESK))

    kinds = [box.get("value") for box in page.tree.cssselect("input[name=document]")]
    usual = "checklist visit risks options questions helping-someone diary guide"
    assert kinds[:8] == usual.split()
    assert kinds[8:15] == [f"stages/{name}" for name in STAGE_KINDS]
    assert "get-help" in kinds and "after/hand" in kinds
    assert not {"home", "privacy", "about"} & set(kinds)


def test_desk_never_has_a_box_for_a_name(rita, pages):
    page = Page(rita.get(DESK))

    typed = [box.get("name") for box in page.tree.cssselect("input[type=text]")]
    assert typed == ["day", "month", "year"]
    assert not page.has("textarea")


def test_empty_site_offers_nothing_and_stands(rita):
    page = Page(rita.get(DESK))

    assert not page.has("input[name=document]")


def test_single_answer_is_not_asked(rita, pages):
    Clinic.objects.update(offers_bone_marrow=False, offers_fat=False)

    page = Page(rita.get(DESK))

    assert page.has("input[name=area]") and not page.has("input[name=cells]")


def test_address_fills_the_form_and_shows_the_result(rita, pages, drawn):
    address = (
        f"{DESK}?document=risks&document=checklist&area=hand&cells=fat&size=18"
        "&paper=a4&copies=3&backs=on&depth=short"
    )

    page = Page(rita.get(address))

    ticked = [box.get("value") for box in page.tree.cssselect("input[checked]")]
    assert ticked == ["checklist", "risks", "hand", "fat", "18", "a4", "short", "on"]
    result = words(page.tree.get_element_by_id("result"))
    assert (
        "Checklist, Risks. Hand, your fat. Large, A4. Short. 3 copies. Blank backs."
        in result
    )
    assert "Never checked by a clinician." in result
    link = page.link("This set as a link").href
    assert link == (
        "/desk/?document=checklist&document=risks&area=hand&cells=fat&size=18&paper=a4"
        "&depth=short&copies=3&backs=on#result"
    )
    again = Page(rita.get(link))
    assert result == words(again.tree.get_element_by_id("result"))


def test_short_address_is_filled_up_with_what_is_usual(rita, pages, drawn):
    page = Page(rita.get(f"{DESK}?document=risks"))

    result = words(page.tree.get_element_by_id("result"))
    assert "Risks. Any area, any cells. Standard, US Letter. 1 copy." in result


def test_answers_alone_fill_the_form_and_complain_of_nothing(rita, pages):
    response = rita.get(f"{DESK}?area=hand&copies=many")

    assert response.status_code == 200
    assert not Page(response).has(".errornote")


# --- what is wrong -----------------------------------------------------------

HOW_MANY = "Write how many copies: a number from 1 to 100."


@pytest.mark.parametrize(
    ("typed", "problem", "place"),
    [
        ({"document": []}, "Choose at least one document.", "id_document_0"),
        ({"document": ["gone"]}, "“gone” is no sheet that", "id_document_0"),
        ({"document": ["privacy"]}, "“privacy” is no sheet", "id_document_0"),
        ({"copies": "0"}, HOW_MANY, "id_copies"),
        ({"copies": "101"}, HOW_MANY, "id_copies"),
        ({"copies": ""}, HOW_MANY, "id_copies"),
        ({"copies": "three"}, HOW_MANY, "id_copies"),
        ({"size": "99"}, "Choose one of these.", "id_size_0"),
        ({"paper": "a3"}, "Choose one of these.", "id_paper_0"),
        ({"depth": "deep"}, "Choose one of these.", "id_depth_0"),
        ({"area": "<b>"}, "Choose one of these.", "id_area_0"),
        ({"day": "7"}, "Write the month as a number from 1 to 12.", "id_month"),
        ({**DAY, "day": "32"}, "Write the day as a number from 1", "id_day"),
    ],
)
def test_what_is_wrong_is_said_where_it_is_mended(rita, pages, typed, problem, place):
    data = {"document": ["risks"], "copies": "2", **typed}

    for address in (DESK, SHEETS):
        response = rita.post(address, data)

        assert response.status_code == 422
        page = Page(response)
        assert page.title.startswith("Error: ")
        link = page.link(problem)
        assert link.href == f"#{place}"
        assert page.tree.get_element_by_id(place) is not None
        assert f"Error: {problem}" in page.text
        assert not page.has("[data-desk-result]")
    assert rita.post(PRINTED, data).status_code == 422
    assert counts() == {}


def test_nothing_typed_is_lost_when_something_is_wrong(rita, pages):
    data = {"document": ["risks", "checklist"], "area": "hand", "size": "24", **DAY}

    page = Page(rita.post(DESK, {**data, "copies": "0", "backs": "on"}))

    ticked = [box.get("value") for box in page.tree.cssselect("input[checked]")]
    assert {"risks", "checklist", "hand", "24", "on"} < set(ticked)
    values = {box.get("name"): box.get("value") for box in page.tree.iter("input")}
    assert {**DAY, "copies": "0"}.items() <= values.items()


def test_link_to_a_sheet_that_is_gone_says_so(rita, pages):
    assert errors(rita.get(f"{DESK}?document=gone&document=risks")) == [
        "“gone” is no sheet that we have now. Choose again."
    ]


# --- what comes out ----------------------------------------------------------


def test_stream_says_how_far_it_is_and_ends_with_the_pdf(rita, pages, drawn):
    data = a_set("checklist", "risks", purpose="stream", backs="on", size="18")

    response = rita.post(SHEETS, data, headers={"accept-encoding": "gzip"})

    head, _, pdf = b"".join(response.streaming_content).partition(b"\n\n")
    lines = [json.loads(line) for line in head.splitlines()]
    assert lines[:2] == [{"done": 0, "total": 2}, {"done": 2, "total": 2}]
    assert lines[2] == {
        "pages": ["3 pages", "3 pages"],
        "words": "6 pages for one copy. 18 pages in all, on 12 sheets of paper on both "
        "sides.",
    }
    assert pdf == PDF
    assert response["Content-Encoding"] == "identity"
    assert "no-store" in response["Cache-Control"]
    assert drawn["copies"] == 3 and drawn["blank_backs"]
    assert [("Checklist" in s, "Risks" in s) for s in drawn["sheets"]] == [
        (True, False),
        (False, True),
    ]
    assert all("size-18" in sheet for sheet in drawn["sheets"])
    assert counts() == {}


def test_stream_ends_with_what_went_wrong(rita, pages, drawn, monkeypatch):
    def fail(sheets, **_):
        yield Progress(0, 1)
        raise PdfError("The program that draws it stopped.")

    monkeypatch.setattr("sessions.desk.views.sheets.make_pdf", fail)

    response = rita.post(SHEETS, a_set("risks", purpose="stream"))

    lines = b"".join(response.streaming_content).splitlines()
    assert json.loads(lines[-1]) == {"fault": "The program that draws it stopped."}


def test_closed_connection_stops_the_drawing(rita, pages, drawn, monkeypatch):
    ended = []

    def slow(sheets, **_):
        try:
            yield Progress(0, 1)
            yield Progress(1, 1)
        finally:
            ended.append(True)

    monkeypatch.setattr("sessions.desk.views.sheets.make_pdf", slow)
    response = rita.post(SHEETS, a_set("risks", purpose="stream"))

    next(response.streaming_content)
    response.close()

    assert ended == [True]


@pytest.mark.parametrize(
    ("purpose", "counted"), [("look", {}), ("print", {"risks": 3})]
)
def test_sheets_open_as_a_pdf_without_a_script(rita, pages, drawn, purpose, counted):
    response = rita.post(SHEETS, a_set("risks", purpose=purpose))

    assert response.content == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'inline; filename="sheets.pdf"'
    assert "no-store" in response["Cache-Control"]
    assert counts() == counted


def test_pdf_that_fails_says_why_and_is_not_counted(rita, pages, drawn, monkeypatch):
    def fail(sheets, **_):
        raise PdfError("Another batch is being printed.")
        yield

    monkeypatch.setattr("sessions.desk.views.sheets.make_pdf", fail)

    response = rita.post(SHEETS, a_set("risks", purpose="print"))

    assert response.status_code == 503
    assert errors(response) == ["Another batch is being printed."]
    assert counts() == {}


def test_without_pdf_the_desk_says_so_and_shows_the_sheets(rita, pages, no_pdf):
    response = rita.post(DESK, {"document": ["checklist", "risks"], "copies": "3"})

    page = Page(response)
    assert NO_PANGO in page.text and "through this browser" in page.text
    assert "choose 3 for the number of copies" in page.text
    frame = page.tree.cssselect("iframe")[0]
    assert frame.get("srcdoc").count("<article") == 2
    assert "'sha256-" in response["Content-Security-Policy"]


def test_without_pdf_blank_backs_are_said_to_be_impossible(rita, pages, no_pdf):
    with_backs = rita.post(DESK, {"document": "risks", "copies": "1", "backs": "on"})
    without = rita.post(DESK, {"document": "risks", "copies": "1"})

    assert "Blank backs cannot be made in the browser" in Page(with_backs).text
    assert "Blank backs" not in Page(without).text


def test_without_pdf_the_sheets_open_as_a_page(rita, pages, no_pdf):
    response = rita.post(SHEETS, a_set("checklist", "risks", purpose="print"))

    assert Page(response).headings(1) == ["Checklist", "Risks"]
    assert counts() == {"checklist": 3, "risks": 3}


def test_only_the_desk_may_frame_and_nothing_may_frame_it(rita, pages, drawn):
    policy = rita.get(f"{DESK}?document=risks")["Content-Security-Policy"]
    sheets = rita.post(SHEETS, a_set("risks"))["Content-Security-Policy"]

    assert "frame-src blob:;" in f"{policy};"
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-src" not in sheets
    assert "frame-src" not in rita.get("/desk/recall/")["Content-Security-Policy"]


def test_page_not_needed_for_the_answers_has_a_note(rita, real_content, drawn):
    page = Page(rita.get(f"{DESK}?document=stages/harvesting&cells=prepared"))

    assert "Not needed for these answers. The sheet says so." in page.text


# --- the procedure day -------------------------------------------------------


def test_procedure_day_is_on_the_sheet(rita, pages, drawn):
    rita.post(SHEETS, a_set("checklist", **DAY))

    assert "Your day is Thursday 7 January 2027." in drawn["sheets"][0]
    assert "By Thursday 31 December 2026" in drawn["sheets"][0]
    rita.post(SHEETS, a_set("checklist"))
    assert "2027" not in drawn["sheets"][0]


def test_procedure_day_in_an_address_is_never_read(rita, pages, drawn):
    page = Page(rita.get(f"{DESK}?document=checklist&day=7&month=1&year=2027"))

    values = {box.get("name"): box.get("value") for box in page.tree.iter("input")}
    assert not values["day"] and not values["year"]
    assert "2027" not in page.text


def test_procedure_day_is_used_and_kept_nowhere(rita, pages, drawn, caplog, tmp_path):
    def dump(name):
        call_command("dumpdata", output=str(tmp_path / name), verbosity=0)
        return (tmp_path / name).read_bytes()

    rita.get(DESK)
    before = dump("before.json")
    with caplog.at_level("DEBUG"):
        page = rita.post(DESK, {"document": ["checklist"], "copies": "1", **DAY})
        responses = [
            page,
            rita.post(SHEETS, a_set("checklist", **DAY)),
            rita.post(SHEETS, a_set("checklist", purpose="stream", **DAY)),
            rita.post(DESK, {"document": ["checklist"], **DAY, "day": "77"}),
        ]

    assert dump("after.json") == before
    logged = " ".join(record.getMessage() for record in caplog.records)
    assert "2027" not in logged and "January" not in logged
    for response in responses:
        assert "no-store" in response["Cache-Control"]
        assert "2027" not in str(response.headers)
    assert set(rita.cookies) <= {"stemguide_staff", "csrftoken"}
    links = [link.href for link in Page(page).links()]
    assert not any("2027" in link for link in links)
    assert "2027" not in Page(page).tree.cssselect("[data-set]")[0].get("data-set")
    rita.post(PRINTED, a_set("checklist", **DAY))
    assert b"2027" not in dump("printed.json")


def test_day_goes_along_with_the_buttons_of_the_result(rita, pages, drawn):
    page = Page(rita.post(DESK, {"document": ["checklist"], "copies": "1", **DAY}))

    form = page.tree.cssselect("[data-desk-job]")[0]
    sent = {box.get("name"): box.get("value") for box in form.iter("input")}
    assert DAY.items() <= sent.items()
    assert sent["code"] == code("checklist")
    assert "Your day is Thursday 7 January 2027." in page.text


# --- what is asked first -----------------------------------------------------


def checked(page: str, due: date):
    return make_live_wording(
        page=page,
        text=make_text(title=page.capitalize()),
        approved_on=date(2026, 1, 5),
        reviewer=make_person(username=f"doctor of {page}"),
        review_due=due,
    )


def test_overdue_document_is_marked_and_asks_before_it_is_printed(rita, drawn):
    checked("risks", timezone.now().date() - timedelta(days=1))
    make_sheet_codes()

    page = Page(rita.get(f"{DESK}?document=risks"))

    assert "Its check was due on 19 November 2026." in page.text
    tick = page.tree.get_element_by_id("anyway-risks")
    assert tick.get("required") is not None and tick.get("checked") is None
    data = a_set("risks", purpose="print")
    refused = rita.post(SHEETS, data)
    assert refused.status_code == 409
    assert errors(refused)[0].startswith("To print “Risks” all the same, tick its box")
    assert Page(refused).link("To print “Risks”").href == "#anyway-risks"
    assert rita.post(PRINTED, data).status_code == 409
    assert counts() == {}
    assert rita.post(SHEETS, {**data, "purpose": "look"}).status_code == 200
    assert rita.post(PRINTED, {**data, "anyway": ["risks"]}).status_code == 200
    assert rita.post(SHEETS, {**data, "anyway": ["risks"]}).content == PDF
    assert counts() == {"risks": 6}


@pytest.mark.parametrize("days", [0, 30])
def test_document_that_is_not_overdue_asks_nothing(rita, drawn, days):
    checked("risks", timezone.now().date() + timedelta(days=days))
    make_sheet_codes()

    page = Page(rita.get(f"{DESK}?document=risks"))

    assert not page.has("input[name=anyway]")
    assert "Never checked" not in page.text


def test_withdrawn_document_prints_its_notice_and_has_no_count(rita, pages, drawn):
    make_live_wording(page="risks", state="withdrawn", withdrawn_reason="A wrong dose.")
    make_sheet_codes()

    page = Page(rita.get(f"{DESK}?document=risks&document=checklist"))

    assert "Withdrawn: A wrong dose. The sheet says so and has no other" in page.text
    assert "No code, so it is not counted." in page.text
    sent = {"code": ["", code("checklist")], "anyway": ["risks"]}
    response = rita.post(PRINTED, a_set("risks", "checklist", **sent))
    assert response.json()["message"] == (
        "Counted: 3 copies of “Checklist”. Without a code, so not counted: “A page”."
    )
    rita.post(SHEETS, a_set("risks", "checklist", **sent))
    assert "A wrong dose." in drawn["sheets"][1]
    assert counts() == {"checklist": 3}


def test_whole_guide_names_what_is_withdrawn_and_overdue_in_it(rita, pages, drawn):
    checked("options", date(2026, 1, 6))
    make_live_wording(page="risks", state="withdrawn", withdrawn_reason="Wrong.")
    make_sheet_codes()

    page = Page(rita.get(f"{DESK}?document=guide"))

    assert "Withdrawn in it: A page. The sheet says so there." in page.text
    assert "Overdue for a check in it: Options." in page.text
    assert "Never checked by a clinician in 2 of its 4 pages." in page.text
    assert page.has("#anyway-guide")


def test_scheduled_change_has_a_note(rita, pages):
    start = timezone.now() + timedelta(days=3)
    make_live_wording(page="risks", publish_from=start)
    make_sheet_codes()

    page = Page(rita.get(DESK))

    assert "It changes on 23 November 2026." in page.text
    assert "Risks in it changes on 23 November 2026." in page.text


@pytest.mark.parametrize("state", ["published", "withdrawn"])
def test_words_that_changed_since_they_were_seen_are_not_printed(
    rita, pages, drawn, state
):
    data = a_set("risks", purpose="print", anyway=["risks"])
    text = make_text(title="Risks")
    reason = "Wrong." if state == "withdrawn" else ""
    make_live_wording(page="risks", text=text, state=state, withdrawn_reason=reason)
    make_sheet_codes()

    response, page = rita.post(PRINTED, data), rita.post(SHEETS, data)

    message = (
        "The words of “Risks” changed since you looked. Show what comes out again."
    )
    assert response.status_code == 409 and response.json()["message"] == message
    assert page.status_code == 409 and errors(page) == [message]
    assert counts() == {}


# --- what is counted ---------------------------------------------------------


def test_prints_are_counted_by_sheet_and_day(rita, pages, drawn, time_machine):
    response = rita.post(PRINTED, a_set("checklist", "risks"))
    rita.post(PRINTED, a_set("risks", copies="1"))
    time_machine.move_to(datetime(2026, 11, 21, 12, tzinfo=UTC))
    rita.force_login(User.objects.get())
    rita.post(PRINTED, a_set("risks", copies="100"))

    assert response.json()["message"] == "Counted: 3 copies of “Checklist”, “Risks”."
    rows = PrintCount.objects.order_by("code__kind", "day")
    assert [(r.code.kind, r.day.day, r.copies) for r in rows] == [
        ("checklist", 20, 3),
        ("risks", 20, 4),
        ("risks", 21, 100),
    ]


def test_day_of_a_count_is_the_day_at_the_clinic(rita, pages, drawn):
    Clinic.objects.update(time_zone="Pacific/Kiritimati")

    rita.post(PRINTED, a_set("risks"))

    assert PrintCount.objects.get().day == date(2026, 11, 21)


def test_count_names_nobody():
    fields = {field.name for field in PrintCount._meta.get_fields()}

    assert fields == {"id", "code", "day", "copies"}


def test_looking_counts_nothing(rita, pages, drawn):
    rita.get(f"{DESK}?document=risks")
    rita.post(DESK, a_set("risks"))
    rita.post(SHEETS, a_set("risks", purpose="look"))
    list(rita.post(SHEETS, a_set("risks", purpose="stream")).streaming_content)

    assert counts() == {}


# --- who, and from where -----------------------------------------------------


def test_reception_lands_on_the_desk_and_others_find_the_link(client, pages):
    for role in ("Editor", "Clinical reviewer", "Administrator"):
        client.force_login(make_person(role, role))
        page = Page(client.get("/admin/"))
        assert page.link("Print desk").href == DESK
        ready = page.link("The whole guide in large print").href
        assert ready == "/desk/?document=guide&size=18#result"
        assert client.get(ready).status_code == 200
    client.force_login(make_person("Reception", "rita"))
    assert client.get("/admin/")["Location"] == DESK


def test_who_may_not_print_is_not_led_there(client, pages):
    client.force_login(make_person("", "nobody"))

    assert client.get(DESK).status_code == 403
    assert not Page(client.get("/admin/")).has("section[aria-labelledby=print]")


@pytest.mark.parametrize("address", ["", "https://guide.example"])
def test_missing_address_of_the_site_has_a_notice(client, pages, settings, address):
    settings.PUBLIC_URL = address
    client.force_login(make_person("Administrator", "ann"))

    for where in (DESK, reverse("admin:index")):
        assert ("without a QR code" in Page(client.get(where)).text) is (not address)


def test_tryout_says_that_it_is_not_for_patients(rita, pages, settings):
    settings.TRYOUT_BANNER = "Try-out: not for patients"

    assert "Try-out: not for patients" in Page(rita.get(DESK)).text


def test_forged_form_is_refused(pages):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_person("Reception", "rita"))

    for address in (DESK, SHEETS, PRINTED):
        assert client.post(address, {"document": "risks"}).status_code == 403
