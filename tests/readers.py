"""Readers who send requests through a reverse proxy while a test changes the site."""

import threading
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from itertools import count


class Readers:
    """Four threads that request one address after another, while the block runs.

    `statuses` counts what they were answered: HTTP statuses, and the names of
    exceptions where no whole response came. `faults` are (address, status) of each
    exception and each status from 500 on.
    """

    def __init__(self, site, addresses, pause=0.0):
        self.site = site
        self.addresses = addresses
        self.pause = pause
        self.statuses = Counter()
        self.faults = []
        self._turns = count()
        self._is_over = threading.Event()
        self._may_ask = threading.Event()
        self._may_ask.set()
        self._one_request = [threading.Lock() for _ in range(4)]
        self._threads = [
            threading.Thread(target=self._read, args=[lock])
            for lock in self._one_request
        ]

    def _read(self, one_request):
        while not self._is_over.is_set():
            time.sleep(self.pause)
            self._may_ask.wait()
            addresses = self.addresses
            with one_request:
                self._ask(addresses[next(self._turns) % len(addresses)])

    def _ask(self, address):
        try:
            response, body = self.site.ask(address)
            status = response.status
            self.has_read(body)
        except OSError as fault:
            status = type(fault).__name__
        self.statuses[status] += 1
        if not isinstance(status, int) or status >= 500:
            self.faults.append((address, status))

    def has_read(self, body):
        """Is called with the body of each response."""

    @contextmanager
    def between_requests(self):
        """No request is under way in the block.

        A process that is killed inside never leaves half a response behind, which no
        proxy could mend: its first half has reached the reader.
        """
        self._may_ask.clear()
        try:
            with ExitStack() as held:
                for lock in self._one_request:
                    held.enter_context(lock)
                yield
        finally:
            self._may_ask.set()

    def wait_for_more(self, number, timeout):
        """Returns when `number` more requests were answered."""
        wanted, end = self.statuses.total() + number, time.monotonic() + timeout
        while self.statuses.total() < wanted:
            assert time.monotonic() < end, "The readers get no more answers."
            time.sleep(0.1)

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._is_over.set()
        for thread in self._threads:
            thread.join()
