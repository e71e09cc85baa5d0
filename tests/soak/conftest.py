"""A site of its own for the tests that wear it out; small numbers in `make test`."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.conftest import manage


def pytest_collection_modifyitems(items) -> None:
    """One process runs them all: they share a database, and measure nothing else."""
    for item in items:
        if "tests/soak" in str(item.path):
            item.add_marker(pytest.mark.xdist_group("soak"))


@dataclass(frozen=True)
class Worn:
    """A site's folder, and what its database holds."""

    var_dir: Path

    @contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        path = self.var_dir / "stemguide.sqlite3"
        with closing(sqlite3.connect(path, timeout=20)) as connection:
            yield connection

    def draft(self, pk: int) -> tuple[str, int]:
        """The stored text, and its revision."""
        query = "SELECT text, revision FROM stemguide_sessions_wording WHERE id = ?"
        with self.database() as connection:
            return connection.execute(query, [pk]).fetchone()

    def numbers(self, page: int) -> list[int]:
        """Every number the page's wordings have, in the order they were made."""
        query = (
            "SELECT number FROM stemguide_sessions_wording WHERE page_id = ? "
            "ORDER BY id"
        )
        with self.database() as connection:
            return [number for (number,) in connection.execute(query, [page])]

    def check(self) -> str:
        """What SQLite says of its own file: ok."""
        with self.database() as connection:
            return connection.execute("PRAGMA integrity_check").fetchone()[0]


@pytest.fixture(scope="session")
def worn(tmp_path_factory) -> Worn:
    """A new site without the real content."""
    var_dir = tmp_path_factory.mktemp("var")
    manage(var_dir, "migrate", "--skip-checks", "-v", "0")
    manage(var_dir, "collectstatic", "--noinput", "-v", "0")
    return Worn(var_dir)
