"""Locks: one transaction writes content at a time, and one process migrates.

SQLite lets one transaction write at a time, and the functions of `wordings` rely on
that. PostgreSQL lets many, so there an advisory lock makes them wait (ADR 19).
"""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

# Keys of advisory locks. Never change them: workers of older versions use them too.
WRITING = 5_783_101
MIGRATING = 5_783_102


@contextmanager
def one_writer() -> Iterator[None]:
    """A transaction that never overlaps another `one_writer`, on any machine.

    It sees everything that earlier ones wrote. Enter it before any row is locked:
    otherwise two writers could deadlock.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITING])
        yield


@contextmanager
def one_migration(using: str, report: Callable[[str], object]) -> Iterator[None]:
    """Waits while another process or machine migrates this database, and reports it.

    The lock ends with the process that holds it, even if that process is killed.
    """
    waiting = "Another migration of this database is running. Waiting for it."
    if connections[using].vendor == "postgresql":
        # On a second connection: migrating may close the first one, or break it.
        lock_connection = connections.create_connection(using)
        try:
            with _advisory_lock(lock_connection, lambda: report(waiting)):
                yield
        finally:
            lock_connection.close()
    else:
        with settings.MIGRATE_LOCK.open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                report(waiting)
                fcntl.flock(file, fcntl.LOCK_EX)
            yield


@contextmanager
def _advisory_lock(
    lock_connection: BaseDatabaseWrapper, report_waiting: Callable[[], object]
) -> Iterator[None]:
    with lock_connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [MIGRATING])
        if not cursor.fetchone()[0]:
            report_waiting()
            cursor.execute("SET lock_timeout = 0")
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        try:
            yield
        finally:
            # The connection goes back to the pool, so its settings are reset.
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])
            cursor.execute("RESET lock_timeout")
            cursor.execute("RESET statement_timeout")
