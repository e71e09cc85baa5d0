"""How gunicorn serves StemGuide. Its log has no query string and no address."""

from pathlib import Path

from stemguide import env

bind = f"127.0.0.1:{env.PORT}"
workers = env.WEB_WORKERS
threads = 4
control_socket_disable = True
preload_app = False
accesslog = "-"
logger_class = "stemguide.logs.GunicornLogger"
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
graceful_timeout = 20
