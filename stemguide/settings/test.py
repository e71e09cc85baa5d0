"""For the tests: a fast password hasher, plain static files, a database in memory.

With DATABASE_URL they run on PostgreSQL, in a database that Django makes for them.
"""

from stemguide import env
from stemguide.settings.base import *  # noqa: F403
from stemguide.settings.base import DATABASES, STATIC_ROOT, STORAGES

SECRET_KEY = "only-for-tests-and-never-for-a-site"
ALLOWED_HOSTS = ["testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CONTENT_VERSION_MAX_AGE = 0
BROTLI_QUALITY = 1
STAFF_SECOND_FACTOR = "optional"
if not env.DATABASE:
    DATABASES = {"default": {**DATABASES["default"], "TEST": {"NAME": ":memory:"}}}
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
