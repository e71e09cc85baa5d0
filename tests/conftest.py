"""Fixtures that every test may ask for."""

import pytest

from sessions.snapshot import forget_snapshot


@pytest.fixture(autouse=True)
def _no_snapshot_from_another_test():
    """Each test reads the database it wrote."""
    forget_snapshot()
    yield
    forget_snapshot()
