"""Gunicorn's settings. Its access log has no query strings and no IP addresses."""

import ctypes
from pathlib import Path
from typing import Any

from django.conf import settings

from stemguide import env, web_server


def _limit_heap_growth() -> None:
    """Makes all threads share one heap, and glibc return large buffers at once.

    By default glibc gives each thread a heap of its own. A worker process then takes a
    third more memory.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        for option, value in (
            (-8, 1),  # M_ARENA_MAX
            (-3, 128 * 1024),  # M_MMAP_THRESHOLD
            (-1, 128 * 1024),  # M_TRIM_THRESHOLD
        ):
            libc.mallopt(option, value)


# Worker processes are forked from this one and inherit these options.
_limit_heap_growth()

# Read here, so that a bad value stops gunicorn itself and not one worker after another.
assert settings.SECRET_KEY
web_server.install()

bind = f"127.0.0.1:{env.PORT}"
workers = env.WEB_WORKERS
threads = 4
control_socket_disable = True
# Only Django's settings say which headers of a proxy are trusted. By default gunicorn
# takes SCRIPT_NAME from a request header. A client could so change every link of a page
# that is then cached for all.
forwarder_headers = ""
preload_app = False
accesslog = "-"
logger_class = "stemguide.logs.GunicornLogger"
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
graceful_timeout = 20
# Higher than MAX_ADDRESS, so that Django can answer with a page of its own.
limit_request_line = 8190
limit_request_fields = 60
limit_request_field_size = 8190


def post_worker_init(worker: Any) -> None:
    """Loads the snapshot before the first request.

    The worker can then serve it even if the database fails later.
    """
    from django.db import DatabaseError, connection

    from sessions.guide.current import current_snapshot

    try:
        current_snapshot()
    except DatabaseError:
        worker.log.exception("No pages could be read at the start.")
    finally:
        connection.close()
