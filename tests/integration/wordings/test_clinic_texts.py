"""Statements and area names: a second person, a history, and a way back for each."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from sessions import wordings
from sessions.guide.current import current_snapshot
from sessions.library.clinic_texts import (
    APPROVAL,
    FUNDING,
    area_page,
    area_text,
    statement_text,
)
from sessions.models import Area, AuditEntry, Clinic, Page, SheetCode, Wording
from sessions.wordings import PublishRefused
from sessions.wordings.exporting import export_pages
from tests.clinic_texts import add_live_area, publish_statement
from tests.factories import make_person
from tests.page import Page as Read
from tests.staff import sign_in

pytestmark = pytest.mark.django_db
APP = "admin:stemguide_sessions"
MONEY = "/money-and-approval/"
BLANK = "This clinic has not said yet."
SALES = "It is FDA approved, 100 % safe and cures arthritis."
HONEST = "What we do is not approved by the FDA for any joint."


@pytest.fixture
def anna(real_content):
    """An Administrator, who wrote the clinic's statements until now."""
    return make_person("Administrator", "anna")


@pytest.fixture
def david(real_content):
    return make_person("Clinical reviewer", "david")


def draft_of(name, text, user):
    draft = wordings.start_draft(page=Page.objects.get(name=name), user=user)
    return wordings.save_draft(
        wording=draft, revision=draft.revision, text=text, user=user
    )


def approve(draft, anna, david):
    sent = wordings.send_for_review(wording=draft, revision=draft.revision, user=anna)
    due = Clinic.objects.get(pk=1).today() + timedelta(days=300)
    return wordings.approve_wording(
        wording=sent,
        revision=sent.revision,
        user=david,
        reviewer_role="Hand surgeon",
        review_due=due,
    )


def publish(draft, anna, david, **when):
    approved = approve(draft, anna, david)
    return wordings.publish_wording(
        wording=approved,
        revision=approved.revision,
        user=anna,
        advisory_reason="It is short.",
        **when,
    )


def money(client):
    return Read(client.get(MONEY)).main


def test_form_of_the_clinic_takes_no_statement(client, anna):
    client.force_login(anna)
    address = reverse(f"{APP}_clinic_change", args=[1])
    form = Read(client.get(address)).tree.cssselect("#clinic_form")[0]
    fields = {**dict(form.form_values()), "approval_statement": SALES}

    client.post(address, fields)

    assert Clinic.objects.get(pk=1).approval_statement == ""
    assert SALES not in money(client) and BLANK in money(client)


def test_form_of_the_clinic_leads_to_the_text(client, anna):
    publish_statement(FUNDING, "Patients pay.")
    client.force_login(anna)

    form = Read(client.get(reverse(f"{APP}_clinic_change", args=[1])))

    assert "Patients pay. Nobody has confirmed this yet." in form.main
    assert "Patients read: “This clinic has not said yet" in form.main.replace('"', "“")
    pages = {
        reverse(f"{APP}_page_change", args=[Page.objects.get(name=name).pk])
        for name in (FUNDING, APPROVAL)
    }
    assert pages <= {link.get("href") for link in form.tree.cssselect("a")}


def test_what_one_person_writes_is_not_read(client, anna):
    draft = draft_of(APPROVAL, statement_text(APPROVAL, HONEST), anna)

    with pytest.raises(PermissionDenied):
        wordings.approve_wording(
            wording=draft, revision=draft.revision, user=anna,
            reviewer_role="Nurse", review_due=timezone.now().date(),
        )  # fmt: skip
    assert BLANK in money(client) and HONEST not in money(client)


def test_a_second_person_makes_it_live_and_readers_see_who(client, anna, david):
    publish(draft_of(APPROVAL, statement_text(APPROVAL, HONEST), anna), anna, david)

    assert f"{HONEST} Checked by Hand surgeon on" in money(client)
    assert "Next check due" in money(client).split("Who pays")[0].split(HONEST)[1]
    steps = AuditEntry.objects.filter(wording__page__name=APPROVAL)
    assert set(steps.values_list("user__username", flat=True)) == {"anna", "david"}


def publish_alone(draft, anna):
    return wordings.publish_wording(
        wording=draft, revision=draft.revision, user=anna, advisory_reason="Short.",
        unreviewed_reason="The old one was wrong.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "address"),
    [
        (APPROVAL, statement_text(APPROVAL, HONEST), MONEY),
        (FUNDING, statement_text(FUNDING, "You pay."), "/money-and-approval/print/"),
        (area_page("hand"), area_text("Hand", "Both."), "/"),
    ],
)
def test_readers_are_told_why_nobody_checked_it(
    client, anna, david, name, text, address
):
    told = "without a check by a second person, because: The old one was wrong."

    live = publish_alone(draft_of(name, text, anna), anna)

    assert told in Read(client.get(address)).text

    wordings.approve_wording(
        wording=live, revision=live.revision, user=david, reviewer_role="Nurse",
        review_due=Clinic.objects.get(pk=1).today() + timedelta(days=90),
    )  # fmt: skip
    assert told not in Read(client.get(address)).text


@pytest.mark.parametrize("name", [APPROVAL, FUNDING])
def test_sales_talk_is_refused_as_in_any_wording(anna, name):
    draft = draft_of(name, statement_text(name, SALES), anna)

    with pytest.raises(PublishRefused) as refused:
        wordings.send_for_review(wording=draft, revision=draft.revision, user=anna)

    told = " ".join(found.message for found in refused.value.findings)
    assert "promises or comforts without proof" in told
    assert "Say what the FDA has approved it for" in told


def test_sales_talk_is_refused_as_the_name_of_an_area(anna):
    draft = draft_of(area_page("hand"), area_text("Hand", SALES), anna)

    with pytest.raises(PublishRefused):
        wordings.send_for_review(wording=draft, revision=draft.revision, user=anna)


def test_scheduled_statement_is_read_from_its_day_on(client, anna, david, time_machine):
    draft = draft_of(APPROVAL, statement_text(APPROVAL, HONEST), anna)
    soon = timezone.now() + timedelta(hours=2)
    publish(draft, anna, david, publish_from=soon)
    assert HONEST not in money(client)

    time_machine.move_to(soon + timedelta(seconds=2))

    assert HONEST in money(client)


def test_withdrawn_statement_and_one_that_is_put_back(client, anna, david):
    live = publish(
        draft_of(APPROVAL, statement_text(APPROVAL, HONEST), anna), anna, david
    )
    code = sheet_code("money-and-approval")
    assert "This paper is current" in paper(client, code)

    gone = wordings.withdraw_wording(
        wording=live, revision=live.revision, user=david, reason="It is out of date."
    )

    assert HONEST not in money(client) and BLANK in money(client)
    told = paper(client, code)
    assert "Do not use this paper" in told and "Is it approved was taken back" in told
    assert Clinic.objects.get(pk=1).approval_statement == ""

    wordings.put_back_wording(
        wording=gone, revision=gone.revision, user=david, reason="It holds again."
    )

    assert HONEST in money(client)
    assert "This paper is current" in paper(client, code)
    assert Clinic.objects.get(pk=1).approval_statement == HONEST


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        (APPROVAL, 'Patients read: "This clinic has not said yet. Ask your team, and'),
        (area_page("hand"), "Patients do not see this area: no name of it is publi"),
    ],
)
def test_screen_of_a_withdrawal_tells_what_patients_read_then(
    client, david, name, instead
):
    publish_statement(APPROVAL, HONEST)
    live = Wording.objects.live().get(page__name=name)
    client.force_login(david)
    address = reverse(f"{APP}_wording_withdraw", args=[live.pk])
    typed = {"opened_revision": live.revision, "reason": "It is out of date."}

    before, after = client.get(address), client.post(address, typed, follow=True)

    assert instead in Read(before).main and "not in use" not in Read(before).main
    assert f"Withdrawn. {instead}" in Read(after).text


def sheet_code(kind):
    return current_snapshot().sheet_codes[kind]


def paper(client, code):
    return Read(client.get(f"/v/{code}/")).main


@pytest.mark.parametrize("kind", ["money-and-approval", "guide"])
def test_code_of_a_sheet_covers_the_statement_on_it(real_content, kind):
    statement = publish_statement(APPROVAL, HONEST)

    row = SheetCode.objects.get(code=sheet_code(kind))

    assert statement in row.wordings.all()


def test_paper_with_an_older_statement_says_so(client, real_content):
    publish_statement(APPROVAL, HONEST)
    code = sheet_code("money-and-approval")

    publish_statement(APPROVAL, "It is not approved for a hand.")

    assert "This paper has changed" in paper(client, code)
    links = Read(client.get(f"/v/{code}/")).links()
    assert MONEY in [link.href for link in links if "Is it approved" in link.text]


# --- areas ---


def test_new_area_is_seen_once_its_text_is_live(client, anna, david):
    area = Area(slug="back", name="Back", introduction="Such as the spine.", position=3)
    draft = wordings.add_area(area=area, user=anna)
    Clinic.objects.get(pk=1).areas_offered.set(Area.objects.all())
    with wordings.content_write():
        pass
    assert "Such as the spine." not in Read(client.get("/")).main

    publish(draft, anna, david)

    assert "Back Such as the spine." in Read(client.get("/")).main


def test_withdrawn_area_is_not_offered_and_old_links_are_answered(client, david):
    live = Wording.objects.get(page__name=area_page("hand"))

    wordings.withdraw_wording(
        wording=live, revision=live.revision, user=david, reason="We stopped it."
    )

    assert [choice.code for choice in current_snapshot().areas] == ["joint"]
    assert client.get("/risks/?area=hand").status_code == 200


def test_name_of_an_area_is_copied_to_the_lists_of_staff(anna, david):
    draft = draft_of(area_page("hand"), area_text("Hands", "Both."), anna)
    assert Area.objects.get(slug="hand").name == "Hand"

    publish(draft, anna, david)

    assert str(Area.objects.get(slug="hand")) == "Hands"
    assert Area.objects.get(slug="hand").introduction == "Both."


def test_deleted_area_leaves_its_text_and_comes_back_with_a_draft(anna):
    area = add_live_area("back", "Back")
    Clinic.objects.get(pk=1).areas_offered.remove(area)
    draft = draft_of(area_page("back"), area_text("Back", "The spine."), anna)

    wordings.delete_area(area=area, user=anna)

    page = Page.objects.get(name=area_page("back"))
    assert page.dropped_on is not None and not Area.objects.filter(slug="back").exists()
    draft.refresh_from_db()
    assert draft.status == "Thrown away"
    assert AuditEntry.objects.filter(wording__page=page, step="dropped", user=anna)
    with pytest.raises(PermissionDenied, match="This area was deleted"):
        wordings.start_draft(page=page, user=anna)

    again = wordings.add_area(area=Area(slug="back", name="Back"), user=anna)

    assert again.number == 3 and again.page == page
    page.refresh_from_db()
    assert page.dropped_on is None


def test_area_deleted_in_admin_leaves_its_text(client, anna):
    area = add_live_area("back", "Back")
    Clinic.objects.get(pk=1).areas_offered.remove(area)
    client.force_login(anna)

    client.post(reverse(f"{APP}_area_delete", args=[area.pk]), {"post": "yes"})

    page = Page.objects.get(name=area_page("back"))
    assert page.dropped_on is not None and not Area.objects.filter(slug="back").exists()
    overview = Read(client.get(reverse(f"{APP}_page_change", args=[page.pk])))
    assert "Its area was deleted" in overview.main
    assert "The area was deleted." in overview.main


def test_words_for_an_area_whose_name_is_withdrawn_have_a_label(client, david):
    live = Wording.objects.get(page__name=area_page("hand"))
    wordings.withdraw_wording(
        wording=live, revision=live.revision, user=david, reason="We stopped it."
    )

    for path in ("/get-help/", "/risks/", "/after/hand/", "/guide/print/"):
        assert client.get(path).status_code == 200


# --- it is no page ---


def test_no_list_of_pages_holds_it(client, real_content, tmp_path):
    publish_statement(APPROVAL, HONEST)
    snapshot = current_snapshot()

    assert not any(name.startswith("clinic/") for name in snapshot.pages)
    assert client.get("/clinic/approval/").status_code == 404
    assert not any("en/clinic/" in done.path for done in export_pages(tmp_path))
    assert "clinic/" not in Read(client.get("/guide/print/")).main


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        (APPROVAL, statement_text(APPROVAL, HONEST), HONEST),
        (FUNDING, statement_text(FUNDING, "You pay."), "You pay."),
        (area_page("hand"), area_text("Hands", "Both."), "Hands Both."),
        (area_page("joint"), area_text("Knee", "One."), "Knee One."),
    ],
)
def test_preview_is_of_the_page_that_shows_it(client, anna, name, text, shown):
    draft = draft_of(name, text, anna)
    client.force_login(anna)

    preview = Read(client.get(reverse(f"{APP}_wording_preview", args=[draft.pk])))

    assert shown in preview.text
    assert shown not in Read(client.get(MONEY)).main


def test_editor_offers_no_blocks_and_says_how_it_is_written(client, real_content):
    sign_in(client)
    page = Page.objects.get(name=APPROVAL)

    form = Read(client.post(reverse(f"{APP}_page_edit", args=[page.pk]), follow=True))

    assert not form.has("[data-editor-tools]")
    assert "Write plain sentences, without marks." in form.text
    assert "title: Is it approved" in form.tree.cssselect("[name=text]")[0].text


def test_statement_with_marks_is_refused(anna):
    text = f"{statement_text(APPROVAL, HONEST)}\n- A list.\n"
    draft = draft_of(APPROVAL, text, anna)

    with pytest.raises(PublishRefused, match="plain sentences"):
        wordings.send_for_review(wording=draft, revision=draft.revision, user=anna)
