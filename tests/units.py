"""Stands in for systemd: runs what the units of the web server in deploy/ say."""

import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser, SectionProxy
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT
from tests.production import KEY, RunningSite
from tests.proxies import DEPLOY
from tests.servers import START_TIMEOUT, free_port

# Socket activation: the socket is file descriptor 3, LISTEN_PID the process it is for.
WITH_THE_SOCKET = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[2], sys.argv[2:])
"""


def read_unit(name: str) -> ConfigParser:
    return read_unit_file(DEPLOY / name)


def read_unit_file(path: Path) -> ConfigParser:
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path)
    return parser


def read_settings(path: Path) -> dict[str, str]:
    """The settings in an EnvironmentFile, as systemd reads it."""
    lines = path.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and line[0] != "#")


def settings_of_example() -> dict[str, str]:
    lines = (DEPLOY / "stemguide.env.example").read_text().splitlines()
    given = [line for line in lines if line and not line.startswith("# ")]
    return dict(line.lstrip("# ").split("=", 1) for line in given)


def make_version_folder(var_dir: Path) -> Path:
    """A folder like that of a release: code, environment, and these static files."""
    version = var_dir.parent / "version"
    shutil.copytree(DEPLOY, version / "deploy")
    for name in ("content", "pyproject.toml", "sessions", "stemguide", "templates"):
        (version / name).symlink_to(ROOT / name)
    (version / ".venv").symlink_to(sys.prefix)
    (version / "var").symlink_to(var_dir)
    return version


@dataclass
class WebServer:
    """The process of stemguide.service, on the socket of stemguide.socket."""

    var_dir: Path
    unit: SectionProxy
    listening: socket.socket
    notifications: socket.socket
    master: subprocess.Popen[bytes]

    @property
    def port(self) -> int:
        return self.listening.getsockname()[1]

    @property
    def site(self) -> RunningSite:
        return RunningSite(self.var_dir, self.port, self.master)

    def wait_for_notification(self, word: str) -> None:
        """Until it sends this to NOTIFY_SOCKET, as a unit of Type=notify must."""
        self.notifications.settimeout(START_TIMEOUT)
        while word not in self.notifications.recv(4096).decode():
            pass

    def start(self) -> None:
        self.master = _start(self.var_dir, self.unit, self.listening)

    def reload(self) -> None:
        line = self.unit["ExecReload"].replace("$MAINPID", str(self.master.pid))
        subprocess.run(shlex.split(line), check=True)

    def stop(self) -> int:
        """Its exit status."""
        self.master.terminate()
        return self.master.wait(timeout=int(self.unit["TimeoutStopSec"]))

    def kill(self) -> None:
        """Kills the master, then the workers, as systemd does for a failed unit."""
        left = self.site.workers
        self.master.kill()
        self.master.wait(timeout=30)
        for worker in left:
            with suppress(ProcessLookupError):  # It may end by itself before this.
                os.kill(worker, signal.SIGKILL)


@contextmanager
def started(var_dir: Path) -> Iterator[WebServer]:
    """Runs the web server as its units say, with the settings of deploy/.

    It listens on a free port.
    """
    unit = read_unit("stemguide.service")["Service"]
    assert unit["EnvironmentFile"] == "/etc/stemguide/stemguide.env"
    assert unit["Type"] == "notify"
    address, _ = read_unit("stemguide.socket")["Socket"]["ListenStream"].split(":")
    with (
        socket.create_server((address, free_port()), backlog=4096) as listening,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notifications,
    ):
        notifications.bind(str(var_dir / "notify"))
        version = str(make_version_folder(var_dir))
        command = unit["ExecStart"]
        unit["ExecStart"] = command.replace("/srv/stemguide/current", version)
        master = _start(var_dir, unit, listening)
        server = WebServer(var_dir, unit, listening, notifications, master)
        try:
            yield server
        finally:
            if server.master.poll() is None:
                server.kill()


def _start(
    var_dir: Path, unit: SectionProxy, listening: socket.socket
) -> subprocess.Popen[bytes]:
    values = settings_of_example() | {"SECRET_KEY": KEY}
    for name, value in values.items():
        values[name] = value.replace("/var/lib/stemguide", str(var_dir))
    return launch(unit, values, listening, var_dir)


def launch(
    unit: SectionProxy, values: dict[str, str], listening: socket.socket, folder: Path
) -> subprocess.Popen[bytes]:
    """Starts the command of the unit. Its notifications go to `notify` in `folder`."""
    descriptor = listening.fileno()
    command = shlex.split(unit["ExecStart"])
    with (folder / "log").open("a") as log:
        return subprocess.Popen(
            [sys.executable, "-c", WITH_THE_SOCKET, str(descriptor), *command],
            cwd=unit.get("WorkingDirectory", "/"), stdout=log, stderr=log,
            umask=int(unit["UMask"], 8), pass_fds=[descriptor],
            env={
                "PATH": os.defpath, "LANG": "C.UTF-8",
                "NOTIFY_SOCKET": str(folder / "notify"), **values,
            },
        )  # fmt: skip
