"""The Makefile: which Python it takes, and which tests its commands run."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

HERE = [f"VENV={sys.prefix}", "-o", f"{sys.prefix}/installed-dev"]


def make(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    taken = ("MAKE", "PART", "PYTEST", "PYTHON", "VENV")
    values = {k: v for k, v in os.environ.items() if not k.startswith(taken)}
    return subprocess.run(
        ["make", *arguments],
        cwd=ROOT, env={**values, **environment}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def program(path: Path, lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(0o755)
    return path


# --- which Python ---


@pytest.fixture
def venv(tmp_path) -> Path:
    """An environment that Python 3.11 made."""
    program(tmp_path / "venv/bin/python", "echo 3.11")
    return tmp_path / "venv"


def test_environment_of_another_python_is_not_used_in_silence(venv, tmp_path):
    newer = program(tmp_path / "python3.11", "echo 3.13")

    done = make("asked-python", f"VENV={venv}", f"PYTHON={newer}")

    assert done.returncode != 0
    assert f"{venv} was made by Python 3.11, and {newer} is Python 3.13." in done.stdout
    assert "Name another folder (VENV=.venv-3.13)" in done.stdout


def test_environment_of_the_same_python_is_used_whatever_its_name(venv, tmp_path):
    same = program(tmp_path / "python3.13", "echo 3.11")

    assert make("asked-python", f"VENV={venv}", f"PYTHON={same}").returncode == 0


def test_environment_that_is_there_is_used_where_no_python_is_named(venv):
    assert make("asked-python", f"VENV={venv}").returncode == 0


def test_name_on_the_path_that_starts_nothing_is_told(tmp_path):
    """As a shim does, for a version that is not chosen."""
    shim = program(tmp_path / "python3.13", "exit 127")

    done = make("run", f"VENV={tmp_path / 'venv'}", f"PYTHON={shim}")

    assert done.returncode != 0 and not (tmp_path / "venv").exists()
    assert f"{shim} cannot be run. Name one that can in full" in done.stdout


# --- which tests ---


@pytest.mark.parametrize("arguments", [[], ["PART=nothing"], ["PART=saves sheets"]])
def test_soak_says_which_parts_there_are(arguments):
    done = make("soak", *arguments)

    assert done.returncode != 0
    assert re.findall(r"^  (\w+)", done.stdout, re.MULTILINE) == [
        "saves", "sheets", "browser", "cases", "postgresql",
    ]  # fmt: skip


def test_parts_of_soak_leave_out_no_folder_of_tests():
    folders = {
        f"tests/{path.relative_to(ROOT / 'tests').parts[0]}"
        for path in (ROOT / "tests").rglob("test_*.py")
    }

    run = [make("-n", "soak", f"PART={part}", *HERE).stdout for part in (
        "saves", "sheets", "browser", "cases",
    )]  # fmt: skip

    assert all("--soak" in command for command in run)
    assert set(re.findall(r"tests/\w+", " ".join(run))) == folders
    assert "-m sheets" in run[1] and '-m "not sheets"' in run[2]


def test_quick_runs_one_page_and_the_unit_tests_without_fuzz_and_commonmark():
    done = make("quick", *HERE, PYTEST_ADDOPTS="--collect-only")

    assert done.returncode == 0, done.stdout + done.stderr
    tests = [line for line in done.stdout.splitlines() if "::" in line]
    files = {line.partition("::")[0] for line in tests}
    left_out = {"test_commonmark.py", "test_parser_survives.py"}
    unit = (ROOT / "tests/unit").rglob("test_*.py")
    assert {f for f in files if "/unit/" in f} == {
        str(path.relative_to(ROOT)) for path in unit if path.name not in left_out
    }
    assert len([test for test in tests if "/unit/" not in test]) == 1
