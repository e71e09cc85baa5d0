"""manage.py load_content: what it loads, keeps and refuses."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from sessions import wordings
from sessions.documents import register
from sessions.library import folder as library
from sessions.library.clinic_texts import area_text
from sessions.library.faults import REQUIRED_PAGES, library_faults
from sessions.models import Area, ContentVersion, Page, RegisterEntry, Stage, Wording
from sessions.wordings.judging import findings_of
from tests.factories import make_person
from tests.older_tables import models_of_0_2_0
from tests.page import Page as Read

pytestmark = pytest.mark.django_db
FILES = len(list((Path(settings.CONTENT_DIR) / "en").rglob("*.md")))
ABOUT = "en/about.md"
MADE_UP_CLAIM = """made-up-claim:
  topic: Cost
  claim: It costs money.
  certainty: Strong
  who: Adults
  number: 10 people
  how_long: 1 year
  result: All of them paid.
  does_not_tell: How much.
  sources: [R1]
  checked: 2026-11-20
"""
RECOVERY = "en/stages/recovery.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the content folder that a test may change."""
    copy = tmp_path / "content"
    shutil.copytree(settings.CONTENT_DIR, copy)
    return copy


@pytest.fixture
def load(folder, capsys):
    """Loads the copy. Returns what was printed, or raises CommandError."""

    def run() -> str:
        call_command("load_content", folder=folder)
        return capsys.readouterr().out

    return run


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def version() -> int:
    return ContentVersion.objects.get().number


def test_page_may_name_a_claim_by_its_older_name(load, folder):
    change(folder / "claims.yaml", "  sources: ", "  replaces: [older]\n  sources: ")
    change(folder / ABOUT, "\n---\n\n", "\n---\n\n::: claim older\n:::\n\n")

    load()

    [about] = Wording.objects.live().filter(page__name="about")
    assert not [f for f in findings_of(about) if "claim" in f.message]


def test_first_load_publishes_every_page(load):
    printed = load()

    assert Page.objects.of_guide().count() == FILES >= len(REQUIRED_PAGES)
    assert Stage.objects.count() == 7
    assert (
        Wording.objects.of_guide().filter(state="published", number=1).count() == FILES
    )
    assert "new        en/stages/recovery.md: stages/recovery version 1" in printed
    assert RegisterEntry.objects.claims().count() >= 25
    assert RegisterEntry.objects.sources().count() > 100


def test_loaded_text_has_no_author_and_no_reviewer(load):
    load()

    wording = Wording.objects.of_guide().get(page__name="risks")
    assert (wording.author, wording.reviewer, wording.approved_on) == (None, None, None)
    assert wording.source_digest


def test_second_load_changes_nothing(load):
    load()
    before = version()

    printed = load()

    assert version() == before
    assert Wording.objects.of_guide().count() == FILES
    assert printed.count("unchanged") == FILES + 4


def test_changed_file_is_published_as_a_new_number(load, folder, client):
    load()
    change(folder / ABOUT, "\n---\n\n", "\n---\n\nA new first line.\n\n")

    printed = load()

    assert "published  en/about.md: about version 2" in printed
    assert "A new first line." in Read(client.get("/about/")).main
    assert Wording.objects.of_guide().filter(page__name="about").count() == 2


def test_changed_file_raises_the_content_version_once(load, folder):
    load()
    before = version()
    change(folder / ABOUT, "\n---\n\n", "\n---\n\nA new first line.\n\n")

    load()

    assert version() == before + 1


def test_text_with_windows_line_ends_is_the_same_text(load, folder):
    load()
    file = folder / ABOUT
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))

    assert "unchanged  en/about.md" in load()


def test_staff_edits_are_kept_and_it_says_so(load, folder, client):
    load()
    nurse = make_person("Administrator")
    draft = wordings.start_draft(
        page=Page.objects.of_guide().get(name="stages/recovery"), user=nurse
    )
    text = draft.text.replace(
        "## How it may feel\n", "## How it may feel\n\nThe nurse wrote this.\n"
    )
    draft = wordings.save_draft(wording=draft, revision=1, text=text, user=nurse)
    wordings.publish_wording(
        wording=draft,
        revision=draft.revision,
        user=nurse,
        unreviewed_reason="A number is wrong.",
        advisory_reason="Short.",
    )
    change(
        folder / RECOVERY,
        "## How it may feel\n",
        "## How it may feel\n\nThe file wrote this.\n",
    )

    printed = load()

    waits = "stages/recovery version 3 waits for review: staff wrote version 2"
    assert f"waiting    en/stages/recovery.md: {waits}" in printed
    words = Read(client.get("/stages/recovery/")).main
    assert "The nurse wrote this." in words and "The file wrote this." not in words


def test_draft_in_progress_is_kept(load, folder):
    load()
    nurse = make_person("Editor")
    draft = wordings.start_draft(
        page=Page.objects.of_guide().get(name="stages/recovery"), user=nurse
    )
    change(
        folder / RECOVERY,
        "## How it may feel\n",
        "## How it may feel\n\nThe file wrote this.\n",
    )

    assert "kept" in load()
    assert Wording.objects.of_guide().get(pk=draft.pk).text == draft.text


def test_missing_file_leaves_the_last_wording_live(load, folder, client):
    load()
    (folder / ABOUT).unlink()
    (folder / "en/common-questions.yaml").unlink()  # Some lead to it.
    change(folder / "en/accessibility.md", "/about/", "/privacy/") if (
        "/about/" in (folder / "en/accessibility.md").read_text()
    ) else None
    for file in folder.rglob("*.md"):
        file.write_text(file.read_text().replace("](/about/)", "](/privacy/)"))

    printed = load()

    assert "missing    en/about.md" in printed
    assert client.get("/about/").status_code == 200


@pytest.mark.parametrize("name", ["home", "about", "accessibility"])
def test_check_names_a_page_that_the_site_leads_to(folder, name, capsys):
    (folder / "en" / f"{name}.md").unlink()

    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("load_content", "--check", folder=folder)

    said = capsys.readouterr().err
    assert said == (
        f"{folder}/en/{name}.md:1: This page is missing, and the site leads to it. Put "
        "it back.\n"
    )
    assert not Page.objects.of_guide().exists()


def test_check_names_every_page_that_must_be_there(folder):
    everything = library.read_library(folder)
    kept = tuple(file for file in everything.files if file.name not in REQUIRED_PAGES)

    faults = library_faults(replace(everything, files=kept))

    missing = {f"en/{name}.md" for name in REQUIRED_PAGES}
    assert {fault.path for fault in faults} == missing


def break_front_matter(folder: Path) -> None:
    change(folder / ABOUT, "\n---\n", "\n")


def break_block(folder: Path) -> None:
    change(
        folder / RECOVERY,
        "## How it may feel\n",
        "## How it may feel\n\n::: tip\nHello.\n:::\n",
    )


def break_link(folder: Path) -> None:
    change(folder / ABOUT, "\n---\n\n", "\n---\n\nSee [this](/nowhere/).\n\n")


def break_bytes(folder: Path) -> None:
    (folder / ABOUT).write_bytes("---\ntitle: Café\n---\n".encode("latin-1"))


def break_size(folder: Path) -> None:
    (folder / ABOUT).write_text("---\n" + "a" * 5_000_000)


def break_nul(folder: Path) -> None:
    change(folder / ABOUT, "\n---\n\n", "\n---\n\nA \0 byte.\n\n")


def break_empty(folder: Path) -> None:
    (folder / ABOUT).write_text("")


def break_symlink(folder: Path) -> None:
    (folder / ABOUT).unlink()
    (folder / ABOUT).symlink_to("/etc/hostname")


def break_claim(folder: Path) -> None:
    change(folder / "claims.yaml", "certainty: ", "certainty: Very ")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (break_front_matter, "content/en/about.md:1: The front matter never ends."),
        (break_block, "There is no block `tip`."),
        (break_link, 'There is no page at "/nowhere/".'),
        (break_bytes, "content/en/about.md:2: This line is not UTF-8."),
        (break_size, "content/en/about.md:1: The file is larger than"),
        (break_nul, "This line holds a NUL byte."),
        (break_empty, "content/en/about.md:1: The text is empty."),
        (break_symlink, "content/en/about.md:1: This is a link to another place."),
        (break_claim, "content/claims.yaml:"),
    ],
)
def test_broken_file_is_refused_and_nothing_changes(
    real_content, load, folder, capsys, client, spoil, says
):
    before = (
        version(),
        Wording.objects.of_guide().count(),
        client.get("/about/").content,
    )
    change(folder / "en/privacy.md", "\n---\n\n", "\n---\n\nA good change.\n\n")
    spoil(folder)

    with pytest.raises(CommandError, match="Nothing was changed"):
        load()

    assert says in capsys.readouterr().err
    assert (
        version(),
        Wording.objects.of_guide().count(),
        client.get("/about/").content,
    ) == before


def test_every_fault_of_every_file_is_named_at_once(load, folder, capsys):
    break_empty(folder)
    break_block(folder)
    break_claim(folder)

    with pytest.raises(CommandError, match="Mend 3 faults"):
        load()

    printed = capsys.readouterr().err
    assert all(name in printed for name in ("about.md", "recovery.md", "claims.yaml"))


def test_missing_folder_is_named(tmp_path, capsys):
    with pytest.raises(CommandError):
        call_command("load_content", folder=tmp_path / "gone")

    assert "Is the content folder in its place?" in capsys.readouterr().err


def test_check_option_changes_nothing(folder, capsys):
    call_command("load_content", folder=folder, check=True)

    assert f"{FILES} files are in order." in capsys.readouterr().out
    assert not Page.objects.of_guide().exists()


def test_claim_taken_out_of_the_register_is_gone(load, folder):
    load()
    text = (folder / "claims.yaml").read_text()
    (folder / "claims.yaml").write_text(f"{text}\n{MADE_UP_CLAIM}")
    load()
    assert RegisterEntry.objects.filter(name="made-up-claim").exists()

    (folder / "claims.yaml").write_text(text)
    load()

    assert not RegisterEntry.objects.filter(name="made-up-claim").exists()


def test_running_site_never_reads_the_folder(load, folder, client, settings):
    load()
    settings.CONTENT_DIR = folder
    shutil.rmtree(folder)

    for address in (
        "/",
        "/stages/recovery/",
        "/risks/",
        "/words/",
        "/checklist/print/",
    ):
        assert client.get(address).status_code == 200


def test_check_names_faults_and_missing_stages(folder, settings):
    from sessions.running.checks import check_content

    settings.CONTENT_DIR = folder
    assert check_content() == []
    break_block(folder)

    messages = [message.msg for message in check_content()]

    assert any("There is no block `tip`" in m for m in messages)
    assert "en/stages/recovery.md is missing, or cannot be read." in messages


@pytest.mark.parametrize(
    ("entry", "file"),
    [(register.Source, "sources.yaml"), (register.Claim, "claims.yaml")],
)
def test_files_may_hold_no_more_than_the_tables(entry, file):
    """PostgreSQL raises for values that are too long for a column; SQLite does not."""
    model = models_of_0_2_0().get_model("stemguide_sessions", entry.__name__)
    by_choice = {"certainty", "read", "year"}
    rules = entry.model_json_schema()["properties"]

    most = {
        field.name: field.max_length
        for field in model._meta.fields
        if field.max_length and field.name not in by_choice
    }

    longest = {name: rule.get("maxLength") for name, rule in rules.items()}
    longest["name"] = register.LONGEST_NAME[file]
    assert {name: longest[name] for name in most} == most
    assert Page._meta.get_field("name").max_length == library.LONGEST_NAME


def test_area_that_an_older_version_added_gets_a_draft_of_its_name(real_content):
    Area.objects.create(slug="foot", name="Foot", introduction="One foot or both.")

    call_command("load_content", verbosity=0)
    call_command("load_content", verbosity=0)

    [draft] = Wording.objects.filter(page__name="clinic/areas/foot")
    assert draft.state == Wording.State.IN_REVIEW and draft.author is None
    assert draft.text == area_text("Foot", "One foot or both.")
    assert draft.audit_entries.get().comment == "An older version added the area."
