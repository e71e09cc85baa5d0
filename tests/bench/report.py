"""Prints results: the machine, and tables in the format of BENCHMARKS.md."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path


def print_machine() -> None:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().split("\n")
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    versions = f"django {version('django')}, gunicorn {version('gunicorn')}"
    print(f"{os.cpu_count()} × {model}, Python {platform.python_version()}, {versions}")


def head(title: str, *columns: str) -> None:
    """Prints the head of a table, with the load average before the measurement."""
    print(f"\n### {title}\n")
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; "
        f"load of the machine before: {os.getloadavg()[0]:.2f}\n"
    )
    print(f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|", flush=True)


def row(*cells: str) -> None:
    print(f"| {' | '.join(cells)} |", flush=True)
