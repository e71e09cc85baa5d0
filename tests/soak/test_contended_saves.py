"""Four processes write to one page at once: nothing is lost, no number used twice."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.sites import environment_of

PROCESSES = 4


def run(var_dir: Path, what: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.soak.contender", what]
    return subprocess.Popen(
        [*command, *map(str, arguments)],
        cwd=ROOT, env=environment_of(var_dir), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def result_of(process: subprocess.Popen[str], go: str = "") -> dict[str, Any]:
    said, complaint = process.communicate(go, timeout=500)
    assert process.returncode == 0, complaint
    return json.loads(said)


def contend(
    var_dir: Path, what: str, target: int, user: int, count: int
) -> list[dict[str, Any]]:
    """Starts all processes at the same moment; returns the results of each."""
    processes = [
        run(var_dir, what, target, user, f"process {number}", count)
        for number in range(PROCESSES)
    ]
    for process in processes:
        assert process.stdout and process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    return [result_of(process) for process in processes]


def test_every_save_is_kept_once(stressed, how_many):
    made = result_of(run(stressed.var_dir, "prepare", "recovery"))
    each_saves = how_many(10, 150)

    done = contend(stressed.var_dir, "save", made["draft"], made["user"], each_saves)

    text, revision = stressed.draft(made["draft"])
    stored = [line for line in text.split("\n") if line.startswith("Line ")]
    saved = [line for each in done for line in each["lines"]]
    assert sorted(stored) == sorted(saved)
    assert len(set(stored)) == len(stored) == PROCESSES * each_saves
    assert revision == 1 + len(saved)
    fewest = how_many(0, 1)  # With few saves there may be no conflict.
    assert sum(each["conflicts"] for each in done) >= fewest
    assert stressed.is_whole()


def test_no_number_is_used_twice_and_none_is_left_out(stressed, how_many):
    made = result_of(run(stressed.var_dir, "prepare", "injection"))
    each_publishes = how_many(4, 50)

    done = contend(
        stressed.var_dir, "publish", made["page"], made["user"], each_publishes
    )

    published = sorted(number for each in done for number in each["numbers"])
    numbers = stressed.numbers(made["page"])
    assert numbers == list(range(1, len(numbers) + 1))
    # Version 1 was there before. The last draft may be left unpublished.
    assert published == numbers[1 : len(published) + 1]
    assert len(published) == PROCESSES * each_publishes
    assert stressed.is_whole()
