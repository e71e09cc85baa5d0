"""What a search costs: processor time of a query, and of building the indexes."""

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml
from django.http import QueryDict
from django.test import RequestFactory

from sessions.guide.current import current_snapshot
from sessions.guide.reading import read_answers
from sessions.guide.search.engine import Engine, PlaceIndex, places_of
from sessions.guide.search.found import search
from sessions.guide.views import pages
from tests.bench.report import head, row

QUERIES = Path(__file__).parents[1] / "content" / "search_questions.yaml"
BUILDS = 5


def queries() -> list[str]:
    """What people type: the questions of the tests, and every common question."""
    typed = [one["ask"] for one in yaml.safe_load(QUERIES.read_text())["questions"]]
    return [*typed, *(question.ask for question in current_snapshot().questions)]


def measure(var_dir: Path, seconds: int) -> None:
    """Prints a table. The database is the one in `var_dir`, which settings name."""
    snapshot = current_snapshot()
    reading = read_answers(QueryDict(), snapshot)
    search(reading, "pain")  # builds what is kept
    requests = RequestFactory()
    texts, counts = queries(), (len(snapshot.pages), len(snapshot.questions))
    head("Search", "What, of processor time", "Median", "95 of 100 within")
    for name, act in (
        ("A query", lambda text: search(reading, text)),
        ("Its whole page", lambda text: pages.search(requests.get("/", {"q": text}))),
    ):
        times = list(_times(act, texts, seconds))
        within = statistics.quantiles(times, n=20)[-1]
        row(name, f"{statistics.median(times):.2f} ms", f"{within:.2f} ms")
    engines = list(_times(lambda _: Engine(snapshot), [""] * BUILDS, 0))
    row("Building for a version", f"{statistics.median(engines):.0f} ms", "")
    lexicon = Engine(snapshot).lexicon

    def build(_: str) -> object:
        return PlaceIndex(places_of(snapshot, reading.answers), lexicon)

    indexes = list(_times(build, [""] * BUILDS, 0))
    row("Building for other answers", f"{statistics.median(indexes):.0f} ms", "")
    print("\n{} pages, {} common questions.".format(*counts))


def _times(
    act: Callable[[str], object], texts: list[str], seconds: float
) -> Iterator[float]:
    """Milliseconds of processor time of each act: each text once, then again."""
    end = time.monotonic() + seconds
    is_first = True
    while is_first or time.monotonic() < end:
        is_first = False
        for text in texts:
            before = time.process_time()
            act(text)
            yield (time.process_time() - before) * 1000
