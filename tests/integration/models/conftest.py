"""A site with an empty database, on SQLite and on PostgreSQL."""

from pathlib import Path

import pytest

from tests.sites import use_postgresql


@pytest.fixture(params=["sqlite", "postgresql"])
def new_site(request, tmp_path) -> Path:
    """The `var` folder of a site whose database has no tables yet."""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgresql_server")
        use_postgresql(tmp_path, server.database_url)
    return tmp_path
