"""Marks test cases that run in `make soak` only, where a quicker case is similar."""

from typing import Any

import pytest


def soak_only(*values: Any, **name: str) -> Any:
    """One case of a parametrised test, which `make test` leaves out; `id` names it."""
    return pytest.param(*values, marks=pytest.mark.exhaustive, **name)
