"""The clinical rules: load_content stores them, and every text is checked by them."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from sessions import wordings
from sessions.documents.rules import Rules
from sessions.library.folder import RULES
from sessions.models import ClinicalRules, ContentVersion, ShippedText, Wording
from sessions.running import doctor
from sessions.running.checks import check_content
from sessions.wordings.rules import NO_RULES, rules_in_force
from tests.conftest import ROOT
from tests.factories import (
    make_live_wording,
    make_person,
    make_stage_text,
    make_text,
    make_wording,
    shipped_rules,
)
from tests.page import Page as Read

pytestmark = pytest.mark.django_db
DUE = date.today() + timedelta(days=300)
BROKEN = {"phrases": []}


@pytest.fixture
def shipped(tmp_path, settings) -> Path:
    folder = tmp_path / "program" / "content"
    shutil.copytree(ROOT / "content", folder)
    settings.SHIPPED_CONTENT_DIR = folder
    return folder


@pytest.fixture
def clinic(tmp_path, settings) -> Path:
    """The clinic's folder, with a rule that the clinic added."""
    folder = tmp_path / "clinic"
    folder.mkdir()
    (folder / RULES).write_text("phrases: [a bargain]\n")
    settings.CONTENT_DIR = folder
    return folder


@pytest.fixture
def load(shipped, clinic, capsys):
    """Runs load_content. Returns its line about the rules, or else all its errors."""

    def run(**options) -> str:
        try:
            call_command("load_content", **options)
        except CommandError:
            return capsys.readouterr().err
        lines = capsys.readouterr().out.splitlines()
        return next((line for line in lines if RULES in line), "")

    return run


def test_rules_are_taken_in_with_the_content(load, clinic):
    first, again = load(), load()
    (clinic / RULES).write_text("phrases: [a bargain, a steal]\n")
    changed = load()

    assert first == "new        rules.yaml: 77 phrases, 10 statements"
    assert again == "unchanged  rules.yaml: 77 phrases, 10 statements"
    assert changed == "published  rules.yaml: 78 phrases, 10 statements"
    rules = rules_in_force()
    assert rules is not None
    assert rules.phrases == (*shipped_rules().phrases, "a bargain", "a steal")
    assert not ShippedText.objects.exists()


def test_changed_rules_make_no_page_anew(load, clinic):
    load()
    before = ContentVersion.objects.get().number
    (clinic / RULES).write_text("phrases: [a steal]\n")

    assert load().startswith("published")
    assert ContentVersion.objects.get().number == before


def test_broken_rules_leave_the_last_ones_in_force(load, clinic):
    load()
    (clinic / RULES).write_text("limits: {reading_grade: 12}\n")

    refused = load()

    assert f'{clinic}/rules.yaml:1: "reading_grade: 12.0" is less strict' in refused
    rules = rules_in_force()
    assert rules is not None and "a bargain" in rules.phrases


def test_rules_are_not_taken_in_where_a_page_is_broken(load, clinic):
    (clinic / "en").mkdir()
    (clinic / "en" / "risks.md").write_text("no front matter")

    load()

    assert rules_in_force() is None


def test_first_load_without_rules_is_refused(load, shipped):
    (shipped / RULES).unlink()

    assert f"{shipped}/rules.yaml:1: This file is missing" in load()
    assert not Wording.objects.of_guide().exists()


def test_last_rules_stay_where_their_file_is_gone(load, shipped):
    load()
    before = rules_in_force()
    (shipped / RULES).unlink()

    printed = load()

    assert printed == ("missing    rules.yaml: its file is gone; the last rules stay")
    assert rules_in_force() == before


def test_both_checks_name_rules_whose_file_is_gone(load, shipped):
    load()
    (shipped / RULES).unlink()

    assert f"{shipped}/rules.yaml:1: This file is missing" in load(check=True)
    assert any("rules.yaml:1: This file" in error.msg for error in check_content())


def test_rules_of_a_folder_that_is_away_are_not_dropped(load, clinic, settings):
    load()
    (clinic / RULES).rename(clinic.parent / "away.yaml")

    refused = load()
    settings.CONTENT_DIR = settings.SHIPPED_CONTENT_DIR

    assert f"{clinic}/rules.yaml:1: This file had a text of the clinic" in refused
    assert "published  rules.yaml: 76 phrases" in load(folder=settings.CONTENT_DIR)


def test_clinic_takes_its_own_rule_back_by_its_file(load, clinic):
    load()
    (clinic / RULES).write_text("# Nothing more of ours\n")

    assert load() == "published  rules.yaml: 76 phrases, 10 statements"
    assert rules_in_force() == shipped_rules()


def test_folder_that_is_named_takes_no_rule_away_either(load, clinic, tmp_path):
    load()
    before = rules_in_force()
    other = tmp_path / "other"
    shutil.copytree(ROOT / "content", other)
    text = (other / RULES).read_text()
    (other / RULES).write_text(text.replace("  - painless\n", ""))
    assert load(folder=other) == "published  rules.yaml: 76 phrases, 10 statements"
    rules = rules_in_force()
    assert rules == shipped_rules() != before

    (other / RULES).write_text(text.replace("sentence_words: 20", "sentence_words: 60"))

    assert '"sentence_words: 60" is less strict than the shipped 20' in load(
        folder=other
    )
    assert rules_in_force() == rules


def test_there_is_one_row_of_rules(load):
    load()
    row = ClinicalRules.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        ClinicalRules.objects.create(pk=2, data=row.data)


# --- what is asked of a text -------------------------------------------------


def test_rule_of_the_clinic_is_asked_of_every_text(load):
    load()
    draft = make_wording(text=make_stage_text(body="This is a Bargain."))

    (finding,) = wordings.blocking_findings(page=draft.page, text=draft.text)

    assert finding.message.startswith('"a bargain" promises or comforts')


def test_worker_asks_the_row_and_no_file(load, shipped, clinic):
    load()
    shutil.rmtree(shipped)
    shutil.rmtree(clinic)

    draft = make_wording(text=make_stage_text(body="This is a bargain."))

    assert wordings.blocking_findings(page=draft.page, text=draft.text)


@pytest.fixture(params=["no row", "a row that is not whole"])
def no_rules(request):
    """A site with pages and people, and no rules."""

    def lose():
        ClinicalRules.objects.all().delete()
        if request.param != "no row":
            ClinicalRules.objects.create(pk=1, data=BROKEN)

    return lose


def test_rules_that_are_not_whole_are_none_and_are_logged(db, caplog):
    ClinicalRules.objects.create(pk=1, data=BROKEN)

    assert rules_in_force() is None
    assert "The clinical rules cannot be read." in caplog.text


@pytest.mark.parametrize("later", ["kinds", "word_lists", "exceptions"])
def test_rules_of_an_older_version_are_none_until_the_next_load(load, later):
    load()
    row = ClinicalRules.objects.get()
    del row.data[later]
    row.save()
    draft = make_wording(text=make_stage_text(body="Stop your aspirin."))

    needed = wordings.still_needed(draft)
    load()

    assert NO_RULES in needed
    (finding,) = wordings.blocking_findings(page=draft.page, text=draft.text)
    assert finding.message.startswith('"Stop your aspirin" reads as an order')


def test_live_text_with_an_order_stays_and_its_next_version_is_refused(load, client):
    text = make_text(body="Stop your aspirin first.")
    live = make_live_wording(page="learn/ours", text=text)
    load()

    answer = client.get("/learn/ours/")

    assert "Stop your aspirin first." in answer.content.decode()
    found = wordings.blocking_findings(page=live.page, text=live.text)
    assert ['"Stop your aspirin"' in finding.message for finding in found] == [True]


def test_nothing_is_sent_or_published_without_rules(no_rules):
    nurse = make_person("Administrator")
    draft = make_wording(author=nurse)
    no_rules()

    for act, values in (
        (wordings.send_for_review, {}),
        (wordings.publish_wording, {"unreviewed_reason": "a", "advisory_reason": "b"}),
    ):
        with pytest.raises(wordings.PublishRefused, match=r"rules are missing"):
            act(wording=draft, revision=draft.revision, user=nurse, **values)
    assert NO_RULES in wordings.still_needed(draft)
    assert Wording.objects.get(pk=draft.pk).state == Wording.State.DRAFT


@pytest.mark.parametrize("is_live", [False, True])
def test_nothing_is_approved_without_rules(no_rules, is_live):
    doctor_, make = make_person("Clinical reviewer"), make_wording
    row = make_live_wording() if is_live else make(state=Wording.State.IN_REVIEW)
    no_rules()

    with pytest.raises(PermissionDenied, match="rules are missing"):
        wordings.approve_wording(
            wording=row, revision=row.revision, user=doctor_,
            reviewer_role="Surgeon", review_due=DUE,
        )  # fmt: skip
    assert not Wording.objects.get(pk=row.pk).is_approved


def test_later_language_is_not_published_without_rules_either(no_rules):
    draft = make_wording(page="risks", language="es")
    no_rules()

    findings = wordings.blocking_findings(page=draft.page, text=draft.text)

    assert NO_RULES in [finding.message for finding in findings]


def test_draft_is_saved_without_rules(no_rules):
    nurse = make_person("Editor")
    draft = make_wording(author=nurse)
    no_rules()

    text = make_stage_text(body="New words.")
    saved = wordings.save_draft(
        wording=draft, revision=draft.revision, text=text, user=nurse
    )

    assert Wording.objects.get(pk=saved.pk).text == text


def test_withdrawing_needs_no_rules(no_rules):
    nurse = make_person("Administrator")
    live = make_live_wording()
    no_rules()

    wordings.withdraw_wording(
        wording=live, revision=live.revision, user=nurse, reason="It was wrong."
    )

    assert Wording.objects.get(pk=live.pk).state == Wording.State.WITHDRAWN


SCREENS = [
    ("wording_change", "Administrator"),
    ("wording_send", "Administrator"),
    ("wording_publish", "Administrator"),
]


@pytest.mark.parametrize(("screen", "role"), SCREENS)
def test_screens_say_what_is_wrong_and_who_mends_it(client, no_rules, screen, role):
    nurse = make_person(role)
    draft = make_wording(author=nurse)
    no_rules()
    client.force_login(nurse)

    address = reverse(f"admin:stemguide_sessions_{screen}", args=[draft.pk])
    response = client.get(address)

    assert response.status_code == 200
    assert NO_RULES in Read(response).text


def test_screen_of_an_approval_says_why_it_is_refused(client, no_rules):
    nurse = make_person("Clinical reviewer")
    row = make_wording(state=Wording.State.IN_REVIEW)
    no_rules()
    client.force_login(nurse)

    address = reverse("admin:stemguide_sessions_wording_approve", args=[row.pk])
    typed = {
        "opened_revision": row.revision,
        "reviewer_role": "Surgeon",
        "review_due": str(DUE),
    }
    response = client.post(address, typed)

    assert response.status_code == 403 and NO_RULES in Read(response).text


@pytest.mark.parametrize("role", ["Editor", "Clinical reviewer"])
def test_first_page_of_staff_says_so(client, no_rules, role):
    nurse = make_person(role)
    make_live_wording()
    client.force_login(nurse)
    before = Read(client.get(reverse("admin:index"))).text
    no_rules()

    after = Read(client.get(reverse("admin:index"))).text

    assert NO_RULES not in before and NO_RULES in after


def test_doctor_says_so(no_rules):
    make_live_wording()
    before = [str(finding) for finding in doctor.examine()]
    no_rules()

    after = [str(finding) for finding in doctor.examine()]

    assert f"MEND  {NO_RULES}" not in before and f"MEND  {NO_RULES}" in after


def test_stored_rules_are_those_of_one_declaration(load):
    load()

    assert set(ClinicalRules.objects.get().data) == set(Rules.model_fields)
