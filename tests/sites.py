"""A real try-out site (gunicorn, two workers, the real content), without a browser."""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.copies import put_copy
from tests.servers import START_TIMEOUT, create_database, wait_for_port

PUBLIC_URL = "https://guide.example"
# For measurements: pages are compressed as patients get them (see tests/tryout.py).
AS_SHIPPED = {"DJANGO_SETTINGS_MODULE": "stemguide.settings.tryout"}


@dataclass(frozen=True)
class Site:
    """The address of a running site, its administrator's password, and its files."""

    url: str
    password: str
    var_dir: Path


def environment_of(var_dir: Path, port: int = 8000) -> dict[str, str]:
    """The environment variables of a try-out site with its files in `var_dir`."""
    database = var_dir / "database-url"
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith("DJANGO_")},
        "STEMGUIDE_VAR_DIR": str(var_dir),
        "DJANGO_SETTINGS_MODULE": "tests.tryout",
        "PORT": str(port),
        "PUBLIC_URL": PUBLIC_URL,
        "DATABASE_URL": database.read_text() if database.exists() else "",
    }


def use_postgresql(var_dir: Path, server_url: str) -> str:
    """Creates a database on this server for the site in `var_dir`; returns its URL."""
    url = create_database(server_url)
    (var_dir / "database-url").write_text(url)
    return url


def manage(var_dir: Path, *command: str) -> str:
    """What a management command of the site in `var_dir` prints."""
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT, env=environment_of(var_dir), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return done.stdout


def set_up(var_dir: Path) -> str:
    """Creates a site's database and static files; returns its administrator's password.

    If the tests run on PostgreSQL, so does the site. Else its files are made once, and
    later sites get a copy.
    """
    if server_url := os.environ.get("DATABASE_URL"):
        use_postgresql(var_dir, server_url)
    return fill(var_dir)


def fill(var_dir: Path) -> str:
    """The same on the database that `use_postgresql` gave this site, else on SQLite."""
    if (var_dir / "database-url").exists():
        return _make_site(var_dir)
    return put_copy(_make_site, var_dir)


def _make_site(var_dir: Path) -> str:
    manage(var_dir, "migrate", "--skip-checks", "-v", "0")
    manage(var_dir, "load_content")
    collect_static(var_dir)
    printed = manage(var_dir, "create_first_administrator")
    found = re.search(r"password:\s+(\S+)", printed)
    assert found, printed
    return found[1]


def collect_static(var_dir: Path) -> None:
    """Puts the static files into a site's folder, hashed and compressed."""
    put_copy(_collect_static, var_dir)


def _collect_static(var_dir: Path) -> None:
    manage(var_dir, "collectstatic", "--noinput", "-v", "0")
    (var_dir / "secret-key").unlink()  # Each site makes its own.


@contextmanager
def serve(
    var_dir: Path, port: int, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Serves the site in `var_dir`; its processes end after the block."""
    with (var_dir / "log").open("a") as log:
        gunicorn = subprocess.Popen(
            [
                sys.executable, "-m", "gunicorn", "--config",
                "stemguide/gunicorn_conf.py", "--no-control-socket", "stemguide.wsgi",
            ],
            cwd=ROOT, env={**environment_of(var_dir, port), **environment}, stdout=log,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            wait_for_port(port, gunicorn)
            _wait_until_it_answers(f"http://127.0.0.1:{port}/healthz")
            yield gunicorn
        finally:
            gunicorn.terminate()
            gunicorn.wait(timeout=30)


def _wait_until_it_answers(address: str) -> None:
    end = time.monotonic() + START_TIMEOUT
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=30):
                return
        except urllib.error.HTTPError as error:
            error.close()
            return  # It answers; this Host may be refused.
        except (OSError, HTTPException):
            time.sleep(0.2)
    pytest.fail(f"{address} never answered.")
