"""Runs the upgrades of deploy/README.md while readers request pages."""

import os
import re
import shlex
import signal
import subprocess
from functools import partial

import pytest

from tests.addresses import EVERY_PATH
from tests.conftest import need_program
from tests.machine import a_machine, commands_below, this_version, version_0_1_0
from tests.readers import Readers

# Requested before the upgrade. Other pages need modules and templates that no worker
# has loaded yet.
FEW = ["/", "/risks/"]
EVERY = [
    *EVERY_PATH,
    "/admin/login/", "/desk/", "/readyz", "/checklist/calendar.ics?day=2030-01-31",
    "/.well-known/security.txt", "/service-worker.js", "/nothing/",
]  # fmt: skip
STATIC = re.compile(rb'(?:href|src)="(/static/[^"]+)"')
# The commands of the README of 0.1.0, in which the content folder was copied.
SET_UP_0_1_0 = """
mkdir -m 700 /var/lib/stemguide /etc/stemguide
git clone ADDRESS-OF-THIS-REPOSITORY /srv/stemguide && cd /srv/stemguide
python3 -m venv .venv
install -m 600 deploy/stemguide.env.example /etc/stemguide/stemguide.env
editor /etc/stemguide/stemguide.env
install -m 755 deploy/stemguide-manage /usr/local/sbin/
cp -r content /var/lib/stemguide/
stemguide-manage migrate
stemguide-manage load_content
stemguide-manage collectstatic --noinput
stemguide-manage create_first_administrator
cp deploy/*.service deploy/*.socket deploy/*.timer /etc/systemd/system/
systemctl daemon-reload
systemctl enable --now stemguide.socket stemguide
cp deploy/nginx.conf /etc/nginx/sites-available/stemguide
ln -s ../sites-available/stemguide /etc/nginx/sites-enabled/
nginx -t && systemctl reload nginx
"""


class ReadersOfPages(Readers):
    """Readers who also keep the content of each static file that a page named."""

    def __init__(self, site):
        # Pauses leave processor time for the upgrade itself.
        super().__init__(site, FEW, pause=0.05)
        self.static = {}

    def has_read(self, body):
        for name in map(bytes.decode, STATIC.findall(body)):
            if name not in self.static:
                self.static[name] = self.site.ask(name)[1]

    def ask_everything(self):
        """Returns when each address was requested again, of either version."""
        self.addresses = EVERY
        self.wait_for_more(len(EVERY) + 8, timeout=240)


@pytest.fixture
def machine(tmp_path_factory):
    need_program("nginx")
    with a_machine(tmp_path_factory.mktemp("m")) as machine:
        yield machine


@pytest.fixture(scope="module")
def machine_of_0_1_0(tmp_path_factory):
    """A machine with version 0.1.0, which each test leaves running, unchanged."""
    need_program("nginx")
    with a_machine(tmp_path_factory.mktemp("m")) as machine:
        machine.publish(version_0_1_0)
        machine.run(SET_UP_0_1_0)
        yield machine


def with_its_templates_elsewhere(folder):
    version_0_1_0(folder)
    (folder / "templates/sessions").rename(folder / "templates/guide")


def with_another_look(folder):
    this_version(folder)
    with (folder / "static/css/site.css").open("a") as style:
        style.write("\n.newer { color: inherit; }\n")


def style_of(machine):
    _, page = machine.site.ask("/")
    (name,) = re.findall(rb'"(/static/css/site\.[^"]+)"', page)
    return name


def version_that_answers(machine):
    """The working directory of the master and its workers."""
    processes = [machine.master, *machine.workers]
    (folder,) = {os.readlink(f"/proc/{process}/cwd") for process in processes}
    return folder.removeprefix(str(machine.root))


def ask_everything_before_the_restart(machine, readers):
    """Requests every address from workers that run for long, then from a fresh one.

    Meanwhile the link points at an empty folder: a process that reads files through the
    link, and not from its own version, finds nothing.
    """
    new = os.readlink(machine.path("/srv/stemguide/current"))
    machine.run("mkdir /srv/empty && ln -sfn /srv/empty /srv/stemguide/current")
    readers.ask_everything()
    with readers.between_requests():
        os.kill(machine.workers[0], signal.SIGKILL)
    readers.ask_everything()
    machine.run(f"rmdir /srv/empty && ln -sfn {new} /srv/stemguide/current")


def assert_open_pages_find_their_files(machine, readers):
    """Every static file that a page of any version named is still served."""
    assert readers.static
    for name, body in list(readers.static.items()):
        answer, found = machine.site.ask(name)
        assert (answer.status, found) == (200, body), name


def test_replacing_files_below_a_running_site_causes_errors_for_readers(
    machine_of_0_1_0,
):
    machine = machine_of_0_1_0
    machine.systemctl("restart", "stemguide")
    machine.publish(with_its_templates_elsewhere)

    with ReadersOfPages(machine.site) as readers:
        machine.run("cd /srv/stemguide && git pull --quiet")
        readers.ask_everything()

    assert {status for _, status in readers.faults} == {500}
    machine.run("cd /srv/stemguide && git reset --quiet --hard HEAD~")
    machine.systemctl("restart", "stemguide")


def test_a_site_of_0_1_0_is_upgraded_and_taken_back_while_readers_ask(machine_of_0_1_0):
    machine = machine_of_0_1_0
    machine.publish(this_version)
    once, back, _ = commands_below("From 0.1.0, once")

    with ReadersOfPages(machine.site) as readers:
        machine.before_restart = partial(
            ask_everything_before_the_restart, machine, readers
        )
        readers.addresses = EVERY

        machine.run(once)
        assert version_that_answers(machine) == "/srv/stemguide/releases/0.2.0"
        readers.ask_everything()
        assert_open_pages_find_their_files(machine, readers)

        machine.before_restart = readers.ask_everything
        machine.run(back)
        assert version_that_answers(machine) == "/srv/stemguide"
        readers.ask_everything()
        assert_open_pages_find_their_files(machine, readers)

    assert readers.faults == []


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_the_page_for_a_site_that_does_not_answer_is_found_by_the_link(name, tmp_path):
    version_0_1_0(tmp_path)
    file = tmp_path / "deploy" / name
    assert "/srv/stemguide/templates" in file.read_text()
    (line,) = re.findall(r"sed .*", commands_below("From 0.1.0, once")[0])
    program, option, change, _ = shlex.split(line)

    subprocess.run([program, option, change, str(file)], check=True)

    (root,) = re.findall(r"root \S* ?(/srv/[\w/]+)", file.read_text())
    assert root == "/srv/stemguide/current/templates"


def test_what_is_left_of_0_1_0_is_removed_and_nothing_else(machine):
    machine.run(
        "mkdir -p /srv/stemguide/releases/0.2.0 /var/lib/stemguide/static\n"
        "ln -s /srv/stemguide/releases/0.2.0 /srv/stemguide/current\n"
        "touch /srv/stemguide/manage.py /var/lib/stemguide/stemguide.sqlite3\n"
        "mkdir /srv/stemguide/.git /srv/stemguide/.venv"
    )

    machine.run(commands_below("From 0.1.0, once")[-1])

    left = machine.path("/srv/stemguide").iterdir()
    assert {path.name for path in left} == {"current", "releases"}
    assert machine.path("/srv/stemguide/current").is_dir()
    kept = machine.path("/var/lib/stemguide").iterdir()
    assert [path.name for path in kept] == ["stemguide.sqlite3"]


def test_a_site_is_installed_upgraded_and_taken_back_as_it_is_written(machine):
    (install,) = commands_below("One machine")
    upgrade, back = commands_below("Upgrade")
    machine.publish(this_version)
    machine.run(install)
    for timer in ("stemguide-backup", "stemguide-review-due"):
        machine.systemctl("start", f"{timer}.service")
    assert list(machine.path("/var/lib/stemguide/backups").iterdir())
    style = style_of(machine)
    machine.publish(with_another_look)

    with ReadersOfPages(machine.site) as readers:
        machine.before_restart = partial(
            ask_everything_before_the_restart, machine, readers
        )
        readers.addresses = EVERY

        machine.run(upgrade)
        assert version_that_answers(machine) == "/srv/stemguide/releases/0.3.0"
        assert style_of(machine) != style
        readers.ask_everything()
        assert_open_pages_find_their_files(machine, readers)

        machine.before_restart = readers.ask_everything
        machine.run(back)
        assert version_that_answers(machine) == "/srv/stemguide/releases/0.2.0"
        assert style_of(machine) == style
        readers.ask_everything()
        assert_open_pages_find_their_files(machine, readers)

    assert readers.faults == []
