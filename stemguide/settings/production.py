"""For patients, behind TLS. Refuses to start on an unsafe value, naming every one."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from stemguide.settings.base import *  # noqa: F403
from stemguide.settings.base import ALLOWED_HOSTS, PUBLIC_URL, SECRET_KEY

_faults = []
if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10:
    _faults.append("SECRET_KEY: set 50 or more random characters, and keep them.")
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    _faults.append("ALLOWED_HOSTS: list the names of this site, such as guide.example.")
if urlsplit(PUBLIC_URL).scheme != "https":
    _faults.append("PUBLIC_URL: set the site's address, such as https://guide.example.")
if _faults:
    raise ImproperlyConfigured("This is not safe to run:\n  " + "\n  ".join(_faults))

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-stemguide_staff"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
