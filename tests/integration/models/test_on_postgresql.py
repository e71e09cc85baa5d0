"""Runs some tests again on PostgreSQL; `make soak` runs all of them on it."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.servers import NO_IDLE_TIMEOUT, create_database

# Quick tests that depend on the database: triggers, constraints, order and errors.
CHOSEN = [
    "models/test_wording_rules.py", "models/test_area_rules.py",
    "staff/test_areas_order.py", "stemguide/test_nul_bytes.py",
    "paper/test_sheet_codes.py", "wordings/test_going_back.py",
    "wordings/test_notes.py", "wordings/test_governance_machine.py",
    "wordings/test_clinic_texts.py",
]  # fmt: skip


@pytest.mark.skipif(
    "DATABASE_URL" in os.environ, reason="All tests run on PostgreSQL already."
)
def test_tests_that_depend_on_the_database_pass_on_postgresql(postgresql_server):
    files = [f"tests/integration/{name}" for name in CHOSEN]
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider"]
    url = f"{create_database(postgresql_server.database_url)}?options={NO_IDLE_TIMEOUT}"

    done = subprocess.run(
        [*command, *files],
        cwd=ROOT, env={**os.environ, "DATABASE_URL": url},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-5000:]
    assert " skipped" not in done.stdout.splitlines()[-1]
