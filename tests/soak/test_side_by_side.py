"""Several do the same at one moment: it comes out as if they had stood in line."""

import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.sites import environment_of

COMES_OUT = {
    "administrators": [["done", "Refused"], ["Refused", "done"]],
    "sheets": [["done", "done", "done", "code"]],
    "first_administrator": [["made", "not made", "not made"]],
    "prints": [["done"] * 4 + ["40", "40"]],
    "reviews": [["IntegrityError", "done"]],
}


@pytest.mark.parametrize("what", COMES_OUT)
def test_it_comes_out_as_if_they_had_stood_in_line(worn, how_many, what):
    command = [sys.executable, "-m", "tests.soak.side_by_side", what]

    done = subprocess.run(
        [*command, str(how_many(5, 40))],
        cwd=ROOT, env=environment_of(worn.var_dir), text=True,
        capture_output=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    for came_out in json.loads(done.stdout):
        assert came_out in COMES_OUT[what]
