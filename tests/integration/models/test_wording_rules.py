"""The rules that the database and the functions of `wordings` enforce."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from sessions import wordings
from sessions.models import Clinic, ContentVersion, OpeningTime, Saver, Stage, Wording
from tests.factories import (
    make_live_wording,
    make_page,
    make_person,
    make_stage_text,
    make_text,
    make_wording,
)

pytestmark = pytest.mark.django_db


def refused(write) -> str:
    """The error of the database that refuses `write`, in lower case."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        write()
    return str(caught.value).lower()


def test_published_text_is_never_edited():
    wording = make_live_wording()

    def edit():
        Wording.objects.filter(pk=wording.pk).update(text="Other words.")

    assert "never edited" in refused(edit)


@pytest.mark.parametrize("field", ["number", "source_digest"])
def test_published_wording_keeps_its_number_and_origin(field):
    wording = make_live_wording()
    values = {"number": 9, "source_digest": "changed"}

    def edit():
        Wording.objects.filter(pk=wording.pk).update(**{field: values[field]})

    assert "never edited" in refused(edit)


@pytest.mark.parametrize(
    "field", ["patient_change_note", "unreviewed_reason", "withdrawn_reason"]
)
@pytest.mark.parametrize("state", ["published", "withdrawn"])
def test_what_patients_read_beside_a_text_is_never_edited(state, field):
    reason = "Wrong." if state == "withdrawn" else ""
    wording = make_live_wording(state=state, withdrawn_reason=reason)

    def edit():
        Wording.objects.filter(pk=wording.pk).update(**{field: "Other words."})

    assert "never edited" in refused(edit)


@pytest.mark.parametrize("field", ["text", "patient_change_note"])
def test_approved_draft_is_never_edited_without_ending_its_approval(field):
    doctor = make_person()
    draft = make_wording(reviewer=doctor, approved_on=date(2026, 1, 1))
    rows = Wording.objects.filter(pk=draft.pk)

    def edit():
        rows.update(**{field: "Other words."})

    assert "approved wording is never edited" in refused(edit)
    rows.update(reviewer=None, approved_on=None, **{field: "Other words."})
    assert getattr(rows.get(), field) == "Other words."


def test_published_wording_never_becomes_a_draft_again():
    wording = make_live_wording()

    def back():
        Wording.objects.filter(pk=wording.pk).update(state="draft")

    assert "never edited" in refused(back)


def test_withdrawn_wording_is_never_published_again():
    wording = make_live_wording(state="withdrawn", withdrawn_reason="Wrong.")

    def back():
        Wording.objects.filter(pk=wording.pk).update(state="published")

    assert "never edited" in refused(back)


@pytest.mark.parametrize("make", [make_live_wording, make_wording])
def test_wording_is_never_deleted(make):
    wording = make()

    assert "never deleted" in refused(Wording.objects.filter(pk=wording.pk).delete)


def test_page_with_wordings_cannot_be_deleted():
    wording = make_live_wording()

    with pytest.raises(ProtectedError):
        wording.page.delete()


def test_page_has_one_draft_only():
    make_wording()

    assert "unique constraint" in refused(
        lambda: make_wording(number=7, state="in-review")
    )


def test_number_is_used_once():
    make_wording(number=3)

    assert "unique constraint" in refused(lambda: make_live_wording(number=3))


def test_author_cannot_be_the_reviewer():
    nurse = make_person()
    wording = make_wording(author=nurse)

    def approve():
        Wording.objects.filter(pk=wording.pk).update(
            reviewer=nurse, approved_on=date(2026, 1, 1)
        )

    assert "reviewed_by_someone_else" in refused(approve)


def test_nobody_who_saved_a_wording_may_approve_it():
    first, last = make_person(username="first"), make_person(username="last")
    wording = make_wording(author=last)
    Saver.objects.create(wording=wording, user=first)

    def approve():
        Wording.objects.filter(pk=wording.pk).update(
            reviewer=first, approved_on=date(2026, 1, 1)
        )

    assert "nobody who saved" in refused(approve)


def test_nobody_who_approved_a_wording_may_save_it():
    doctor = make_person()
    wording = make_wording(reviewer=doctor, approved_on=date(2026, 1, 1))

    def save():
        Saver.objects.create(wording=wording, user=doctor)

    assert "nobody who approved" in refused(save)


def test_record_of_who_saved_a_wording_is_never_deleted():
    wording = make_wording()
    saver = Saver.objects.create(wording=wording, user=make_person())

    assert "never deleted" in refused(saver.delete)


@pytest.mark.parametrize(
    "values",
    [
        {"approved_on": date(2026, 1, 1)},
        {"state": "published", "publish_from": None},
        {"state": "withdrawn"},
        {"state": "burnt"},
    ],
)
def test_incomplete_or_unknown_state_is_refused(values):
    page = make_page()

    def write():
        Wording.objects.create(page=page, number=1, text="Words.", **values)

    assert "check constraint" in refused(write)


def test_there_is_one_clinic():
    Clinic(name="Another").save()

    assert Clinic.objects.get().name == "Another"


def test_there_is_one_content_version():
    assert "check constraint" in refused(lambda: ContentVersion.objects.create(pk=2))


def test_unknown_stage_is_refused():
    page = make_page("surgery")

    assert "check constraint" in refused(
        lambda: Stage.objects.create(page=page, kind="surgery")
    )


def test_clinic_cannot_close_before_it_opens():
    def write():
        OpeningTime.objects.create(clinic_id=1, day=1, opens="17:00", closes="09:00")

    assert "check constraint" in refused(write)


def test_live_is_the_highest_number_whose_time_has_come():
    make_live_wording(number=1)
    second = make_live_wording(number=2)
    make_wording(number=3)

    assert list(Wording.objects.live().of_guide()) == [second]


def test_withdrawn_wording_never_brings_an_older_one_back():
    make_live_wording(number=1)
    second = make_live_wording(number=2, state="withdrawn", withdrawn_reason="Wrong.")

    assert list(Wording.objects.live().of_guide()) == [second]


# --- functions of wordings ---


def test_draft_starts_from_what_patients_read():
    live = make_live_wording()
    nurse = make_person("Editor")

    draft = wordings.start_draft(page=live.page, user=nurse)

    assert (draft.text, draft.number, draft.state) == (live.text, 2, "draft")
    assert wordings.start_draft(page=live.page, user=nurse) == draft


def test_save_names_the_saver_and_raises_the_revision():
    draft = make_wording()
    nurse = make_person("Editor")

    saved = wordings.save_draft(wording=draft, revision=1, text="New.\r\n", user=nurse)

    assert (saved.text, saved.revision, saved.author) == ("New.\n", 2, nurse)
    assert list(saved.savers.all()) == [nurse]


def test_second_save_of_the_same_revision_is_a_conflict_and_changes_nothing():
    draft = make_wording()
    first, second = make_person(username="first"), make_person(username="second")
    wordings.save_draft(wording=draft, revision=1, text="First.", user=first)

    with pytest.raises(wordings.EditConflict) as caught:
        wordings.save_draft(wording=draft, revision=1, text="Second.", user=second)

    assert caught.value.current.text == "First."
    assert Wording.objects.of_guide().get(pk=draft.pk).text == "First."


def test_published_wording_cannot_be_saved():
    wording = make_live_wording()

    with pytest.raises(PermissionDenied):
        wordings.save_draft(
            wording=wording, revision=1, text="New.", user=make_person("Administrator")
        )


@pytest.mark.parametrize("role", ["", "Editor", "Clinical reviewer", "Reception"])
def test_only_administrators_publish_unreviewed_text(role):
    draft = make_wording()

    with pytest.raises(PermissionDenied):
        wordings.publish_wording(
            wording=draft,
            revision=1,
            user=make_person(role),
            unreviewed_reason="A number is wrong.",
            advisory_reason="Short.",
        )

    assert Wording.objects.of_guide().get(pk=draft.pk).is_draft


def test_administrator_publishes_and_it_stays_unreviewed():
    draft = make_wording()

    published = wordings.publish_wording(
        wording=draft,
        revision=1,
        user=make_person("Administrator"),
        unreviewed_reason="A number is wrong.",
        advisory_reason="Short.",
    )

    assert published.state == "published" and published.approved_on is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no front matter", "There is no front matter"),
        (make_stage_text(body="It is [a link](/nowhere/)."), "There is no page at"),
        (make_stage_text(body="This is risk-free."), "risk-free"),
        (make_stage_text(body="::: claim no-such\n:::"), "There is no claim"),
        (make_stage_text().replace("## More", "## Else"), '"More" is missing'),
        (make_stage_text().replace("Follow your own", "Ignore your"), "own clinic"),
    ],
)
def test_text_that_must_not_reach_patients_is_refused(text, message):
    draft = make_wording(text=text)

    with pytest.raises(wordings.PublishRefused, match=message):
        wordings.publish_wording(
            wording=draft,
            revision=1,
            user=make_person("Administrator"),
            unreviewed_reason="A number is wrong.",
        )

    assert Wording.objects.of_guide().get(pk=draft.pk).is_draft


def test_translation_may_link_to_a_page_that_only_english_has():
    make_live_wording(page="risks", text=make_text())
    page = make_page("learn/costs", language="es")
    text = make_text(body="See [risks](/risks/).")

    assert wordings.blocking_findings(page=page, text=text) == []


def test_failed_write_does_not_raise_the_content_version():
    before = ContentVersion.objects.get().number

    with pytest.raises(RuntimeError), wordings.content_write():
        raise RuntimeError

    assert ContentVersion.objects.get().number == before
