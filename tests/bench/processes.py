"""A running gunicorn: the time of its start, and its memory."""

import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

from tests.addresses import ANSWERS, EVERY_PATH
from tests.conftest import ROOT
from tests.servers import free_port

STARTS = 5
SITE = ("stemguide/gunicorn_conf.py", "stemguide.wsgi")


@contextmanager
def gunicorn(
    config: str, application: str, environment: Mapping[str, str], first: str
) -> Iterator[int]:
    """Gives the pid of its master, when `first` answers. It ends after the block."""
    log = Path(environment["STEMGUIDE_VAR_DIR"]) / "bench.log"
    command = [sys.executable, "-m", "gunicorn", "--config", config]
    with log.open("a") as output:
        master = subprocess.Popen(
            [*command, "--no-control-socket", application],
            cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            wait_for(first)
            yield master.pid
        finally:
            master.terminate()
            master.wait(timeout=30)


@contextmanager
def site(var_dir: Path, page: str = "/healthz") -> Iterator[tuple[str, int]]:
    """The address of the served site in `var_dir`, and the pid of its master."""
    from tests.sites import AS_SHIPPED, environment_of

    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = environment_of(var_dir, port) | AS_SHIPPED
    with gunicorn(*SITE, environment, f"{address}{page}") as master:
        yield address, master


def wait_for(url: str) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            return get(url)
        except urllib.error.HTTPError:
            raise  # It answers, but not with a page.
        except (OSError, HTTPException):
            assert time.monotonic() < end, f"{url} never answered."
            time.sleep(0.01)


def get(url: str) -> None:
    request = urllib.request.Request(url, headers={"Accept-Encoding": "br"})
    with urllib.request.urlopen(request, timeout=30) as response:
        response.read()


def read_every_page(address: str, answers: Sequence[str] = ANSWERS) -> None:
    """Requests each page four times, so that nearly all are in each worker's cache."""
    for path in EVERY_PATH:
        for one in answers:
            for _ in range(4):
                get(f"{address}{path}{one}")


def memory(pid: int) -> tuple[float, float]:
    """The RSS and the PSS of a process in MB; PSS divides shared memory."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().split("\n")
    kilobytes = {
        line.partition(":")[0]: int(line.split()[1]) for line in lines if "kB" in line
    }
    return kilobytes["Rss"] / 1024, kilobytes["Pss"] / 1024


def largest_worker(master: int) -> str:
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    rss, pss = max(memory(int(child)) for child in children)
    return f"RSS {rss:.0f} MB, PSS {pss:.0f} MB"


def seconds_to_first_page(var_dir: Path, page: str) -> float:
    """The median time from the start of gunicorn to its first response."""
    found = []
    for _ in range(STARTS):
        begun = time.monotonic()
        with site(var_dir, page):
            found.append(time.monotonic() - begun)
    return statistics.median(found)
