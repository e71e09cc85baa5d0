"""DATABASE_URL and CACHE_URL: valid values, and the settings that they give."""

import json
import os
import subprocess
import sys

import pytest

from stemguide import gunicorn_conf, servers
from tests.cases import soak_only
from tests.conftest import ROOT

PRINT = """
import json, django
from django.conf import settings
django.setup()
both = settings.DATABASES["default"], settings.CACHES["default"]
print(json.dumps(both, default=str))
"""


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    """Starts Django with these variables only; it prints its database and cache."""
    clean = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "stemguide.settings"}
    clean["DJANGO_SETTINGS_MODULE"] += ".tryout"
    return subprocess.run(
        [sys.executable, "-c", PRINT],
        cwd=ROOT, env={**clean, **environment}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def started(tmp_path, **environment: str) -> tuple[dict, dict]:
    done = start(STEMGUIDE_VAR_DIR=str(tmp_path), **environment)
    assert done.returncode == 0, done.stderr
    database, cache = json.loads(done.stdout)
    return database, cache


@pytest.mark.parametrize(
    "values", [{}, soak_only({"DATABASE_URL": "", "CACHE_URL": ""})]
)
def test_without_values_it_is_sqlite_and_local_memory(tmp_path, values):
    database, cache = started(tmp_path, **values)

    assert database["ENGINE"] == "django.db.backends.sqlite3"
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert cache["BACKEND"].endswith("LocMemCache")


def test_database_url_is_postgresql_with_a_pool_and_limits(tmp_path):
    database, _ = started(
        tmp_path,
        DATABASE_URL="postgresql://guide:p%40ss@db.example:6543/clinic?sslmode=require",
    )

    options = database.pop("OPTIONS")
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"]) == ("db.example", 6543)
    assert (database["USER"], database["PASSWORD"]) == ("guide", "p@ss")
    assert database["NAME"] == "clinic"
    assert database["CONN_MAX_AGE"] == 0 and database["CONN_HEALTH_CHECKS"]
    assert options.pop("pool") == servers.POOL
    limits = options.pop("options")
    for name in ("statement_timeout", "lock_timeout", "idle_in_transaction"):
        assert name in limits
    # No option of SQLite is left.
    assert options == {"connect_timeout": 5, "sslmode": "require"}


def test_timeouts_in_the_url_override_the_defaults(tmp_path):
    url = "postgres://localhost/clinic?connect_timeout=2&options=-c%20lock_timeout%3D1s"

    database, _ = started(tmp_path, DATABASE_URL=url)

    assert database["OPTIONS"]["connect_timeout"] == 2
    assert database["OPTIONS"]["options"].endswith("-c lock_timeout=1s")


def test_the_pool_has_a_connection_for_every_thread_of_a_worker():
    assert gunicorn_conf.threads <= servers.POOL["max_size"]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (
            "redis://:p%40ss@cache.example:6380/2",
            "redis://:p%40ss@cache.example:6380/2",
        ),
        ("valkeys://cache.example", "rediss://cache.example"),
        ("unix:///run/valkey/valkey.sock", "unix:///run/valkey/valkey.sock"),
        soak_only("redis://cache.example", "redis://cache.example"),
        soak_only("rediss://cache.example", "rediss://cache.example"),
        soak_only("valkey://cache.example:6380", "redis://cache.example:6380"),
    ],
)
def test_cache_url_is_redis_or_valkey(tmp_path, said, meant):
    _, cache = started(tmp_path, CACHE_URL=said)

    assert cache["BACKEND"] == "django.core.cache.backends.redis.RedisCache"
    assert cache["LOCATION"] == meant


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///guide.sqlite3",
        "postgresql://guide:s3cret@localhost:port/guide",
        "postgresql://guide:s3cret@localhost/guide?pool=true",
        soak_only("guide"),
        soak_only("mysql://root:s3cret@localhost/guide"),
        soak_only("postgresql://localhost"),
    ],
)
def test_an_invalid_database_url_is_reported_without_its_password(url):
    done = start(DATABASE_URL=url, CACHE_URL="memcached://:s3cret@host", PORT="eighty")

    assert done.returncode != 0
    for name in ("DATABASE_URL", "CACHE_URL", "PORT"):
        assert f"  {name}: " in done.stderr
    assert "like postgresql://user" in done.stderr or '"pool"' in done.stderr
    assert "s3cret" not in done.stderr


@pytest.mark.parametrize(
    "url",
    ["memory", "redis://host:port",
     *map(soak_only, ("localhost:6379", "redis://", "redis:///0"))],
)  # fmt: skip
def test_bad_cache_url_says_how_to_write_it(url):
    done = start(CACHE_URL=url)

    assert "  CACHE_URL: Write it like redis://" in done.stderr


def test_package_that_is_missing_is_named(tmp_path):
    """As on a machine where only requirements/base.txt is installed."""
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as u\n"
        "old = u.find_spec\n"
        "gone = ('psycopg', 'psycopg_pool', 'redis')\n"
        "u.find_spec = lambda n, *a: None if n in gone else old(n, *a)\n"
    )

    done = start(
        PYTHONPATH=str(tmp_path),
        DATABASE_URL="postgresql://localhost/guide",
        CACHE_URL="redis://localhost",
    )

    assert "Install requirements/postgres.txt." in done.stderr
    assert "Install requirements/redis.txt." in done.stderr
