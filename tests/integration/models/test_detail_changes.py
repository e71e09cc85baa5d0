"""The record of changed details on both databases: its migration and its rules."""

import json
import subprocess
import sys

from tests.conftest import ROOT
from tests.sites import environment_of

BOTH_WAYS = """
import json, django
django.setup()
from django.core.management import call_command
from django.db import DatabaseError, connection
from sessions.models import Clinic, DetailChange
from sessions.wordings import recorded_details

def migrate(name):
    call_command("migrate", "stemguide_sessions", name, skip_checks=True, verbosity=0)

def refused(sql):
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
    except DatabaseError as error:
        return str(error).splitlines()[0]

migrate("0015")
migrate("0013")
migrate("0015")
with recorded_details(None):
    Clinic.objects.update(name="Other")
table = "stemguide_sessions_detailchange"
said = [refused(f"UPDATE {table} SET new = ''"), refused(f"DELETE FROM {table}")]
if connection.vendor == "postgresql":
    said.append(refused(f"TRUNCATE {table}"))
rows = list(DetailChange.objects.values_list("field", "old", "new"))
print(json.dumps([said, rows]))
"""


def test_record_of_details_is_made_and_kept(new_site):
    done = subprocess.run(
        [sys.executable, "-c", BOTH_WAYS],
        cwd=ROOT, env=environment_of(new_site), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said, rows = json.loads(done.stdout.splitlines()[-1])

    record = "The record of a changed detail is never"
    assert said[:2] == [f"{record} edited.", f"{record} deleted."]
    assert said[2:] in ([], [f"{record} deleted."])
    assert rows == [["Name", "", "Other"]]
