"""How long a page is on a phone: its whole height, in screens of 390 x 844."""

from itertools import product

import pytest

from tests.cases import soak_only

SCREEN = 844
STAGES = ("consultation", "preparation", "harvesting", "injection", "follow-up")
LIMITS = {
    "/": 3.0,
    **{f"/stages/{kind}/": 5.5 for kind in STAGES},
    "/stages/monitoring/": 9.0,
    "/stages/recovery/": 9.0,
    "/after/hand/": 9.0,
    "/risks/": 9.5,
    "/get-help/": 6.0,
    "/checklist/": 5.5,
}
# The longest ones first. The quick run reads these alone.
LONGEST = ("hand", "bone-marrow")
ANSWERS = [
    LONGEST if answers == LONGEST else soak_only(*answers)
    for answers in product(("hand", "joint"), ("bone-marrow", "fat", "prepared"))
]


@pytest.mark.parametrize(("area", "cells"), ANSWERS)
def test_no_page_is_longer_than_its_screens(site, page, area, cells):
    screens = {}
    for path in LIMITS:
        page.goto(f"{site.url}{path}?area={area}&cells={cells}")
        height = page.evaluate("document.documentElement.scrollHeight")
        screens[path] = round(height / SCREEN, 2)

    assert {p: n for p, n in screens.items() if n > LIMITS[p]} == {}


@pytest.mark.parametrize("path", ["/stages/recovery/", soak_only("/get-help/")])
def test_no_sign_and_no_first_aid_is_folded(site, page, path):
    page.goto(f"{site.url}{path}?area=hand&cells=fat")

    for signs in (".help-bar", ".care-card", "[aria-labelledby=first-aid]"):
        for one in page.locator(signs).all():
            assert one.is_visible()
    assert page.locator(".care-card").count() == 4
    assert page.locator("details :is(.help-bar, .care-card, #first-aid)").count() == 0
