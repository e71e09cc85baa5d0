"""A site for stress tests; they run with small numbers in `make test`."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cases import soak_only
from tests.sites import collect_static, manage, use_postgresql

# On PostgreSQL: every index must agree with its table.
CHECK_INDEXES = (
    "SELECT bt_index_check(indexrelid, true) FROM pg_index "
    "JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam "
    "WHERE amname = 'btree' AND relpersistence = 'p'"
)


@dataclass(frozen=True)
class StressedSite:
    """The folder and the database of a site under stress."""

    var_dir: Path
    database_url: str = ""

    def ask(self, *queries: str) -> list[Any]:
        """Runs these queries; returns the rows of the last one."""
        with closing(self._connect()) as connection:
            for query in queries:
                cursor = connection.execute(query)
            return cursor.fetchall()

    def _connect(self) -> Any:
        if not self.database_url:
            return sqlite3.connect(self.var_dir / "stemguide.sqlite3", timeout=20)
        import psycopg

        return psycopg.connect(self.database_url)

    def draft(self, pk: int) -> tuple[str, int]:
        """The stored text, and its revision."""
        (found,) = self.ask(
            f"SELECT text, revision FROM stemguide_sessions_wording WHERE id = {pk}"
        )
        return found

    def numbers(self, page: int) -> list[int]:
        """The numbers of all wordings of the page, in the order of their creation."""
        query = (
            f"SELECT number FROM stemguide_sessions_wording WHERE page_id = {page} "
            "ORDER BY id"
        )
        return [number for (number,) in self.ask(query)]

    def is_whole(self) -> bool:
        """Whether the database passes its own check. PostgreSQL raises an error."""
        if self.database_url:
            return bool(
                self.ask("CREATE EXTENSION IF NOT EXISTS amcheck", CHECK_INDEXES)
            )
        return self.ask("PRAGMA integrity_check") == [("ok",)]


@pytest.fixture(scope="session", params=["sqlite", soak_only("postgresql")])
def stressed(request, tmp_path_factory) -> StressedSite:
    """A new site without the real content, on each database."""
    var_dir = tmp_path_factory.mktemp("var")
    url = ""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgresql_server")
        url = use_postgresql(var_dir, server.database_url)
    manage(var_dir, "migrate", "--skip-checks", "-v", "0")
    collect_static(var_dir)
    return StressedSite(var_dir, url)
