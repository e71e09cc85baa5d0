"""The register as JSON: migrating it both ways, and the tables that 0.2.0 reads."""

import json
import subprocess
import sys

from sessions.guide.live import read_snapshot
from sessions.models import RegisterEntry
from sessions.wordings.loading import load_library
from tests.conftest import ROOT
from tests.older_tables import older_register
from tests.sites import environment_of

SOURCES = {
    "z-trial": {
        "title": "Cells in the knee: 50 % did “better”",
        "publisher": "A journal's press",
        "url": "https://example.org/z?a=1&b=2",
        "date": "3 May 2019",
        "year": "2019",
        "read": "whole",
    },
    "a-review": {
        "title": "Été",
        "publisher": "Nobody",
        "url": "https://example.org/a",
        "date": "undated",
        "year": "undated",
        "read": "part",
    },
}
CLAIMS = {
    name: {
        "topic": "Knee",
        "claim": f'The claim {name} "quoted" \\ and more.',
        "certainty": "Weak",
        "who": "Adults",
        "number": "100",
        "how_long": "Not stated",
        "result": "Less pain.",
        "does_not_tell": "Why.",
        "sources": sources,
        "checked": "2026-01-05",
    }
    for name, sources in (("pain", ["z-trial", "a-review"]), ("harm", ["a-review"]))
}

# The last one is the page of the claim that the test breaks; the others mention it.
EVERY_CLAIM = (
    "/evidence/", "/risks/", "/learn/what-the-studies-say/",
    "/evidence/knee-cells-against-steroid/",
)  # fmt: skip

# Reads sources and claims from stdin; prints what the tables hold after each step.
BOTH_WAYS = """
import json, sys, django
django.setup()
from django.core.management import call_command
from sessions.models import RegisterEntry
from sessions.models.older_tables import fill_older_tables
from tests.older_tables import models_of_0_2_0, older_register

def migrate(name):
    call_command("migrate", "stemguide_sessions", name, skip_checks=True, verbosity=0)

def entries():
    rows = RegisterEntry.objects.order_by("pk")
    return [[row.kind, row.name, row.data] for row in rows]

def save(sources, claims):
    "As load_content of 0.2.0 does."
    apps = models_of_0_2_0()
    source = apps.get_model("stemguide_sessions", "Source").objects
    claim = apps.get_model("stemguide_sessions", "Claim").objects
    for name, data in sources.items():
        source.update_or_create(name=name, defaults=data)
    for name, data in claims.items():
        data = dict(data)
        names = data.pop("sources")
        row, _ = claim.update_or_create(name=name, defaults=data)
        row.sources.set(source.filter(name__in=names))

sources, claims = json.load(sys.stdin)
found = {}
migrate("0008")
save(sources, claims)
migrate("0009")
found["forwards"] = entries()
found["older tables, after it"] = older_register()

RegisterEntry.objects.filter(name="harm").delete()
pain = RegisterEntry.objects.get(name="pain")
pain.data["result"] = "No less pain."
pain.data["sources"] = ["z-trial"]
pain.save()
new = RegisterEntry.objects.create(kind="source", name="new", data=sources["a-review"])
fill_older_tables()
found["entries, changed"] = entries()
found["older tables, changed"] = older_register()

new.delete()
migrate("0008")
found["backwards"] = older_register()
save(sources, claims)
migrate("0009")
found["forwards again"] = entries()

save({"later": sources["a-review"]}, {})
found["0.2.0 still writes"] = older_register()
print(json.dumps(found))
"""


def entries(sources, claims):
    """The rows as stored. A claim lists its sources in the order of `sources`."""
    order = list(sources)
    claims = {
        name: {**data, "sources": sorted(data["sources"], key=order.index)}
        for name, data in claims.items()
    }
    return [
        *(["source", name, data] for name, data in sources.items()),
        *(["claim", name, data] for name, data in claims.items()),
    ]


def test_migration_keeps_every_claim_and_source_both_ways(new_site):
    done = subprocess.run(
        [sys.executable, "-c", BOTH_WAYS],
        cwd=ROOT, env=environment_of(new_site), capture_output=True, text=True,
        input=json.dumps([SOURCES, CLAIMS]), check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])

    pain = {**CLAIMS["pain"], "result": "No less pain.", "sources": ["z-trial"]}
    more = {**SOURCES, "new": SOURCES["a-review"]}
    assert found["forwards"] == entries(SOURCES, CLAIMS)
    assert found["older tables, after it"] == entries(SOURCES, CLAIMS)
    assert sorted(found["entries, changed"]) == sorted(entries(more, {"pain": pain}))
    assert found["older tables, changed"] == entries(more, {"pain": pain})
    assert found["backwards"] == entries(SOURCES, {"pain": pain})
    assert found["forwards again"] == entries(SOURCES, CLAIMS)
    later = {**SOURCES, "later": SOURCES["a-review"]}
    assert found["0.2.0 still writes"] == entries(later, CLAIMS)


def test_loaded_register_is_in_the_tables_of_0_2_0(db, library):
    load_library(library)
    kept = [
        [row.kind, row.name, row.data]
        for row in RegisterEntry.objects.order_by("-kind", "pk")
    ]

    assert len(kept) > 150
    in_order = [name for kind, name, _ in kept if kind == "source"]
    for kind, _, data in kept:
        if kind == "claim":
            data["sources"].sort(key=in_order.index)
            del data["read"], data["replaces"]
    assert older_register() == kept


def test_invalid_entry_is_left_out_and_logged(real_content, client, caplog):
    broken = RegisterEntry.objects.get(name="knee-cells-against-steroid")
    broken.data["certainty"] = "Perhaps"
    broken.save()

    snapshot = read_snapshot(version=0)
    answers = [client.get(path).status_code for path in EVERY_CLAIM]

    assert broken.name not in snapshot.claims
    assert len(snapshot.claims) == RegisterEntry.objects.claims().count() - 1
    assert f"claim {broken.name} of the register cannot be read" in caplog.text
    assert answers == [200, 200, 200, 404]
