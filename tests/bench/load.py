"""A load of requests that ends by itself, made by wrk, and what it found."""

import json
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.servers import find_program

CONNECTIONS = 8
ROUNDS = 5
WARM_UP_SECONDS = 2
AS_A_PHONE = {"Accept-Encoding": "br"}
FIGURES = Path(__file__).with_name("figures.lua")


@dataclass(frozen=True)
class Found:
    """Requests a second, and milliseconds until the middle and the slow ones end."""

    per_second: float
    p50: float
    p99: float
    failures: int


@dataclass(frozen=True)
class Target:
    """What is asked for, again and again."""

    name: str
    url: str
    headers: Mapping[str, str]


def need_wrk() -> None:
    if find_program("wrk") is None:
        sys.exit("wrk makes the load, and it is not installed (apt install wrk).")


def load(target: Target, seconds: int) -> Found:
    """Asks over connections that stay open, each again as soon as it is answered."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s"]
    for name, value in target.headers.items():
        command += ["-H", f"{name}: {value}"]
    done = subprocess.run(
        [*command, "-s", str(FIGURES), target.url],
        capture_output=True, text=True, check=True, timeout=seconds + 30,
    )  # fmt: skip
    found = Found(**json.loads(done.stdout.splitlines()[-1]))
    # A refusal is answered quickly; it must not count as speed.
    assert found.failures == 0, f"{target.name}: {done.stdout}"
    return found


def interleaved(targets: Sequence[Target], seconds: int) -> dict[str, list[Found]]:
    """What each round found: in turn, so that a busy minute hits all of them."""
    for target in targets:
        load(target, WARM_UP_SECONDS)
    rounds = [[load(target, seconds) for target in targets] for _ in range(ROUNDS)]
    return {
        target.name: [found[place] for found in rounds]
        for place, target in enumerate(targets)
    }


def middle(rounds: Sequence[Found], what: str) -> float:
    return statistics.median(getattr(found, what) for found in rounds)


def ratio(rounds: Sequence[Found], others: Sequence[Found], what: str) -> float:
    """The median of what each round says of the two, one beside the other."""
    pairs = zip(rounds, others, strict=True)
    return statistics.median(getattr(a, what) / getattr(b, what) for a, b in pairs)
