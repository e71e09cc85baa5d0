"""A machine without a browser, or without what drives it: the rest runs.

What was left out is said.
"""

import os
import subprocess
import sys

import pytest

from tests.cases import soak_only
from tests.conftest import ROOT

BROWSER_TEST = (
    "tests/browser/guide/test_journey.py::test_back_and_forward_keep_the_answers"
)


def run_pytest(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    values = {k: v for k, v in os.environ.items() if not k.startswith(("CI", "PYTEST"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, *arguments],
        cwd=ROOT, env={**values, **environment}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def run_browser_test(tmp_path, **environment: str) -> subprocess.CompletedProcess[str]:
    """One browser test, on a machine whose PATH holds no program at all."""
    return run_pytest(BROWSER_TEST, PATH=str(tmp_path), **environment)


def collect_without_playwright(
    tmp_path, folder: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Collects the tests of this folder where Playwright cannot be imported."""
    lines = 'import sys\nsys.modules["playwright"] = None\n'
    (tmp_path / "sitecustomize.py").write_text(lines)
    return run_pytest("--collect-only", folder, PYTHONPATH=str(tmp_path), **environment)


def test_without_chromium_the_last_lines_say_what_was_left_out(tmp_path):
    done = run_browser_test(tmp_path)

    assert done.returncode == 0, done.stdout
    last = done.stdout.splitlines()[-13:]
    assert (
        "SKIPPED the browser tests: chromium is not installed (apt install chromium)"
        in last
    )
    assert "1 skipped" in last[-1]


@pytest.mark.parametrize("value", ["true", soak_only("1")])
def test_in_ci_a_skipped_browser_test_is_a_failure(tmp_path, value):
    done = run_browser_test(tmp_path, CI=value)

    assert done.returncode == 1
    assert "chromium is not installed. In CI nothing may be skipped." in done.stdout


def test_without_playwright_all_other_tests_are_collected(tmp_path):
    done = collect_without_playwright(tmp_path, "tests")

    assert done.returncode == 0, done.stdout
    tests = [line for line in done.stdout.splitlines() if "::" in line]
    assert {"/".join(test.split("/")[:2]) for test in tests} == {
        "tests/unit", "tests/content", "tests/integration", "tests/soak",
    }  # fmt: skip
    assert "SKIPPED the browser tests: Playwright is not installed" in done.stdout


def test_in_ci_missing_playwright_is_a_failure(tmp_path):
    done = collect_without_playwright(tmp_path, "tests/browser", CI="true")

    assert done.returncode != 0
    assert "No module named 'playwright" in done.stdout + done.stderr
