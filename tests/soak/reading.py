"""Patients who read every public page, one after another, without a pause.

Run as a program: `python -m tests.soak.reading PORT READERS SECONDS`. Prints as JSON
what was wrong, how long each answer took, and what was read of the page that is
published again and again.
"""

import http.client
import json
import random
import re
import sys
import threading
import time
from typing import Any

import brotli

from tests.addresses import ANSWERS, EVERY_PATH

# This page is published again and again; its text holds the number of the round.
WATCHED = "/stages/follow-up/"
ROUND = re.compile(rb"Round (\d+)\.")
ADDRESSES = [path + answers for path in EVERY_PATH for answers in ANSWERS[::3]]


class Reader(threading.Thread):
    """One patient, over a keep-alive connection."""

    def __init__(self, port: int, number: int, end: float) -> None:
        super().__init__()
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.addresses = random.Random(number).sample(ADDRESSES, len(ADDRESSES))
        self.end = end
        self.took: list[float] = []
        self.seen: list[tuple[float, int]] = []
        self.failed: list[str] = []

    def run(self) -> None:
        turn = 0
        while time.monotonic() < self.end:
            address = self.addresses[turn % len(self.addresses)]
            turn += 1
            begun = time.monotonic()
            try:
                body = self._ask(address)
            except (OSError, http.client.HTTPException, brotli.error) as fault:
                self.failed.append(f"{address}: {fault!r}")
                self.connection.close()
                continue
            self.took.append(time.monotonic() - begun)
            if address.startswith(WATCHED) and (found := ROUND.search(body)):
                self.seen.append((begun, int(found[1])))
        self.connection.close()

    def _ask(self, address: str) -> bytes:
        self.connection.request("GET", address, headers={"Accept-Encoding": "br"})
        response = self.connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise http.client.HTTPException(response.status)
        if address.startswith(WATCHED):
            return brotli.decompress(body)
        return body


def main(port: str, readers: str, seconds: str) -> None:
    end = time.monotonic() + float(seconds)
    reading = [Reader(int(port), number, end) for number in range(int(readers))]
    for reader in reading:
        reader.start()
    for reader in reading:
        reader.join()
    result: dict[str, Any] = {
        name: [one for reader in reading for one in getattr(reader, name)]
        for name in ("took", "seen", "failed")
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
