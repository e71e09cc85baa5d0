"""Production settings refuse to start with unsafe values, and list all of them."""

import subprocess
import sys

import pytest

from tests.cases import soak_only
from tests.conftest import ROOT
from tests.production import KEY, production_environment

STARTED = "import django; django.setup(); print('started')"


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def start(var_dir, **changed: str) -> subprocess.CompletedProcess[str]:
    return run("-c", STARTED, **production_environment(var_dir, **changed))


def faults(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """The reported faults, by variable."""
    assert done.returncode != 0 and "started" not in done.stdout
    _, _, told = done.stderr.partition("cannot be used:\n")
    lines = [line.strip() for line in told.splitlines() if line.startswith("  ")]
    return dict(line.split(": ", 1) for line in lines)


def test_safe_values_start_it(tmp_path):
    done = start(tmp_path)

    assert done.stdout == "started\n", done.stderr


def test_deployment_check_finds_nothing(tmp_path):
    done = run(
        "manage.py", "check", "--deploy", "--fail-level", "DEBUG",
        **production_environment(tmp_path),
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


def test_all_invalid_and_unsafe_values_are_reported_at_once(tmp_path):
    done = start(
        tmp_path / "nowhere",
        SECRET_KEY="short",
        ALLOWED_HOSTS="*",
        PUBLIC_URL="http://guide.example",
        PROXY_COUNT="0",
        PORT="eighty",
        WEB_WORKERS="0",
        EMAIL_URL="smtp://me:secret@mail.example",
        SECURITY_CONTACT="bob",
    )

    assert list(faults(done)) == [
        "ALLOWED_HOSTS", "EMAIL_URL", "PORT", "PROXY_COUNT", "PUBLIC_URL",
        "SECRET_KEY", "SECURITY_CONTACT", "STEMGUIDE_VAR_DIR", "WEB_WORKERS",
    ]  # fmt: skip
    assert "secret@" not in done.stderr


def test_gunicorn_reports_it_before_it_starts_a_worker(tmp_path):
    environment = production_environment(tmp_path, SECRET_KEY="short", PORT="eighty")

    done = run(
        "-m", "gunicorn", "--config", "stemguide/gunicorn_conf.py",
        "--no-control-socket", "stemguide.wsgi", **environment,
    )  # fmt: skip

    assert set(faults(done)) == {"SECRET_KEY", "PORT"}
    assert "Booting worker" not in done.stderr


# Each case starts a process, so `make test` runs one or two for each variable.
UNSAFE = [
    ("SECRET_KEY", "a" * 60),
    ("ALLOWED_HOSTS", ""),
    ("ALLOWED_HOSTS", "guide.example,https://guide.example"),
    ("PUBLIC_URL", "guide.example"),
    ("PUBLIC_URL", "https://other.example"),
    ("PUBLIC_URL", "https://guide.example:8443"),
    ("PROXY_COUNT", "10"),
    ("STEMGUIDE_VAR_DIR", str(ROOT / "static" / "css")),
    ("SECURITY_CONTACT", "security@guide.example"),
    ("EMAIL_URL", "smtp://me:secret@mail.example:25"),
    soak_only("SECRET_KEY", f"django-insecure-{KEY}"),
    soak_only("ALLOWED_HOSTS", "guide.example,.guide.example"),
    soak_only("ALLOWED_HOSTS", "guide.example,guide.example:443"),
    soak_only("ALLOWED_HOSTS", "guide.example,a b.example"),
    soak_only("PUBLIC_URL", ""),
    soak_only("PUBLIC_URL", "https://guide.example:port"),
    soak_only("PUBLIC_URL", "https://me@guide.example"),
    soak_only("PUBLIC_URL", "https://guide.example/below"),
    soak_only("PUBLIC_URL", "https://guide.example/?a=b"),
    soak_only("PROXY_COUNT", "-1"),
    soak_only("PROXY_COUNT", "one"),
    soak_only("STEMGUIDE_VAR_DIR", str(ROOT / "static")),
    soak_only("SECURITY_CONTACT", "http://guide.example/security"),
]


@pytest.mark.parametrize(("name", "value"), UNSAFE)
def test_unsafe_value_alone_stops_it(tmp_path, name, value):
    found = faults(start(tmp_path, **{name: value}))

    # Without ALLOWED_HOSTS every PUBLIC_URL is wrong too.
    assert set(found) - {"PUBLIC_URL"} == {name} - {"PUBLIC_URL"} and name in found
    assert value not in found[name] or name != "SECRET_KEY"


@pytest.mark.parametrize(
    "value",
    [
        "submission://me:secret@mail.example:587",
        "smtp://me:secret@localhost",
        soak_only("smtp://mail.example"),
    ],
)
def test_mail_over_tls_or_to_this_machine_is_allowed(tmp_path, value):
    assert start(tmp_path, EMAIL_URL=value).stdout == "started\n"


def test_secrets_that_everybody_can_read_stop_it(tmp_path):
    tmp_path.chmod(0o755)
    for name in ("stemguide.sqlite3", "stemguide.sqlite3-wal", "secret-key"):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o644)

    found = faults(start(tmp_path))
    for path in tmp_path.iterdir():
        path.chmod(0o640)

    assert found["STEMGUIDE_VAR_DIR"].count("chmod o-rwx") == 3
    assert start(tmp_path).stdout == "started\n"


def test_readable_files_in_a_private_folder_are_allowed(tmp_path):
    (tmp_path / "stemguide.sqlite3").touch()
    (tmp_path / "stemguide.sqlite3").chmod(0o644)
    tmp_path.chmod(0o700)

    assert start(tmp_path).stdout == "started\n"


def test_folder_that_everybody_can_write_stops_it(tmp_path):
    tmp_path.chmod(0o777)

    assert "chmod o-w" in faults(start(tmp_path))["STEMGUIDE_VAR_DIR"]


def test_a_new_database_is_not_readable_by_everybody(tmp_path):
    tmp_path.chmod(0o755)
    environment = production_environment(tmp_path)

    done = run("manage.py", "migrate", "--skip-checks", "-v", "0", **environment)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "stemguide.sqlite3").stat().st_mode & 0o007 == 0
    assert start(tmp_path).stdout == "started\n"
