"""For patients, behind TLS. Does not start with an unsafe value; lists all of them."""

# ruff: noqa: E402 (the values are checked before base uses them)
import os

from stemguide import env
from stemguide.safe_values import unsafe_values

env.refuse({**env.FAULTS, **unsafe_values()})

from stemguide.settings.base import *  # noqa: F403

# New files, such as the database, are not readable by other users of the machine.
os.umask(0o027)
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o755

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
# Requested without TLS, from this machine or by a load balancer.
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-stemguide_staff"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
