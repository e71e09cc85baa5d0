"""The only reader of the environment: names, defaults, and helpful refusals."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvValidationError, validate

ROOT = Path(__file__).resolve().parent.parent

env = Env(eager=False, expand_vars=False)

VAR_DIR = env.path("STEMGUIDE_VAR_DIR", ROOT / "var")
SECRET_KEY = env.str("SECRET_KEY", "")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", [])
PUBLIC_URL = env.str("PUBLIC_URL", "")
DATABASE_URL = env.str("DATABASE_URL", "")
PORT = env.int("PORT", 8000, validate=validate.Range(1, 65535))
WEB_WORKERS = env.int("WEB_WORKERS", 2, validate=validate.Range(1, 64))
CONTENT_DIR = env.path("CONTENT_DIR", ROOT / "content")
# Such as submission://user:password@mail.example:587; without it no mail is sent.
EMAIL: dict[str, Any] = env.dj_email_url("EMAIL_URL", "")
EMAIL_FROM = env.str("EMAIL_FROM", "stemguide@localhost")
# How many proxies of ours stand in front and add to X-Forwarded-For.
PROXY_COUNT = env.int("PROXY_COUNT", 0, validate=validate.Range(0, 9))

try:
    env.seal()
except EnvValidationError as error:
    messages = error.error_messages
    assert isinstance(messages, dict)
    faults = "\n".join(
        f"  {name}: {' '.join(found)}" for name, found in sorted(messages.items())
    )
    raise ImproperlyConfigured(
        f"These environment variables can not be used:\n{faults}"
    ) from error


def kept_secret(path: Path, length: int = 64) -> str:
    """A random key made once and kept at `path`, readable by its owner only."""
    from django.utils.crypto import get_random_string

    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write(get_random_string(length))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii")
