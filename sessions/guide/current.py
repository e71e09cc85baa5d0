"""The snapshot cache: everything that patients read now, held in memory.

All of it can be deleted without changing an answer, for as long as the database
answers: each request would read it anew. While it is away, readers get the last
snapshot.

There is one entry for each worker, and no key. At most every CONTENT_VERSION_MAX_AGE
seconds a worker asks the database for the content version, with one query. It reads
the rest again only when the version was raised or a time of publishing has come.

Of the three caches this one is asked last: the WSGI cache (`wsgi_cache`) answers first,
then the page cache (`page_cache`). Both ask this one which version counts.
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
    """This worker's snapshot. One thread refreshes it; the others go on reading."""

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
        # Without a snapshot a thread waits for the lock; with one it goes on at once.
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
            logger.exception("The database is away; readers get the last good copy.")
        self.checked_at = time.monotonic()
        assert self.snapshot is not None
        return self.snapshot

    def is_current(self, version: int) -> bool:
        snapshot = self.snapshot
        if snapshot is None or snapshot.version != version:
            return False
        now = timezone.now()
        # The clock was set back: what had come by it has yet to come again.
        if now < snapshot.read_at:
            return False
        return snapshot.valid_until is None or now < snapshot.valid_until

    def forget(self) -> None:
        self.snapshot = None
        self.checked_at = 0.0


_cache = _SnapshotCache()


def current_snapshot() -> Snapshot:
    """The snapshot readers get now; at most one query while nothing changes."""
    return _cache.get()


def fresh_snapshot() -> Snapshot | None:
    """The snapshot readers get now; None where the database must be asked first."""
    return _cache.fresh()


def forget_snapshot() -> None:
    """Drops this process's snapshot, so that the next reader reads all anew."""
    _cache.forget()


def words_to_translate(language: str) -> list[str]:
    """What the database adds to the words of sheets in a language, now or soon."""
    snapshot = current_snapshot()
    translation = snapshot.translations.get(language, snapshot)
    pages = [*snapshot.pages.values(), *translation.pages.values()]
    return snapshot.own_words(pages)
