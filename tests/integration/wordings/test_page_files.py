"""What becomes of a changed file: it goes live, waits for a person, or staff decide."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from sessions import wordings
from sessions.documents import parse_document
from sessions.documents.register import Register
from sessions.library.folder import ContentFile, Library
from sessions.models import Area, ContentVersion, FileText, Page, Wording
from sessions.wordings.loading import load_library
from tests.clinic_texts import steps_taken
from tests.factories import make_person, make_rules, make_text
from tests.page import Page as Read

pytestmark = pytest.mark.django_db
RISKS = "risks"
TELLS = "It is not FDA-approved for joints. Some people feel no change. You may wait."
FIRST, SECOND, THIRD, STAFFS = (
    make_text(title="Risks", body=f"{words}\n\n{TELLS}")
    for words in ("File one.", "File two.", "File three.", "The nurse wrote this.")
)
NEXT_YEAR = date.today() + timedelta(days=365)
IN_REVIEW = Wording.State.IN_REVIEW


def load(text: str, name: str = RISKS, language: str = "en") -> str:
    """Loads a folder with this text of one page. Returns the line about it.

    A translation has its page in English beside it.
    """
    path = f"{language}/{name}.md"
    files = [ContentFile(name, path, text, parse_document(text), language)]
    if language != "en":
        english = parse_document(FIRST)
        files.append(ContentFile(name, f"en/{name}.md", FIRST, english))
    results = load_library(Library(tuple(files), Register({}, {}), {}, ()))
    return next(str(result) for result in results if result.path == path)


@pytest.fixture
def nurse():
    return make_person("Administrator", "nora")


@pytest.fixture
def doctor():
    return make_person("Clinical reviewer", "david")


@pytest.fixture(autouse=True)
def loaded(db) -> Page:
    """A page that was loaded from its file, on a site with clinical rules."""
    make_rules()
    assert load(FIRST) == "new        en/risks.md: risks version 1"
    return Page.objects.of_guide().get()


def version(number: int) -> Wording:
    return Wording.objects.of_guide().get(number=number)


def live() -> str:
    return Wording.objects.live().of_guide().get().text


def approve(wording: Wording, doctor) -> Wording:
    return wordings.approve_wording(
        wording=wording,
        revision=wording.revision,
        user=doctor,
        reviewer_role="Hand surgeon",
        review_due=NEXT_YEAR,
    )


def publish(wording: Wording, user, **options) -> Wording:
    return wordings.publish_wording(
        wording=wording, revision=wording.revision, user=user,
        advisory_reason="It is short.", **options,
    )  # fmt: skip


def edit(nurse, text: str = STAFFS) -> Wording:
    """Staff's draft of the page."""
    draft = wordings.start_draft(page=Page.objects.of_guide().get(), user=nurse)
    return wordings.save_draft(
        wording=draft, revision=draft.revision, text=text, user=nurse
    )


def publish_edit(nurse, text: str = STAFFS, **options) -> Wording:
    draft = edit(nurse, text)
    return publish(draft, nurse, unreviewed_reason="It was wrong.", **options)


def withdraw(wording: Wording, doctor) -> Wording:
    return wordings.withdraw_wording(
        wording=wording, revision=wording.revision, user=doctor, reason="It was wrong."
    )


def steps(number: int) -> list[tuple[str, str]]:
    """The steps of a version, oldest first, with their comments."""
    entries = steps_taken().filter(wording__number=number).order_by("pk")
    return list(entries.values_list("step", "comment"))


# --- nobody approved the page, and patients read what a file said ---


def test_changed_file_goes_live_while_nobody_approved_the_page(client):
    number = ContentVersion.objects.get().number

    assert load(SECOND) == "published  en/risks.md: risks version 2"

    assert live() == SECOND
    assert ContentVersion.objects.get().number == number + 1
    assert steps(2) == [("loaded", "")]


def test_file_that_reads_as_before_changes_nothing():
    assert load(FIRST) == "unchanged  en/risks.md"
    assert Wording.objects.of_guide().count() == 1


def test_earlier_text_of_the_file_goes_live_again():
    load(SECOND)

    assert load(FIRST) == "published  en/risks.md: risks version 3"
    assert live() == FIRST


# --- a person stands behind what patients read ---


def approved_live(nurse, doctor) -> None:
    approve(version(1), doctor)


def approved_once_and_replaced(nurse, doctor) -> None:
    """Approved, then overtaken by a text from a file, as older versions allowed."""
    approve(version(1), doctor)
    with wordings.content_write():
        wordings.add_wording(
            page=Page.objects.of_guide().get(), text=STAFFS, author=None,
            state="published", publish_from=timezone.now(), source_digest="of a file",
        )  # fmt: skip


def approval_that_ended(nurse, doctor) -> None:
    draft = edit(nurse)
    draft = wordings.send_for_review(wording=draft, revision=draft.revision, user=nurse)
    draft = approve(draft, doctor)
    later = timezone.now() + timedelta(days=1)
    coming = publish(draft, nurse, publish_from=later)
    wordings.cancel_schedule(wording=coming, revision=coming.revision, user=nurse)
    carried_on = Wording.objects.drafts().get()
    wordings.throw_away_draft(wording=carried_on, revision=1, user=doctor)


def written_by_staff(nurse, doctor) -> None:
    publish_edit(nurse)


def restored_by_staff(nurse, doctor) -> None:
    load(SECOND)
    draft = wordings.restore_wording(wording=version(1), user=nurse)
    publish(draft, nurse, unreviewed_reason="It was better.")


def withdrawn(nurse, doctor) -> None:
    withdraw(version(1), doctor)


def scheduled(nurse, doctor) -> None:
    publish_edit(nurse, publish_from=timezone.now() + timedelta(days=1))


PERSON_BEHIND = {
    approved_live: "somebody approved this page",
    approved_once_and_replaced: "somebody approved this page",
    approval_that_ended: "somebody approved this page",
    written_by_staff: "staff wrote version 2",
    restored_by_staff: "staff wrote version 3",
    withdrawn: "version 1 was withdrawn",
    scheduled: "version 2 is scheduled",
}


@pytest.mark.parametrize("state", PERSON_BEHIND)
def test_changed_file_waits_for_a_person(state, nurse, doctor):
    state(nurse, doctor)
    shown = Wording.objects.live().of_guide().get()
    newest = Wording.objects.of_guide().count()
    number = ContentVersion.objects.get().number

    said = load(THIRD)

    draft = version(newest + 1)
    reason = PERSON_BEHIND[state]
    assert said == f"waiting    en/risks.md: {draft} waits for review: {reason}"
    assert (draft.text, draft.state, draft.author) == (THIRD, IN_REVIEW, None)
    assert not draft.savers.exists() and not draft.is_approved
    assert Wording.objects.live().of_guide().get() == shown
    assert ContentVersion.objects.get().number == number
    assert steps(draft.number) == [("loaded", f"It waits for review: {reason}.")]
    assert not FileText.objects.exists()


@pytest.mark.parametrize("state", PERSON_BEHIND)
def test_file_that_did_not_change_never_waits(state, nurse, doctor):
    state(nurse, doctor)
    file = steps_taken().filter(step="loaded").latest("pk").text
    before = list(Wording.objects.of_guide().values())

    assert load(file) == "unchanged  en/risks.md"
    assert list(Wording.objects.of_guide().values()) == before


@pytest.mark.parametrize("load_again", [1, 2])
def test_same_file_is_not_loaded_twice(nurse, doctor, load_again):
    approved_live(nurse, doctor)
    load(SECOND)

    for _ in range(load_again):
        said = load(SECOND)

    assert said == "waiting    en/risks.md: risks version 2 waits for review"
    assert Wording.objects.of_guide().count() == 2
    assert len(steps(2)) == 1


def test_translation_waits_as_well(nurse, doctor):
    load(FIRST, "get-help", "es")
    approve(Wording.objects.of_guide().get(page__language="es"), doctor)

    said = load(SECOND, "get-help", "es")

    assert said.startswith("waiting    es/get-help.md: es/get-help version 2 waits")


def test_approval_of_one_page_keeps_no_other_from_changing(doctor):
    load(FIRST, "about")
    approve(Wording.objects.of_guide().get(page__name="about"), doctor)

    assert load(SECOND) == "published  en/risks.md: risks version 2"


# --- one reviewer is the second person ---


def test_any_reviewer_approves_it_and_an_editor_publishes_it(nurse, doctor, client):
    written_by_staff(nurse, doctor)
    load(THIRD)

    approved = approve(version(3), doctor)
    said = load(THIRD)
    publish(approved, make_person("Editor", "ed"))

    assert said == (
        "waiting    en/risks.md: risks version 3 is approved, and waits to be published"
    )
    assert live() == THIRD
    assert "File three." in Read(client.get("/risks/")).main
    assert load(THIRD) == "unchanged  en/risks.md"


@pytest.mark.parametrize("role", ["Editor", "Clinical reviewer"])
def test_nobody_publishes_it_without_an_approval(nurse, doctor, role):
    written_by_staff(nurse, doctor)
    load(THIRD)

    with pytest.raises(PermissionDenied, match="second person"):
        publish(version(3), make_person(role, "me"), unreviewed_reason="Now.")

    assert live() == STAFFS


def test_who_saved_it_afterwards_may_not_approve_it(nurse, doctor):
    written_by_staff(nurse, doctor)
    load(THIRD)
    both = make_person("Clinical reviewer", "both")
    saved = wordings.save_draft(wording=version(3), revision=1, text=FIRST, user=both)
    sent = wordings.send_for_review(wording=saved, revision=2, user=nurse)

    with pytest.raises(PermissionDenied, match="You saved this wording"):
        approve(sent, both)
    with pytest.raises(IntegrityError), transaction.atomic():
        Wording.objects.of_guide().filter(number=3).update(
            reviewer=both, approved_on=NEXT_YEAR
        )

    assert approve(sent, doctor).is_approved


# --- a draft is open ---


def test_newer_file_replaces_the_text_that_waits(nurse, doctor):
    approved_live(nurse, doctor)
    load(SECOND)
    seen = version(2)

    said = load(THIRD)

    assert said == "waiting    en/risks.md: risks version 2 waits for review"
    assert Wording.objects.of_guide().count() == 2
    assert (version(2).text, version(2).state) == (THIRD, IN_REVIEW)
    assert steps(2)[-1] == ("loaded", "The file changed again. It waits for review.")
    texts = steps_taken().filter(wording=seen).order_by("pk")
    assert list(texts.values_list("text", flat=True)) == [SECOND, THIRD]
    with pytest.raises(wordings.EditConflict):
        approve(seen, doctor)


def test_newer_file_answers_a_reviewer_who_asked_for_changes(nurse, doctor):
    approved_live(nurse, doctor)
    load(SECOND)
    wordings.ask_for_changes(
        wording=version(2), revision=1, user=doctor, comment="Say how long."
    )
    waits = "waits for the changes that its reviewer asked for"
    assert load(SECOND) == f"waiting    en/risks.md: risks version 2 {waits}"

    load(THIRD)

    assert (version(2).text, version(2).state) == (THIRD, IN_REVIEW)


@pytest.mark.parametrize("how", ["draft", "in review", "of the file, edited"])
def test_draft_of_staff_stays_and_both_texts_are_kept(nurse, doctor, how):
    if how == "of the file, edited":
        approved_live(nurse, doctor)
        load(SECOND)
    draft = edit(nurse)
    if how == "in review":
        draft = wordings.send_for_review(
            wording=draft, revision=draft.revision, user=nurse
        )
    before = Wording.objects.of_guide().get(pk=draft.pk)

    said = load(THIRD)

    assert said.startswith(f"kept       en/risks.md: {draft} is a draft, and the file")
    now = Wording.objects.of_guide().get(pk=draft.pk)
    assert (now.text, now.state, now.revision) == (
        STAFFS, before.state, before.revision,
    )  # fmt: skip
    assert (FileText.objects.get().text, live()) == (THIRD, FIRST)
    load(THIRD)
    assert FileText.objects.count() == 1


def test_file_that_staff_began_their_draft_with_is_no_conflict(nurse, doctor):
    approved_live(nurse, doctor)
    load(SECOND)
    edit(nurse)

    assert load(SECOND) == "unchanged  en/risks.md"
    assert not FileText.objects.exists()


def test_what_a_reviewer_approved_is_not_changed_by_a_file(nurse, doctor):
    approved_live(nurse, doctor)
    load(SECOND)
    approve(version(2), doctor)

    said = load(THIRD)

    assert said.startswith("kept       en/risks.md: risks version 2 is a draft")
    assert (version(2).text, version(2).is_approved) == (SECOND, True)
    assert FileText.objects.get().text == THIRD


def test_text_of_the_file_waits_once_the_draft_is_published(nurse, doctor):
    draft = edit(nurse)
    load(THIRD)
    publish(draft, nurse, unreviewed_reason="It was wrong.")

    said = load(THIRD)

    assert said.startswith("waiting    en/risks.md: risks version 3 waits for review")
    assert version(3).text == THIRD
    assert not FileText.objects.exists()


def test_decision_of_staff_holds_after_their_draft_is_published(nurse, doctor):
    draft = edit(nurse)
    load(THIRD)
    keep = wordings.FileChoice.KEEP
    wordings.settle_file(file_text=FileText.objects.get(), choice=keep, user=nurse)
    assert (
        load(THIRD) == "kept       en/risks.md: risks version 2 stays, as was decided"
    )
    publish(draft, nurse, unreviewed_reason="It was wrong.")

    assert load(THIRD) == "kept       en/risks.md: staff's text stays, as was decided"
    assert Wording.objects.of_guide().count() == 2


def test_conflict_of_an_older_version_becomes_a_draft_in_review(nurse, doctor):
    written_by_staff(nurse, doctor)
    FileText.objects.create(
        page=Page.objects.of_guide().get(), text=SECOND, digest="unsettled"
    )

    assert load(SECOND).startswith("waiting    en/risks.md: risks version 3 waits")
    assert not FileText.objects.exists()


# --- the file holds the live text again ---


@pytest.mark.parametrize("ending", ["", "\n\n"])
def test_draft_of_a_file_is_thrown_away_if_the_file_is_changed_back(
    nurse, doctor, ending
):
    written_by_staff(nurse, doctor)
    load(THIRD)

    said = load(STAFFS.strip() + ending)

    assert said == "unchanged  en/risks.md"
    assert (version(3).status, version(3).text) == ("Thrown away", THIRD)
    assert steps(3)[-1] == ("thrown-away", "Its file holds the live text again.")
    comment = "The file holds this text again. risks version 3 was thrown away."
    assert steps(2)[-1] == ("loaded", comment)
    assert not Wording.objects.drafts().exists()
    assert load(THIRD).startswith("waiting    en/risks.md: risks version 4 waits")


def test_draft_of_staff_stays_if_the_file_holds_the_live_text(nurse, doctor):
    draft = edit(nurse)
    load(SECOND)

    assert load(FIRST) == "unchanged  en/risks.md"
    assert Wording.objects.drafts().get() == draft
    assert not FileText.objects.exists()


def test_approved_draft_stays_if_the_file_holds_the_live_text(nurse, doctor):
    approved_live(nurse, doctor)
    load(SECOND)
    approve(version(2), doctor)

    assert load(FIRST) == "unchanged  en/risks.md"
    assert Wording.objects.drafts().get().is_approved


def test_file_that_staff_edited_away_does_not_come_back(nurse, doctor):
    written_by_staff(nurse, doctor)
    load(STAFFS)  # as export_content writes it

    assert load(FIRST) == "unchanged  en/risks.md"
    assert live() == STAFFS


def test_draft_of_a_file_that_ended_does_not_come_back(nurse, doctor):
    written_by_staff(nurse, doctor)
    load(THIRD)
    later = timezone.now() + timedelta(days=9)
    coming = publish(approve(version(3), doctor), nurse, publish_from=later)
    assert load(THIRD) == "unchanged  en/risks.md"
    wordings.cancel_schedule(wording=coming, revision=coming.revision, user=nurse)

    assert load(THIRD) == "unchanged  en/risks.md"
    carried_on = Wording.objects.drafts().get()
    assert (carried_on.number, carried_on.text) == (4, THIRD)
    wordings.throw_away_draft(wording=carried_on, revision=1, user=doctor)

    assert load(THIRD) == "unchanged  en/risks.md"
    assert Wording.objects.of_guide().count() == 4


# --- the file is gone, or the page was dropped ---


def test_draft_waits_on_when_its_file_is_gone(nurse, doctor):
    approved_live(nurse, doctor)
    load(SECOND)

    load(FIRST, "about")

    assert Wording.objects.drafts().get().text == SECOND


def drop() -> None:
    Page.objects.of_guide().update(dropped_on=date(2026, 11, 1))


BACK = "the page was dropped on 01 November 2026, and is back"


@pytest.mark.parametrize("text", [FIRST, SECOND])
def test_dropped_page_that_nobody_approved_comes_back_from_its_file(text):
    drop()

    assert load(text) == f"back       en/risks.md: risks version 2; {BACK}"
    assert live() == text
    assert steps(2) == [("loaded", f"{BACK[0].upper()}{BACK[1:]}.")]


def test_dropped_page_comes_back_as_it_was_approved(nurse, doctor):
    approved_live(nurse, doctor)
    drop()

    assert load(FIRST) == f"back       en/risks.md: risks version 1; {BACK}"
    assert Wording.objects.live().of_guide().get().is_approved
    assert steps(1)[-1] == ("loaded", f"{BACK[0].upper()}{BACK[1:]}.")


def test_dropped_page_that_names_a_deleted_area_does_not_come_back(nurse, doctor):
    area = Area.objects.create(slug="spine", name="Spine")
    publish_edit(nurse, text=f"{STAFFS}\n::: only area=spine\nRest.\n:::\n")
    drop()
    area.delete()

    said = load(SECOND)

    assert "the page stays dropped: risks version 2 names what is no area" in said
    assert "any more: spine." in said
    assert not Wording.objects.live().of_guide().exists()
    Area.objects.create(slug="spine", name="Spine")
    assert load(SECOND).startswith("back ")


@pytest.mark.parametrize("state", [approved_live, written_by_staff, withdrawn])
def test_other_text_of_a_dropped_page_waits_for_a_person(state, nurse, doctor):
    state(nurse, doctor)
    shown = Wording.objects.live().of_guide().get()
    drop()

    said = load(THIRD)

    waits = f"risks version {shown.number + 1} waits for review: {PERSON_BEHIND[state]}"
    assert said == f"back       en/risks.md: {shown}; {BACK}. {waits}"
    assert Wording.objects.live().of_guide().get() == shown
    draft = Wording.objects.drafts().get()
    assert (draft.text, draft.author) == (THIRD, None)
    assert steps(draft.number)[-1][1].startswith("The page was dropped on 01 Nov")
