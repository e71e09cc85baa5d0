"""A real site under production settings, for tests that send what a proxy would."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.copies import put_copy
from tests.servers import START_TIMEOUT, IncompleteResponse, free_port

HOST = "guide.example"
KEY = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP"
# Root ignores file permissions. Without these capabilities a server of root obeys them.
BOUND_BY_PERMISSIONS = (
    ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
    if os.geteuid() == 0
    else []
)
TLS = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}


def production_environment(var_dir: Path, **changed: str) -> dict[str, str]:
    """Valid settings for a site with its files in `var_dir`; `changed` goes first."""
    return {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "stemguide.settings.production",
        "SECRET_KEY": KEY,
        "ALLOWED_HOSTS": HOST,
        "PUBLIC_URL": f"https://{HOST}",
        "PROXY_COUNT": "1",
        "STEMGUIDE_VAR_DIR": str(var_dir),
        **changed,
    }


def manage(var_dir: Path, *command: str, **changed: str) -> str:
    """What a management command of the production site prints."""
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT, env=production_environment(var_dir, **changed), capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def cookies(self) -> list[str]:
        return self.headers.get_all("Set-Cookie", [])


@dataclass(frozen=True)
class RunningSite:
    """A site with its files in `var_dir`, its port and its master process."""

    var_dir: Path
    port: int
    master: subprocess.Popen[bytes]

    @property
    def database(self) -> Path:
        return self.var_dir / "stemguide.sqlite3"

    @property
    def workers(self) -> list[int]:
        pid = self.master.pid
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [int(child) for child in found.split()]

    def ask(
        self,
        address: str,
        method: str = "GET",
        body: bytes | str | None = None,
        timeout: float = 30,
        **headers: str,
    ) -> Answer:
        """The response to a request that came through the proxy over TLS."""
        sent = {**TLS, **{k.replace("_", "-"): v for k, v in headers.items()}}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, address, body, sent)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        except http.client.HTTPException as error:
            raise IncompleteResponse(repr(error)) from error
        finally:
            connection.close()

    def wait_for(
        self, address: str, status: int, seconds: float = START_TIMEOUT
    ) -> Answer:
        """The response, as soon as one has that status."""
        answer: Answer | None = None
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                answer = self.ask(address)
            except OSError:
                answer = None
            if answer is not None and answer.status == status:
                return answer
            time.sleep(0.1)
        said = f"{answer.status}: {answer.text[:300]}" if answer else "nothing"
        pytest.fail(f"{address} never answered {status}. Last: {said}")


@contextmanager
def running_site(var_dir: Path, **changed: str) -> Iterator[RunningSite]:
    """Serves the site in `var_dir`; its processes end after the block."""
    port = free_port()
    environment = production_environment(var_dir, PORT=str(port), **changed)
    with (var_dir.parent / "log").open("a") as log:
        master = subprocess.Popen(
            [
                *BOUND_BY_PERMISSIONS, sys.executable, "-m", "gunicorn", "--config",
                "stemguide/gunicorn_conf.py", "--no-control-socket", "stemguide.wsgi",
            ],
            cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        site = RunningSite(var_dir, port, master)
        try:
            site.wait_for("/healthz", 200)
            yield site
        finally:
            master.terminate()
            master.wait(timeout=30)


def set_up(var_dir: Path, **changed: str) -> None:
    """Creates the site's database and static files, and loads the real content."""
    if changed:
        _make_site(var_dir, **changed)
    else:
        put_copy(_make_site, var_dir)


def _make_site(var_dir: Path, **changed: str) -> None:
    manage(var_dir, "migrate", "--skip-checks", "-v", "0", **changed)
    manage(var_dir, "load_content", **changed)
    manage(var_dir, "collectstatic", "--noinput", "-v", "0", **changed)
