"""Fifty readers on every public page while two editors save without a pause."""

import json
import os
import statistics
import subprocess
import sys
import threading

import pytest

from tests.conftest import ROOT
from tests.servers import free_port
from tests.sites import AS_SHIPPED, environment_of, serve, set_up
from tests.soak.contender import PAUSE
from tests.soak.test_contended_saves import result_of, run
from tests.soak.test_kills import Editor

PROCESSES = 2
AT_MOST_STALE = 1.0
WARM_UP = 12


class Writing(threading.Thread):
    """An editor who saves a draft through its form, one save after another."""

    def __init__(self, port: int, made: dict) -> None:
        super().__init__()
        self.editor = Editor(port, made["cookies"], made["draft"])
        self.is_over = threading.Event()
        self.saved: list[str] = []
        self.refused: list[str] = []

    def run(self) -> None:
        while not self.is_over.is_set():
            line = f"Save {len(self.saved)}."
            try:
                fields = self.editor.read_form()
                text = f"{fields['text'].strip()}\n{line}"
                if not self.editor.save({**fields, "text": text}):
                    raise AssertionError("no answer")
            except BaseException as fault:
                self.refused.append(f"{line} {fault}")
                return
            self.saved.append(line)


def start_reading(var_dir, port: int, readers: int, seconds: float):
    return subprocess.Popen(
        [
            sys.executable, "-m", "tests.soak.reading",
            str(port), str(readers // PROCESSES), str(seconds),
        ],
        cwd=ROOT, env=environment_of(var_dir), text=True, stdout=subprocess.PIPE,
    )  # fmt: skip


def stale(seen: list, published: list) -> list[str]:
    """Responses with an older round than was published a second before the request."""
    found = []
    for begun, turn in seen:
        due = [n for moment, n in published if moment + AT_MOST_STALE < begun]
        if due and turn < max(due):
            found.append(f"round {turn} when {max(due)} was due")
    return found


@pytest.fixture(scope="module")
def whole_site(tmp_path_factory):
    """A site with the real content."""
    var_dir = tmp_path_factory.mktemp("var")
    set_up(var_dir)
    return var_dir


def assert_no_reader_waited(read: list, load: float) -> None:
    took = [t for one in read for t in one["took"]]
    p95 = statistics.quantiles(took, n=20)[-1]
    print(
        f"\nload before: {load:.2f}; {len(took)} pages read, p95 {p95:.2f} s, "
        f"slowest {max(took):.2f} s"
    )
    assert [fault for one in read for fault in one["failed"]] == []
    assert p95 < 1


def assert_no_save_was_lost(writing: list[Writing], stored: list[list[str]]) -> None:
    print(f"{sum(len(one.saved) for one in writing)} saves")
    assert [fault for one in writing for fault in one.refused] == []
    for one, lines in zip(writing, stored, strict=True):
        assert one.saved and set(one.saved) <= set(lines)


@pytest.mark.exhaustive
def test_readers_and_editors_do_not_stop_each_other(whole_site):
    readers, seconds = 50, 30
    made = [
        result_of(run(whole_site, "prepare", kind))
        for kind in ("monitoring", "recovery", "follow-up")
    ]
    port = free_port()
    load = os.getloadavg()[0]
    with serve(whole_site, port, **AS_SHIPPED):
        start_reading(whole_site, port, readers, WARM_UP).communicate()
        writing = [Writing(port, one) for one in made[:2]]
        publishing = run(
            whole_site, "publish_rounds", made[2]["page"], made[2]["user"],
            "publisher", int(seconds / PAUSE) - 1,
        )  # fmt: skip
        assert publishing.stdout and publishing.stdout.readline() == "ready\n"
        reading = [
            start_reading(whole_site, port, readers, seconds) for _ in range(PROCESSES)
        ]
        for one in writing:
            one.start()
        published = result_of(publishing, "go\n")["done"]
        read = [json.loads(one.communicate(timeout=seconds + 60)[0]) for one in reading]
        for one in writing:
            one.is_over.set()
            one.join()
        stored = [one.editor.read_form()["text"].splitlines() for one in writing]

    assert_no_reader_waited(read, load)
    assert_no_save_was_lost(writing, stored)
    seen = [s for one in read for s in one["seen"]]
    print(f"{len(published)} published, read {len(seen)} times")
    assert len(seen) > len(published) and stale(seen, published) == []
