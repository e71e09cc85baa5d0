"""Actions at the same moment have the same results as one after another."""

import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.sites import environment_of

ALLOWED = {
    "administrators": [["done", "Refused"], ["Refused", "done"]],
    "sheets": [["done", "done", "done", "code"]],
    "first_administrator": [["made", "not made", "not made"]],
    "prints": [["done"] * 4 + ["40", "40"]],
    "reviews": [["IntegrityError", "done"]],
}


@pytest.mark.parametrize("what", ALLOWED)
def test_results_are_those_of_one_after_another(stressed, how_many, what):
    command = [sys.executable, "-m", "tests.soak.side_by_side", what]

    done = subprocess.run(
        [*command, str(how_many(5, 40))],
        cwd=ROOT, env=environment_of(stressed.var_dir), text=True,
        capture_output=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    for results in json.loads(done.stdout):
        assert results in ALLOWED[what]
