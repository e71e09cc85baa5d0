"""Backups of a running site on SQLite, and restoring them on a new machine."""

import errno
import io
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from sessions.running import archives
from sessions.running.archives import FORMAT, BackupRefused, read_archive
from sessions.running.backups import backups_in
from tests.addresses import ANSWERS, EVERY_PATH
from tests.conftest import ROOT
from tests.sites import collect_static, environment_of, fill, manage

MAIL = "smtp://guide:unmistakable@mail.example:25"
DATABASE = "stemguide.sqlite3"

CHANGES = """
from django.contrib.sessions.backends.db import SessionStore
from sessions.models import Clinic
Clinic.objects.filter(pk=1).update(name="The Clinic of Backups", telephone="555 0100")
store = SessionStore()
store["unmistakable-session"] = 1
store.save()
"""
READ_ALL = """
import hashlib, json
from django.test import Client
client = Client(SERVER_NAME="127.0.0.1")
found = {}
for path in %r:
    for answers in %r:
        response = client.get(path + answers)
        assert response.status_code == 200, path
        found[path + answers] = hashlib.sha256(response.content).hexdigest()
print(json.dumps(found))
"""


def run(var_dir, *command, **environment):
    """Runs a management command. Returns the completed process, failed or not."""
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, command)],
        cwd=ROOT, env={**environment_of(var_dir), **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def left_in(var_dir):
    """The files in the folder, without the secret key that tryout settings make."""
    return [path.name for path in var_dir.iterdir() if path.name != "secret-key"]


def read_all(var_dir, answers):
    code = READ_ALL % (EVERY_PATH, answers)
    printed = manage(var_dir, "shell", "-v", "0", "-c", code)
    return json.loads(printed.splitlines()[-1])


@pytest.fixture(scope="module")
def old_machine(tmp_path_factory):
    """A site with staff's own data, and its archive, made during concurrent writes."""
    var_dir = tmp_path_factory.mktemp("old")
    content = var_dir / "content"
    shutil.copytree(ROOT / "content", content)
    (content / "clinic-notes.txt").write_text("Kept by the clinic.")
    (content / "link.md").symlink_to("/etc/hostname")
    fill(var_dir)
    manage(var_dir, "shell", "-v", "0", "-c", CHANGES)
    writer = sqlite3.connect(var_dir / DATABASE, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE stemguide_sessions_clinic SET name = 'half written'")
    done = run(var_dir, "backup", CONTENT_DIR=str(content), EMAIL_URL=MAIL)
    writer.execute("ROLLBACK")
    writer.close()
    assert done.returncode == 0, done.stderr
    (archive,) = backups_in(var_dir / "backups")
    return var_dir, archive


@pytest.fixture(scope="module")
def archive(old_machine):
    return old_machine[1]


def members(archive):
    with tarfile.open(archive) as tar:
        return {e.name: tar.extractfile(e).read() for e in tar if e.isreg()}


def rewritten(archive, path, change):
    """The archive repacked after `change` changed the dict of its members."""
    found = members(archive)
    change(found)
    with tarfile.open(path, "w:gz") as tar:
        for name, data in found.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return path


def of_manifest(**values):
    def change(found):
        manifest = json.loads(found["manifest.json"]) | values
        found["manifest.json"] = json.dumps(manifest).encode()

    return change


# --- what an archive holds ---


def test_a_fresh_machine_shows_every_page_byte_for_byte(
    old_machine, tmp_path, how_many
):
    var_dir, archive = old_machine
    answers = ANSWERS[: how_many(2, len(ANSWERS))]
    before = read_all(var_dir, answers)
    fresh, content = tmp_path / "fresh", tmp_path / "content"
    collect_static(fresh)

    done = run(fresh, "restore", archive, CONTENT_DIR=str(content))

    assert done.returncode == 0, done.stderr
    assert read_all(fresh, answers) == before
    assert len(before) == len(EVERY_PATH) * len(answers)
    assert (content / "clinic-notes.txt").read_text() == "Kept by the clinic."
    assert not (content / "link.md").exists()
    assert "Set on the old machine, and not here: EMAIL_URL." in done.stdout
    assert (fresh / DATABASE).stat().st_mode & 0o077 == 0
    assert not [path for path in fresh.iterdir() if path.name.startswith(".restore")]


def test_the_rules_of_the_database_are_back_after_a_restore(archive, tmp_path):
    assert run(tmp_path, "restore", archive).returncode == 1  # content/ differs
    done = run(tmp_path, "restore", archive, "--content", tmp_path / "content")
    assert done.returncode == 0, done.stderr

    with closing(sqlite3.connect(tmp_path / DATABASE)) as database:
        name = "SELECT name FROM stemguide_sessions_clinic"
        assert database.execute(name).fetchall() == [("The Clinic of Backups",)]
        with pytest.raises(sqlite3.IntegrityError, match="never edited"):
            database.execute("UPDATE stemguide_sessions_wording SET text = 'other'")


def test_nobody_stays_signed_in_and_no_value_of_a_setting_is_kept(old_machine):
    var_dir, archive = old_machine
    found = members(archive)
    manifest = json.loads(found["manifest.json"])
    key = (var_dir / "secret-key").read_bytes()

    assert {"EMAIL_URL", "CONTENT_DIR", "PUBLIC_URL"} <= set(manifest["configuration"])
    for data in found.values():
        assert b"unmistakable" not in data and key not in data
    copy = var_dir / "copy.sqlite3"
    copy.write_bytes(found["database.sqlite3"])
    with closing(sqlite3.connect(copy)) as database:
        count = "SELECT COUNT(*) FROM django_session"
        assert database.execute(count).fetchone() == (0,)
    with closing(sqlite3.connect(var_dir / DATABASE)) as database:
        assert database.execute(count).fetchone() == (1,)


def test_an_archive_is_for_its_owner_alone_and_nothing_else_is_left(archive):
    assert archive.stat().st_mode & 0o777 == 0o600
    assert list(archive.parent.iterdir()) == [archive]


def test_old_archives_go_once_a_new_one_is_whole(old_machine, tmp_path):
    var_dir, archive = old_machine
    for day in ("01", "02", "03"):
        (tmp_path / f"stemguide-2026-01-{day}T000000Z.tar.gz").touch()
    (tmp_path / "somebody-elses.tar.gz").touch()

    done = run(var_dir, "backup", tmp_path, "--keep", "2")

    assert done.returncode == 0, done.stderr
    kept = backups_in(tmp_path)
    assert len(kept) == 2 and kept[1].name == "stemguide-2026-01-03T000000Z.tar.gz"
    assert (tmp_path / "somebody-elses.tar.gz").exists()


def test_a_backup_that_can_not_be_written_says_why(old_machine, tmp_path):
    (tmp_path / "file").touch()

    done = run(old_machine[0], "backup", tmp_path / "file" / "folder")

    assert done.returncode == 1
    assert "Not a directory" in done.stderr and "Traceback" not in done.stderr


def test_an_archive_of_an_older_version_is_brought_up_to_this_one(tmp_path):
    old, fresh = tmp_path / "old", tmp_path / "fresh"
    manage(old, "migrate", "--skip-checks", "-v", "0")
    manage(old, "migrate", "stemguide_sessions", "0006", "--skip-checks", "-v", "0")
    manage(old, "backup")
    (archive,) = backups_in(old / "backups")

    done = run(fresh, "restore", archive)

    assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(fresh / DATABASE)) as database:
        database.execute("SELECT * FROM stemguide_sessions_printcount")


# --- what is refused ---


def refused(archive):
    with pytest.raises(BackupRefused) as found:
        read_archive(archive)
    return str(found.value)


@pytest.mark.parametrize("part", range(20))
def test_a_byte_that_changed_is_noticed_wherever_it_is(archive, tmp_path, part):
    data = bytearray(archive.read_bytes())
    data[12 + part * (len(data) - 13) // 20] ^= 0x55
    (tmp_path / "damaged.tar.gz").write_bytes(data)

    assert "damaged" in refused(tmp_path / "damaged.tar.gz")


@pytest.mark.parametrize("share", [0, 0.001, 0.5, 0.999])
def test_an_archive_that_ends_too_soon_is_noticed(archive, tmp_path, share):
    data = archive.read_bytes()
    (tmp_path / "short.tar.gz").write_bytes(data[: int(len(data) * share)])

    words = refused(tmp_path / "short.tar.gz")

    assert "damaged" in words and "Take an older one" in words


def test_an_archive_that_the_site_may_not_read_says_how_to_give_it(
    archive, monkeypatch
):
    def forbidden(path, *args, **kwargs):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(tarfile, "open", forbidden)

    words = refused(archive)

    assert f"{archive} could not be used: Permission denied." in words
    assert "Give it to the user who runs this guide" in words


CHANGED = {
    "a word of a page": lambda f: f.update({"content/en/risks.md": b"All is well."}),
    "a file that went": lambda f: f.pop("content/en/risks.md"),
    "a file that came": lambda f: f.update({"content/en/more.md": b""}),
    "no sense in the manifest": lambda f: f.update({"manifest.json": b"{}"}),
}


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED.keys())
def test_an_archive_that_was_packed_anew_is_noticed(archive, tmp_path, change):
    assert "damaged" in refused(rewritten(archive, tmp_path / "a.tar.gz", change))


@pytest.mark.parametrize(
    "name", ["content/../../evil", "/content/evil", "secret-key", "content", "c/../d"]
)
def test_nothing_is_unpacked_outside_its_place(archive, tmp_path, name):
    def change(found):
        manifest = json.loads(found["manifest.json"])
        manifest["files"][name] = manifest["files"]["content/clinic-notes.txt"]
        found["manifest.json"] = json.dumps(manifest).encode()
        found[name] = found["content/clinic-notes.txt"]

    path = rewritten(archive, tmp_path / "a.tar.gz", change)

    with pytest.raises(BackupRefused, match="it holds a file named"):
        read_archive(path, tmp_path / "deep" / "place")
    assert not (tmp_path / "deep").exists()


def test_another_file_is_no_backup(tmp_path):
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as tar:
        tar.add(ROOT / "README.md", "README.md")

    assert "no backup of StemGuide" in refused(tmp_path / "a.tar.gz")
    assert "There is no file" in refused(tmp_path / "nowhere.tar.gz")


@pytest.mark.parametrize(
    "values",
    [
        {"format": FORMAT + 1, "app_version": "99.1"},
        {"format": FORMAT + 1, "app_version": "99.1", "files": "in another way"},
        {"migrations": ["stemguide_sessions.0099_later"], "app_version": "99.1"},
    ],
)
def test_a_newer_archive_is_refused_with_the_version_it_needs(
    archive, tmp_path, values
):
    words = refused(rewritten(archive, tmp_path / "a.tar.gz", of_manifest(**values)))

    assert "newer StemGuide" in words and "version 99.1" in words


def test_nothing_is_restored_over_a_database(old_machine, tmp_path):
    var_dir, archive = old_machine
    shutil.copy(var_dir / DATABASE, tmp_path / DATABASE)
    before = (tmp_path / DATABASE).read_bytes()

    done = run(tmp_path, "restore", archive, "--content", tmp_path / "content")

    assert done.returncode == 1
    assert "Nothing was changed. There is a database already" in done.stderr
    assert (tmp_path / DATABASE).read_bytes() == before
    assert not (tmp_path / "content").exists()


def test_a_site_without_a_content_folder_is_restored_without_one(tmp_path):
    """It is refused if the folder has files that are not in the archive."""
    var_dir, other, gone = tmp_path / "var", tmp_path / "other", tmp_path / "gone"
    fill(var_dir)
    done = run(var_dir, "backup", CONTENT_DIR=str(gone))
    assert done.returncode == 0, done.stderr
    (archive,) = backups_in(var_dir / "backups")
    other.mkdir()
    (other / "mine.md").write_text("Mine.")

    refused = run(tmp_path / "a", "restore", archive, CONTENT_DIR=str(other))
    beside = run(tmp_path / "b", "restore", archive, CONTENT_DIR=str(gone))
    shipped = run(tmp_path / "c", "restore", archive)

    assert "holds other files" in refused.stderr
    assert not (tmp_path / "a" / DATABASE).exists()
    for done, place in ((beside, "b"), (shipped, "c")):
        assert done.returncode == 0, done.stderr
        assert (tmp_path / place / DATABASE).exists()
    assert not gone.exists()


def test_nothing_is_restored_over_other_content(archive, tmp_path):
    content = tmp_path / "content"
    content.mkdir()
    (content / "mine.md").write_text("Mine.")

    done = run(tmp_path, "restore", archive, "--content", content)

    assert done.returncode == 1 and "holds other files" in done.stderr
    assert [path.name for path in content.iterdir()] == ["mine.md"]
    assert not (tmp_path / DATABASE).exists()


def test_a_damaged_archive_changes_nothing_on_a_fresh_machine(archive, tmp_path):
    (tmp_path / "a.tar.gz").write_bytes(archive.read_bytes()[:-100])

    done = run(tmp_path / "var", "restore", tmp_path / "a.tar.gz")

    assert done.returncode == 1 and "Nothing was changed." in done.stderr
    assert left_in(tmp_path / "var") == []


def test_an_archive_of_another_database_is_refused(archive, tmp_path):
    change = of_manifest(database="postgresql")
    path = rewritten(archive, tmp_path / "a.tar.gz", change)

    done = run(tmp_path / "var", "restore", path, "--content", tmp_path / "content")

    assert done.returncode == 1 and "Mend DATABASE_URL" in done.stderr
    assert left_in(tmp_path / "var") == []


def test_a_database_broken_inside_a_sound_archive_is_refused(archive, tmp_path):
    import hashlib

    def change(found):
        data = bytearray(found["database.sqlite3"])
        data[len(data) // 2 : len(data) // 2 + 4096] = os.urandom(4096)
        found["database.sqlite3"] = bytes(data)
        manifest = json.loads(found["manifest.json"])
        digest = hashlib.sha256(data).hexdigest()
        manifest["files"]["database.sqlite3"]["sha256"] = digest
        found["manifest.json"] = json.dumps(manifest).encode()

    path = rewritten(archive, tmp_path / "a.tar.gz", change)

    done = run(tmp_path / "var", "restore", path, "--content", tmp_path / "content")

    assert done.returncode == 1 and "Nothing was changed. The database" in done.stderr
    assert not (tmp_path / "content").exists()


def test_a_check_tells_what_an_archive_is_and_restores_nothing(archive, tmp_path):
    done = run(tmp_path, "restore", archive, "--check")

    assert done.stdout.startswith("Whole. Made ")
    assert left_in(tmp_path) == []


# --- a content folder with odd names ---

KEPT_NAMES = (
    b"-rf",
    b"--",
    b"a b",
    b" a",
    b"a ",
    b"a\nb",
    b"a\rb",
    b"a\tb",
    b"a\x1b[31mb",
    b"a\x7fb",
    b"\\etc\\passwd",
    b"C:\\evil",
    b"a'b\"c",
    b"$(reboot)",
    b"`a`",
    b"a;b|c&d",
    b"*",
    b"?",
    b"~",
    b"~$a.md",
    b"a:b",
    b"a...md",
    b"n" * 255,
    ("\u00e9" * 127).encode(),
    "e\u0301.md".encode(),
    "\u00e9.md".encode(),
    "\U0001f600.md".encode(),
    "\u202egnp.md".encode(),
    b"a\xc2\x85b",
    b"en/risks (1).md",
    b"en/-/--/-x.md",
    b"en/a\nb/c\nd.md",
    b"manifest.json",
    b"content/a",
    b"stemguide.sqlite3",
    b"a=b\n12 path=evil\n",
    b"en/Risks.md",
    b"en/risks.MD",
)
LEFT_OUT_NAMES = {
    b"caf\xe9.md": "caf\\xe9.md: its name is not UTF-8; rename it.",
    b"en/\xff\xfe.md": "en/\\xff\\xfe.md: its name is not UTF-8; rename it.",
    b"en/b\xe9/c.md": "en/b\\xe9: its name is not UTF-8; rename it.",
    b"a\n\xed\xa0\x80": "a\\n\\xed\\xa0\\x80: its name is not UTF-8; rename it.",
    b".hidden": ".hidden: it is hidden.",
    b".git/config": ".git: it is hidden.",
    b"en/._risks.md": "en/._risks.md: it is hidden.",
}


def write_odd_names(content):
    """Makes files with odd names, and links, pipes and sockets. Returns the files."""
    for name in (*KEPT_NAMES, *LEFT_OUT_NAMES):
        path = os.path.join(os.fsencode(content), name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(b"Words of " + name)
    (content / "link").symlink_to("/etc/hostname")
    (content / "loop").symlink_to(content)
    (content / "nowhere\n").symlink_to("nowhere")
    os.mkfifo(content / "pipe")
    os.mknod(content / "socket", 0o600 | stat.S_IFSOCK)
    return {name: b"Words of " + name for name in KEPT_NAMES}


def files_in(folder):
    found = {}
    for root, _, names in os.walk(os.fsencode(folder)):
        for name in names:
            path = os.path.join(root, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, os.fsencode(folder))] = file.read()
    return found


def test_odd_names_are_backed_up_and_restored_or_named_with_the_reason(tmp_path):
    var_dir, fresh = tmp_path / "var", tmp_path / "fresh"
    content, restored = tmp_path / "content", tmp_path / "restored"
    fill(var_dir)
    kept = write_odd_names(content)

    made = run(var_dir, "backup", CONTENT_DIR=str(content))
    (archive,) = backups_in(var_dir / "backups")
    back = run(fresh, "restore", archive, CONTENT_DIR=str(restored))

    assert (made.returncode, back.returncode) == (0, 0), made.stderr + back.stderr
    assert files_in(restored) == kept and len(kept) > 30
    expected = {
        *LEFT_OUT_NAMES.values(),
        "link: it is a symbolic link; replace it by the file itself.",
        "loop: it is a symbolic link; replace it by the file itself.",
        "nowhere\\n: it is a symbolic link; replace it by the file itself.",
        "pipe: it is not a regular file.",
        "socket: it is not a regular file.",
    }
    for done, before in ((made, "Left out: "), (back, "Not in the archive: ")):
        lines = [x for x in done.stdout.splitlines() if x.startswith(before)]
        assert {line.removeprefix(before) for line in lines} == expected
        assert len(lines) == len(expected)


def test_file_that_the_site_may_not_read_is_left_out_and_named(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "a\nb.md").write_text("")
    monkeypatch.setattr(Path, "read_bytes", refuse)

    files, left_out = archives._read_folder(tmp_path)

    why = "it cannot be read; give it to the user who runs this guide"
    assert (files, left_out) == ({}, {r"en/a\nb.md": why})


def test_disk_that_fails_is_no_file_to_leave_out(tmp_path, monkeypatch):
    def fail(path):
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))

    (tmp_path / "a.md").write_text("")
    monkeypatch.setattr(Path, "read_bytes", fail)

    with pytest.raises(OSError, match="Input/output error"):
        archives._read_folder(tmp_path)


def test_content_folder_that_the_site_may_not_read_stops_a_backup(
    tmp_path, monkeypatch
):
    def refuse(path):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(os, "scandir", refuse)

    with pytest.raises(PermissionError):
        archives._read_folder(tmp_path)
