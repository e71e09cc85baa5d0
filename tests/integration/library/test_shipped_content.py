"""A clinic's content folder of an older version, with the content that ships now."""

import re
import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from sessions import wordings
from sessions.library.shipped import VERSIONS
from sessions.models import FileText, LoadReport, Page, ShippedText, Wording
from sessions.running.checks import check_content
from tests.conftest import ROOT
from tests.factories import make_person
from tests.page import Page as Read

pytestmark = pytest.mark.django_db
RISKS, RECOVERY = "en/risks.md", "en/stages/recovery.md"
CORRECTION = "This is the correction."
FURTHER = "This is one more correction."
CLINIC_TEXT = "At our clinic this differs."


def add(folder: Path, name: str, words: str) -> None:
    """Adds a paragraph at the top of a page."""
    file = folder / name
    text = file.read_bytes().decode()
    file.write_text(text.replace("\n---\n\n", f"\n---\n\n{words}\n\n", 1))


@pytest.fixture
def shipped(tmp_path, settings) -> Path:
    """The shipped folder: today's content with one change."""
    folder = tmp_path / "program" / "content"
    shutil.copytree(ROOT / "content", folder)
    add(folder, RISKS, CORRECTION)
    settings.SHIPPED_CONTENT_DIR = folder
    return folder


@pytest.fixture
def clinic(tmp_path, settings) -> Path:
    """The clinic's folder: a copy of today's content."""
    folder = tmp_path / "clinic" / "content"
    shutil.copytree(ROOT / "content", folder)
    settings.CONTENT_DIR = folder
    return folder


@pytest.fixture
def old_site(real_content, clinic, shipped):
    """A site whose pages were loaded from that copy, before the change."""


@pytest.fixture
def run(capsys):
    def run(command: str, **options) -> str:
        call_command(command, **options)
        return capsys.readouterr().out

    return run


@pytest.fixture
def editor(client):
    user = make_person("Editor")
    client.force_login(user)
    return user


def live(name: str) -> str:
    return Wording.objects.live().get(page__name=name).text


def refused(run, capsys) -> str:
    with pytest.raises(CommandError, match="Nothing was changed"):
        run("load_content")
    return capsys.readouterr().err


def home(client) -> Read:
    return Read(client.get(reverse("admin:index")))


# --- loading ---


def test_a_correction_reaches_a_clinic_with_an_unchanged_copy(old_site, run, client):
    printed = run("load_content")

    assert "published  en/risks.md: risks version 2" in printed
    assert printed.count("published") == 1
    assert CORRECTION in Read(client.get("/risks/")).main
    assert not ShippedText.objects.exists()


def test_a_correction_reaches_a_clinic_whose_copy_has_bom_and_crlf(
    old_site, run, clinic
):
    for file in (clinic / "en").rglob("*.md"):
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))

    run("load_content")

    assert CORRECTION in live("risks")
    assert not ShippedText.objects.exists()


def test_a_page_that_the_clinic_changed_stays_and_others_are_updated(
    old_site, run, clinic, shipped
):
    add(clinic, RISKS, CLINIC_TEXT)
    add(shipped, RECOVERY, FURTHER)

    printed = run("load_content")

    assert CLINIC_TEXT in live("risks") and CORRECTION not in live("risks")
    assert FURTHER in live("stages/recovery")
    assert "newer      en/risks.md: the clinic's own text stays" in printed
    row = ShippedText.objects.get()
    assert (row.path, row.clinic_text) == (RISKS, (clinic / RISKS).read_text())
    assert row.text == (shipped / RISKS).read_text()


@pytest.mark.parametrize("there", ["absent", "empty", "one other file"])
def test_without_clinic_files_every_page_is_the_shipped_one(
    run, clinic, shipped, there
):
    shutil.rmtree(clinic)
    if there != "absent":
        clinic.mkdir()
    if there == "one other file":
        (clinic / "notes.txt").write_text("Ours.")

    run("load_content")

    assert Page.objects.of_guide().count() == len(list((shipped / "en").rglob("*.md")))
    assert CORRECTION in live("risks")
    assert check_content() == []


def test_a_missing_clinic_folder_is_refused(old_site, run, clinic, capsys):
    """Such as a disk that is not mounted at the upgrade, and is mounted later."""
    add(clinic, RISKS, CLINIC_TEXT)
    run("load_content")
    before = ShippedText.objects.get()
    clinic.rename(clinic.with_name("away"))

    output = refused(run, capsys)

    assert f"{clinic}/en/risks.md:1: This file had a text of the clinic" in output
    assert "en/about.md" not in output
    assert CLINIC_TEXT in live("risks")
    assert LoadReport.objects.get().faults == [output.splitlines()[0]]
    assert ShippedText.objects.get() == before
    clinic.with_name("away").rename(clinic)
    assert "newer      en/risks.md" in run("load_content")


def test_a_single_deleted_file_is_replaced_by_the_shipped_one(old_site, run, clinic):
    add(clinic, RISKS, CLINIC_TEXT)
    run("load_content")
    (clinic / RISKS).unlink()

    run("load_content")

    assert CORRECTION in live("risks")
    assert not ShippedText.objects.exists()


def test_a_page_that_ships_no_more_keeps_its_last_wording(old_site, run, shipped):
    (shipped / "en/diary.md").unlink()
    (shipped / "en/common-questions.yaml").unlink()  # One leads to it.
    for file in shipped.rglob("*.md"):
        file.write_text(file.read_text().replace("](/diary/)", "](/visit/)"))

    printed = run("load_content")

    assert "missing    en/diary.md: its file is gone" in printed
    assert live("diary")


def test_a_register_that_the_clinic_changed_stays_and_is_reported(
    old_site, run, clinic, shipped
):
    for folder, words in ((clinic, "Ours"), (shipped, "Theirs")):
        file = folder / "claims.yaml"
        file.write_text(f"# {words}\n{file.read_text()}")

    run("load_content")

    assert [row.path for row in ShippedText.objects.all()] == ["claims.yaml"]


def test_a_newer_text_is_recorded_even_if_another_file_has_a_fault(
    old_site, run, clinic, capsys
):
    add(clinic, RISKS, CLINIC_TEXT)
    (clinic / "en/about.md").write_bytes(b"\xff")

    output = refused(run, capsys)

    assert output.startswith(f"{clinic}/en/about.md:1: This line is not UTF-8.")
    assert ShippedText.objects.get().path == RISKS


def test_a_fault_of_a_link_names_the_file_that_holds_it(
    old_site, run, clinic, shipped, capsys
):
    add(clinic, RISKS, "See [ours](/nowhere/).")
    add(shipped, RECOVERY, "See [theirs](/nowhere/).")

    output = refused(run, capsys)

    assert f"{clinic}/{RISKS}:" in output and f"{shipped}/{RECOVERY}:" in output
    assert sorted(output.splitlines()) == sorted(m.msg for m in check_content())


def test_a_folder_given_as_option_is_loaded_alone(
    run, clinic, shipped, tmp_path, capsys
):
    with pytest.raises(CommandError):
        run("load_content", folder=tmp_path / "empty")

    assert f"{tmp_path}/empty/en:1: There are no pages here." in capsys.readouterr().err


# --- what staff see ---


def test_admin_index_links_to_both_texts_and_their_difference(
    old_site, run, clinic, client, editor
):
    add(clinic, RISKS, CLINIC_TEXT)
    run("load_content")

    page = home(client)

    assert "Another text came with StemGuide for 1 file that the clinic" in page.text
    screen = Read(client.get(page.link(RISKS).href))
    words = {
        tag: " ".join("".join(e.itertext()) for e in screen.tree.iter(tag))
        for tag in ("ins", "del")
    }
    assert CORRECTION.split()[-1] in words["ins"]
    assert CLINIC_TEXT.split()[1] in words["del"]
    texts = [area.text for area in screen.tree.cssselect("textarea[readonly]")]
    assert CLINIC_TEXT in texts[0] and CORRECTION in texts[1]
    assert str(clinic / RISKS) in screen.text
    assert "only whoever runs the site can do that" in screen.text
    page = reverse(
        "admin:stemguide_sessions_page_change",
        args=[Page.objects.get(name="risks").pk],
    )
    assert screen.link("The page risks").href == page


def settle(client, **changed):
    row = ShippedText.objects.get()
    address = reverse("admin:stemguide_sessions_shipped_text", args=[row.pk])
    return client.post(address, {"digest": row.digest, **changed}, follow=True)


def test_settled_text_is_not_listed_until_another_one_ships(
    old_site, run, clinic, shipped, client, editor
):
    add(clinic, RISKS, CLINIC_TEXT)
    run("load_content")

    answer = Read(settle(client))

    assert "The clinic's text of en/risks.md stays." in answer.text
    assert "Another text came with StemGuide" not in answer.text
    add(clinic, RISKS, "And this.")
    assert "newer" not in run("load_content")
    assert "Another text came" not in home(client).text
    add(shipped, RISKS, FURTHER)
    assert "newer      en/risks.md" in run("load_content")
    assert "Another text came" in home(client).text


def test_text_that_changed_since_the_form_was_opened_is_not_settled(
    old_site, run, clinic, client, editor
):
    add(clinic, RISKS, CLINIC_TEXT)
    run("load_content")

    answer = Read(settle(client, digest="older"))

    assert "Another text ships now." in answer.text
    assert not ShippedText.objects.get().is_settled


def test_file_that_is_the_shipped_one_again_is_no_longer_listed(
    old_site, run, clinic, shipped, client, editor
):
    add(clinic, RISKS, CLINIC_TEXT)
    run("load_content")
    link = home(client).link(RISKS).href
    shutil.copy(shipped / RISKS, clinic / RISKS)

    run("load_content")

    assert "Another text came" not in home(client).text
    answer = Read(client.get(link, follow=True))
    assert "The clinic's file no longer differs from the shipped one." in answer.text


def test_register_is_compared_as_it_was_typed(
    old_site, run, clinic, shipped, client, editor
):
    for folder, words in ((clinic, "Ours"), (shipped, "Theirs")):
        file = folder / "claims.yaml"
        file.write_text(f"# {words}\n{file.read_text()}")
    run("load_content")

    screen = Read(client.get(home(client).link("claims.yaml").href))

    assert "cannot be read as a page" not in screen.text
    assert "copy them into a draft" not in screen.text
    assert "Theirs" in screen.text


def test_text_of_a_file_is_escaped(client, editor):
    row = ShippedText.objects.create(
        path=RISKS, clinic_text="<script>a</script>", text="<b>b</b>", digest="x"
    )

    page = client.get(reverse("admin:stemguide_sessions_shipped_text", args=[row.pk]))

    assert b"<script>a" not in page.content and b"<b>b" not in page.content


# --- exporting ---


def edit(name: str) -> str:
    """Publishes an edit by staff; returns its text."""
    nurse = make_person("Administrator", "nurse")
    draft = wordings.start_draft(page=Page.objects.get(name=name), user=nurse)
    text = draft.text.replace(
        "## How it may feel\n", f"## How it may feel\n\n{CLINIC_TEXT}\n"
    )
    draft = wordings.save_draft(wording=draft, revision=1, text=text, user=nurse)
    wordings.publish_wording(
        wording=draft, revision=draft.revision, user=nurse,
        unreviewed_reason="A number is wrong.", advisory_reason="Short.",
    )  # fmt: skip
    return text


def files_of(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_export_writes_only_staff_edits_and_never_to_the_shipped_folder(
    real_content, run, clinic, shipped
):
    shutil.rmtree(clinic)
    run("load_content")
    before = files_of(shipped)
    text = edit("stages/recovery")

    run("export_content")

    assert files_of(clinic) == {RECOVERY: text.encode()}
    assert files_of(shipped) == before
    printed = run("load_content")
    assert "newer" not in printed and "published" not in printed
    assert not FileText.objects.exists()


def test_exported_text_is_reported_when_a_newer_one_ships(
    real_content, run, clinic, shipped
):
    run("load_content")
    edit("stages/recovery")
    run("export_content")
    add(shipped, RECOVERY, FURTHER)

    assert "newer      en/stages/recovery.md" in run("load_content")
    assert CLINIC_TEXT in live("stages/recovery")


def test_export_before_the_new_content_was_loaded_changes_nothing(
    old_site, run, clinic, shipped
):
    before = files_of(clinic)

    printed = run("export_content")

    assert files_of(clinic) == before
    assert "left       en/risks.md: this text shipped with some version" in printed


def test_export_does_not_overwrite_text_that_only_the_shipped_file_has(
    old_site, run, clinic, shipped
):
    edit("stages/recovery")
    add(shipped, RECOVERY, FURTHER)
    before = files_of(clinic)

    with pytest.raises(CommandError, match="1 page was not written"):
        run("export_content")

    assert files_of(clinic) == before


def test_export_to_a_folder_given_as_option_writes_every_page(
    real_content, run, clinic, shipped, tmp_path
):
    run("export_content", folder=tmp_path / "all")

    pages = {n for n in files_of(clinic) if re.fullmatch(r"en/.+\.md", n)}
    assert set(files_of(tmp_path / "all")) == pages


def test_export_without_the_list_of_versions_writes_nothing(
    real_content, run, clinic, shipped
):
    (shipped / VERSIONS).unlink()
    before = files_of(clinic)

    with pytest.raises(CommandError, match="Nothing was written"):
        run("export_content")

    assert files_of(clinic) == before
