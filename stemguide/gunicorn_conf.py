"""How gunicorn serves StemGuide. Its log has no query string and no address."""

from pathlib import Path
from typing import Any

from django.conf import settings

from stemguide import env, web_server

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

    from sessions.snapshot import current_snapshot

    try:
        current_snapshot()
    except DatabaseError:
        worker.log.exception("No pages could be read at the start.")
    finally:
        connection.close()
