"""Fixtures that several tests through real addresses ask for."""

from datetime import UTC, datetime

import pytest
import time_machine

from tests.production import running_site, set_up

MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
def clock():
    """Stands still on a Monday morning until a test moves it."""
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture(scope="session")
def production_site(tmp_path_factory):
    """A real gunicorn under production settings with the real content."""
    var_dir = tmp_path_factory.mktemp("production") / "var"
    var_dir.mkdir(mode=0o700)
    set_up(var_dir)
    with running_site(var_dir) as running:
        yield running
