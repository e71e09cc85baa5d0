"""Dropped pages on both databases: the migration of `dropped_on`, and dropping."""

import json
import subprocess
import sys

from tests.conftest import ROOT
from tests.sites import environment_of

BOTH_WAYS = """
import json, django
django.setup()
from datetime import date
from django.core.management import call_command
from django.db import DatabaseError, connection
from sessions.models import AuditEntry, Page
from sessions.models.guards import GUARDS
from sessions.running.doctor import TRIGGERS
from tests.factories import make_live_wording

def migrate(name):
    call_command("migrate", "stemguide_sessions", name, skip_checks=True, verbosity=0)

def rows():
    with connection.cursor() as cursor:
        cursor.execute("SELECT language, name FROM stemguide_sessions_page")
        return [list(row) for row in cursor.fetchall()]

def lost_guards():
    tables = connection.introspection.table_names()
    wanted = {name for name, guard in GUARDS.items() if guard[1] in tables}
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS[connection.vendor])
        return sorted(wanted - {name for (name,) in cursor.fetchall()})

said = {}
migrate("0011")
wording = make_live_wording(page="learn/ours")
AuditEntry.objects.create(wording=wording, step="dropped", text=wording.text)
Page.objects.update(dropped_on=date(2026, 11, 30))
said["forwards"] = [rows(), lost_guards()]
migrate("0010")
said["backwards"] = [rows(), lost_guards()]
migrate("0011")
said["forwards again"] = [rows(), lost_guards()]
said["dropped"] = Page.objects.exclude(dropped_on=None).count()
said["history"] = [str(entry) for entry in AuditEntry.objects.all()]
try:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM stemguide_sessions_wording")
except DatabaseError as error:
    said["refused"] = str(error)
print(json.dumps(said))
"""


def test_migration_keeps_pages_history_and_rules_both_ways(new_site):
    done = subprocess.run(
        [sys.executable, "-c", BOTH_WAYS],
        cwd=ROOT, env=environment_of(new_site), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])

    kept = [[["en", "learn/ours"]], []]
    assert [said[way] for way in ("forwards", "backwards", "forwards again")] == [
        kept, kept, kept,
    ]  # fmt: skip
    assert said["dropped"] == 0
    assert said["history"] == ["Page dropped: learn/ours version 1"]
    assert "A wording is never deleted." in said["refused"]


DROP = """
import json, django
django.setup()
from pathlib import Path
from django.core.management import call_command
from django.test import Client
from sessions.library.shipped import Overlay
from sessions.models import ContentVersion, SheetCode
from sessions.wordings import content_write
from sessions.wordings.dropping import DropRefused, drop_page
from tests.factories import make_live_wording

call_command("migrate", skip_checks=True, verbosity=0)
for page in ("get-help", "learn/ours"):
    make_live_wording(page=page)
with content_write():
    pass
code = SheetCode.objects.get(kind="learn/ours").code

def told():
    addresses = ("/learn/ours/", "/learn/ours/print/", f"/v/{code}/")
    answers = [Client().get(address).status_code for address in addresses]
    return [ContentVersion.objects.get().number, answers]

def drop():
    nothing = Overlay({}, Path("none"), "", "")
    drop_page(name="learn/ours", reason="Nobody reads it.", files=nothing)

said = [told()]
drop()
said.append(told())
try:
    drop()
except DropRefused:
    said.append(told())
print(json.dumps(said))
"""


def test_page_is_dropped_on_either_database(new_site):
    environment = environment_of(new_site)
    environment["DJANGO_SETTINGS_MODULE"] = "stemguide.settings.test"
    done = subprocess.run(
        [sys.executable, "-c", DROP],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr

    before, after, refused = json.loads(done.stdout.splitlines()[-1])
    assert before[1] == [200, 200, 200]
    assert after == [before[0] + 1, [404, 404, 200]]
    assert refused == after
