"""For `make dev`: DEBUG is on, and static files keep their names."""

from stemguide import env
from stemguide.settings.base import *  # noqa: F403
from stemguide.settings.base import INSTALLED_APPS, LOGGING, STORAGES

DEBUG = True
SECRET_KEY = env.secret_from_file(env.VAR_DIR / "secret-key")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
TRYOUT_BANNER = "Development: not for patients"
STAFF_SECOND_FACTOR = "optional"
INSTALLED_APPS = [*INSTALLED_APPS, "stemguide.reload.Reload"]
# Fast: each page is requested only a few times before it changes.
BROTLI_QUALITY = 1
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
LOGGING = {
    **LOGGING,
    "formatters": {
        "json": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}
    },
}
