"""Speed of a page from the cache, compared with a bare Django view and with nginx."""

import os
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.bench import load, processes
from tests.bench.report import head, row
from tests.servers import find_program, free_port

STAGE = "/stages/recovery/"
NGINX = """
{user}
daemon off;
worker_processes 2;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    default_type "text/html; charset=utf-8";
    add_header Content-Encoding br;
    location = / {{ root {folder}; try_files /page =404; }}
  }}
}}
"""


@contextmanager
def hello(folder: Path) -> Iterator[str]:
    """Serves the bare view, with the same gunicorn options."""
    port = free_port()
    environment = {
        **os.environ,
        "STEMGUIDE_VAR_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "tests.bench.hello",
        "PORT": str(port),
    }
    address = f"http://127.0.0.1:{port}/"
    conf, application = "tests/bench/hello_conf.py", "tests.bench.hello"
    with processes.gunicorn(conf, application, environment, address):
        yield address


@contextmanager
def nginx(folder: Path, program: str, body: bytes) -> Iterator[str]:
    """Serves the same bytes as a file, with nginx only."""
    folder.mkdir()
    (folder / "page").write_bytes(body)
    port = free_port()
    user = "user root root;" if os.geteuid() == 0 else ""
    conf = folder / "nginx.conf"
    conf.write_text(NGINX.format(folder=folder, port=port, user=user))
    early = str(folder / "early.log")
    server = subprocess.Popen([program, "-c", str(conf), "-e", early])
    address = f"http://127.0.0.1:{port}/"
    try:
        processes.wait_for(address)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def measure(var_dir: Path, seconds: int) -> None:
    """Serves the site in `var_dir`; prints tables of speed, memory and start time."""
    with ExitStack() as running:
        address, master = running.enter_context(processes.site(var_dir))
        targets = [load.Target("The stage page", f"{address}{STAGE}", load.AS_A_PHONE)]
        bare = running.enter_context(hello(var_dir))
        targets.append(load.Target("Bare Django", bare, load.AS_A_PHONE))
        if program := find_program("nginx"):
            same = nginx(var_dir / "nginx", program, body_of(targets[0]))
            file = running.enter_context(same)
            targets.append(load.Target("nginx, same bytes", file, load.AS_A_PHONE))
        measure_speed(targets, seconds)
        processes.read_every_page(address)
        held = processes.largest_worker(master)
    first = processes.seconds_to_first_page(var_dir, STAGE)
    head("Memory and start", "What", "Found")
    row("The largest web worker after that, and after every page for all answers", held)
    row(f"Cold start to the first page, median of {processes.STARTS}", f"{first:.2f} s")


def body_of(target: load.Target) -> bytes:
    request = urllib.request.Request(target.url, headers=dict(target.headers))
    with urllib.request.urlopen(request, timeout=30) as response:
        assert response.headers["Content-Encoding"] == "br"
        return response.read()


def measure_speed(targets: list[load.Target], seconds: int) -> None:
    head(
        f"A stage page: {load.ROUNDS} rounds in turn, {seconds} s for each",
        "What", "Requests a second", "p50", "p99", "× bare Django", "its p99",
        "Each round",
    )  # fmt: skip
    found = load.interleaved(targets, seconds)
    bare = found["Bare Django"]
    for name, rounds in found.items():
        row(
            name,
            f"{load.middle(rounds, 'per_second'):.0f}",
            f"{load.middle(rounds, 'p50'):.2f} ms",
            f"{load.middle(rounds, 'p99'):.2f} ms",
            f"{load.ratio(rounds, bare, 'per_second'):.2f}",
            f"{load.ratio(rounds, bare, 'p99'):.2f} ×",
            " ".join(f"{found.per_second:.0f}" for found in rounds),
        )
    if len(targets) < 3:
        print("\nnginx is not installed (apt install nginx-light): not compared.")
