"""Restores a backup archive of an older version, and reads the restored site."""

import json
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.production import manage, production_environment
from tests.servers import create_database, find_program

ARCHIVES = ROOT / "tests" / "archives"
# The time at which tests read the restored sites, whatever the real time is.
TODAY = datetime(2026, 12, 1, 9, tzinfo=UTC)

# The invented secrets of the people in the archives.
PASSWORD = "a lantern under the birch"
KEYS = {"admin": "41" * 20, "nina.holm": "42" * 20, "ravi.nair": "43" * 20}

Row = dict[str, Any]
Visits = dict[str, Iterable[str]]
# {table: {first column: row}}
Tables = dict[str, dict[Any, Row]]


@dataclass(frozen=True)
class Place:
    """Where an archive is restored: a folder, and a database for it alone."""

    folder: Path
    database_url: str = ""

    @property
    def content(self) -> Path:
        return self.folder / "content"

    @property
    def settings(self) -> dict[str, str]:
        return {"CONTENT_DIR": str(self.content), "DATABASE_URL": self.database_url}

    def restore(self, archive: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", "restore", str(archive)],
            cwd=ROOT, env=production_environment(self.folder, **self.settings),
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def manage(self, *command: str) -> str:
        return manage(self.folder, *command, **self.settings)

    def look(self, visits: Visits) -> dict[str, Any]:
        """Runs the function `look` below in the restored site; returns its result."""
        names = "import json; from tests import kept_site; "
        code = f"{names} print(json.dumps(kept_site.look({visits!r})))"
        # `collectstatic` is not run here, but settings expect its folder.
        (self.folder / "static").mkdir()
        printed = self.manage("shell", "-v", "0", "-c", code)
        return json.loads(printed.splitlines()[-1])

    def tables(self) -> Tables:
        if self.database_url:
            return _postgresql_tables(self.database_url)
        return _sqlite_tables(self.folder / "stemguide.sqlite3")


@dataclass(frozen=True)
class Archive:
    """One of the archives in tests/archives, read without the app that wrote it."""

    engine: str

    @property
    def path(self) -> Path:
        return ARCHIVES / f"site-0.1.0-{self.engine}.tar.gz"

    def files(self) -> dict[str, bytes]:
        with tarfile.open(self.path) as tar:
            return {e.name: tar.extractfile(e).read() for e in tar}

    def tables(self, folder: Path, server_url: str) -> Tables:
        """The tables of its database, without any later migration."""
        files = self.files()
        if self.engine == "sqlite":
            copy = folder / "as-it-was.sqlite3"
            copy.write_bytes(files["database.sqlite3"])
            return _sqlite_tables(copy)
        url = create_database(server_url)
        program = find_program("pg_restore")
        assert program
        subprocess.run(
            [program, "--no-owner", "--exit-on-error", f"--dbname={url}"],
            input=files["database.dump"], check=True,
        )  # fmt: skip
        return _postgresql_tables(url)


def _sqlite_tables(path: Path) -> Tables:
    names = "SELECT name FROM sqlite_schema WHERE type = 'table'"
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return {
            name: _by_key(connection.execute(f'SELECT * FROM "{name}"'))
            for (name,) in connection.execute(names).fetchall()
            if not name.startswith("sqlite_")
        }


def _postgresql_tables(url: str) -> Tables:
    import psycopg
    from psycopg.rows import dict_row
    from psycopg.sql import SQL, Identifier

    names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return {
            row["tablename"]: _by_key(
                connection.execute(
                    SQL("SELECT * FROM {}").format(Identifier(row["tablename"]))
                )
            )
            for row in connection.execute(names).fetchall()
        }


def _by_key(rows: Iterable[Any]) -> dict[Any, Row]:
    """Rows by their first column, which is the primary key in Django's tables."""
    plain = [dict(row) for row in rows]
    return {next(iter(row.values())): row for row in plain}


# --- run inside the restored site --------------------------------------------


def look(visits: Visits) -> dict[str, Any]:
    """All that the tests need to know about the site."""
    import time_machine
    from django.conf import settings
    from django.test import override_settings

    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    storages = {**settings.STORAGES, "staticfiles": {"BACKEND": plain}}
    with (
        time_machine.travel(TODAY, tick=False),
        override_settings(STORAGES=storages, BROTLI_QUALITY=1),
    ):
        return {
            "pages": {who: _visit(who, visits[who]) for who in visits},
            "without a code": {
                who: _read(_signed_in(who, has_code=False), "/admin/")[0]
                for who in KEYS
            },
            "wordings": _wordings(),
            "people": _people(),
            "refusals": _refusals(),
            "key of a new page": _key_of_a_new_page(),
        }


def _visit(who: str, addresses: Iterable[str]) -> dict[str, tuple[int, str]]:
    """{URL: (status, text)}. `who` is the name of a user who signs in, or ""."""
    client = _signed_in(who)
    return {address: _read(client, address) for address in addresses}


_asked = count()


def _client() -> Any:
    """A client behind a proxy with TLS. Each has its own IP address, against limits."""
    from django.test import Client

    number = next(_asked)
    return Client(
        SERVER_NAME="guide.example",
        HTTP_X_FORWARDED_PROTO="https",
        HTTP_X_FORWARDED_FOR=f"198.51.{number // 250}.{number % 250 + 1}",
    )


def _signed_in(who: str, has_code: bool = True) -> Any:
    client = _client()
    if who:
        client.post("/admin/login/", {"username": who, "password": PASSWORD})
    if who in KEYS and has_code:
        from django_otp.oath import totp

        code = f"{totp(bytes.fromhex(KEYS[who])):06d}"
        client.post("/admin/second-factor/", {"code": code})
    return client


def _read(client: Any, address: str) -> tuple[int, str]:
    from tests.page import Page

    proxy = {"HTTP_X_FORWARDED_FOR": _client().defaults["HTTP_X_FORWARDED_FOR"]}
    response = client.get(address, **proxy)
    body = response.getvalue()
    if not body or not response["Content-Type"].startswith("text/html"):
        return response.status_code, body.decode()
    return response.status_code, Page(response).text


def _wordings() -> dict[str, list[str | None]]:
    """{page and number: status, reviewer, role, approved on, review due}."""
    from sessions.models import Wording

    return {
        f"{row.page} {row.number}": [
            row.status,
            row.reviewer and row.reviewer.get_username(),
            row.reviewer_role,
            row.approved_on and f"{row.approved_on}",
            row.review_due and f"{row.review_due}",
        ]
        for row in Wording.objects.select_related("page", "reviewer")
    }


def _people() -> dict[str, list[str]]:
    """{user name: full name, then roles}."""
    from django.contrib.auth.models import User

    return {
        user.get_username(): [
            user.get_full_name(),
            *sorted(user.groups.values_list("name", flat=True)),
        ]
        for user in User.objects.all()
    }


def _refusals() -> list[str]:
    """The errors of the database when published rows are changed."""
    from django.db import DatabaseError, transaction

    from sessions.models import AuditEntry, Wording

    said = []
    for change in (
        lambda: Wording.objects.filter(state="published").update(text="Other."),
        lambda: Wording.objects.filter(number=2)._raw_delete("default"),
        lambda: AuditEntry.objects.update(comment="Other."),
    ):
        try:
            with transaction.atomic():
                change()
        except DatabaseError as error:
            said.append(str(error).splitlines()[0])
    return said


def _key_of_a_new_page() -> int:
    """The primary key that a new page would get. The page is rolled back."""
    from django.db import transaction

    from sessions.models import Page

    with transaction.atomic():
        key = Page.objects.create(name="learn/new").pk
        transaction.set_rollback(True)
    return key
