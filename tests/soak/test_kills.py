"""Processes of the site are killed while an editor saves: no save is lost."""

import http.client
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle
from pathlib import Path
from urllib.parse import urlencode

import pytest
from lxml import html

from tests.servers import START_TIMEOUT, free_port
from tests.sites import serve
from tests.soak.test_contended_saves import result_of, run


def children(pid: int) -> list[int]:
    """The worker processes of a gunicorn."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in found.split()]


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # It has just ended, because its master was killed.


class Readers:
    """A thread that requests public pages, and the statuses of the responses."""

    PAGES = ("/", "/stages/harvesting/", "/stages/harvesting/print/", "/search/?q=a")

    def __init__(self, port: int) -> None:
        self.port = port
        self.statuses: Counter[int] = Counter()
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self._read)

    def __enter__(self) -> "Readers":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_over.set()
        self.thread.join()

    def _read(self) -> None:
        for page in cycle(self.PAGES):
            if self.is_over.wait(0.02):
                return
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            try:
                connection.request("GET", page)
                response = connection.getresponse()
                response.read()
            except (OSError, http.client.HTTPException):
                continue  # No process listens, or the one that answered was killed.
            finally:
                connection.close()
            self.statuses[response.status] += 1


class Editor:
    """A signed-in user who saves a draft through its form, as a browser does."""

    def __init__(self, port: int, cookies: dict[str, str], draft: int) -> None:
        self.port = port
        self.cookies = dict(cookies)
        self.address = f"/admin/stemguide_sessions/wording/{draft}/change/"

    def read_form(self) -> dict[str, str]:
        """The present fields of the form; tries again while the site restarts."""
        end = time.monotonic() + START_TIMEOUT
        while time.monotonic() < end:
            try:
                status, page = self._ask("GET")
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
                continue
            assert status == 200, page[:500]
            form = html.document_fromstring(page).get_element_by_id("wording_form")
            return dict(form.form_values())
        pytest.fail("The site never came back.")

    def save(self, fields: dict[str, str]) -> bool:
        """Whether the site said that the text is saved."""
        try:
            status, page = self._ask("POST", {**fields, "_continue": "1"})
        except (OSError, http.client.HTTPException):
            return False
        assert status == 302, page[:500]
        return True

    def _ask(
        self, method: str, fields: dict[str, str] | None = None
    ) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            headers = {
                "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
                "Content-Type": "application/x-www-form-urlencoded",
            }
            body = urlencode(fields) if fields else None
            connection.request(method, self.address, body, headers)
            response = connection.getresponse()
            page = response.read().decode()
            for line in response.headers.get_all("Set-Cookie", []):
                name, _, rest = line.partition("=")
                self.cookies[name] = rest.partition(";")[0]
            return response.status, page
        finally:
            connection.close()


@contextmanager
def killed_soon(pid: int, chance: random.Random) -> Iterator[None]:
    """Kills the process at some moment, as a rule inside the block."""
    timer = threading.Timer(chance.uniform(0, 0.15), kill, [pid])
    timer.start()
    yield
    timer.join()


def assert_all_saves_are_there(
    draft: tuple[str, int], saved: list[str], tried: list[str]
) -> None:
    text, revision = draft
    stored = [line for line in text.split("\n") if line.startswith("Save ")]
    assert len(set(stored)) == len(stored)
    assert set(saved) <= set(stored) <= set(tried)
    assert revision == 1 + len(stored) >= 1 + len(saved)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc to find workers")
def test_no_save_that_was_acknowledged_is_lost_when_processes_are_killed(
    stressed, how_many
):
    made = result_of(run(stressed.var_dir, "prepare", "harvesting"))
    port = free_port()
    editor = Editor(port, made["cookies"], made["draft"])
    chance = random.Random(7)
    rounds = how_many(8, 200)
    saved, tried = list[str](), list[str]()
    killed = {"worker": 0, "master": 0}

    with ExitStack() as running:
        master = running.enter_context(serve(stressed.var_dir, port))
        readers = running.enter_context(Readers(port))
        for turn in range(rounds):
            line = f"Save {turn}."
            fields = editor.read_form()
            assert not saved or saved[-1] in fields["text"].splitlines()
            workers = children(master.pid)
            is_master = turn % 12 == 3 or not workers
            killed["master" if is_master else "worker"] += 1
            victim = master.pid if is_master else chance.choice(workers)
            tried.append(line)
            text = f"{fields['text'].strip()}\n{line}"
            with killed_soon(victim, chance):
                if editor.save({**fields, "text": text}):
                    saved.append(line)
            if is_master:
                master.wait()
                for worker in workers:
                    kill(worker)
                master = running.enter_context(serve(stressed.var_dir, port))

    assert_all_saves_are_there(stressed.draft(made["draft"]), saved, tried)
    assert killed["worker"] and killed["master"]
    # The other requests ended without a response.
    assert len(saved) > rounds // 4
    # This site has no home page (404). No response is a 5xx.
    assert set(readers.statuses) == {200, 404} and readers.statuses[200] >= len(tried)
    assert stressed.is_whole()
