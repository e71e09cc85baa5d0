"""Cost of a request, a start and a worker on sites with more areas and wordings."""

import shutil
import subprocess
import sys
import urllib.request
from contextlib import ExitStack
from pathlib import Path

from tests.addresses import ANSWERS
from tests.bench import load, processes
from tests.bench.report import head, row
from tests.conftest import ROOT

AREAS = (2, 10, 100, 1000)
WORDINGS = 10_000
STAGE = "/stages/recovery/?area=hand&cells=fat"


def grown(var_dir: Path, areas: int, wordings: int = WORDINGS) -> Path:
    """Copies the site in `var_dir`, and adds areas and wordings."""
    from tests.sites import environment_of

    folder = var_dir / f"areas-{areas}"
    leave = shutil.ignore_patterns("areas-*", "nginx")
    shutil.copytree(var_dir, folder, ignore=leave)
    subprocess.run(
        [sys.executable, "-m", "tests.bench.seed", str(areas), str(wordings)],
        cwd=ROOT, env=environment_of(folder), check=True,
    )  # fmt: skip
    return folder


def tag_of(url: str) -> str:
    request = urllib.request.Request(url, headers=dict(load.AS_A_PHONE))
    with urllib.request.urlopen(request, timeout=30) as response:
        return str(response.headers["ETag"])


def measure(var_dir: Path, seconds: int) -> None:
    """Prints a table of requests to all sites in turn, and one of memory and start."""
    folders = {areas: grown(var_dir, areas) for areas in AREAS}
    held: dict[int, str] = {}
    with ExitStack() as running:
        sites = {
            areas: running.enter_context(processes.site(folder))
            for areas, folder in folders.items()
        }
        measure_requests({areas: site[0] for areas, site in sites.items()}, seconds)
        for areas, (address, master) in sites.items():
            processes.read_every_page(address, ANSWERS[:2])
            held[areas] = processes.largest_worker(master)
    head(
        f"Start and memory with {WORDINGS:,} wordings",
        "Areas", "Cold start to the first page", "The largest worker, all pages read",
    )  # fmt: skip
    for areas, folder in folders.items():
        start = processes.seconds_to_first_page(folder, STAGE)
        row(f"{areas:,}", f"{start:.2f} s", held[areas])


def measure_requests(addresses: dict[int, str], seconds: int) -> None:
    head(
        f"With {WORDINGS:,} wordings: requests a second, "
        f"and what one costs beside {AREAS[0]} areas",
        "Areas", "A built page", "costs", "304", "costs",
        "Another's parameter", "costs",
    )  # fmt: skip
    targets = []
    for areas, address in addresses.items():
        url = f"{address}{STAGE}"
        again = {**load.AS_A_PHONE, "If-None-Match": tag_of(url)}
        unknown = f"{url}&utm_source=letter"
        targets.append(load.Target(f"page {areas}", url, load.AS_A_PHONE))
        targets.append(load.Target(f"304 {areas}", url, again))
        targets.append(load.Target(f"django {areas}", unknown, load.AS_A_PHONE))
    found = load.interleaved(targets, seconds)
    for areas in addresses:
        cells = [f"{areas:,}"]
        for kind in ("page", "304", "django"):
            rounds, least = found[f"{kind} {areas}"], found[f"{kind} {AREAS[0]}"]
            cells.append(f"{load.middle(rounds, 'per_second'):.0f}")
            cells.append(f"{load.ratio(least, rounds, 'per_second'):.2f} ×")
        row(*cells)
