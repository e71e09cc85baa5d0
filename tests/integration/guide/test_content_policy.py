"""What single responses may load beyond the site's Content-Security-Policy."""

import pytest
from django.http import HttpResponse

from sessions.guide.content_policy import SELF, allow, allows, own_style_response
from stemguide.headers import with_policies
from tests.conftest import ROOT
from tests.observatory import directives


def policy_of(response: HttpResponse) -> dict[str, set[str]]:
    return directives(with_policies(response)["Content-Security-Policy"])


@pytest.mark.parametrize(
    ("sources", "changed"),
    [
        ({}, {}),
        ({"frame-src": ["blob:"]}, {"frame-src": {"blob:"}}),
        ({"style-src": ["'sha256-a'"]}, {"style-src": {SELF, "'sha256-a'"}}),
        ({"frame-ancestors": [SELF]}, {"frame-ancestors": {SELF}}),
    ],
    ids=["nothing", "a new directive", "one more source", "in place of none"],
)
def test_response_allows_more_than_the_site(sources, changed):
    site = policy_of(HttpResponse())

    assert policy_of(allow(HttpResponse(), sources)) == {**site, **changed}
    assert policy_of(HttpResponse()) == site


def test_what_is_allowed_in_several_places_adds_up():
    @allows({"frame-ancestors": [SELF]})
    @allows({"style-src": ["https://a.example"]})
    def view() -> HttpResponse:
        return own_style_response("<style>p { color: red }</style>")

    policy = policy_of(view())

    assert policy["frame-ancestors"] == {SELF}
    (style_hash,) = policy["style-src"] - {SELF, "https://a.example"}
    assert style_hash.startswith("'sha256-") and len(policy["style-src"]) == 3


def test_no_other_module_sets_what_the_library_reads():
    modules = [*(ROOT / "sessions").rglob("*.py"), *(ROOT / "stemguide").rglob("*.py")]

    assert [path.name for path in modules if "_csp_" in path.read_text()] == [
        "content_policy.py"
    ]
