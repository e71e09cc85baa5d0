"""Units, scripts and settings of deploy/; the web server as its unit starts it."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from stemguide import env
from tests.cases import soak_only
from tests.conftest import ROOT, need_program
from tests.integration.deploy.test_deploy import nginx, shipped_configuration
from tests.integration.deploy.test_deploy_caddy import caddy
from tests.production import KEY
from tests.proxies import DEPLOY, ProxiedSite, code_and_output, make_certificate
from tests.readers import Readers
from tests.servers import START_TIMEOUT, free_port
from tests.sites import fill
from tests.units import read_unit, settings_of_example, started

SUFFIXES = (".service", ".socket", ".timer")


def test_systemd_accepts_the_units(tmp_path):
    need_program("systemd-analyze")
    units = [p for p in DEPLOY.iterdir() if p.suffix in SUFFIXES]
    assert len(units) == 6
    for unit in units:
        text = unit.read_text().replace("/srv/stemguide/current", str(ROOT))
        (tmp_path / unit.name).write_text(text)

    files = [str(tmp_path / unit.name) for unit in units]
    code, output = code_and_output("systemd-analyze", "verify", "--man=no", *files)

    ours = [line for line in output.splitlines() if "stemguide" in line]
    assert (code, ours) == (0, [])


def test_units_name_commands_that_exist():
    for unit in DEPLOY.glob("*.service"):
        for command in re.findall(r"manage\.py (\w+)", unit.read_text()):
            path = f"sessions/management/commands/{command}.py"
            assert (ROOT / path).is_file(), command


def test_socket_proxies_and_settings_name_one_port():
    address = read_unit("stemguide.socket")["Socket"]["ListenStream"]

    assert address == f"127.0.0.1:{settings_of_example()['PORT']}"
    assert f"server {address} " in (DEPLOY / "nginx.conf").read_text()
    assert f"reverse_proxy {address} " in (DEPLOY / "Caddyfile").read_text()


@pytest.mark.parametrize("name", ["stemguide-exec", "stemguide-manage"])
def test_the_script_has_no_syntax_error(name):
    assert code_and_output("sh", "-n", str(DEPLOY / name)) == (0, "")


def test_files_name_a_version_only_by_the_link_that_an_upgrade_switches():
    files = [path for path in DEPLOY.iterdir() if path.suffix != ".md"]

    named = {
        place
        for path in files
        for place in re.findall(r"/srv/stemguide/?\w*", path.read_text())
    }

    assert named == {"/srv/stemguide/current"}


def start(values):
    command = [sys.executable, "-c", "import django; django.setup(); print('started')"]
    environment = {"PATH": os.environ["PATH"], **values}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_example_settings_are_known_and_do_not_start_before_a_key_is_made(tmp_path):
    values = settings_of_example()
    named = set(values) - {"DJANGO_SETTINGS_MODULE"}
    assert named <= set(env.env.dump())
    # /var/lib/stemguide need not exist here.
    values["STEMGUIDE_VAR_DIR"] = str(tmp_path)

    done = start(values)
    assert done.returncode != 0 and "  SECRET_KEY:" in done.stderr
    assert start(values | {"SECRET_KEY": KEY}).stdout == "started\n"


# --- what the unit of the web server runs ---


def wait_until(is_so):
    end = time.monotonic() + START_TIMEOUT
    while not is_so():
        assert time.monotonic() < end, "It did not become true in time."
        time.sleep(0.1)


def test_the_unit_starts_reloads_and_ends_the_web_server(tmp_path):
    folder = tmp_path / "var"
    folder.mkdir(mode=0o700)

    with started(folder) as server:
        server.wait_for_notification("READY=1")
        server.site.wait_for("/healthz", 200)
        master, workers = server.master, server.site.workers

        server.reload()
        wait_until(lambda: set(server.site.workers).isdisjoint(workers))
        assert len(server.site.workers) > 0 and master.poll() is None
        assert server.site.ask("/healthz").status == 200

        assert server.stop() == 0


# --- readers while the web server restarts ---


@contextmanager
def through_nginx(folder, upstream):
    need_program("nginx")
    certificate = make_certificate(folder)
    port, plain_port = free_port(), free_port()
    path = shipped_configuration(folder, port, plain_port, upstream)
    with nginx(path, port):
        yield ProxiedSite(port, plain_port, certificate)


@contextmanager
def through_caddy(folder, upstream):
    need_program("caddy")
    certificate = make_certificate(folder)
    port, plain_port = free_port(), free_port()
    with caddy(folder, port, plain_port, upstream):
        yield ProxiedSite(port, plain_port, certificate)


def kill_while_readers_wait(server, readers):
    with readers.between_requests():
        for worker in server.site.workers:
            os.kill(worker, signal.SIGSTOP)
    time.sleep(0.5)  # By now each reader waits for it.
    server.kill()


def stop(server, _):
    server.stop()


@pytest.mark.parametrize("proxy", [through_nginx, soak_only(through_caddy)])
def test_no_reader_sees_an_error_while_the_web_server_restarts(tmp_path, proxy):
    var_dir, folder = tmp_path / "var", tmp_path / "proxy"
    var_dir.mkdir(mode=0o700)
    folder.mkdir()
    fill(var_dir)

    with (
        started(var_dir) as server,
        proxy(folder, server.port) as site,
        Readers(site, ["/stages/recovery/?area=hand&cells=fat"]) as readers,
    ):
        for end in (kill_while_readers_wait, stop):
            server.wait_for_notification("READY=1")
            readers.wait_for_more(20, timeout=60)
            end(server, readers)
            server.start()
        server.wait_for_notification("READY=1")
        readers.wait_for_more(20, timeout=60)

    assert set(readers.statuses) == {200}, readers.statuses


@contextmanager
def server_that_drops_its_first_request():
    """Gives its port, and the methods of its requests. It answers all but the first."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.command)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if len(asked) > 1:
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

        do_POST = do_GET

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            yield server.server_port, asked
        finally:
            server.shutdown()


@pytest.mark.parametrize("proxy", [through_nginx, through_caddy])
def test_a_dropped_get_is_sent_again_and_a_dropped_post_is_not(tmp_path, proxy):
    with (
        server_that_drops_its_first_request() as (port, asked),
        proxy(tmp_path, port) as site,
    ):
        read, _ = site.ask("/risks/")
        assert (read.status, asked) == (200, ["GET", "GET"])

        asked.clear()
        saved, _ = site.ask("/admin/", "Content-Length: 3", method="POST", body=b"a=b")
        assert (saved.status, asked) == (503, ["POST"])
