"""How gunicorn serves StemGuide. Its log has no query string and no address."""

import ctypes
from pathlib import Path
from typing import Any

from django.conf import settings

from stemguide import env, web_server


def _keep_little_memory() -> None:
    """All threads share one heap, and large buffers go back to the system at once.

    Left to itself, glibc gives each thread a heap, and a worker grows by a third.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        for option, value in (
            (-8, 1),  # M_ARENA_MAX
            (-3, 128 * 1024),  # M_MMAP_THRESHOLD
            (-1, 128 * 1024),  # M_TRIM_THRESHOLD
        ):
            libc.mallopt(option, value)


# Workers are forked from this process, and do the same.
_keep_little_memory()

# Read here, so that a bad value stops the whole start and not one worker after another.
assert settings.SECRET_KEY
web_server.install()

bind = f"127.0.0.1:{env.PORT}"
workers = env.WEB_WORKERS
threads = 4
control_socket_disable = True
# Only Django's settings say what is believed of a proxy. Gunicorn would let anybody say
# in SCRIPT_NAME where the guide begins, and all links of a kept page would follow.
forwarder_headers = ""
preload_app = False
accesslog = "-"
logger_class = "stemguide.logs.GunicornLogger"
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
graceful_timeout = 20
# Beyond what Django refuses with a page of its own (MAX_ADDRESS).
limit_request_line = 8190
limit_request_fields = 60
limit_request_field_size = 8190


def post_worker_init(worker: Any) -> None:
    """Reads all pages before the first reader comes, so that a fault finds a copy."""
    from django.db import DatabaseError, connection

    from sessions.guide.current import current_snapshot

    try:
        current_snapshot()
    except DatabaseError:
        worker.log.exception("No pages could be read at the start.")
    finally:
        connection.close()
