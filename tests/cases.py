"""Cases that are left to `make soak`: a quicker one proves the same in every run."""

from typing import Any

import pytest


def soak_only(*values: Any, **name: str) -> Any:
    """One case of a parametrised test, which `make test` leaves out; `id` names it."""
    return pytest.param(*values, marks=pytest.mark.exhaustive, **name)
