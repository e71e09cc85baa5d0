"""HEAD, Range, ETags and Vary, as a browser or a shared cache sees them."""

import re

import pytest

STYLE = re.compile(r"/static/css/site\.\w+\.css")
ADDRESSES = ["/", "/risks/", "/guide/print/", "/static/img/icon.svg", "style"]


@pytest.fixture
def ask(production_site):
    style = STYLE.search(production_site.ask("/").text)
    assert style

    def send(address, method="GET", **headers):
        address = style[0] if address == "style" else address
        return production_site.ask(address, method, **headers)

    return send


@pytest.mark.parametrize("accepted", ["br", "gzip", "identity"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_head_says_what_get_says_and_sends_nothing(ask, address, accepted):
    got = ask(address, Accept_Encoding=accepted)

    head = ask(address, "HEAD", Accept_Encoding=accepted)

    assert head.status == got.status and head.body == b""
    headers, heads = dict(got.headers), dict(head.headers)
    for changing in ("Date", "Connection"):
        headers.pop(changing, None)
        heads.pop(changing, None)
    assert heads == headers
    assert int(headers["Content-Length"]) == len(got.body)


@pytest.mark.parametrize("address", ["/risks/", "/search/", "/healthz"])
def test_head_leaves_no_warning_in_the_log(ask, production_site, address):
    log = production_site.var_dir.parent / "log"
    before = log.read_text()

    ask(address, "HEAD")

    assert '"warning"' not in log.read_text().removeprefix(before)


def test_head_of_what_is_missing_is_404_and_sends_nothing(ask):
    response = ask("/nothing/", "HEAD")

    assert (response.status, response.body) == (404, b"")


@pytest.mark.parametrize("address", ["/", "/risks/", "/guide/print/"])
def test_range_of_a_page_gets_the_whole_page(ask, address):
    whole = ask(address, Accept_Encoding="br")

    part = ask(address, Accept_Encoding="br", Range="bytes=0-9")

    assert (part.status, part.body) == (200, whole.body)
    assert "Content-Range" not in part.headers


def test_range_of_a_file_gets_that_part(ask):
    whole = ask("style", Accept_Encoding="identity")

    part = ask("style", Accept_Encoding="identity", Range="bytes=5-14")

    assert (part.status, part.body) == (206, whole.body[5:15])
    assert part.headers["Content-Range"] == f"bytes 5-14/{len(whole.body)}"
    assert part.headers["Content-Length"] == "10"


@pytest.mark.parametrize("address", ["/", "/risks/", "style"])
def test_vary_names_the_encoding_alone(ask, address):
    for accepted in ("br", "gzip", "identity"):
        response = ask(address, Accept_Encoding=accepted)
        assert response.headers.get_all("Vary") == ["Accept-Encoding"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("accepted", ["br", "gzip", "identity"])
def test_304_repeats_what_a_cache_must_keep(ask, accepted, method):
    stored = ask("/risks/", Accept_Encoding=accepted)

    response = ask(
        "/risks/",
        method,
        Accept_Encoding=accepted,
        If_None_Match=stored.headers["ETag"],
    )

    assert response.status == 304 and response.body == b""
    for name in ("ETag", "Cache-Control", "Vary", "Content-Security-Policy"):
        assert response.headers[name] == stored.headers[name]


@pytest.mark.parametrize("etag", ['"other"', 'W/"other"', '"a", "b"', "other", ""])
def test_other_etag_gets_the_page(ask, etag):
    assert ask("/risks/", If_None_Match=etag).status == 200


def test_any_etag_and_one_in_a_list_get_304(ask):
    etag = ask("/risks/").headers["ETag"]

    assert ask("/risks/", If_None_Match="*").status == 304
    assert ask("/risks/", If_None_Match=f'"other", {etag}').status == 304
    assert ask("/risks/", If_None_Match=f"W/{etag}").status == 304
