"""What would be lost stops a text everywhere; what is right reaches page and paper."""

import shutil
from datetime import date
from io import BytesIO

import pypdfium2
import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.urls import reverse

from sessions import wordings
from sessions.documents.guard import source_faults
from sessions.models import Wording
from sessions.pdf.client import make_pdf, stop_workers
from sessions.staff.editor import CLAIM, PICTURE, SKELETONS
from sessions.wordings.judging import blocking_findings
from sessions.wordings.steps import PublishRefused
from tests.conftest import need_pdf
from tests.factories import (
    make_live_wording,
    make_person,
    make_stage_text,
    make_text,
    make_wording,
)
from tests.page import Page as Read
from tests.paper import letters
from tests.staff import sign_in

pytestmark = pytest.mark.django_db
APP = "admin:stemguide_sessions"
BODY_LINE = 7  # of make_stage_text
# Each body of one line or more, the line of its fault in it, and words of the fault.
FAULTS = {
    "Take 2*500 mg early and 1*500 mg late.": (
        1,
        '"*500 mg early and 1*" would be lost',
    ),
    "> 101 °F": (1, "drawn as a quotation"),
    "| a | b |\n|---|---|\n| Rest | Call | or ring 911 |": (
        3,
        '"or ring 911" would be',
    ),
    "[x]: y": (1, '"x]: y" would be lost'),
    'See [risks](/risks/ "all 5").': (1, '""all 5"" would be lost'),
    "``` take two\nwords\n```": (1, '"take two" would be lost'),
    "##Heading": (1, 'Patients would see "##" here.'),
    "**Call.**If not, wait.": (1, 'Patients would see "**" here.'),
    "•\u00a0One": (1, 'Patients would see "•" here.'),
    ":: warning": (1, 'Patients would see "::" here.'),
    "1. Rest\n1. Call": (2, '"1" would be lost'),
    "donâ€™t wait": (1, "a letter that was damaged"),
    "a\u200bb": (1, "U+200B, which nobody sees"),
    "## Help\n\nWords.": (1, '"#help" is a place of the site itself.'),
}
RIGHT = {
    r"Take 2\*500 mg early, 1\*500 mg late.": "Take 2*500 mg early, 1*500 mg late.",
    "Call at \\> 101 °F or −5 °C.": "Call at > 101 °F or −5 °C.",
    "**F**ace, *arms* (5 %), 3_4 & 5 < 6.": "Face, arms (5 %), 3_4 & 5 < 6.",
    "Room #5; [ring **911**](tel:911)!": "Room #5; ring 911!",
    "Take 2  \nor\\\n3&nbsp;mg.": "Take 2 or 3 mg.",
    "`2 * 5` and 1/2 and ½ ± 1": "2 * 5 and 1/2 and ½ ± 1",
}
CASES = [pytest.param(*case, id=case[0][:20]) for case in FAULTS.items()]


@pytest.fixture(autouse=True)
def _risks():
    make_live_wording(page="risks", text=make_text())


def front(value):
    return make_stage_text().replace("What it is.", value)


@pytest.mark.parametrize(("body", "fault"), CASES)
def test_the_editor_names_the_fault_at_its_line(client, body, fault):
    draft = make_wording()
    sign_in(client, "Editor")
    address = reverse(f"{APP}_wording_check_text", args=[draft.pk])

    page = Read(client.post(address, {"text": make_stage_text(body=body)}))

    assert fault[1] in page.text
    found = blocking_findings(page=draft.page, text=make_stage_text(body=body))
    assert BODY_LINE + fault[0] in [finding.line for finding in found]


@pytest.mark.parametrize("value", ["Room #5", "!now Call", "&now Call", '"a\\nb"'])
def test_what_yaml_takes_out_is_a_blocking_finding(value):
    draft = make_wording(text=front(value))

    [finding] = blocking_findings(page=draft.page, text=draft.text)

    assert finding.line == 3
    assert "YAML takes" in finding.message or "backslash" in finding.message


@pytest.mark.parametrize(("body", "fault"), CASES[:4])
def test_such_a_text_is_neither_sent_nor_published(body, fault):
    author, doctor = make_person("Editor"), make_person("Administrator", "doctor")
    draft = make_wording(text=make_stage_text(body=body))
    waiting = make_wording(
        page="stages/harvesting", state="in-review",
        text=make_stage_text("harvesting", body=body), reviewer=doctor,
        reviewer_role="Surgeon", approved_on=date(2026, 1, 5),
        review_due=date(2999, 1, 5),
    )  # fmt: skip

    with pytest.raises(PublishRefused) as unsent:
        wordings.send_for_review(wording=draft, revision=draft.revision, user=author)
    with pytest.raises(PublishRefused) as unpublished:
        wordings.publish_wording(
            wording=waiting, revision=waiting.revision, user=doctor, advisory_reason="a"
        )

    for refused in (unsent, unpublished):
        assert fault[1] in str(refused.value.findings)
    assert not Wording.objects.filter(state="published", page=draft.page).exists()


@pytest.mark.parametrize(("body", "fault"), CASES)
def test_the_reviewer_sees_the_fault(client, body, fault):
    waiting = make_wording(text=make_stage_text(body=body), state="in-review")
    sign_in(client, "Clinical reviewer", "doctor")

    page = Read(client.get(reverse(f"{APP}_wording_approve", args=[waiting.pk])))

    assert fault[1] in page.text


@pytest.fixture
def folder(tmp_path):
    copy = tmp_path / "content"
    shutil.copytree(settings.CONTENT_DIR, copy)
    return copy


@pytest.mark.parametrize("options", [{}, {"check": True}])
def test_a_file_that_would_lose_words_is_refused_by_line(folder, capsys, options):
    about = folder / "en" / "about.md"
    text = about.read_text(encoding="utf-8")
    about.write_text(text + "\nTake 2*500 mg and 1*500 mg.\n", encoding="utf-8")
    with (folder / "claims.yaml").open("a", encoding="utf-8") as claims:
        claims.write("#2 is the last\n")

    with pytest.raises(CommandError, match=r"Mend 2 faults"):
        call_command("load_content", folder=folder, **options)

    told = capsys.readouterr().err
    assert f"en/about.md:{text.count(chr(10)) + 2}: " in told
    assert "claims.yaml:" in told and 'YAML takes "#2 is the last"' in told
    assert Wording.objects.filter(page__name="about").count() == 0


def test_the_check_of_the_site_names_the_file_and_line(folder, settings):
    about = folder / "en" / "about.md"
    text = about.read_text(encoding="utf-8")
    about.write_text(text + "\n##Help\n", encoding="utf-8")
    settings.CONTENT_DIR = folder

    told = [str(message) for message in run_checks(tags=["content"])]

    assert any(f"about.md:{text.count(chr(10)) + 2}: " in message for message in told)


@pytest.mark.parametrize("body", [body for body in FAULTS if "Help" not in body])
def test_a_wording_that_patients_read_already_stays_readable(client, body):
    make_live_wording(text=make_stage_text(body=f"{body}\n\nCall us at 5."))

    for address in ("/stages/recovery/", "/stages/recovery/print/"):
        response = client.get(address)
        assert response.status_code == 200
        assert "Call us at 5." in Read(response).text


def test_such_a_wording_is_not_put_back(client):
    doctor = make_person("Clinical reviewer", "doctor")
    approval = {
        "reviewer": make_person("Clinical reviewer", "approver"),
        "reviewer_role": "Surgeon",
        "approved_on": date(2026, 1, 5),
        "review_due": date(2999, 1, 5),
    }
    old = make_live_wording(text=make_stage_text(body="> 101 °F"), **approval)
    make_live_wording(text=make_stage_text(body="Other words."))

    with pytest.raises(PublishRefused, match="quotation"):
        wordings.put_back_wording(
            wording=old, revision=old.revision, user=doctor, reason="It was right."
        )


@pytest.mark.parametrize("body", RIGHT)
def test_right_words_reach_page_sheet_and_reviewer(client, body):
    live = make_live_wording(text=make_stage_text(body=body))
    draft = make_wording(text=make_stage_text(body=body), state="in-review")
    page = Read(client.get("/stages/recovery/"))
    sheet = Read(client.get("/stages/recovery/print/"))
    sign_in(client, "Clinical reviewer", "doctor")
    review = Read(client.get(reverse(f"{APP}_wording_approve", args=[draft.pk])))

    assert blocking_findings(page=live.page, text=live.text) == []
    for read in (page, sheet, review):
        assert letters(RIGHT[body]) in letters(read.text)
    for read in (page, sheet):
        assert " ".join(RIGHT[body].split()) in " ".join(read.text.split())


def test_right_words_reach_the_pdf(client):
    need_pdf()
    make_live_wording(text=make_stage_text(body="\n\n".join(RIGHT)))
    sheet = client.get("/stages/recovery/print/").content.decode()

    *_, job = make_pdf([sheet])
    stop_workers()

    pages = pypdfium2.PdfDocument(BytesIO(job.pdf))
    text = "".join(page.get_textpage().get_text_bounded() for page in pages)
    for shown in RIGHT.values():
        assert "".join(shown.split()) in "".join(text.split())


@pytest.mark.parametrize("made", [*SKELETONS, CLAIM, PICTURE], ids=lambda s: s.label)
def test_what_a_button_of_the_editor_inserts_has_no_fault(made):
    block = made.text.replace("NAME", "a-name")

    assert source_faults(make_text(body=f"## Section\n\n{block}")) == ()
