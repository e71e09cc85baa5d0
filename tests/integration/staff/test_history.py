"""All wordings can be compared and restored; the audit log has every step."""

import csv
import hashlib
import io
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from sessions import wordings
from sessions.models import AuditEntry, Clinic, Wording
from sessions.wordings.compare import compare_texts
from sessions.wordings.page_lines import text_lines
from tests.clinic_texts import of_guide
from tests.factories import (
    KEY_FACTS,
    make_live_wording,
    make_person,
    make_stage_text,
    make_text,
    make_wording,
)
from tests.page import Page as Read
from tests.staff import sign_in

APP = "admin:stemguide_sessions"
REVIEWER = "Clinical reviewer"


def overview(client, wording):
    return Read(client.get(reverse(f"{APP}_page_change", args=[wording.page_id])))


def compare_url(wording):
    return reverse(f"{APP}_page_compare", args=[wording.page_id])


# --- two texts, word by word -------------------------------------------------


def changes(old, new):
    """(change, text) of all pieces that differ."""
    return [
        (piece.change, piece.text.strip())
        for run in compare_texts(old, new).runs
        for line in run.lines
        for piece in line.pieces
        if piece.change != "same"
    ]


def body(*lines):
    return make_text(body="\n\n".join(lines))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (["Two days."], ["Six days."], [("removed", "Two"), ("added", "Six")]),
        (["Rest."], ["Rest.", "Then walk."], [("added", "Then walk.")]),
        (["Rest.", "Walk."], ["Walk."], [("removed", "Rest.")]),
        (["Do rest well."], ["Do well."], [("removed", "rest")]),
        (["Rest."], ["Swim."], [("removed", "Rest."), ("added", "Swim.")]),
        (["- Rest."], ["Rest."], [("removed", "Rest."), ("added", "Rest.")]),
        (
            ["Call [us now](tel:555-1)."],
            ["Call [us now](tel:555-2)."],
            [("removed", "[tel:555-1]."), ("added", "[tel:555-2].")],
        ),
        (
            ["::: only cells=fat\nRest.\n:::"],
            ["::: only cells=prepared\nRest.\n:::"],
            [("removed", "fat"), ("added", "prepared")],
        ),
        (
            ["- [ ] Book a ride {#ride day=0}"],
            ["- [ ] Book a ride {#ride day=-7..-1}"],
            [("removed", "0)"), ("added", "-7 to -1)")],
        ),
        (
            ["| A | B |\n|---|---|\n| one | two |"],
            ["| A | B |\n|---|---|\n| one | six |"],
            [("removed", "two"), ("added", "six")],
        ),
    ],
)  # fmt: skip
def test_every_word_that_differs_is_told(old, new, expected):
    assert changes(body(*old), body(*new)) == expected


def test_title_summary_and_key_facts_are_compared():
    old = make_stage_text()
    new = old.replace("An hour.", "Two hours.").replace("What it is.", "What it was.")

    assert changes(old, new) == [
        ("removed", "is."),
        ("added", "was."),
        ("removed", "An hour."),
        ("added", "Two hours."),
    ]
    assert "An hour." in KEY_FACTS


def test_texts_that_differ_only_in_layout_read_the_same():
    comparison = compare_texts(body("Rest two\ndays."), body("Rest two days."))

    assert comparison.is_same and not comparison.has_same_source


def test_many_unchanged_lines_are_folded():
    lines = [f"Line {number} of them." for number in range(20)]
    changed = [*lines[:10], "Something else entirely here.", *lines[11:]]

    runs = compare_texts(body(*lines), body(*changed)).runs

    assert [(len(run.lines), run.is_folded) for run in runs] == [
        (10, True), (2, False), (2, False), (2, False), (7, True),
    ]  # fmt: skip


def test_text_that_is_no_page_is_compared_as_it_was_typed():
    comparison = compare_texts("Rest two days.", body("Rest."))

    assert comparison.is_of_source


def test_whole_page_is_there_for_who_is_not_sure(library):
    for file in library.files:
        lines, is_page = text_lines(file.text)
        words = " ".join(line.text for line in lines)
        assert is_page and file.document.title in words
        assert all(section.title in words for section in file.document.sections)


# --- on the screen -----------------------------------------------------------

pytestmark = pytest.mark.django_db


def test_any_two_versions_are_compared(client):
    first = make_live_wording(text=make_stage_text(body="Rest two days."))
    make_live_wording(text=make_stage_text(body="Rest three days."))
    make_wording(text=make_stage_text(body="Rest four days."))
    sign_in(client)

    page = Read(client.get(compare_url(first), {"old": 1, "new": 3}))

    assert page.headings(2) == ["From version 1 to version 3"]
    assert [e.text_content() for e in page.tree.cssselect(".reading del")] == [
        " [removed:  two ] "
    ]
    assert [e.text_content() for e in page.tree.cssselect(".reading ins")] == [
        " [added:  four ] "
    ]
    chosen = page.tree.cssselect("select option[selected]")
    assert [option.get("value") for option in chosen] == ["1", "3"]


def test_comparing_starts_from_what_patients_read(client):
    live = make_live_wording()
    make_wording()
    sign_in(client)

    page = Read(client.get(compare_url(live)))

    assert page.headings(2) == ["From version 1 to version 2"]
    assert "These two read the same." in page.text


def test_version_that_never_was_is_not_compared(client):
    live = make_live_wording()
    sign_in(client)

    response = client.get(compare_url(live), {"old": 1, "new": 99})

    assert response.status_code == 200
    assert "There is no such version." in Read(response).text


def test_words_of_a_wording_are_never_markup_in_a_comparison(client):
    live = make_live_wording(text=make_stage_text(body="Rest \\<b>two\\</b> days."))
    make_wording(text=make_stage_text(body="Rest \\<i>three\\</i> days."))
    sign_in(client)

    page = Read(client.get(compare_url(live)))

    assert "<i>three</i>" in page.text
    assert not page.has(".reading i") and not page.has(".reading b")


@pytest.mark.parametrize("role", ["", "Reception"])
def test_comparing_is_for_who_may_read_wordings(client, role):
    live = make_live_wording()
    sign_in(client, role)

    assert client.get(compare_url(live)).status_code == 403


def test_overview_tells_what_patients_read_and_who_checked_it(client):
    Clinic.objects.update(time_zone="America/Chicago")
    doctor = make_person(REVIEWER, "doctor")
    live = make_live_wording(
        text=make_stage_text(title="Getting better"),
        publish_from=datetime(2026, 7, 1, 3, tzinfo=UTC),
        reviewer=doctor,
        reviewer_role="Hand surgeon",
        approved_on=date(2020, 1, 1),
        review_due=date(2021, 1, 1),
        change_note="Made it shorter.",
    )
    sign_in(client)

    page = overview(client, live)

    assert page.headings(1) == ["Getting better"]
    assert "30 June 2026, 22:00 (America/Chicago)" in page.text
    assert "doctor, Hand surgeon, on 1 January 2020" in page.text
    assert "1 January 2021 Overdue. Patients are told so." in page.text
    assert "Made it shorter." in page.text
    assert page.link("/stages/recovery/").href == "/stages/recovery/"


def test_overview_shows_every_version_with_its_links(client):
    make_live_wording()
    live = make_live_wording(withdrawn_reason="", unreviewed_reason="Urgent.")
    make_live_wording(publish_from=datetime(2999, 1, 1, tzinfo=UTC))
    sign_in(client)

    page = overview(client, live)

    statuses = [row.text_content().strip() for row in page.tree.cssselect(
        "table.versions tr td:nth-child(2)"
    )]  # fmt: skip
    assert statuses == ["Scheduled", "Published. Patients read this.", "Replaced"]
    assert "Published without review: Urgent." in page.text
    assert page.link("Compare version 1 with live").href.endswith("?old=2&new=1")
    for words in ("View version 1", "Preview version 1", "Restore version 1"):
        assert page.link(words)


def test_reception_sees_no_versions_and_no_history(client):
    live = make_live_wording()
    sign_in(client, "Reception")

    page = overview(client, live)

    assert not {"Versions", "Who did what"} & set(page.headings(2))
    assert not any("/wording/" in link.href for link in page.links())


def test_overview_tells_who_did_what_newest_first(client):
    draft = make_wording()
    nurse = sign_in(client)
    wordings.send_for_review(wording=draft, revision=1, user=nurse)
    doctor = make_person(REVIEWER, "doctor")
    wordings.ask_for_changes(wording=draft, revision=2, user=doctor, comment="Shorter.")

    page = overview(client, draft)

    rows = [
        [cell.text_content().strip() for cell in row.cssselect("td")][1:]
        for row in page.tree.cssselect("[aria-label='Who did what'] tbody tr")
    ]
    assert rows == [
        ["1", "Changes asked for", "doctor", "Shorter."],
        ["1", "Sent for review", "nurse", ""],
    ]


# --- restore -----------------------------------------------------------------


def restore_url(wording):
    return reverse(f"{APP}_wording_restore", args=[wording.pk])


def test_restored_version_is_a_new_draft(client):
    old = make_live_wording(text=make_stage_text(body="Old words."))
    make_live_wording()
    sign_in(client)
    screen = Read(client.get(restore_url(old)))

    page = Read(client.post(restore_url(old), follow=True))

    draft = Wording.objects.drafts().get()
    assert "This makes a new draft with the text of version 1." in screen.text
    assert (draft.number, draft.text) == (3, old.text)
    assert "is a new draft with the text of version 1." in page.text
    assert "Old words." not in Read(client.get("/stages/recovery/")).main


def test_restoring_never_overwrites_a_draft(client):
    old = make_live_wording()
    draft = make_wording(text=make_stage_text(body="Work in progress."))
    sign_in(client)

    for response in (client.get(restore_url(old)), client.post(restore_url(old))):
        page = Read(response)
        assert "This page has a draft already: version 2, draft." in page.text
        assert page.link("version 2, draft").href == reverse(
            f"{APP}_wording_change", args=[draft.pk]
        )
    assert response.status_code == 403
    assert Wording.objects.of_guide().count() == 2


@pytest.mark.parametrize("role", ["", "Reception", REVIEWER])
def test_only_who_may_edit_restores(client, role):
    old = make_live_wording()
    sign_in(client, role)

    assert client.post(restore_url(old)).status_code == 403
    assert not Wording.objects.drafts().exists()


def test_withdrawn_page_of_a_file_comes_back_through_review(client):
    old = make_live_wording(page="about", text=make_text(), source_digest="d")
    withdrawn = make_live_wording(
        page="about", text=make_text(), state="withdrawn", withdrawn_reason="Wrong."
    )
    sign_in(client)

    client.post(restore_url(old))
    page = overview(client, withdrawn)

    assert page.link("Send for review")


# --- the export --------------------------------------------------------------


def audit(client):
    response = client.get(reverse(f"{APP}_audit_csv"))
    assert response.streaming
    text = response.getvalue().decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return of_guide(rows)


def test_audit_tells_who_did_what_when_and_with_which_text(client):
    nurse = sign_in(client, "Administrator")
    doctor = make_person(REVIEWER, "doctor")
    draft = make_wording()
    with time_machine.travel(datetime(2026, 7, 1, 9, tzinfo=UTC), tick=False) as clock:
        wordings.send_for_review(wording=draft, revision=1, user=nurse)
        clock.shift(60)
        wordings.approve_wording(
            wording=draft, revision=2, user=doctor, reviewer_role="Hand surgeon",
            review_due=date(2027, 7, 1), comment="=HYPERLINK(1)",
        )  # fmt: skip
        clock.shift(60)
        wordings.publish_wording(wording=draft, revision=3, user=nurse)

        rows = audit(client)

    assert [row["Step"] for row in rows] == ["Sent for review", "Approved", "Published"]
    assert rows[1]["Moment"] == "2026-07-01T09:01:00+00:00"
    assert rows[1]["Person"] == "doctor" and rows[1]["Checked by"] == "Hand surgeon"
    assert rows[1]["Next check due"] == "2027-07-01"
    assert rows[1]["Comment"].endswith("=HYPERLINK(1)")
    assert rows[1]["Text"] == f"'{draft.text}"
    digest = hashlib.sha256(draft.text.encode()).hexdigest()
    assert {row["SHA-256 of the text"] for row in rows} == {digest}


def test_audit_keeps_the_text_of_each_step_when_the_draft_is_saved_again(client):
    nurse = sign_in(client, "Administrator")
    draft = make_wording()
    wordings.send_for_review(wording=draft, revision=1, user=nurse)
    wordings.save_draft(wording=draft, revision=2, text="Other.", user=nurse)

    (row,) = audit(client)

    assert row["Text"] == f"'{draft.text}"


def test_older_approval_does_not_borrow_the_newer_one(client):
    sign_in(client, "Administrator")
    live = make_live_wording()
    due = Clinic.objects.get(pk=1).today() + timedelta(days=300)
    for revision, (name, role) in enumerate(
        [("anne", "Nurse"), ("bert", "Surgeon")], start=1
    ):
        wordings.approve_wording(
            wording=live, revision=revision, user=make_person(REVIEWER, name),
            reviewer_role=role, review_due=due,
        )  # fmt: skip

    first, second = audit(client)

    assert first["Comment"] == f"Checked by: Nurse. Next check due: {due}."
    assert (first["Checked by"], second["Checked by"]) == ("", "Surgeon")


@pytest.mark.parametrize("comment", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_of_the_file_is_a_formula(client, comment):
    wording = make_live_wording()
    AuditEntry.objects.create(wording=wording, step="loaded", comment=comment)
    sign_in(client)

    (row,) = audit(client)

    assert row["Comment"] == f"'{comment}"


@pytest.mark.parametrize("role", ["", "Reception"])
def test_audit_is_for_who_may_read_it(client, role):
    sign_in(client, role)

    assert client.get(reverse(f"{APP}_audit_csv")).status_code == 403
