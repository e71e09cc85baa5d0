"""Speed of PDFs, and of pages while a batch of PDFs is drawn."""

import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tests.bench.report import head, row

WARM_UP_SECONDS = 3
ROUNDS = 20
SHEETS = 100


@dataclass(frozen=True)
class Made:
    """Time and memory for one PDF."""

    seconds: float
    pages: int
    megabytes: float


def make(sheets: Sequence[str], copies: int = 1) -> Made:
    from sessions.pdf import client as pdf

    begun = time.monotonic()
    peak, pages = 0, 0
    for said in pdf.make_pdf(sheets, copies=copies):
        peak = max(peak, peak_memory())
        if isinstance(said, pdf.PrintJob):
            pages = sum(said.pages) * copies
    return Made(time.monotonic() - begun, pages, peak / 1024)


def peak_memory() -> int:
    """The peak memory of the worker process, in kilobytes."""
    children = [
        Path("/proc") / pid
        for task in Path("/proc/self/task").glob("*/children")
        for pid in task.read_text().split()
    ]
    peaks = [
        int(line.split()[1])
        for child in children
        if b"sessions.pdf.worker" in (child / "cmdline").read_bytes()
        for line in (child / "status").read_text().split("\n")
        if line.startswith("VmHWM")
    ]
    return max(peaks, default=0)


def measure(var_dir: Path, seconds: int) -> None:
    """Serves the site in `var_dir`; draws PDFs, without and with readers."""
    from sessions.pdf.client import pdf_fault, stop_workers
    from tests.bench.sheets import two_page_sheets
    from tests.servers import free_port
    from tests.sites import AS_SHIPPED, serve

    if fault := pdf_fault():
        sys.exit(fault)
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    head(f"PDF (weasyprint {version('weasyprint')})", "What", "Found")
    with serve(var_dir, port, **AS_SHIPPED):
        measure_checklist(site)
        sheets = [one.html for one in two_page_sheets(site, SHEETS)]
        measure_batches(site, sheets)
        measure_readers(port, sheets, seconds)
    stop_workers()


def measure_checklist(site: str) -> None:
    from tests.bench.sheets import cut, sheet

    whole = sheet(site, "checklist").html
    for name, html in (
        ("The checklist as it is", whole),
        ("The checklist, cut to two pages", cut(whole, pages=2)),
    ):
        rounds = [make([html]) for _ in range(ROUNDS)]
        middle = statistics.median(made.seconds for made in rounds)
        row(f"{name}: {rounds[0].pages} pages, median of {ROUNDS}", f"{middle:.2f} s")


def measure_batches(site: str, sheets: list[str]) -> None:
    from sessions.pdf import client as pdf
    from tests.bench.sheets import sheet

    shortest = [sheet(site, "diary").html] * SHEETS
    for name, batch, copies, is_warm in (
        (f"{SHEETS} different sheets, cut to two pages each", sheets, 1, False),
        ("The same again, drawn by the same process", sheets, 1, True),
        (f"{SHEETS} copies of one of them", sheets[:1], SHEETS, False),
        (f"The shortest real sheet, drawn anew {SHEETS} times", shortest, 1, False),
    ):
        if not is_warm:
            pdf.stop_workers()
        made = make(batch, copies)
        found = f"{made.seconds:.1f} s, {made.megabytes:.0f} MB"
        row(f"{name}: {made.pages} pages", found)


def measure_readers(port: int, sheets: list[str], quiet: int) -> None:
    from tests.bench.readers import reading

    with reading(port):
        time.sleep(WARM_UP_SECONDS)
    with reading(port) as alone:
        time.sleep(quiet)
    with reading(port) as beside:
        batch = make(sheets)
    with reading(port) as after:
        time.sleep(quiet)
    assert alone.read and beside.read and after.read
    undisturbed = (alone.read.per_second + after.read.per_second) / 2
    row(f"Readers alone, for {alone.read.seconds:.0f} s before", str(alone.read))
    row("Readers while the first batch is drawn again", str(beside.read))
    row(f"Readers alone, for {after.read.seconds:.0f} s after", str(after.read))
    row("Readers keep", f"{beside.read.per_second / undisturbed:.0%}")
    row("The batch takes meanwhile", f"{batch.seconds:.0f} s")
