"""Rate limits for an IP address; a cache that fails stops no request."""

import logging
import socket
import time
from ipaddress import ip_address

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from redis import Redis

from sessions.people import rate_limits
from stemguide.servers import redis
from tests.factories import make_live_wording, make_text
from tests.servers import free_port

pytestmark = pytest.mark.django_db
CLIENT_ADDRESS, OTHER = "203.0.113.5", "198.51.100.7"
LIMITS = {"search": (3, 60), "codes": (2, 60), "sign-in": (2, 60)}


@pytest.fixture(autouse=True)
def small_limits(settings, clock):
    """Low limits, and a clock at the first second of a minute."""
    settings.RATE_LIMITS = LIMITS
    make_live_wording(page="home", text=make_text())


@pytest.fixture(autouse=True)
def _new_counter(monkeypatch):
    monkeypatch.setattr(rate_limits, "_counter", rate_limits._Counter())


def use_cache(settings, url: str) -> None:
    settings.CACHES = {"default": redis(url)}


def search(address: str = CLIENT_ADDRESS, **headers: str) -> int:
    query = {"q": "needle"}
    return Client(REMOTE_ADDR=address).get("/search/", query, **headers).status_code


@pytest.fixture(params=["local memory", "redis"])
def cache_server(request, settings):
    """The test runs with each of the two caches."""
    if request.param == "redis":
        server = request.getfixturevalue("redis_server")
        use_cache(settings, server.cache_url)


def test_search_is_limited_for_an_address_and_says_how_long(cache_server, clock):
    clock.shift(10)
    assert [search() for _ in range(3)] == [200, 200, 200]

    response = Client(REMOTE_ADDR=CLIENT_ADDRESS).get("/search/")

    assert response.status_code == 429
    assert response["Retry-After"] == "50"
    assert response["Cache-Control"] == "no-store"
    assert "It works again in 50 seconds." in response.content.decode()
    assert search(OTHER) == 200


def test_next_minute_is_free_again(cache_server, clock):
    assert [search() for _ in range(4)][-1] == 429

    clock.shift(60)

    assert search() == 200


def test_codes_are_limited_and_other_pages_are_not():
    client = Client(REMOTE_ADDR=CLIENT_ADDRESS)

    codes = [client.get(f"/v/ABCD234{n}/").status_code for n in range(2, 6)]

    assert codes == [404, 404, 429, 429]
    assert [client.get("/").status_code for _ in range(9)] == [200] * 9
    assert client.get("/v/").status_code == 200


def test_sign_in_is_limited_by_what_is_sent_not_by_what_is_looked_at():
    client = Client(REMOTE_ADDR=CLIENT_ADDRESS)
    assert [client.get("/admin/login/").status_code for _ in range(5)] == [200] * 5
    names = [{"username": f"name {n}", "password": "wrong"} for n in range(3)]

    sent = [client.post("/admin/login/", fields).status_code for fields in names]

    assert sent == [200, 200, 429]
    assert Client(REMOTE_ADDR=OTHER).post("/admin/login/", names[0]).status_code == 200


def test_address_comes_through_our_proxies_only(settings):
    settings.PROXY_COUNT = 1

    def ask(forwarded: str) -> int:
        return search("127.0.0.1", headers={"x-forwarded-for": forwarded})

    made_up = [ask(f"192.0.2.{n}, {CLIENT_ADDRESS}") for n in range(4)]
    assert made_up == [200, 200, 200, 429]
    assert ask(OTHER) == 200


def test_address_with_a_new_port_each_time_is_one(settings):
    settings.PROXY_COUNT = 1
    ported = [f"{CLIENT_ADDRESS}:{port}" for port in range(50001, 50005)]

    answers = [search(HTTP_X_FORWARDED_FOR=header) for header in ported]

    assert answers == [200, 200, 200, 429]


def test_one_holder_of_many_addresses_is_one():
    found = [search(f"2001:db8:0:1::{n}") for n in range(1, 5)]

    assert found == [200, 200, 200, 429]
    assert search("2001:db8:0:2::1") == 200


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", ""])
def test_this_machine_is_not_limited(address):
    assert {search(address) for _ in range(6)} == {200}


def test_cache_keeps_no_address_and_nothing_typed(redis_server, settings):
    use_cache(settings, redis_server.cache_url)
    assert search() == 200

    with Redis.from_url(redis_server.cache_url) as server:
        (name,) = server.keys()
        kept = name + server.get(name)
        assert 0 < server.ttl(name) <= 120
    for part in (CLIENT_ADDRESS.encode(), b"needle", ip_address(CLIENT_ADDRESS).packed):
        assert part not in kept


def test_machines_count_together(redis_server, settings):
    use_cache(settings, redis_server.cache_url)
    assert [search(), search()] == [200, 200]

    use_cache(settings, redis_server.cache_url)  # as from another machine
    assert caches["default"]

    assert [search(), search()] == [200, 429]


def errors(caplog) -> list[str]:
    return [
        r.message for r in caplog.records if r.name == "sessions.people.rate_limits"
    ]


def test_cache_that_fails_limits_nobody_and_is_logged_once(
    redis_server, settings, caplog
):
    use_cache(settings, redis_server.cache_url)
    assert search() == 200
    caplog.set_level(logging.INFO)

    redis_server.stop()
    started = time.perf_counter()
    assert {search() for _ in range(20)} == {200}

    assert time.perf_counter() - started < 10
    (said,) = errors(caplog)
    assert said.startswith("The cache fails; there are no rate limits now: ")
    assert redis_server.password not in said and CLIENT_ADDRESS not in said


def test_cache_that_comes_back_counts_again(
    redis_server, settings, caplog, monkeypatch
):
    monkeypatch.setattr(rate_limits, "RETRY_CACHE_AFTER", 0)
    use_cache(settings, redis_server.cache_url)
    redis_server.stop()
    assert {search() for _ in range(5)} == {200}

    redis_server.start()

    assert [search() for _ in range(4)] == [200, 200, 200, 429]
    assert [line.partition(";")[0] for line in errors(caplog)] == [
        "The cache fails",
        "The cache works again.",
    ]


@pytest.mark.parametrize("path", ["/search/?q=needle", "/v/ABCD2345/", "/admin/login/"])
def test_page_comes_without_any_cache_server(path, settings, client):
    use_cache(settings, f"redis://127.0.0.1:{free_port()}/0")

    response = client.get(path, REMOTE_ADDR=CLIENT_ADDRESS)

    assert response.status_code == (404 if path.startswith("/v/") else 200)


def test_cache_that_never_answers_is_waited_for_once(settings, client):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        use_cache(settings, f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        started = time.perf_counter()

        assert {search() for _ in range(10)} == {200}

    assert time.perf_counter() - started < 4


def test_reading_writes_nothing_to_the_database(client):
    with CaptureQueriesContext(connection) as queries:
        for _ in range(4):
            client.get("/search/?q=needle", REMOTE_ADDR=CLIENT_ADDRESS)

    assert [q["sql"] for q in queries if not q["sql"].startswith("SELECT")] == []
