"""`make run`, as a clinic types it: the first start, the second, and a broken file."""

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.servers import free_port


@contextmanager
def make_run(var_dir: Path, **environment: str):
    """Runs `make run`; gives its address and where its words go; ends it after."""
    port = free_port()
    clean = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("DATABASE_", "DJANGO_", "MAKE"))
    }
    values = {**clean, "STEMGUIDE_VAR_DIR": str(var_dir), **environment}
    log = var_dir.parent / f"log-{port}"
    with log.open("w") as file:
        process = subprocess.Popen(
            ["make", "run", f"PORT={port}", f"VENV={sys.prefix}"],
            cwd=ROOT, env=values, stdout=file, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
        try:
            yield f"http://127.0.0.1:{port}", log
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)


def read(address: str) -> str:
    """The page, as soon as it answers."""
    end = time.monotonic() + 90
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=30) as response:
                return response.read().decode()
        except urllib.error.HTTPError as error:
            fault = f"{error.code}"
            error.close()
        except (OSError, http.client.HTTPException) as error:
            fault = f"{error}"
        time.sleep(0.1)
    raise AssertionError(f"{address} never answered: {fault}")


def test_first_start_shows_a_password_once_and_second_start_skips_the_work(tmp_path):
    """And a file that was broken meanwhile leaves the last good version."""
    var_dir, content = tmp_path / "var", tmp_path / "content"
    shutil.copytree(ROOT / "content", content)

    with make_run(var_dir, CONTENT_DIR=str(content)) as (url, log):
        before = read(f"{url}/risks/")
        first = log.read_text()
    collected = (var_dir / "collected").stat().st_mtime
    key = (var_dir / "secret-key").read_text()
    (content / "en" / "risks.md").write_text("broken")
    with make_run(var_dir, CONTENT_DIR=str(content)) as (url, log):
        after = read(f"{url}/risks/")
        second = log.read_text()

    assert "Try-out: not for patients" in before and after == before
    assert len(re.findall(r"password: +\S{20}\n", first)) == 1
    assert "password" not in second and "Installing" not in second
    assert (var_dir / "collected").stat().st_mtime == collected
    assert (var_dir / "secret-key").read_text() == key
    assert "content/en/risks.md:1: There is no front matter." in second
    assert "The last good version stays." in second


def test_missing_venv_module_is_named_with_its_remedy(tmp_path):
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\nexit 0\n')
    python.chmod(0o755)
    venv = tmp_path / "venv"

    done = subprocess.run(
        ["make", "run", f"PYTHON={python}", f"VENV={venv}"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode != 0 and not venv.exists()
    assert "On Debian or Ubuntu: apt install python3-venv" in done.stdout


@pytest.mark.exhaustive
def test_debug_is_off(tmp_path):
    with make_run(tmp_path / "var") as (url, _):
        read(f"{url}/")
        request = urllib.request.Request(f"{url}/nothing/")
        try:
            urllib.request.urlopen(request, timeout=5)
        except urllib.error.HTTPError as error:
            page = error.read().decode()
            error.close()

    assert "There is no page here" in page and "DEBUG" not in page
