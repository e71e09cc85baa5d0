"""manage.py export_content: writes live wordings to files with the same text."""

import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from sessions import wordings
from sessions.models import FileText, Page, Wording
from tests.factories import (
    RULES,
    make_live_wording,
    make_page,
    make_person,
    make_stage_text,
    make_text,
)

pytestmark = pytest.mark.django_db
RECOVERY = "en/stages/recovery.md"
ABOUT = "en/about.md"
BOM = b"\xef\xbb\xbf"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A content folder with a stage, and with a page that is edited in its file."""
    folder = tmp_path / "content"
    (folder / "en" / "stages").mkdir(parents=True)
    (folder / RECOVERY).write_text(make_stage_text("recovery"))
    (folder / ABOUT).write_text(make_text())
    for register in ("claims.yaml", "sources.yaml"):
        (folder / register).write_text("{}\n")
    shutil.copy(RULES, folder)
    return folder


@pytest.fixture
def run(capsys):
    """Runs a command. Returns what it printed, or raises CommandError."""

    def run(command: str, **options) -> str:
        call_command(command, **options)
        return capsys.readouterr().out

    return run


def bytes_of(folder: Path) -> dict[str, bytes]:
    files = (path for path in (folder / "en").rglob("*.md"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def publish(page: Page, text: str, publish_from: datetime | None = None) -> Wording:
    nurse = make_person("Administrator", f"nurse-{Wording.objects.of_guide().count()}")
    draft = wordings.start_draft(page=page, user=nurse)
    draft = wordings.save_draft(
        wording=draft, revision=draft.revision, text=text, user=nurse
    )
    return wordings.publish_wording(
        wording=draft,
        revision=draft.revision,
        user=nurse,
        publish_from=publish_from,
        unreviewed_reason="It was wrong.",
        advisory_reason="It was wrong.",
    )


def edit(name: str = "stages/recovery") -> Wording:
    page = Page.objects.get(name=name)
    text = page.wordings.first().text
    return publish(page, text.replace("## In short\n", "## In short\n\nNew words.\n"))


def test_every_real_page_comes_back_byte_for_byte(run, real_content, tmp_path):
    printed = run("export_content", folder=tmp_path)

    files = bytes_of(Path(settings.CONTENT_DIR))
    assert bytes_of(tmp_path) == files
    assert printed.count("written") == len(files)
    assert (tmp_path / RECOVERY).stat().st_mode & 0o777 == 0o644


def test_export_of_what_was_loaded_touches_nothing(run, folder):
    run("load_content", folder=folder)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}

    printed = run("export_content", folder=folder)

    assert printed.count("unchanged") == Page.objects.of_guide().count()
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_staff_edit_is_written_and_then_nothing_differs(run, folder):
    run("load_content", folder=folder)
    before = bytes_of(folder)
    edited = edit()

    printed = run("export_content", folder=folder)

    after = bytes_of(folder)
    assert "written    en/stages/recovery.md: version 2" in printed
    assert after.pop(RECOVERY) == edited.text.encode()
    assert after.items() <= before.items()
    count = Wording.objects.of_guide().count()
    assert run("load_content", folder=folder).count("unchanged") == len(before) + 4
    assert "written" not in run("export_content", folder=folder)
    assert Wording.objects.of_guide().count() == count


def test_exported_text_is_no_conflict_while_a_new_draft_is_written(run, folder):
    run("load_content", folder=folder)
    edit()
    page = Page.objects.get(name="stages/recovery")
    draft = wordings.start_draft(page=page, user=make_person("Editor"))
    wordings.save_draft(
        wording=draft, revision=1, text="Half done.", user=make_person("Editor", "b")
    )

    run("export_content", folder=folder)

    assert "unchanged  en/stages/recovery.md" in run("load_content", folder=folder)
    assert not FileText.objects.exists()


def test_draft_is_never_exported(run, folder):
    run("load_content", folder=folder)
    page = Page.objects.get(name="stages/recovery")
    wordings.start_draft(page=page, user=make_person("Editor"), text="Half done.")

    assert "unchanged  en/stages/recovery.md" in run("export_content", folder=folder)


def test_windows_file_that_reads_the_same_is_left_and_another_is_made_plain(
    run, folder
):
    for name in (ABOUT, RECOVERY):
        file = folder / name
        file.write_bytes(BOM + file.read_bytes().replace(b"\n", b"\r\n"))
    run("load_content", folder=folder)
    edited = edit()

    printed = run("export_content", folder=folder)

    assert "unchanged  en/about.md" in printed
    assert (folder / ABOUT).read_bytes().startswith(BOM)
    assert (folder / RECOVERY).read_bytes() == edited.text.encode()


def test_withdrawn_page_leaves_its_file_and_is_named(run, folder):
    run("load_content", folder=folder)
    before = (folder / RECOVERY).read_bytes()
    live = edit()
    wordings.withdraw_wording(
        wording=live,
        revision=live.revision,
        user=make_person("Clinical reviewer"),
        reason="It was wrong.",
    )

    printed = run("export_content", folder=folder)

    assert "left       en/stages/recovery.md: version 2 is withdrawn" in printed
    assert (folder / RECOVERY).read_bytes() == before


def test_words_that_only_the_file_has_are_never_written_over(run, folder):
    run("load_content", folder=folder)
    edit()
    file = folder / RECOVERY
    changed = file.read_text().replace("## In short\n", "## In short\n\nA file's.\n")
    file.write_text(changed)

    with pytest.raises(CommandError, match="1 page was not written"):
        run("export_content", folder=folder)

    assert file.read_text() == changed
    run("load_content", folder=folder)
    with pytest.raises(CommandError):
        run("export_content", folder=folder)
    assert Wording.objects.drafts().get().text == file.read_text() == changed


def test_file_that_staff_settled_is_written_over(run, folder):
    run("load_content", folder=folder)
    edited = edit()
    file = folder / RECOVERY
    file.write_text(file.read_text().replace("## In short", "\n## In short"))
    wordings.start_draft(page=edited.page, user=make_person("Editor", "ed"))
    run("load_content", folder=folder)
    wordings.settle_file(
        file_text=FileText.objects.get(),
        choice=wordings.FileChoice.KEEP,
        user=make_person("Editor"),
    )

    run("export_content", folder=folder)

    assert file.read_text() == edited.text
    assert "unchanged  en/stages/recovery.md" in run("load_content", folder=folder)


def test_broken_file_is_named_and_left(run, folder, capsys):
    run("load_content", folder=folder)
    (folder / RECOVERY).write_bytes(b"\xff\xfe")

    with pytest.raises(CommandError):
        run("export_content", folder=folder)

    assert (
        "refused    en/stages/recovery.md: the file cannot" in capsys.readouterr().out
    )
    assert (folder / RECOVERY).read_bytes() == b"\xff\xfe"


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "a/../../../outside"])
def test_name_that_leads_out_of_the_folder_is_refused(run, tmp_path, name, capsys):
    make_live_wording(page=name, text=make_stage_text())
    folder = tmp_path / "a" / "content"

    with pytest.raises(CommandError):
        run("export_content", folder=folder)

    assert "its path leads out of the folder" in capsys.readouterr().out
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_link_in_the_folder_is_not_followed(run, tmp_path):
    make_live_wording()
    outside, folder = tmp_path / "outside", tmp_path / "content"
    outside.mkdir()
    (folder / "en").mkdir(parents=True)
    (folder / "en" / "stages").symlink_to(outside)

    with pytest.raises(CommandError):
        run("export_content", folder=folder)

    assert list(outside.iterdir()) == []


def test_page_without_a_text_is_named(run, tmp_path):
    make_page("stages/recovery")

    printed = run("export_content", folder=tmp_path)

    assert "left       en/stages/recovery.md: patients read nothing here" in printed


def test_failed_write_leaves_the_file_whole(run, folder, monkeypatch, capsys):
    run("load_content", folder=folder)
    before = bytes_of(folder)
    edit()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CommandError):
        run("export_content", folder=folder)

    assert "recovery.md: No space left on device" in capsys.readouterr().out
    assert bytes_of(folder) == before


@pytest.mark.parametrize("name", [RECOVERY, ABOUT])
def test_restored_draft_stays_when_its_file_changes(run, folder, name):
    run("load_content", folder=folder)
    file = folder / name
    file.write_text(f"{file.read_text()}\nOne more line.\n")
    run("load_content", folder=folder)
    first = Wording.objects.get(page__name=name[3:-3], number=1)
    draft = wordings.restore_wording(wording=first, user=make_person("Editor"))
    assert f"unchanged  {name}" in run("load_content", folder=folder)
    file.write_text(f"{file.read_text()}\nAnd another.\n")

    printed = run("load_content", folder=folder)

    assert f"kept       {name}" in printed
    assert draft.page.wordings.first() == draft
