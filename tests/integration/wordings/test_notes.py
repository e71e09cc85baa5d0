"""What staff type beside a text is checked, and a second person reads it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from sessions import wordings
from sessions.models import Clinic, ClinicalRules, SheetCode, Wording
from sessions.wordings.going_back import put_back_note
from tests.factories import (
    make_live_wording,
    make_page,
    make_person,
    make_stage_text,
    make_text,
    make_wording,
)
from tests.page import Page as Read
from tests.staff import sign_in

pytestmark = pytest.mark.django_db
APP = "admin:stemguide_sessions"
REVIEWER = "Clinical reviewer"
PATIENTS = "/stages/recovery/"
BAD = [
    ("It is a miracle now.", '"miracle*" promises or comforts without proof.'),
    ("No\u00a0RISK was found.", '"no risk" promises or comforts without proof.'),
    ("Press for 1\u200b0 minutes.", "This line holds U+200B, which nobody sees."),
    ("It is FDA approved.", "Say what the FDA has approved it for"),
]


def due():
    return Clinic.objects.get(pk=1).today() + timedelta(days=90)


def url(wording: Wording, step: str) -> str:
    return reverse(f"{APP}_wording_{step}", args=[wording.pk])


def fields(wording: Wording, **typed):
    return {"opened_revision": wording.revision, **typed}


def approved(note: str = "", **values) -> Wording:
    """An approved draft with this note, as it goes through review."""
    nora, anne = make_person("Editor", "nora"), make_person(REVIEWER, "anne")
    draft = make_wording(**values)
    draft = wordings.save_draft(
        wording=draft, revision=1, text=draft.text, user=nora, patient_change_note=note
    )
    draft = wordings.send_for_review(wording=draft, revision=2, user=nora)
    return wordings.approve_wording(
        wording=draft, revision=3, user=anne, reviewer_role="Nurse", review_due=due()
    )


# --- the change note ---------------------------------------------------------


@pytest.mark.parametrize(("note", "says"), BAD)
def test_note_with_a_forbidden_phrase_is_blocking_in_the_panel(client, note, says):
    draft = make_wording()
    sign_in(client)
    sent = {"text": draft.text, "patient_change_note": note}

    panel = Read(client.post(url(draft, "check_text"), sent))

    assert f"In the change note for patients: {says}" in panel.text
    assert panel.tree.cssselect("[data-summary]")[0].get("data-summary").startswith(
        "1 thing must be mended."
    )  # fmt: skip
    assert "line 0" not in panel.text and not panel.has("[data-go-to-line='0']")


@pytest.mark.parametrize(("note", "says"), BAD)
def test_note_with_a_forbidden_phrase_is_neither_sent_nor_published(client, note, says):
    draft = make_wording(patient_change_note=note)
    boss = sign_in(client, "Administrator")
    reasons = {"unreviewed_reason": "Now.", "advisory_reason": "Short."}

    screens = [client.get(url(draft, step)) for step in ("send", "publish", "change")]

    for screen in screens:
        assert f"In the change note for patients: {says}" in Read(screen).text
    assert "1 thing to mend in the text or its note." in Read(screens[2]).text
    with pytest.raises(wordings.PublishRefused, match="note for patients"):
        wordings.send_for_review(wording=draft, revision=1, user=boss)
    with pytest.raises(wordings.PublishRefused, match="note for patients"):
        wordings.publish_wording(wording=draft, revision=1, user=boss, **reasons)
    assert Wording.objects.of_guide().get().state == "draft"


@pytest.mark.parametrize(
    "note",
    ["We made a number right.", "It is FDA approved for blood diseases only.", ""],
)
def test_plain_note_is_no_finding(note):
    assert not [
        found for found in wordings.findings_of(make_wording(patient_change_note=note))
        if found.is_blocking
    ]  # fmt: skip


def test_note_in_another_language_is_not_checked_and_staff_are_told(client):
    page = make_page("learn/costs", "es")
    live = make_live_wording(page="learn/costs", language="es", text=make_text())
    draft = make_wording(page="learn/costs", language="es", text=make_text())
    sign_in(client, "Administrator")

    found = wordings.all_findings(page=page, text=draft.text, note="No risk at all.")
    panel = client.post(url(draft, "check_text"), {"text": draft.text})

    assert not [finding for finding in found if "note" in finding.message]
    assert "this text and of its note for patients" in Read(panel).text
    for wording, step in ((draft, "publish"), (live, "withdraw")):
        screen = Read(client.get(url(wording, step)))
        assert "The checks read English: have somebody read it" in screen.text


# --- the second person -------------------------------------------------------


def test_reviewer_reads_the_note_before_approving(client):
    make_live_wording()
    draft = make_wording(
        state="in-review", text=make_stage_text(body="New."),
        patient_change_note="We made a number right.",
    )  # fmt: skip
    sign_in(client, REVIEWER)

    screen = Read(client.get(url(draft, "approve")))

    assert "What changed: We made a number right." in screen.text


def test_screens_say_where_there_is_no_note(client):
    draft = approved()
    sign_in(client, REVIEWER)

    for step in ("approve", "publish"):
        screen = Read(client.get(url(draft, step)))
        assert "There is no note for patients about what changed." in screen.text


def test_another_note_ends_the_approval(client):
    draft = approved("We made a number right.")
    sign_in(client, username="nurse")
    sent = fields(draft, text=draft.text, change_note="", patient_change_note="Other.")

    client.post(url(draft, "change"), sent)

    now = Wording.objects.of_guide().get()
    assert (now.patient_change_note, now.state) == ("Other.", "draft")
    assert not now.is_approved


def test_note_that_changed_while_a_reviewer_read_is_not_approved(client):
    draft = make_wording(state="in-review", patient_change_note="One.")
    nora = make_person("Editor", "nora")
    sign_in(client, REVIEWER)
    wordings.save_draft(
        wording=draft, revision=1, text=draft.text, user=nora,
        patient_change_note="Two.",
    )  # fmt: skip
    wordings.send_for_review(wording=draft, revision=2, user=nora)

    typed = {"reviewer_role": "Nurse", "review_due": due().isoformat()}
    response = client.post(url(draft, "approve"), {"opened_revision": 1, **typed})

    assert response.status_code == 409
    assert not Wording.objects.of_guide().get().is_approved


def test_note_goes_with_the_approval_of_a_cancelled_schedule():
    draft = approved("We made a number right.")
    nora = draft.author
    ahead = wordings.publish_wording(
        wording=draft, revision=4, user=nora, advisory_reason="Short.",
        publish_from=timezone.now() + timedelta(days=2),
    )  # fmt: skip

    wordings.cancel_schedule(wording=ahead, revision=5, user=nora)

    again = Wording.objects.drafts().get()
    assert again.is_approved
    assert again.patient_change_note == "We made a number right."


def test_whoever_puts_a_version_back_types_nothing_for_patients(client):
    draft = approved("An old note, about a number.")
    wordings.publish_wording(
        wording=draft, revision=4, user=draft.author, advisory_reason="Short."
    )
    make_live_wording(text=make_stage_text(body="Wrong words."))
    sign_in(client, REVIEWER, "david")
    draft.refresh_from_db()

    screen = Read(client.get(url(draft, "put_back")))
    sent = fields(draft, reason="Wrong.", patient_change_note="Trust us, it works.")
    client.post(url(draft, "put_back"), sent)

    assert [area.name for area in screen.tree.cssselect(".step textarea")] == ["reason"]
    said = "What changed: We use the words of version 1 again."
    page = Read(client.get(PATIENTS)).text
    assert said in screen.text and said in page
    assert "Trust us" not in page and "about a number" not in page


def test_note_of_a_version_put_back_is_in_no_language_but_english():
    spanish = make_live_wording(page="learn/costs", language="es", text=make_text())

    assert put_back_note(spanish) == ""
    assert put_back_note(make_live_wording()) == "We use the words of version 1 again."


# --- reasons and roles -------------------------------------------------------


@pytest.mark.parametrize(("reason", "says"), BAD)
def test_reason_for_publishing_alone_is_checked_as_a_text_is(client, reason, says):
    draft = make_wording()
    boss = sign_in(client, "Administrator")
    sent = fields(draft, when="now", unreviewed_reason=reason)

    screen = Read(client.post(url(draft, "publish"), sent))

    assert says in screen.text
    assert screen.tree.cssselect("[aria-invalid=true]")[0].name == "unreviewed_reason"
    with pytest.raises(PermissionDenied):
        wordings.publish_wording(
            wording=draft, revision=1, user=boss, unreviewed_reason=reason
        )
    assert Wording.objects.of_guide().get().is_draft


def test_reason_for_withdrawing_is_checked_for_forbidden_phrases(client):
    live = make_live_wording()
    doctor = sign_in(client, REVIEWER)
    reason = "It said painless, and that is wrong."

    screen = Read(client.post(url(live, "withdraw"), fields(live, reason=reason)))

    assert '"painless" promises or comforts without proof. Leave it out:' in screen.text
    assert screen.tree.cssselect("[name=reason]")[0].text.strip() == reason
    with pytest.raises(PermissionDenied, match="painless"):
        wordings.withdraw_wording(wording=live, revision=1, user=doctor, reason=reason)
    assert Wording.objects.of_guide().get().state == "published"


def test_reason_for_withdrawing_holds_no_order_about_a_medicine():
    live = make_live_wording()

    with pytest.raises(PermissionDenied, match='"Stop your Eliquis" .* Leave it out'):
        wordings.withdraw_wording(
            wording=live, revision=1, user=make_person(REVIEWER),
            reason="Wrong day. Stop your Eliquis 2 days before.",
        )  # fmt: skip

    assert Wording.objects.of_guide().get().state == "published"


@pytest.mark.parametrize(
    ("language", "reason", "has_rules"),
    [
        ("en", "The text said FDA approved.", True),
        ("en", "It was painless to read.", False),
        ("es", "It was painless.", True),
    ],
)
def test_one_person_can_always_withdraw_at_once(language, reason, has_rules):
    live = make_live_wording(page="learn/costs", language=language, text=make_text())
    if not has_rules:
        ClinicalRules.objects.all().delete()

    wordings.withdraw_wording(
        wording=live, revision=1, user=make_person(REVIEWER), reason=reason
    )

    assert Wording.objects.live().of_guide().get().withdrawn_reason == reason


def test_role_that_a_reviewer_types_is_checked(client):
    draft = make_wording(state="in-review")
    doctor = sign_in(client, REVIEWER)
    typed = {"reviewer_role": "other", "other_role": "Doctor for painless cells"}
    sent = fields(draft, review_due=due().isoformat(), **typed)

    screen = Read(client.post(url(draft, "approve"), sent))

    assert '"painless" promises or comforts without proof.' in screen.text
    with pytest.raises(PermissionDenied, match="painless"):
        wordings.approve_wording(
            wording=draft, revision=1, user=doctor, review_due=due(),
            reviewer_role="Doctor for painless cells",
        )  # fmt: skip
    assert not Wording.objects.of_guide().get().is_approved


def test_notes_are_plain_text_wherever_patients_read_them(client):
    tag = "<b onclick=x()>Bold</b> [a link](/x/)"
    with wordings.content_write():
        make_live_wording(patient_change_note=tag, unreviewed_reason=tag)
    code = SheetCode.objects.get(kind="stages/recovery").code
    with wordings.content_write():
        make_live_wording(
            text=make_stage_text(body="Other words."), patient_change_note=tag,
            unreviewed_reason=tag,
        )  # fmt: skip
    addresses = [PATIENTS, f"{PATIENTS}print/", f"/v/{code}/"]
    shown = [client.get(address).content.decode() for address in addresses]
    with wordings.content_write():
        second = Wording.objects.filter(number=2)
        second.update(state="withdrawn", withdrawn_reason=tag)
    shown += [client.get(address).content.decode() for address in addresses]

    assert not any("<b onclick" in html or 'href="/x/"' in html for html in shown)
    read = [shown[0], shown[2], shown[3], shown[4], shown[5]]
    assert all("&lt;b onclick=x()&gt;Bold&lt;/b&gt; [a link](/x/)" in h for h in read)
