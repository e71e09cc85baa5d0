"""A machine without a browser: the rest runs, and what was left out is said."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT


def run_browser_test(tmp_path, **environment: str) -> subprocess.CompletedProcess[str]:
    """One browser test, on a machine whose PATH holds no program at all."""
    values = {k: v for k, v in os.environ.items() if not k.startswith(("CI", "PYTEST"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    test = "tests/browser/test_journey.py::test_back_and_forward_keep_the_answers"
    return subprocess.run(
        [*command, test],
        cwd=ROOT, env={**values, "PATH": str(tmp_path), **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_without_chromium_the_last_lines_say_what_was_left_out(tmp_path):
    done = run_browser_test(tmp_path)

    assert done.returncode == 0, done.stdout
    last = done.stdout.splitlines()[-13:]
    assert (
        "SKIPPED the browser tests: chromium is not installed (apt install chromium)"
        in last
    )
    assert "1 skipped" in last[-1]


@pytest.mark.parametrize(
    "value", ["true", pytest.param("1", marks=pytest.mark.exhaustive)]
)
def test_in_ci_a_skipped_browser_test_is_a_failure(tmp_path, value):
    done = run_browser_test(tmp_path, CI=value)

    assert done.returncode == 1
    assert "chromium is not installed. In CI nothing may be skipped." in done.stdout
