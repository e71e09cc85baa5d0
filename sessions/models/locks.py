"""Who must wait for whom: one writer at a time, one migration at a time.

SQLite lets one transaction write at a time, and the acts of `wordings` rely on that.
PostgreSQL lets many; an advisory lock makes them stand in line there too (ADR 19).
"""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

# Any numbers will do, as long as they never change: an old worker must know them too.
WRITING = 5_783_101
MIGRATING = 5_783_102


@contextmanager
def one_writer() -> Iterator[None]:
    """A transaction that no other one of these overlaps, on any machine.

    It sees all that those before it wrote. Begin with it, before any row is locked, and
    two writers cannot each wait for the other.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITING])
        yield


@contextmanager
def one_migration(using: str, say: Callable[[str], object]) -> Iterator[None]:
    """Waits, and says so, while another machine or process migrates this database.

    The lock goes with its holder: a migration that is killed keeps nobody waiting.
    """
    waiting = "Another migration of this database is running. Waiting for it."
    if connections[using].vendor == "postgresql":
        # A connection of its own: what migrates may close its own, or fail on it.
        own = connections.create_connection(using)
        try:
            with _advisory_lock(own, lambda: say(waiting)):
                yield
        finally:
            own.close()
    else:
        with settings.MIGRATE_LOCK.open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say(waiting)
                fcntl.flock(file, fcntl.LOCK_EX)
            yield


@contextmanager
def _advisory_lock(
    own: BaseDatabaseWrapper, say_waiting: Callable[[], object]
) -> Iterator[None]:
    with own.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [MIGRATING])
        if not cursor.fetchone()[0]:
            say_waiting()
            cursor.execute("SET lock_timeout = 0")
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        try:
            yield
        finally:
            # The connection goes back to the pool, and must be as it came.
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])
            cursor.execute("RESET lock_timeout")
            cursor.execute("RESET statement_timeout")
