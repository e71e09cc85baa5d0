"""Measurements with wrk; each ends by itself."""

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
    """Requests a second, and the 50th and 99th percentile in milliseconds."""

    per_second: float
    p50: float
    p99: float
    failures: int


@dataclass(frozen=True)
class Target:
    """A URL that is requested again and again."""

    name: str
    url: str
    headers: Mapping[str, str]


def need_wrk() -> None:
    if find_program("wrk") is None:
        sys.exit("wrk makes the load, and it is not installed (apt install wrk).")


def load(target: Target, seconds: int) -> Found:
    """Requests the target over keep-alive connections, without a pause."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s"]
    for name, value in target.headers.items():
        command += ["-H", f"{name}: {value}"]
    done = subprocess.run(
        [*command, "-s", str(FIGURES), target.url],
        capture_output=True, text=True, check=True, timeout=seconds + 30,
    )  # fmt: skip
    found = Found(**json.loads(done.stdout.splitlines()[-1]))
    # Errors are fast; they must not improve the result.
    assert found.failures == 0, f"{target.name}: {done.stdout}"
    return found


def interleaved(targets: Sequence[Target], seconds: int) -> dict[str, list[Found]]:
    """The results of each round: targets in turn, so a busy minute affects all."""
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
    """The median of the ratios of each round."""
    pairs = zip(rounds, others, strict=True)
    return statistics.median(getattr(a, what) / getattr(b, what) for a, b in pairs)
