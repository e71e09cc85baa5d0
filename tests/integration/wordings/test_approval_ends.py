"""Voiding an approval clears all its fields."""

from datetime import date

import pytest

from sessions import wordings
from sessions.models import Wording
from tests.factories import make_live_wording, make_person, make_wording
from tests.page import Page

pytestmark = pytest.mark.django_db


def save_again(draft):
    wordings.save_draft(
        wording=draft,
        revision=draft.revision,
        text=draft.text,
        user=make_person(username="writer"),
    )


def ask_again(draft):
    wordings.ask_for_changes(
        wording=draft,
        revision=draft.revision,
        user=make_person("Clinical reviewer", "second"),
        comment="Shorter.",
    )


def make_approved(**fields):
    return make_wording(
        state="in-review",
        reviewer=make_person(username="first"),
        reviewer_role="Hand surgeon",
        approved_on=date(2026, 1, 5),
        review_due=date(2027, 12, 1),
        **fields,
    )


@pytest.mark.parametrize("end_approval", [save_again, ask_again])
def test_approval_ends_with_everything_it_said(end_approval):
    draft = make_approved()

    end_approval(draft)

    now = Wording.objects.of_guide().get()
    said = (now.reviewer, now.reviewer_role, now.approved_on, now.review_due)
    assert said == (None, "", None, None)


@pytest.mark.parametrize("end_approval", [save_again, ask_again])
def test_sheet_tells_no_next_check_once_the_approval_ended(client, end_approval):
    draft = make_approved()
    end_approval(draft)
    draft.refresh_from_db()

    wordings.publish_wording(
        wording=draft,
        revision=draft.revision,
        user=make_person("Administrator", "head"),
        unreviewed_reason="It cannot wait.",
        advisory_reason="Short.",
    )

    sheet = Page(client.get("/stages/recovery/print/")).text
    assert "Not yet checked by a clinician." in sheet
    assert "Next check due" not in sheet


def test_day_that_outlived_its_approval_in_an_older_version_is_not_told(client):
    make_live_wording(review_due=date(2020, 1, 1))

    sheet = Page(client.get("/stages/recovery/print/")).text
    page = Page(client.get("/stages/recovery/")).main

    assert "Not yet checked by a clinician." in sheet
    assert "Next check due" not in sheet and "overdue" not in page
