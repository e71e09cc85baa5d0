"""Migrations: one at a time, and an old worker that serves meanwhile."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader

from sessions import wordings
from sessions.models import Wording
from tests.conftest import ROOT
from tests.factories import make_live_wording, make_person
from tests.sites import environment_of

WAITING = "Another migration of this database is running. Waiting for it."


def migrate(var_dir: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "migrate", "--skip-checks"],
        cwd=ROOT, env=environment_of(var_dir), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def test_two_machines_that_start_at_once_migrate_one_after_the_other(new_site):
    both = [migrate(new_site), migrate(new_site)]

    outputs = [process.communicate(timeout=120) for process in both]

    assert [process.returncode for process in both] == [0, 0], outputs
    applied = sorted(out.count("Applying ") for out, _ in outputs)
    assert applied[0] == 0 and applied[1] > 20
    assert sum(WAITING in error for _, error in outputs) <= 1


def test_migration_waits_for_the_running_one_and_reports_it(new_site):
    first = """
import sys, django
django.setup()
from sessions.models.locks import one_migration
with one_migration("default", print):
    print("holding", flush=True)
    sys.stdin.readline()
"""
    holder = subprocess.Popen(
        [sys.executable, "-c", first],
        cwd=ROOT, env=environment_of(new_site), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout and holder.stdout.readline() == "holding\n"
    second = migrate(new_site)
    assert second.stderr and WAITING in second.stderr.readline()
    time.sleep(0.5)
    assert second.poll() is None

    holder.kill()

    out, _ = second.communicate(timeout=120)
    holder.communicate()
    assert second.returncode == 0 and out.count("Applying ") > 20


# --- an old worker serves while a newer migration is applied ---

# Before this migration no site ran on several machines.
LAST_WITHOUT_RULE = "0007_print_counts"
ADDS = (
    migrations.AddField,
    migrations.AddIndex,
    migrations.AlterModelOptions,
    migrations.CreateModel,
    migrations.RunPython,
)


def faults_of(operation: migrations.operations.base.Operation) -> list[str]:
    """Why a worker of an older version would fail after this operation."""
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        # What is removed from the state alone stays in the database.
        return [
            fault for part in operation.database_operations for fault in faults_of(part)
        ]
    name = operation.describe()
    if not isinstance(operation, ADDS):
        return [f"{name}: it removes or changes. Do it one release later (ADR 19)."]
    if isinstance(operation, migrations.AddField):
        field = operation.field
        is_free = field.null or field.has_db_default() or field.many_to_many
        if not is_free:
            return [f"{name}: an old worker sends no value. Give it a db_default."]
    return []


def test_migrations_only_add_what_an_old_worker_can_ignore():
    found = MigrationLoader(None).disk_migrations
    own = {name: m for (app, name), m in found.items() if app == "stemguide_sessions"}

    assert LAST_WITHOUT_RULE in own
    newer = [m for name, m in own.items() if name > LAST_WITHOUT_RULE]
    assert [fault for m in newer for o in m.operations for fault in faults_of(o)] == []


@pytest.mark.parametrize(
    ("operation", "word"),
    [
        (migrations.RemoveField("page", "language"), "removes"),
        (migrations.RenameField("page", "name", "title"), "removes"),
        (migrations.AlterField("page", "name", models.IntegerField()), "removes"),
        (migrations.DeleteModel("page"), "removes"),
        (
            migrations.SeparateDatabaseAndState([migrations.DeleteModel("page")]),
            "removes",
        ),
        (
            migrations.SeparateDatabaseAndState([], [migrations.DeleteModel("page")]),
            "",
        ),
        (
            migrations.AddField("page", "x", models.IntegerField(default=1)),
            "db_default",
        ),
        (migrations.AddField("page", "x", models.IntegerField(null=True)), ""),
        (migrations.AddField("page", "x", models.IntegerField(db_default=1)), ""),
    ],
)
def test_operation_that_breaks_an_old_worker_is_found(operation, word):
    assert word in " ".join(faults_of(operation))
    assert bool(word) == bool(faults_of(operation))


@pytest.mark.django_db
def test_old_worker_reads_and_writes_on_newer_tables(client):
    editor = make_person("Editor")
    live = make_live_wording(page="stages/recovery")
    draft = wordings.start_draft(page=live.page, user=editor)
    # PostgreSQL cannot alter a table with deferred checks that have not run yet.
    connection.check_constraints()
    with connection.cursor() as cursor:
        for table in ("wording", "page", "clinic", "auditentry"):
            cursor.execute(
                f"ALTER TABLE stemguide_sessions_{table} "
                "ADD COLUMN newer varchar(20) NOT NULL DEFAULT 'unknown'"
            )

    saved = wordings.save_draft(
        wording=draft, revision=draft.revision, text=draft.text, user=editor
    )
    wordings.send_for_review(wording=saved, revision=saved.revision, user=editor)

    assert Wording.objects.get(pk=draft.pk).state == Wording.State.IN_REVIEW
    assert client.get("/stages/recovery/").status_code == 200
