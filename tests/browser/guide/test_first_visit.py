"""The weight of a first visit: all that a page waits for before it is drawn."""

import http.client
from urllib.parse import urlsplit

import pytest
from lxml import html

from tests.conftest import ROOT
from tests.servers import free_port
from tests.sites import AS_SHIPPED, serve, set_up

LIMIT = 15 * 1024
PAGES = ["/", *(f"/stages/{kind}/" for kind in (
    "consultation", "preparation", "harvesting", "injection", "monitoring", "recovery",
    "follow-up",
))]  # fmt: skip


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """Where the guide answers as it is shipped."""
    var_dir, port = tmp_path_factory.mktemp("var"), free_port()
    set_up(var_dir)
    with serve(var_dir, port, **AS_SHIPPED):
        yield f"http://127.0.0.1:{port}"


def fetch(url: str, path: str) -> tuple[int, bytes, str]:
    """(bytes on the wire with headers, body, encoding) of one answer."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    connection.request("GET", path, headers={"Accept-Encoding": "br, gzip"})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    head = sum(len(name) + len(value) + 4 for name, value in response.getheaders())
    return head + 19 + len(body), body, response.headers.get("Content-Encoding", "")


@pytest.mark.parametrize("path", PAGES)
def test_first_visit_is_light(url, open_context, path):
    size, body, encoding = fetch(url, path)
    assert encoding == "br"
    page = open_context(390, java_script_enabled=False).new_page()
    page.goto(url + path)
    tree = html.document_fromstring(page.content())
    # Scripts are modules: the page does not wait for them. They are weighed below.
    linked = tree.cssselect("link[href], script[src]:not([type=module])")
    linked += tree.cssselect("img[src]:not([loading=lazy])")
    addresses = {e.get("href") or e.get("src") for e in linked}

    total = size + sum(fetch(url, address)[0] for address in addresses)

    assert total < LIMIT, (total, addresses)


@pytest.mark.parametrize("path", PAGES)
def test_scripts_of_home_and_stages_are_light_and_wait_for_the_page(url, page, path):
    scripts: list[str] = []
    page.on(
        "request",
        lambda r: scripts.append(r.url) if r.resource_type == "script" else None,
    )
    page.goto(url + path)

    weights = [len(fetch(url, urlsplit(url).path)[1]) for url in scripts]
    kinds = page.locator("script").evaluate_all("all => all.map(one => one.type)")
    assert set(kinds) <= {"module"}
    assert sum(weights) < (2_000 if path == "/" else 3_000)
    assert len(scripts) == 1 or path != "/"


def test_all_scripts_together_are_under_12_kb(url):
    names = [path.name for path in (ROOT / "static/js").glob("*.js")]
    paths = [f"/static/js/{name}" for name in names]

    answers = [fetch(url, path) for path in (*paths, "/service-worker.js")]

    assert len(paths) > 8
    assert {encoding for _, _, encoding in answers} == {"br"}
    assert sum(len(body) for _, body, _ in answers) < 12_000
