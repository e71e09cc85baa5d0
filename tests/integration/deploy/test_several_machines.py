"""Two machines that share one PostgreSQL and one Redis."""

import http.client
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers import START_TIMEOUT, DatabaseServer, free_port
from tests.sites import collect_static, manage, serve, use_postgresql
from tests.soak.test_contended_saves import result_of, run

NEIGHBOUR = {"X-Forwarded-For": "203.0.113.5"}


@dataclass(frozen=True)
class Machines:
    """The ports of two sites, the folder of the first, and their database server."""

    ports: tuple[int, int]
    first: Path
    database: DatabaseServer

    def get(self, machine: int, path: str, **headers: str) -> tuple[int, str]:
        host = f"127.0.0.1:{self.ports[machine]}"
        connection = http.client.HTTPConnection(host, timeout=30)
        try:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()


@pytest.fixture
def machines(
    tmp_path, monkeypatch, postgresql_server, redis_server
) -> Iterator[Machines]:
    monkeypatch.setenv("CACHE_URL", redis_server.cache_url)
    monkeypatch.setenv("PROXY_COUNT", "1")
    monkeypatch.setenv("WEB_WORKERS", "1")
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    use_postgresql(first, postgresql_server.database_url)
    manage(first, "migrate", "--skip-checks", "-v", "0")
    collect_static(first)
    shutil.copytree(first, second)  # Both have the same secret key too.
    ports = free_port(), free_port()
    with ExitStack() as running:
        for var_dir, port in zip((first, second), ports, strict=True):
            running.enter_context(serve(var_dir, port))
        yield Machines(ports, first, postgresql_server)


def work(machines: Machines, what: str, target: int, user: int) -> None:
    """One save of a line, or one publish of a version, on the first machine."""
    process = run(machines.first, what, target, user, "a nurse", 1)
    assert process.stdout and process.stdout.readline() == "ready\n"
    result_of(process, "go\n")


def test_what_one_machine_does_the_other_knows(machines):
    made = result_of(run(machines.first, "prepare", "recovery"))
    draft, page, user = made["draft"], made["page"], made["user"]
    cookies = {"Cookie": "; ".join(f"{k}={v}" for k, v in made["cookies"].items())}
    path = "/stages/recovery/"
    time.sleep(1)
    old = [machines.get(machine, path) for machine in (0, 1)]
    work(machines, "save", draft, user)

    # A published version is on both within a second.
    work(machines, "publish", page, user)
    time.sleep(1)
    new = [machines.get(machine, path) for machine in (0, 1)]
    assert [status for status, _ in old + new] == [200] * 4
    assert old[0] == old[1] and new[0] == new[1]
    assert "Line 0 of a nurse." in new[0][1] and "Line 0 of a nurse." not in old[0][1]

    # Whoever is signed in is signed in on both.
    assert [machines.get(m, "/admin/", **cookies)[0] for m in (0, 1)] == [200, 200]

    # Both count the requests of one reader together.
    if (gone := time.time() % 60) > 40:
        time.sleep(60 - gone)  # Counts begin anew each minute; these requests must not.
    found = [machines.get(n % 2, "/v/ABCD2345/", **NEIGHBOUR)[0] for n in range(80)]
    assert (found.count(404), found.count(429)) == (60, 20)

    # The database stops and starts again: readers get pages, staff get an error.
    machines.database.stop()
    try:
        assert machines.get(0, path) == new[0]
        assert machines.get(1, "/admin/", **cookies)[0] == 503
    finally:
        machines.database.start()
    # A connection pool pauses between attempts to connect, longer each time.
    end = time.monotonic() + START_TIMEOUT
    while machines.get(1, "/admin/", **cookies)[0] != 200:
        assert time.monotonic() < end
        time.sleep(0.5)
    work(machines, "publish", page, user)
