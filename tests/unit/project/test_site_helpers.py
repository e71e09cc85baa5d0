"""The helpers that run servers and send requests report failures as they promise."""

import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from tests import servers
from tests.production import RunningSite
from tests.servers import free_port, wait_for_port

NOTHING = [sys.executable, "-c", ""]


@contextmanager
def server_that_breaks_off():
    """Answers one request with the headers and a part of the body; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer():
            connection, _ = listening.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")

        thread = threading.Thread(target=answer)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


def test_a_response_that_breaks_off_is_an_os_error(tmp_path):
    with subprocess.Popen(NOTHING) as master, server_that_breaks_off() as port:
        site = RunningSite(tmp_path, port, master)

        with pytest.raises(OSError, match="IncompleteRead"):
            site.ask("/")


def test_a_server_that_ends_before_it_listens_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(servers, "START_TIMEOUT", 3600)

    with (
        subprocess.Popen(NOTHING) as process,
        pytest.raises(RuntimeError, match="Nothing listens on port"),
    ):
        wait_for_port(free_port(), process)
