"""Names of content files: pages, those that are refused, those that are skipped."""

import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.urls import Resolver404, resolve

from sessions.guide.views import dates, pages
from sessions.library.folder import read_library
from sessions.library.languages import FIRST
from sessions.library.names import FOLDERS, TEXT_PAGES, name_fault
from sessions.library.references import page_address
from sessions.models import LoadReport, Page, Wording
from tests.factories import make_text

# The views that show a page of the content folder. Other pages are generated.
VIEWS = {
    pages.page,
    pages.stage_detail,
    pages.learn_detail,
    pages.after_area,
    dates.checklist,
}
REFUSED = {
    b"en/learn/knee pain.md": "knee pain.md:1: The name of a page is its address",
    b"en/learn/risks (1).md": 'Call this file "learn/risks-1.md".',
    "en/learn/café.md".encode(): 'Call this file "learn/cafe.md".',
    "en/learn/cafe\u0301.md".encode(): 'Call this file "learn/cafe.md".',
    b"en/learn/a?b.md": 'Call this file "learn/a-b.md".',
    b"en/learn/a#b.md": 'Call this file "learn/a-b.md".',
    b"en/learn/a%2Fb.md": 'Call this file "learn/a-2fb.md".',
    b"en/learn/v1.2.md": 'Call this file "learn/v1-2.md".',
    b"en/learn/knees.md.md": 'Call this file "learn/knees-md.md".',
    "en/learn/knee–pain.md".encode(): 'Call this file "learn/knee-pain.md".',
    b"en/learn/a\nb.md": r"en/learn/a\nb.md:1: The name of a page",
    b"en/learn/caf\xe9.md": r"en/learn/caf\xe9.md:1: The name of a page",
    b"en/learn/\xff.md": r'\xff.md:1: There is no address',
    b"en/learn/ .md": 'this file "learn/page.md".',
    b"en/Risks.md": 'Call this file "risks.md".',
    b"en/knees.md": 'call this file "learn/knees.md".',
    b"en/search.md": 'call this file "learn/search.md".',
    b"en/learn.md": 'call this file "learn/learn.md".',
    b"en/about/how-we-score.md": 'call this file "learn/how-we-score.md".',
    b"en/evidence/knees.md": 'call this file "learn/knees.md".',
    b"en/learn/more/knees.md": 'call this file "learn/knees.md".',
    b"en/Learn/knees.md": 'call this file "learn/knees.md".',
    b"en/stages/rest.md": "Call this file by one of these: consultation,",
    b"en/learn/knees.MD": 'ends in ".md". Call this file "knees.md".',
    b"en/learn/Knee pain.md.txt": 'ends in ".md". Call this file "knee-pain.md".',
    b"en/learn/knees.markdown": 'ends in ".md". Call this file "knees.md".',
    b"en/learn/knees.md (1)": 'ends in ".md". Call this file "knees.md".',
    b"es/get help.md": 'Call this file "get-help.md".',
}  # fmt: skip
SKIPPED = (
    "._risks.md", ".risks.md", ".DS_Store", ".#risks.md", ".risks.md.swp", "~$risks.md",
    "risks.md~", "#risks.md#", "risks.md.swp", "risks.md.tmp", "risks.md.orig",
    "risks.md.bak", "risks.md.part", "Thumbs.db", "desktop.ini", "Icon\r", ".git/a.md",
    "__MACOSX/a.md", "@eaDir/a.md", "lost+found/a.md", ".Trash-1000/files/a.md",
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the content folder, which a test may change."""
    copy = tmp_path / "content"
    shutil.copytree(settings.CONTENT_DIR, copy)
    return copy


def write(folder: Path, name: bytes, text: str | None = None) -> None:
    path = os.path.join(os.fsencode(folder), name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write((make_text() if text is None else text).encode())


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [["--check"], []], ids=["check", "load"])
def test_each_invalid_name_is_refused_and_a_valid_one_suggested(
    folder, arguments, capsys
):
    for name in REFUSED:
        write(folder, name)

    with pytest.raises(CommandError, match=f"Mend {len(REFUSED)} faults"):
        call_command("load_content", *arguments, folder=folder)

    output = capsys.readouterr().err
    output.encode()  # A terminal in UTF-8 can show it.
    assert len(output.splitlines()) == len(REFUSED)
    assert [words for words in REFUSED.values() if words not in output] == []
    assert (
        not Page.objects.of_guide().exists() and not Wording.objects.of_guide().exists()
    )


@pytest.mark.django_db
def test_refused_names_are_stored_in_the_load_report(folder):
    write(folder, b"en/learn/caf\xe9.md")

    with pytest.raises(CommandError):
        call_command("load_content", folder=folder)

    (fault,) = LoadReport.objects.get().faults
    assert r"en/learn/caf\xe9.md:1: " in fault


@pytest.mark.django_db
def test_leftovers_of_systems_and_editors_are_skipped(folder, client):
    before = read_library(folder)
    for name in SKIPPED:
        for place in ("", "en", "en/learn", "scorecards", "es"):
            write(folder, os.fsencode(f"{place}/{name}".lstrip("/")), "\0")

    after = read_library(folder)
    call_command("load_content", folder=folder)

    assert (after.files, after.faults) == (before.files, ())
    assert Page.objects.of_guide().count() == len(before.files)
    assert client.get("/learn/").status_code == 200


def test_leftovers_in_both_content_folders_are_skipped(folder, tmp_path):
    clinic = tmp_path / "clinic"
    for name in SKIPPED:
        write(clinic, os.fsencode(f"en/{name}"), "\0")
        write(folder, os.fsencode(f"en/{name}"), "\0")

    library = read_library(clinic, folder)

    assert library.faults == () and library.overlay and library.overlay.is_clinic_empty
    assert len(library.files) == len(list((settings.CONTENT_DIR / "en").rglob("*.md")))


def test_lock_file_of_an_editor_that_is_a_link_is_skipped(folder):
    (folder / "en" / ".#risks.md").symlink_to("nurse@laptop.4711:1796040000")

    assert read_library(folder).faults == ()


@pytest.mark.parametrize(
    "name",
    ["home", "checklist", *TEXT_PAGES, "stages/recovery", "learn/a-B_9", "after/x"],
)
def test_valid_name_is_the_address_of_a_page(name):
    match = resolve(page_address(name))

    assert name_fault(name) == ""
    assert match.func in VIEWS


def is_page_address(name: str) -> bool:
    try:
        return resolve(page_address(name)).func in VIEWS
    except Resolver404:
        return False


def test_refused_name_is_not_the_address_of_a_page():
    names = [
        "",
        "Risks",
        "risk",
        "risks\n",
        "risks/more",
        "search",
        "learn",
        "after",
        "stages",
        "about/how-we-score",
        "sources",
        "sources/a",
        "evidence/a",
        "v/abc",
        "admin",
        "learn/",
        "learn/a/b",
        "learn/a b",
        "learn/é",
        "learn/a.b",
        "learn/a\n",
        "after/a/b",
        "stages/rest",
        "stages/recovery/more",
        "checklist/calendar.ics",
    ]

    wrong = [n for n in names if not name_fault(n) or is_page_address(n)]
    assert wrong == []


def test_every_shipped_page_is_in_a_folder_for_pages():
    root = settings.SHIPPED_CONTENT_DIR / FIRST
    folders = {path.parent.relative_to(root).as_posix() for path in root.rglob("*.md")}

    assert folders == {".", *FOLDERS}
