"""`make lint` notices faults in scripts, and the hooks before a commit run it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT, need_program

WORKER = next(ROOT.glob("templates/*/service-worker.js")).relative_to(ROOT)
# What can be wrong: (file, what is put at its end, what is said of it).
FAULTS = [
    (
        "static/js/unused.js",
        "const forgotten = 1;",
        "'forgotten' is declared but never",
    ),
    (
        "static/js/staff/misspelt.js",
        'import { read } from "../kept.js";\nread().days;',
        "Property 'days' does not exist on type 'Kept'",
    ),
    (
        "static/js/missing.js",
        'document.querySelector(".nowhere").remove();',
        "possibly 'null'",
    ),
    (str(WORKER), "function unasked() {}", "'unasked' is declared but never"),
    (str(WORKER), "enqueue(1);", "Argument of type 'number' is not assignable"),
]
STEPS = 3


def make(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Runs make there, with the programs of this Python's environment."""
    outer = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "STEMGUIDE_VAR_DIR")
    env = {name: value for name, value in os.environ.items() if name not in outer}
    command = ["make", *words, f"VENV={sys.prefix}"]
    return subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, timeout=120
    )


@pytest.fixture
def project(tmp_path) -> Path:
    """A copy of the scripts and of what checks them."""
    for name in ("static/js", "stemguide/javascript"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / WORKER).parent.mkdir(parents=True)
    for name in ("Makefile", WORKER):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_each_check_of_scripts_fails_and_names_every_fault(project):
    """With --ignore-errors make goes on after a step that failed, and says so."""
    need_program("tsc")
    for path, fault, _ in FAULTS:
        with (project / path).open("a") as script:
            script.write(f"\n{fault}\n")

    done = make(project, "--ignore-errors", "lint-scripts")

    assert done.stderr.count("(ignored)") == STEPS, done.stdout + done.stderr
    for path, _, complaint in FAULTS:
        assert complaint in done.stdout, done.stdout
        assert Path(path).name in done.stdout, done.stdout


def test_a_fault_in_a_script_ends_make(project):
    path, fault, _ = FAULTS[0]
    (project / path).write_text(fault)

    done = make(project, "lint-scripts")

    assert done.returncode != 0 and Path(path).name in done.stdout


def test_whoever_has_no_tsc_is_told_how_to_get_it(project, monkeypatch):
    programs = project / "programs"
    programs.mkdir()
    for name in ("make", "sh", "mkdir", "sed", "find", "dirname"):
        (programs / name).symlink_to(shutil.which(name) or name)
    monkeypatch.setenv("PATH", str(programs))

    done = make(project, "lint-scripts")

    assert done.returncode != 0
    assert "apt install node-typescript" in done.stdout


def test_hooks_before_a_commit_run_what_make_lint_runs():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    hooks = [(repo["repo"], hook) for repo in config["repos"] for hook in repo["hooks"]]

    assert {repo for repo, _ in hooks} == {"local"}
    assert [hook["entry"] for _, hook in hooks] == ["make lint"]
    assert all(hook["language"] == "system" for _, hook in hooks)
    # Of every commit, and of the whole tree as `make lint` sees it.
    assert all(hook["always_run"] and not hook["pass_filenames"] for _, hook in hooks)


def test_make_lint_runs_every_check():
    steps = make(ROOT, "--dry-run", "lint").stdout

    for check in (
        "ruff check .", "ruff format --check .", "djade --check", "codespell", "mypy",
        "oxlint --config stemguide/javascript/oxlint.json",
        "stemguide/javascript/pages.d.ts", "stemguide/javascript/worker.d.ts",
    ):  # fmt: skip
        assert check in steps, check
