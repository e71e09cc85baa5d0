"""For patients, behind TLS. Refuses to start on an unsafe value, naming every one."""

# ruff: noqa: E402 (what is wrong must be told before any value is used)
import os

from stemguide import env
from stemguide.safe_values import unsafe_values

env.refuse({**env.FAULTS, **unsafe_values()})

from stemguide.settings.base import *  # noqa: F403

# What is made from now on (database, logs) is not for everybody on this machine.
os.umask(0o027)
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o755

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
# Asked on this machine, or by a load balancer, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-stemguide_staff"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
