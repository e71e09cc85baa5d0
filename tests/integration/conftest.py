"""Fixtures for integration tests."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from tests.production import running_site, set_up

MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
def clock():
    """Time stands still on a Monday morning until the test moves it."""
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def kept_connection(db):
    """The end of a request does not close the connection of the test's transaction.

    Django's test client sees to this itself. Tests that call the WSGI application
    without that client need this fixture.
    """
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture(scope="session")
def production_site(tmp_path_factory):
    """A real gunicorn under production settings with the real content."""
    var_dir = tmp_path_factory.mktemp("production") / "var"
    var_dir.mkdir(mode=0o700)
    set_up(var_dir)
    with running_site(var_dir) as running:
        yield running
