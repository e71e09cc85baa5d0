"""A real site while PostgreSQL is read-only, unreadable or stopped."""

from contextlib import contextmanager

import psycopg
import pytest

from tests.integration.running.test_faults import (
    PERSON,
    Editor,
    Faulty,
    restart_the_worker,
)
from tests.production import manage, running_site, set_up
from tests.servers import create_database

pytestmark = pytest.mark.exhaustive
QUERY = "SELECT text FROM stemguide_sessions_wording WHERE id = %s"


class OnPostgresql(Faulty):
    """A running site with one worker process, its editor and its database."""

    def __init__(self, site, draft: int, server_url: str, url: str) -> None:
        super().__init__(site, draft)
        self.server_url, self.url = server_url, url

    def stored(self) -> str:
        with psycopg.connect(self.url) as connection:
            return connection.execute(QUERY, [self.draft]).fetchone()[0]

    @contextmanager
    def altered(self, fault: str, remedy: str):
        """Alters the database and ends all connections: new ones are affected."""
        name = self.url.rpartition("/")[2]
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} {fault}".encode())
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = %s",
                [name],
            )
            try:
                yield
            finally:
                connection.execute(f"ALTER DATABASE {name} {remedy}".encode())


@pytest.fixture(scope="module")
def made(tmp_path_factory, postgresql_server):
    """(folder, database URL, primary key of a draft) of a site."""
    var_dir = tmp_path_factory.mktemp("faults") / "var"
    var_dir.mkdir(mode=0o700)
    url = create_database(postgresql_server.database_url)
    set_up(var_dir, DATABASE_URL=url)
    made = manage(var_dir, "shell", "-v", "0", "-c", PERSON, DATABASE_URL=url)
    return var_dir, url, int(made)


@pytest.fixture
def running(made, postgresql_server):
    var_dir, url, draft = made
    with running_site(var_dir, DATABASE_URL=url, WEB_WORKERS="1") as site:
        yield OnPostgresql(site, draft, postgresql_server.database_url, url)


def statuses(editor: Editor, when: str, count: int = 4) -> list[int]:
    return [editor.save(f"Saved {when} {n}.").status for n in range(count)]


def test_read_only_database_stops_no_reader_and_staff_are_told(running):
    site, editor = running.site, running.editor
    assert editor.save("Saved before.").status == 302

    with running.altered(
        "SET default_transaction_read_only = on",
        "RESET default_transaction_read_only",
    ):
        refused = editor.save("Never saved.")
        served = running.readers_are_served()
        restart_the_worker(site)
        cold = running.pages() == running.before
        ready, alive = site.ask("/readyz").status, site.ask("/healthz").status
    saved = statuses(editor, "after")

    assert refused.status == 503
    assert "This was not saved" in refused.text
    assert "can be read but not written" in refused.text
    assert served and cold and (ready, alive) == (200, 200)
    # One request may fail: it finds that the old connections are read-only.
    assert saved.count(302) >= 3 and saved[-1] == 302
    stored = running.stored()
    assert "Saved before." in stored and "Never saved." not in stored
    for number, status in enumerate(saved):
        assert (f"Saved after {number}." in stored) is (status == 302)


def test_database_that_lets_nobody_in_loses_nothing(running):
    site, editor = running.site, running.editor
    assert editor.save("Saved before.").status == 302

    with running.altered("ALLOW_CONNECTIONS false", "ALLOW_CONNECTIONS true"):
        refused = editor.save("Never saved.")
        served = running.readers_are_served()
        restart_the_worker(site)
        cold = site.ask("/risks/")
        ready, alive = site.ask("/readyz"), site.ask("/healthz")
    site.wait_for("/readyz", 200)
    saved = statuses(editor, "after")

    assert refused.status == 503 and "This was not saved" in refused.text
    assert "database does not answer" in refused.text
    assert served
    assert cold.status == 503 and "call 911 (US), 999 (UK) or 112 (EU)" in cold.text
    assert (ready.status, ready.body) == (503, b"database: away\n")
    assert alive.status == 200
    assert set(saved) == {302} and running.pages() == running.before
    assert "Saved before." in running.stored()
    assert "Never saved." not in running.stored()


def test_server_that_is_stopped_and_comes_back_loses_nothing(
    running, postgresql_server
):
    site, editor = running.site, running.editor
    assert editor.save("Saved before.").status == 302

    postgresql_server.stop()
    try:
        served = running.readers_are_served()
        refused = editor.save("Never saved.")
        ready, alive = site.ask("/readyz").status, site.ask("/healthz").status
    finally:
        postgresql_server.start()
    site.wait_for("/readyz", 200)
    saved = statuses(editor, "after")

    assert served and (ready, alive) == (503, 200)
    assert refused.status == 503 and "This was not saved" in refused.text
    assert set(saved) == {302}
    assert "Saved before." in running.stored()
    assert "Never saved." not in running.stored()


def test_lock_that_somebody_holds_stops_no_reader_and_staff_are_told(running):
    site, editor = running.site, running.editor
    with psycopg.connect(running.url) as blocker:
        blocker.execute("LOCK TABLE stemguide_sessions_wording IN SHARE MODE")

        refused = editor.save("Never saved.")
        served = running.readers_are_served()
        ready = site.ask("/readyz").status
        blocker.rollback()
    saved = statuses(editor, "after")

    assert refused.status == 503
    assert "kept the database busy" in refused.text
    assert served and ready == 200
    assert set(saved) == {302} and "Never saved." not in running.stored()
