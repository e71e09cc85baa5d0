"""The list of the offline copy: every page for the answers, and their files."""

import re
from unittest.mock import patch

import pytest

from sessions.guide.views import offline
from sessions.models import Wording
from tests.conftest import ROOT
from tests.factories import make_live_wording
from tests.page import Page

pytestmark = pytest.mark.django_db
ADDRESS = "/guide/addresses.json"
ANSWERS = "?area=hand&cells=fat"


def test_list_holds_every_page_a_link_leads_to(client, real_content):
    listed = client.get(ADDRESS + ANSWERS).json()["pages"]

    live = Wording.objects.live().of_guide().values_list("page__name", flat=True)
    expected = {f"/{name}/{ANSWERS}" for name in live if name != "home"}
    made = ("", "evidence/", "learn/", "sources/", "about/how-we-score/")
    expected |= {f"/{path}{ANSWERS}" for path in made}
    assert len(expected) > 30 and expected <= set(listed)
    assert f"/evidence/knee-cells-against-steroid/{ANSWERS}" in listed
    assert f"/sources/risks/{ANSWERS}" in listed
    assert f"/checklist/print/{ANSWERS}" in listed
    assert len(set(listed)) == len(listed)


@pytest.mark.parametrize("answers", ["", ANSWERS])
def test_every_listed_page_may_be_kept(client, real_content, answers):
    for address in client.get(ADDRESS + answers).json()["pages"]:
        response = client.get(address)

        assert response.status_code == 200, address
        assert "no-store" not in response["Cache-Control"], address


def test_help_page_is_the_first(client, real_content):
    pages = client.get(ADDRESS + ANSWERS).json()["pages"]

    assert pages[0] == f"/get-help/{ANSWERS}"


def test_withdrawn_page_stays_on_the_list_for_its_notice(client):
    make_live_wording(state=Wording.State.WITHDRAWN, withdrawn_reason="Being checked.")

    assert "/stages/recovery/" in client.get(ADDRESS).json()["pages"]


def test_list_holds_nothing_of_staff_or_search(client, real_content):
    found = client.get(ADDRESS).json()

    out = ("admin", "desk", "search", "staff", "/v/")
    for address in found["pages"] + found["files"]:
        assert not any(word in address for word in out), address


def test_list_is_cached_by_content_and_answers(client, real_content):
    with patch("sessions.guide.views.offline._paths", wraps=offline._paths) as made:
        for _ in range(3):
            client.get(ADDRESS + ANSWERS)

    assert made.call_count == 1


def test_every_listed_script_is_one_that_readers_load(client, real_content):
    """Those of the listed pages, what these import, and the saved copy's own."""
    found = client.get(ADDRESS).json()
    listed = {file for file in found["files"] if file.endswith(".js")}
    used = {"/static/js/saved-copy.js"}
    for address in found["pages"]:
        tree = Page(client.get(address)).tree
        used |= {script.get("src") for script in tree.cssselect("script[src]")}
    for script in list(used):
        source = (ROOT / script.lstrip("/")).read_text()
        names = re.findall(r'from "\./([a-z-]+\.js)"', source)
        used |= {f"/static/js/{name}" for name in names}

    assert listed == used


def test_every_listed_file_answers_and_the_style_is_among_them(client, real_content):
    files = client.get(ADDRESS).json()["files"]

    assert {"/static/css/site.css", "/static/js/saved-copy.js"} <= set(files)
    assert "/static/img/icon.svg" in files
    for address in files:
        response = client.get(address)
        response.close()
        assert response.status_code == 200, address


@pytest.mark.parametrize("odd", ["&page=2", "&area=hand", "&q=secret", "&cells=fat"])
def test_unknown_parameters_change_nothing(client, real_content, odd):
    expected = client.get(ADDRESS + ANSWERS).content

    assert client.get(ADDRESS + ANSWERS + odd).content == expected


def test_unknown_answers_are_passed_over(client, real_content):
    response = client.get(f"{ADDRESS}?area=elbow&cells=%22%3E")

    assert response.content == client.get(ADDRESS).content


@pytest.mark.parametrize("address", [ADDRESS, "/service-worker.js"])
def test_answers_to_get_and_head_only_and_sets_no_cookie(client, real_content, address):
    whole, head, post = (getattr(client, m)(address) for m in ("get", "head", "post"))

    assert head.status_code == 200 and not head.content
    assert post.status_code == 405
    assert not whole.cookies and "cookie" not in whole["Vary"].lower()
    again = client.get(address, headers={"if-none-match": whole["ETag"]})
    assert again.status_code == 304


def test_list_is_revalidated_like_a_page(client, real_content):
    response = client.get(ADDRESS)

    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == client.get("/risks/")["Cache-Control"]


def test_service_worker_is_a_script_that_browsers_revalidate(client, db):
    response = client.get("/service-worker.js")

    assert response["Content-Type"] == "text/javascript"
    assert response["Cache-Control"] == "no-cache"
    assert b"addEventListener" in response.content and b"{#" not in response.content
