"""A simulated machine on which tests run the commands of deploy/README.md.

All of it lies below one folder: paths such as /srv are replaced by paths below it.
Small scripts stand in for programs that need root, time or a network.
"""

import os
import re
import shlex
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from configparser import ConfigParser, SectionProxy
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import ROOT
from tests.production import KEY
from tests.project_documents import tokens
from tests.proxies import ProxiedSite, make_certificate, write_nginx_configuration
from tests.servers import START_TIMEOUT, free_port, wait_for_port
from tests.units import launch, read_settings, read_unit_file

PLACE = re.compile(r"(?<![\w.])(?=/(?:srv|etc|var/lib|var/log|usr/local/sbin)/)")
# Made by: git archive e02804c manage.py sessions stemguide templates static content
#   pyproject.toml deploy ':!stemguide/adr' ':!content/README.md' ':!content/scorecards'
#   ':!deploy/README.md' | xz -9e
VERSION_0_1_0 = ROOT / "tests/archives/stemguide-0.1.0.tar.xz"
PROGRAM = (
    "content", "deploy", "manage.py", "pyproject.toml", "requirements", "sessions",
    "static", "stemguide", "templates",
)  # fmt: skip

STAND_INS = {
    "python3": '[ "$1 $2" = "-m venv" ]\nexec {python} {root}/light_venv.py "$3"',
    "systemctl": 'exec {python} -c "{ask}" "$@"',
    "systemd-run": """umask 077
for option; do
  case $option in
    --property=EnvironmentFile=*) settings=${{option#*=*=}} ;;
    --working-directory=*) cd "${{option#*=}}" ;;
    --*) ;;
    *) break ;;
  esac
  shift
done
exec env -i PATH="$PATH" LANG=C.UTF-8 $(grep -v '^#' "$settings") "$@"
""",
    "install": """is_owner=
for word; do
  shift
  case $is_owner$word in
    -o | -g) is_owner=yes ;;
    yes*) is_owner= ;;
    *) set -- "$@" "$word" ;;
  esac
done
exec {install} "$@"
""",
    "nginx": 'exec {nginx} -c {root}/nginx.conf -e {root}/early.log "$@"',
    "adduser": "mkdir -p {root}/var/lib/stemguide",
    "certbot": "exit 0",
    "editor": "sed -i 's/^SECRET_KEY=$/SECRET_KEY={key}/' \"$1\"",
    "apt": "exit 0",
    "chown": "exit 0",
}
ASK = """import socket, sys
with socket.create_connection(('127.0.0.1', {port})) as systemd:
    systemd.sendall((' '.join(sys.argv[1:]) + chr(10)).encode())
    sys.exit(systemd.makefile().read() or 0)"""


def commands_below(heading: str) -> list[str]:
    """The blocks of commands below this heading of deploy/README.md, in order."""
    chapter, found = "", []
    for part in tokens("deploy/README.md"):
        if part.type == "heading_open":
            chapter = ""
        elif part.type == "inline" and not chapter:
            chapter = part.content
        elif part.type == "code_block" and chapter == heading:
            found.append(part.content)
    return found


class Machine:
    """What is installed, which processes run, and the site as seen through nginx."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.repository = root / "repository"
        self.before_restart: Callable[[], None] = lambda: None
        self._units: dict[str, ConfigParser] = {}
        self._web: subprocess.Popen[bytes] | None = None
        self._nginx: subprocess.Popen[bytes] | None = None
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self._notifications = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._notifications.bind(str(root / "notify"))
        self._notifications.settimeout(START_TIMEOUT)
        self._port, self._plain_port = free_port(), free_port()
        self._make_folders()

    @property
    def site(self) -> ProxiedSite:
        return ProxiedSite(self._port, self._plain_port, self._certificate, timeout=90)

    @property
    def master(self) -> int:
        assert self._web
        return self._web.pid

    @property
    def workers(self) -> list[int]:
        found = Path(f"/proc/{self.master}/task/{self.master}/children").read_text()
        return [int(child) for child in found.split()]

    def with_paths_here(self, text: str) -> str:
        """The text with /srv, /etc and others replaced by folders of this machine."""
        return PLACE.sub(str(self.root), text)

    def path(self, place: str) -> Path:
        return self.root / place.lstrip("/")

    # --- versions that can be cloned ---

    def publish(self, make: Callable[[Path], None]) -> None:
        """Commits a new version to the repository; `make` writes its files."""
        for old in self.repository.iterdir():
            if old.name != ".git":
                shutil.rmtree(old) if old.is_dir() else old.unlink()
        make(self.repository)
        for file in (self.repository / "deploy").iterdir():
            file.write_text(
                self._with_free_ports(self.with_paths_here(file.read_text()))
            )
        self._git("add", "--all")
        self._git("commit", "--quiet", "--allow-empty", "--message", "A version")

    def _with_free_ports(self, text: str) -> str:
        upstream = self._listening.getsockname()[1]
        text = text.replace("127.0.0.1:8000", f"127.0.0.1:{upstream}")
        text = re.sub(r" +listen \[::\].*\n", "", text)
        text = re.sub(r"listen 80\b", f"listen 127.0.0.1:{self._plain_port}", text)
        return re.sub(r"listen 443\b", f"listen 127.0.0.1:{self._port}", text)

    def _git(self, *words: str) -> None:
        who = ("-c", "user.name=Somebody", "-c", "user.email=somebody@guide.example")
        command = ["git", *who, *words]
        subprocess.run(command, cwd=self.repository, env=self._environment, check=True)

    # --- its administrator ---

    def run(self, commands: str) -> None:
        """Runs them as root would; the first command that fails stops the test."""
        commands = commands.replace("ADDRESS-OF-THIS-REPOSITORY", str(self.repository))
        done = subprocess.run(
            ["sh", "-eu", "-c", self.with_paths_here(commands)],
            cwd=self.root, env=self._environment, capture_output=True, text=True,
            timeout=900, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-3000:]}"

    @property
    def _environment(self) -> dict[str, str]:
        own = f"{self.root}/usr/local/sbin:{self.root}/bin"
        path = f"{own}:{os.environ['PATH']}"
        return {"PATH": path, "HOME": str(self.root), "LANG": "C.UTF-8"}

    # --- its systemd ---

    def systemctl(self, verb: str, *names: str) -> None:
        match verb, names:
            case "daemon-reload", ():
                self._read_units()
            case ("enable", ("--now", *units)):
                assert all(self._unit_file(name).is_file() for name in units), units
                if "stemguide" in units:
                    self._start()
            case "restart", ("stemguide",):
                self.before_restart()
                self._stop()
                self._start()
            case "start", (unit,):
                self._run_once(self._units[unit]["Service"])
            case "reload", ("nginx",):
                self._reload_nginx()
            case _:
                raise ValueError(f"systemctl {verb} {names}")

    def _unit_file(self, name: str) -> Path:
        full = name if "." in name else f"{name}.service"
        return self.path("/etc/systemd/system") / full

    def _read_units(self) -> None:
        files = self.path("/etc/systemd/system").glob("*.service")
        self._units = {file.name: read_unit_file(file) for file in files}

    def _start(self) -> None:
        unit = self._units["stemguide.service"]["Service"]
        settings = read_settings(Path(unit["EnvironmentFile"]))
        self._web = launch(unit, settings, self._listening, self.root)
        while b"READY=1" not in self._notifications.recv(4096):
            pass

    def _run_once(self, unit: SectionProxy) -> None:
        assert unit["Type"] == "oneshot"
        settings = read_settings(Path(unit["EnvironmentFile"]))
        command = shlex.split(unit["ExecStart"])
        env = {"PATH": os.defpath, "LANG": "C.UTF-8", **settings}
        subprocess.run(command, cwd="/", env=env, check=True, capture_output=True)

    def _stop(self) -> None:
        assert self._web
        self._web.terminate()
        assert self._web.wait(timeout=30) == 0

    def _reload_nginx(self) -> None:
        if self._nginx:
            self._nginx.send_signal(signal.SIGHUP)
            return
        command = [str(self.root / "bin/nginx")]
        self._nginx = subprocess.Popen(command, env=self._environment)
        wait_for_port(self._port, self._nginx)

    def end(self) -> None:
        for process in (self._web, self._nginx):
            if process:
                process.terminate()
                process.wait(timeout=30)
        self._listening.close()
        self._notifications.close()

    # --- what Debian puts there ---

    def _make_folders(self) -> None:
        for place in (
            "bin", "repository", "srv", "usr/local/sbin", "etc/systemd/system",
            "etc/nginx/sites-available", "etc/nginx/sites-enabled", "var/lib",
            "var/log/nginx",
        ):  # fmt: skip
            self.path(place).mkdir(parents=True)
        self.path("etc/nginx/sites-enabled/default").touch()
        keys = self.path("etc/letsencrypt/live/guide.example")
        keys.mkdir(parents=True)
        self._certificate = make_certificate(keys)
        sites = f"include {self.path('etc/nginx/sites-enabled')}/*;"
        write_nginx_configuration(sites, self.root)
        shutil.copy(ROOT / "tests/light_venv.py", self.root)
        self._git("init", "--quiet")

    def put_stand_ins(self, port: int) -> None:
        """`port`: where `systemctl` sends its arguments."""
        known = {
            "python": sys.executable, "root": self.root, "key": KEY,
            "ask": ASK.format(port=port), "nginx": shutil.which("nginx"),
            "install": shutil.which("install"),
        }  # fmt: skip
        for name, text in STAND_INS.items():
            program = self.root / "bin" / name
            program.write_text("#!/bin/sh\nset -eu\n" + text.format(**known))
            program.chmod(0o755)


@contextmanager
def a_machine(root: Path) -> Iterator[Machine]:
    """A machine without StemGuide; its processes end after the block."""
    machine = Machine(root)

    class Systemd(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            try:
                machine.systemctl(*self.rfile.readline().decode().split())
            except BaseException as fault:
                self.wfile.write(f"systemctl: {fault!r}".encode())

    with socketserver.TCPServer(("127.0.0.1", 0), Systemd) as server:
        threading.Thread(target=server.serve_forever).start()
        machine.put_stand_ins(server.server_address[1])
        try:
            yield machine
        finally:
            server.shutdown()
            machine.end()


def this_version(folder: Path) -> None:
    for name in PROGRAM:
        found = ROOT / name
        if found.is_dir():
            without = shutil.ignore_patterns("__pycache__")
            shutil.copytree(found, folder / name, ignore=without)
        else:
            shutil.copy(found, folder)


def version_0_1_0(folder: Path) -> None:
    with tarfile.open(VERSION_0_1_0) as archive:
        for member in archive:
            if kept := archive.extractfile(member):
                path = folder / member.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(kept.read())
