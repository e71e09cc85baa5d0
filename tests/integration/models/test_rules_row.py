"""The migration of the table of clinical rules, forwards and backwards."""

import json
import subprocess
import sys

from tests.conftest import ROOT
from tests.factories import shipped_rules
from tests.sites import environment_of

# Reads the rules from stdin. `said` records what the database holds at each step.
BOTH_WAYS = """
import json, sys, django
django.setup()
from django.core.management import call_command
from django.db import IntegrityError, connection
from sessions.models import ClinicalRules, RegisterEntry
from sessions.wordings.rules import rules_in_force

def migrate(name):
    call_command("migrate", "stemguide_sessions", name, skip_checks=True, verbosity=0)

def is_there():
    return ClinicalRules._meta.db_table in connection.introspection.table_names()

data = json.load(sys.stdin)
said = {}
migrate("0010")
said["before a load"] = rules_in_force() is None
ClinicalRules.objects.create(pk=1, data=data)
said["in force"] = rules_in_force().model_dump(mode="json")
try:
    ClinicalRules.objects.create(pk=2, data=data)
except IntegrityError:
    said["a second row"] = "refused"
RegisterEntry.objects.create(kind="source", name="a", data={
    "title": "A", "publisher": "B", "url": "https://example.org/", "date": "2019",
    "year": "2019", "read": "part",
})
migrate("0009")
said["backwards"] = [is_there(), RegisterEntry.objects.count()]
migrate("0010")
said["forwards again"] = [is_there(), ClinicalRules.objects.count()]
print(json.dumps(said))
"""


def test_migration_makes_an_empty_table_and_takes_it_away_again(new_site):
    rules = shipped_rules().model_dump(mode="json")

    done = subprocess.run(
        [sys.executable, "-c", BOTH_WAYS],
        cwd=ROOT, env=environment_of(new_site), capture_output=True, text=True,
        input=json.dumps(rules), check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "before a load": True,
        "in force": rules,
        "a second row": "refused",
        "backwards": [False, 1],
        "forwards again": [True, 0],
    }
