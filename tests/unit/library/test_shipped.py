"""Which file is used for a path: the clinic's or the one that ships."""

import shutil

import pytest

from sessions.library.folder import ChangedFile, read_library
from sessions.library.shipped import VERSIONS, Origin, overlay
from sessions.library.texts import digest
from tests.factories import make_text

RISKS = "en/risks.md"
OLDEST, OLDER, NOW = (make_text(title=f"Risks {word}") for word in ("a", "b", "now"))
OWN = make_text(title="Our own risks")
DROPPED = make_text(title="Dropped")
BOM = "\ufeff"


@pytest.fixture
def shipped(tmp_path):
    """A shipped folder: risks.md changed twice, and gone.md no longer ships."""
    folder = tmp_path / "shipped"
    (folder / "en").mkdir(parents=True)
    (folder / RISKS).write_text(NOW)
    (folder / "en" / "about.md").write_text(make_text(title="About"))
    for name in ("claims.yaml", "sources.yaml"):
        (folder / name).write_text("{}\n")
    versions = [(OLDEST, RISKS), (OLDER, RISKS), (NOW, RISKS), (DROPPED, "en/gone.md")]
    lines = (f"{digest(text)}  {path}\n" for text, path in versions)
    (folder / VERSIONS).write_text("".join(lines))
    return folder


@pytest.fixture
def clinic(tmp_path):
    """The clinic's folder, without a file."""
    folder = tmp_path / "clinic"
    (folder / "en").mkdir(parents=True)
    return folder


def read(clinic, shipped):
    """(the library, the text that is used for each page)."""
    library = read_library(clinic, shipped)
    return library, {file.path: file.text for file in library.files}


def origin(path, clinic, shipped):
    return overlay(clinic, shipped).places[path].origin


@pytest.mark.parametrize("text", [OLDEST, OLDER, NOW])
@pytest.mark.parametrize(
    "saved",
    [
        lambda text: text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: BOM + text,
        lambda text: BOM + text.replace("\n", "\r\n"),
    ],
    ids=["as it was", "CRLF", "BOM", "BOM and CRLF"],
)
def test_a_file_as_it_once_shipped_is_replaced_by_what_ships_now(
    clinic, shipped, text, saved
):
    (clinic / RISKS).write_bytes(saved(text).encode())

    library, texts = read(clinic, shipped)

    assert texts[RISKS] == NOW
    assert origin(RISKS, clinic, shipped) is Origin.SHIPPED
    assert library.changed == ()


@pytest.mark.parametrize("own", [OWN, OLDEST + "\n", OLDER.replace("b", "B"), ""])
def test_a_file_that_the_clinic_changed_stays_and_the_newer_one_is_reported(
    clinic, shipped, own
):
    (clinic / RISKS).write_text(own.replace("\n", "\r\n"))

    library, texts = read(clinic, shipped)

    assert texts.get(RISKS, "") == own
    assert origin(RISKS, clinic, shipped) is Origin.CLINIC_CHANGED
    assert library.changed == (ChangedFile(RISKS, own, NOW),)


def test_a_changed_file_of_which_one_version_shipped_has_no_newer_one(clinic, shipped):
    (clinic / "en" / "about.md").write_text(OWN)

    library, texts = read(clinic, shipped)

    assert texts["en/about.md"] == OWN and library.changed == ()
    assert origin("en/about.md", clinic, shipped) is Origin.CLINIC


def test_an_old_text_under_another_name_is_the_clinics(clinic, shipped):
    (clinic / "en" / "more.md").write_text(OLDER)

    assert read(clinic, shipped)[1]["en/more.md"] == OLDER
    assert origin("en/more.md", clinic, shipped) is Origin.CLINIC


@pytest.mark.parametrize("missing", ["file", "folder", "everything"])
def test_what_the_clinic_lacks_comes_from_what_ships(clinic, shipped, missing):
    if missing == "folder":
        (clinic / "en").rmdir()
    if missing == "everything":
        shutil.rmtree(clinic)

    library, texts = read(clinic, shipped)

    assert library.faults == ()
    assert texts == read(shipped, shipped)[1] and set(texts) == {RISKS, "en/about.md"}
    assert overlay(clinic, shipped).is_clinic_empty


def test_a_page_that_ships_no_more_stays_only_if_the_clinic_changed_it(clinic, shipped):
    (clinic / "en" / "gone.md").write_text(DROPPED)
    assert "en/gone.md" not in read(clinic, shipped)[1]

    (clinic / "en" / "gone.md").write_text(OWN)

    assert read(clinic, shipped)[1]["en/gone.md"] == OWN
    assert read(clinic, shipped)[0].changed == ()


def test_a_language_of_the_clinics_own_stays(clinic, shipped):
    (clinic / "es").mkdir()
    (clinic / "es" / "risks.md").write_text(OWN)

    library, texts = read(clinic, shipped)

    assert library.languages == ("en", "es") and texts["es/risks.md"] == OWN


def test_registers_and_scorecards_follow_the_same_rule(clinic, shipped):
    own = "R1:\n  title: A\n"
    (clinic / "sources.yaml").write_text(own)
    (clinic / "scorecards").mkdir()
    (clinic / "scorecards" / "odd.yaml").write_text("{}\n")

    found = [str(fault) for fault in read_library(clinic, shipped).faults]

    assert {line.partition(":")[0] for line in found} == {
        f"{clinic}/sources.yaml",
        f"{clinic}/scorecards/odd.yaml",
    }


def test_a_fault_names_the_file_that_is_used(clinic, shipped):
    (shipped / "en" / "about.md").write_text("")
    (clinic / RISKS).write_bytes(b"\xff")

    found = [str(fault) for fault in read_library(clinic, shipped).faults]

    assert [line.partition(": ")[0] for line in found] == [
        f"{shipped}/en/about.md:1",
        f"{clinic}/{RISKS}:1",
    ]


def test_without_a_clinic_folder_faults_name_the_content_folder(shipped):
    (shipped / RISKS).write_text("")

    (fault,) = read_library(shipped, shipped).faults

    assert str(fault) == f"content/{RISKS}:1: {fault.fault.message}"


def link_page(clinic, outside):
    (clinic / RISKS).symlink_to(outside / "risks.md")


def link_folder(clinic, outside):
    (clinic / "en").rmdir()
    (clinic / "en").symlink_to(outside)


def large(clinic, outside):
    (clinic / RISKS).write_text("a" * 400_001)


@pytest.mark.parametrize("replace_page", [link_page, link_folder, large])
def test_a_file_that_must_not_be_read_is_refused_and_not_skipped(
    clinic, shipped, tmp_path, replace_page
):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "risks.md").write_text(NOW)
    replace_page(clinic, outside)

    library, texts = read(clinic, shipped)

    assert [str(fault).partition(": ")[0] for fault in library.faults] == [
        f"{clinic}/{RISKS}:1"
    ]
    assert RISKS not in texts


def test_a_folder_that_cannot_be_read_does_not_count_as_empty(
    clinic, shipped, monkeypatch
):
    (clinic / RISKS).write_text(OWN)

    def refuse(path, **options):
        raise PermissionError(13, "Permission denied", str(clinic))

    monkeypatch.setattr("sessions.library.shipped.os.walk", refuse)

    (fault,) = read_library(clinic, shipped).faults

    assert str(fault) == (
        f"{clinic}:1: The folder cannot be read: Permission denied. Correct that first."
    )


def test_a_file_in_place_of_the_folder_is_a_fault(tmp_path, shipped):
    (tmp_path / "file").write_text("")

    (fault,) = read_library(tmp_path / "file", shipped).faults

    assert str(fault).startswith(f"{tmp_path}/file:1: The folder cannot be read: Not")


@pytest.mark.parametrize("line", ["nonsense", "a  en/risks.md", f"{'a' * 64} en/a.md"])
def test_a_broken_list_of_versions_is_a_fault_at_its_line(clinic, shipped, line):
    with (shipped / VERSIONS).open("a") as file:
        file.write(f"{line}\n")

    (fault,) = read_library(clinic, shipped).faults

    assert str(fault).startswith(
        f"{shipped}/{VERSIONS}:5: This is not a digest and a path."
    )


def test_a_missing_list_of_versions_is_a_fault(clinic, shipped):
    (shipped / VERSIONS).unlink()

    (fault,) = read_library(clinic, shipped).faults

    assert str(fault).startswith(f"{shipped}/{VERSIONS}:1: The file cannot be opened")


def test_a_text_that_ships_now_need_not_be_in_the_list(clinic, shipped):
    newest = make_text(title="Newest")
    for folder in (clinic, shipped):
        (folder / RISKS).write_text(newest)

    assert origin(RISKS, clinic, shipped) is Origin.SHIPPED
