"""Lookups that answer alike on both databases, whatever number they are given."""

from typing import Any

from django.db.models import IntegerField
from django.db.models.lookups import In

SMALLEST, LARGEST = -(2**63), 2**63 - 1
"""The whole numbers that a column can hold."""


@IntegerField.register_lookup
class IntegerIn(In):
    """`in` for whole numbers: a number that no column can hold is no row's.

    PostgreSQL finds no row, and SQLite raises OverflowError. Django sees to this for
    `exact`, `lt` and `gt`, and not for `in`, by which form fields look up what was
    chosen.
    """

    def get_prep_lookup(self) -> Any:
        numbers = super().get_prep_lookup()
        if not isinstance(numbers, list):
            return numbers
        return [n for n in numbers if n is None or SMALLEST <= n <= LARGEST]
