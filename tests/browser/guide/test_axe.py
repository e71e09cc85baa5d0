"""The accessibility scan: every page, at both widths, light and dark."""

import pytest

from tests.addresses import PATHS, WHOLE_GUIDE
from tests.axe import FOR_PATIENTS, violations
from tests.cases import soak_only

ANSWERED = [
    *(f"{path}?area=hand&cells=fat" for path in PATHS if path.startswith("/stages/")),
    "/?area=hand&cells=fat",
    "/risks/?area=hand&cells=fat",
    "/checklist/?area=hand&cells=fat",
    "/stages/harvesting/?cells=prepared",
    "/nothing/",
]


@pytest.mark.parametrize(
    ("width", "scheme", "addresses"),
    [
        pytest.param(320, "light", PATHS[::4], id="sample"),
        pytest.param(1280, "dark", PATHS[2::8], id="dark-sample"),
        soak_only(320, "light", PATHS, id="320-light"),
        soak_only(1280, "light", (*PATHS, WHOLE_GUIDE), id="1280-light"),
        soak_only(320, "dark", PATHS, id="320-dark"),
        soak_only(1280, "dark", ANSWERED, id="answered"),
    ],
)
def test_axe_finds_nothing(site, open_context, width, scheme, addresses):
    page = open_context(width, color_scheme=scheme, bypass_csp=True).new_page()
    problems = []
    for address in addresses:
        page.goto(site.url + address)
        page.evaluate(
            "document.querySelectorAll('details').forEach(d => { d.open = true })"
        )
        problems += [(address, *found) for found in violations(page, FOR_PATIENTS)]

    assert not problems, problems[:5]
