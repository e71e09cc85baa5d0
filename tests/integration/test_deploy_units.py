"""Units, script and settings of deploy/; the web server as its unit starts it."""

import os
import re
import shlex
import socket
import subprocess
import sys
import time
from configparser import ConfigParser, SectionProxy
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from stemguide import env
from tests.browser.conftest import free_port
from tests.conftest import ROOT, need_program
from tests.production import KEY, RunningSite
from tests.proxies import DEPLOY, checked


def test_systemd_takes_the_units(tmp_path):
    need_program("systemd-analyze")
    units = [p for p in DEPLOY.iterdir() if p.suffix in (".service", ".timer")]
    assert len(units) == 5
    for unit in units:
        text = unit.read_text().replace("/srv/stemguide", str(ROOT))
        (tmp_path / unit.name).write_text(text)

    files = [str(tmp_path / unit.name) for unit in units]
    code, words = checked("systemd-analyze", "verify", "--man=no", *files)

    ours = [line for line in words.splitlines() if "stemguide" in line]
    assert (code, ours) == (0, [])


def test_units_name_commands_that_exist():
    for unit in DEPLOY.glob("*.service"):
        for command in re.findall(r"manage\.py (\w+)", unit.read_text()):
            path = f"sessions/management/commands/{command}.py"
            assert (ROOT / path).is_file(), command


def test_a_shell_takes_the_script():
    assert checked("sh", "-n", str(DEPLOY / "stemguide-manage")) == (0, "")


def start(values):
    command = [sys.executable, "-c", "import django; django.setup(); print('started')"]
    environment = {"PATH": os.environ["PATH"], **values}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def settings_of_example():
    lines = (DEPLOY / "stemguide.env.example").read_text().splitlines()
    given = [line for line in lines if line and not line.startswith("# ")]
    return dict(line.lstrip("# ").split("=", 1) for line in given)


def test_example_settings_are_known_and_do_not_start_before_a_key_is_made(tmp_path):
    values = settings_of_example()
    named = set(values) - {"DJANGO_SETTINGS_MODULE"}
    assert named <= set(env.env.dump())
    # The folder of a real machine is not on this one.
    values["STEMGUIDE_VAR_DIR"] = str(tmp_path)

    done = start(values)
    assert done.returncode != 0 and "  SECRET_KEY:" in done.stderr
    assert start(values | {"SECRET_KEY": KEY}).stdout == "started\n"


# --- what the unit of the web server runs ---


def here(text):
    """A line of the unit, with the places of this machine."""
    programs = str(Path(sys.executable).parent)
    places = {"/srv/stemguide/.venv/bin": programs, "/srv/stemguide": str(ROOT)}
    for place, found in places.items():
        text = text.replace(place, found)
    return text


@dataclass(frozen=True)
class Started:
    """The web server of the unit, and what it tells systemd."""

    site: RunningSite
    unit: SectionProxy
    told: socket.socket

    def wait_until_told(self, word):
        """Until it says so, as a unit of type notify must."""
        self.told.settimeout(20)
        while word not in self.told.recv(4096).decode():
            pass

    def reload(self):
        line = self.unit["ExecReload"].replace("$MAINPID", str(self.site.master.pid))
        subprocess.run(shlex.split(line), check=True)


@contextmanager
def started(folder):
    """Does what systemd does with stemguide.service and the settings of deploy/."""
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read(DEPLOY / "stemguide.service")
    unit = parser["Service"]
    assert unit["EnvironmentFile"] == "/etc/stemguide/stemguide.env"
    assert unit["Type"] == "notify"
    values = settings_of_example() | {"SECRET_KEY": KEY, "PORT": str(free_port())}
    for name, value in values.items():
        values[name] = value.replace("/var/lib/stemguide", str(folder))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(folder / "notify"))
        with (folder / "log").open("w") as log:
            master = subprocess.Popen(
                shlex.split(here(unit["ExecStart"])),
                cwd=here(unit["WorkingDirectory"]), stdout=log, stderr=log,
                umask=int(unit["UMask"], 8),
                env={
                    "PATH": os.defpath, "LANG": "C.UTF-8",
                    "NOTIFY_SOCKET": str(folder / "notify"), **values,
                },
            )  # fmt: skip
        try:
            yield Started(RunningSite(folder, int(values["PORT"]), master), unit, told)
        finally:
            master.kill()
            master.wait(timeout=20)


def wait_until(is_so):
    for _ in range(200):
        if is_so():
            return
        time.sleep(0.1)
    pytest.fail("It never came to that.")


def test_the_unit_starts_reloads_and_ends_the_web_server(tmp_path):
    folder = tmp_path / "var"
    folder.mkdir(mode=0o700)

    with started(folder) as server:
        server.wait_until_told("READY=1")
        server.site.wait_for("/healthz", 200)
        master, workers = server.site.master, server.site.workers

        server.reload()
        wait_until(lambda: set(server.site.workers).isdisjoint(workers))
        assert len(server.site.workers) > 0 and master.poll() is None
        assert server.site.ask("/healthz").status == 200

        master.terminate()
        assert master.wait(timeout=int(server.unit["TimeoutStopSec"])) == 0
