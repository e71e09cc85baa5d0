"""Fixtures that several tests through real addresses ask for."""

from datetime import UTC, datetime

import pytest
import time_machine

MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
def clock():
    """Stands still on a Monday morning until a test moves it."""
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller
