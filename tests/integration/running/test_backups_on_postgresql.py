"""A backup of a running site on PostgreSQL, and restoring it on a new machine."""

import hashlib
import json
import os
import shutil

import psycopg
import pytest

from sessions.running.archives import FORMAT
from sessions.running.backups import backups_in
from tests.addresses import ANSWERS, EVERY_PATH
from tests.conftest import ROOT
from tests.integration.running.test_backups import (
    CHANGES,
    MAIL,
    left_in,
    members,
    of_manifest,
    read_all,
    rewritten,
    run,
)
from tests.sites import collect_static, fill, manage, use_postgresql

pytestmark = pytest.mark.exhaustive
DUMP = "database.dump"


@pytest.fixture(scope="module")
def old_machine(tmp_path_factory, postgresql_server):
    """A site with staff's own data, and its archive, made during concurrent writes."""
    var_dir = tmp_path_factory.mktemp("old")
    content = var_dir / "content"
    shutil.copytree(ROOT / "content", content)
    (content / "clinic-notes.txt").write_text("Kept by the clinic.")
    url = use_postgresql(var_dir, postgresql_server.database_url)
    fill(var_dir)
    manage(var_dir, "shell", "-v", "0", "-c", CHANGES)
    with psycopg.connect(url) as writer:
        writer.execute("UPDATE stemguide_sessions_clinic SET name = 'half written'")
        done = run(var_dir, "backup", CONTENT_DIR=str(content), EMAIL_URL=MAIL)
        writer.rollback()
    assert done.returncode == 0, done.stderr
    (archive,) = backups_in(var_dir / "backups")
    return var_dir, archive


@pytest.fixture(scope="module")
def archive(old_machine):
    return old_machine[1]


class Fresh:
    """A machine with an empty database, and an archive to restore on it."""

    def __init__(self, var_dir, server) -> None:
        var_dir.mkdir()
        self.var_dir = var_dir
        self.content = var_dir / "content"
        self.url = use_postgresql(var_dir, server.database_url)

    def restore(self, archive):
        return run(self.var_dir, "restore", archive, CONTENT_DIR=str(self.content))

    def ask(self, query):
        with psycopg.connect(self.url) as connection:
            return connection.execute(query).fetchall()

    def is_empty(self) -> bool:
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        return not self.ask(tables) and left_in(self.var_dir) == ["database-url"]


@pytest.fixture
def fresh(tmp_path, postgresql_server):
    return Fresh(tmp_path / "fresh", postgresql_server)


def test_a_fresh_machine_shows_every_page_byte_for_byte(old_machine, fresh):
    var_dir, archive = old_machine
    before = read_all(var_dir, ANSWERS)
    collect_static(fresh.var_dir)

    done = fresh.restore(archive)

    assert done.returncode == 0, done.stderr
    assert len(before) == len(EVERY_PATH) * len(ANSWERS)
    assert read_all(fresh.var_dir, ANSWERS) == before
    assert (fresh.content / "clinic-notes.txt").read_text() == "Kept by the clinic."
    assert "Set on the old machine, and not here: EMAIL_URL." in done.stdout


def test_what_is_put_back_keeps_its_rules_and_can_be_written_on(archive, fresh):
    assert fresh.restore(archive).returncode == 0

    name = "SELECT name FROM stemguide_sessions_clinic"
    assert fresh.ask(name) == [("The Clinic of Backups",)]
    with pytest.raises(psycopg.errors.CheckViolation, match="never edited"):
        fresh.ask("UPDATE stemguide_sessions_wording SET text = 'other' RETURNING 1")
    with pytest.raises(psycopg.errors.CheckViolation, match="never deleted"):
        fresh.ask("TRUNCATE stemguide_sessions_wording CASCADE")
    # The sequences are restored too: a new row gets a new primary key.
    made = run(fresh.var_dir, "create_first_administrator")
    again = run(fresh.var_dir, "load_content", CONTENT_DIR=str(fresh.content))
    assert (made.returncode, again.returncode) == (0, 0), made.stderr + again.stderr


def test_nobody_stays_signed_in_and_no_password_is_kept(old_machine, archive, fresh):
    var_dir, _ = old_machine
    url = (var_dir / "database-url").read_text()
    password = url.split("@")[0].rpartition(":")[2].encode()
    assert fresh.restore(archive).returncode == 0

    assert fresh.ask("SELECT COUNT(*) FROM django_session") == [(0,)]
    with psycopg.connect(url) as there:
        count = there.execute("SELECT COUNT(*) FROM django_session").fetchone()
    assert count == (1,)
    for data in members(archive).values():
        assert password not in data and b"unmistakable" not in data


# --- what is refused ---


def test_nothing_is_restored_into_a_database_that_is_not_empty(archive, fresh):
    with psycopg.connect(fresh.url) as connection:
        connection.execute("CREATE TABLE notes AS SELECT 'mine' AS words")

    done = fresh.restore(archive)

    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "Nothing was changed." in done.stderr
    assert "holds tables already. Set DATABASE_URL to an empty one" in done.stderr
    assert fresh.ask("SELECT words FROM notes") == [("mine",)]
    assert not fresh.content.exists()


def test_no_second_restore_goes_over_the_first(archive, fresh):
    assert fresh.restore(archive).returncode == 0

    assert "holds tables already" in fresh.restore(archive).stderr


@pytest.mark.parametrize("part", range(5))
def test_a_byte_that_changed_leaves_the_machine_as_it_was(
    archive, fresh, tmp_path, part
):
    data = bytearray(archive.read_bytes())
    data[12 + part * (len(data) - 13) // 5] ^= 0x55
    (tmp_path / "damaged.tar.gz").write_bytes(data)

    done = fresh.restore(tmp_path / "damaged.tar.gz")

    assert done.returncode == 1 and "damaged" in done.stderr
    assert fresh.is_empty()


NEWER = [
    {"format": FORMAT + 1, "app_version": "99.1"},
    {"migrations": ["stemguide_sessions.0099_later"], "app_version": "99.1"},
]


@pytest.mark.parametrize("values", NEWER)
def test_a_newer_archive_is_refused(archive, fresh, tmp_path, values):
    done = fresh.restore(
        rewritten(archive, tmp_path / "a.tar.gz", of_manifest(**values))
    )

    assert done.returncode == 1
    assert "newer StemGuide" in done.stderr and "version 99.1" in done.stderr
    assert fresh.is_empty()


def test_an_archive_of_sqlite_is_refused(archive, fresh, tmp_path):
    change = of_manifest(database="sqlite")

    done = fresh.restore(rewritten(archive, tmp_path / "a.tar.gz", change))

    assert done.returncode == 1 and "Mend DATABASE_URL" in done.stderr
    assert fresh.is_empty()


@pytest.mark.parametrize("place", [0.01, 0.5, 0.9])
def test_a_database_broken_inside_a_sound_archive_is_refused(
    archive, fresh, tmp_path, place
):
    def change(found):
        data = bytearray(found[DUMP])
        begin = int(len(data) * place)
        data[begin : begin + 2048] = os.urandom(2048)
        found[DUMP] = bytes(data)
        manifest = json.loads(found["manifest.json"])
        manifest["files"][DUMP] = {
            "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)
        }  # fmt: skip
        found["manifest.json"] = json.dumps(manifest).encode()

    done = fresh.restore(rewritten(archive, tmp_path / "a.tar.gz", change))

    assert done.returncode == 1 and "Nothing was changed. pg_restore" in done.stderr
    assert fresh.is_empty()


def test_a_server_that_cannot_be_reached_is_reported(archive, old_machine, tmp_path):
    url = "postgresql://guide:s3cret@127.0.0.1:1/guide"

    backup = run(old_machine[0], "backup", tmp_path, DATABASE_URL=url)
    restore = run(tmp_path / "var", "restore", archive, DATABASE_URL=url)

    for done in (backup, restore):
        assert done.returncode == 1, done.stdout
        assert "s3cret" not in done.stderr and "Traceback" not in done.stderr
