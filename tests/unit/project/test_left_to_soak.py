"""`make test` deselects the cases that are marked for `make soak`, and no others."""

from types import SimpleNamespace

import pytest

from tests.cases import soak_only
from tests.conftest import pytest_collection_modifyitems

CASES = ["first", *map(soak_only, ("marked", "marked too")), "one more", "last"]


def collected(cases):
    """The items that pytest makes of the cases."""
    items = []
    for case in cases:
        found = case if not isinstance(case, str) else pytest.param(case)
        marks = {mark.name: mark for mark in found.marks}
        name = found.values[0]
        items.append(SimpleNamespace(name=name, get_closest_marker=marks.get))
    return items


@pytest.mark.parametrize(
    ("is_soak", "left_out"), [(False, ["marked", "marked too"]), (True, [])]
)
def test_marked_cases_are_left_out_and_no_others(is_soak, left_out):
    told = []
    hook = SimpleNamespace(pytest_deselected=lambda items: told.extend(items))
    config = SimpleNamespace(getoption={"--soak": is_soak}.get, hook=hook)
    items = collected(CASES)

    pytest_collection_modifyitems(config, items)

    assert [item.name for item in told] == left_out
    assert len(items) == len(CASES) - len(left_out)
    assert not {item.name for item in items} & set(left_out)
