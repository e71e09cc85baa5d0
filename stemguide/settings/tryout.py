"""For `make run`: loopback only, nothing to configure. Not for patients."""

from stemguide import env
from stemguide.settings.base import *  # noqa: F403

SECRET_KEY = env.secret_from_file(env.VAR_DIR / "secret-key")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
TRYOUT_BANNER = "Try-out: not for patients"
STAFF_SECOND_FACTOR = "optional"
