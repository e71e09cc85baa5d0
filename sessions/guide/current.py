"""The snapshot cache: everything that patients read now, held in memory.

While the database is available, this cache can be deleted without changing a response:
each request would read everything again. While the database is unavailable, readers get
the last snapshot.

Each worker process holds one entry, and there is no key. At most every
CONTENT_VERSION_MAX_AGE seconds a worker asks the database for the content version, with
one query. It reads the rest again only when the version has changed or a scheduled
wording is now due.

There are three caches. A request looks in the WSGI cache (`wsgi_cache`) first, then in
the page cache (`page_cache`), and last in this one. Both of the others compare the
version of their entries with this snapshot's.
"""

from __future__ import annotations

import logging
import threading
import time

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from sessions.guide.live import read_snapshot
from sessions.guide.snapshot import Snapshot
from sessions.models import ContentVersion

logger = logging.getLogger(__name__)


class _SnapshotCache:
    """The snapshot of this worker process.

    One thread refreshes it. Meanwhile the other threads use the old one.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.snapshot: Snapshot | None = None
        self.checked_at = 0.0

    def fresh(self) -> Snapshot | None:
        age = time.monotonic() - self.checked_at
        return self.snapshot if age < settings.CONTENT_VERSION_MAX_AGE else None

    def get(self) -> Snapshot:
        if fresh := self.fresh():
            return fresh
        snapshot = self.snapshot
        # Only a thread that has no old snapshot to use waits for the lock.
        if not self.lock.acquire(blocking=snapshot is None):
            return snapshot  # type: ignore[return-value]
        try:
            return self.refresh()
        finally:
            self.lock.release()

    def refresh(self) -> Snapshot:
        try:
            version = ContentVersion.objects.values_list("number", flat=True).get(pk=1)
            if not self.is_current(version):
                self.snapshot = read_snapshot(version)
        except DatabaseError:
            connection.close()
            if self.snapshot is None:
                raise
            logger.exception(
                "The database is unavailable; readers get the last snapshot."
            )
        self.checked_at = time.monotonic()
        assert self.snapshot is not None
        return self.snapshot

    def is_current(self, version: int) -> bool:
        snapshot = self.snapshot
        if snapshot is None or snapshot.version != version:
            return False
        now = timezone.now()
        # The clock was set back: a wording in the snapshot may not be due yet.
        if now < snapshot.read_at:
            return False
        return snapshot.valid_until is None or now < snapshot.valid_until

    def clear(self) -> None:
        self.snapshot = None
        self.checked_at = 0.0


_cache = _SnapshotCache()


def current_snapshot() -> Snapshot:
    """The snapshot that readers get now; at most one query while nothing changes."""
    return _cache.get()


def fresh_snapshot() -> Snapshot | None:
    """The cached snapshot; None where its version must be checked first."""
    return _cache.fresh()


def clear_snapshot_cache() -> None:
    """Empties this process's cache; the next request reads the database."""
    _cache.clear()


def words_to_translate(language: str) -> list[str]:
    """The strings from the database that the sheets of a language need translated."""
    snapshot = current_snapshot()
    translation = snapshot.translations.get(language, snapshot)
    pages = [*snapshot.pages.values(), *translation.pages.values()]
    return snapshot.own_words(pages)
