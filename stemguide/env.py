"""The only reader of the environment: names, defaults, and helpful refusals."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvValidationError, ValidationError, validate

ROOT = Path(__file__).resolve().parent.parent

env = Env(eager=False, expand_vars=False)


@env.parser_for(name="postgresql_url")
def postgresql_url(value: str) -> dict[str, Any]:
    """What it says, as Django wants it; nothing for an empty one. Repeats no password.

    Whatever stands after a question mark is an option of libpq, such as sslmode.
    """
    if not value:
        return {}
    try:
        found: dict[str, Any] = dict(dj_database_url.parse(value))
    except ValueError:
        found = {}
    if found.get("ENGINE") != "django.db.backends.postgresql" or not found["NAME"]:
        raise ValidationError(
            "Write it like postgresql://user:password@host:5432/name, or leave it "
            "empty for SQLite."
        )
    if not (find_spec("psycopg") and find_spec("psycopg_pool")):
        raise ValidationError(
            "What speaks to PostgreSQL is missing. Install requirements/postgres.txt."
        )
    from psycopg import ProgrammingError
    from psycopg.conninfo import make_conninfo

    try:
        make_conninfo(**found.get("OPTIONS", {}))
    except ProgrammingError as error:
        raise ValidationError(f"After the question mark: {error}.") from error
    return found


@env.parser_for(name="redis_url")
def redis_url(value: str) -> str:
    """The address of a Redis or Valkey server, as the redis package wants it."""
    if not value:
        return ""
    if not find_spec("redis"):
        raise ValidationError(
            "What speaks to Redis is missing. Install requirements/redis.txt."
        )
    from redis.connection import parse_url

    # They speak the same; the package knows the older name alone.
    url = f"redis{value.removeprefix('valkey')}" if value[:6] == "valkey" else value
    try:
        if urlsplit(url).scheme != "unix" and not urlsplit(url).hostname:
            raise ValueError
        parse_url(url)
    except ValueError as error:
        raise ValidationError(
            "Write it like redis://:password@host:6379/0 (rediss:// with TLS, unix:// "
            "for a socket; valkey:// and valkeys:// too), or leave it empty."
        ) from error
    return url


VAR_DIR = env.path("STEMGUIDE_VAR_DIR", ROOT / "var")
SECRET_KEY = env.str("SECRET_KEY", "")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", [])
PUBLIC_URL = env.str("PUBLIC_URL", "")
# Empty: SQLite in VAR_DIR.
DATABASE: dict[str, Any] = env.postgresql_url("DATABASE_URL", {})
# Empty: each worker counts for itself.
CACHE_URL: str = env.redis_url("CACHE_URL", "")
PORT = env.int("PORT", 8000, validate=validate.Range(1, 65535))
WEB_WORKERS = env.int("WEB_WORKERS", 2, validate=validate.Range(1, 64))
CONTENT_DIR = env.path("CONTENT_DIR", ROOT / "content")
BACKUP_DIR = env.path("BACKUP_DIR", VAR_DIR / "backups")
# deploy/stemguide-exec says which: each version's own.
STATIC_DIR = env.path("STATIC_DIR", VAR_DIR / "static")
# Such as submission://user:password@mail.example:587; without it no mail is sent.
EMAIL: dict[str, Any] = env.dj_email_url("EMAIL_URL", "")
EMAIL_FROM = env.str("EMAIL_FROM", "stemguide@localhost")
# How many proxies of ours stand in front and add to X-Forwarded-For.
PROXY_COUNT = env.int("PROXY_COUNT", 0, validate=validate.Range(0, 9))

# Who is told of a weak spot, such as mailto:security@guide.example.
SECURITY_CONTACT = env.str(
    "SECURITY_CONTACT",
    "",
    validate=validate.Regexp(
        r"\A(|mailto:[^\s@]+@[^\s@]+|https://\S+|tel:\+[0-9-]+)\Z",
        error="Write mailto:, https:// or tel:+ and what belongs to it.",
    ),
)


def _unusable() -> dict[str, str]:
    """What is wrong with each variable that cannot be used, by its name."""
    try:
        env.seal()
    except EnvValidationError as error:
        found = error.error_messages
        assert isinstance(found, dict)
        return {name: " ".join(messages) for name, messages in found.items()}
    return {}


# They do not stop this module, so that unsafe values can be named with them.
FAULTS = _unusable()


def refuse(faults: dict[str, str]) -> None:
    """Stops the start where anything is wrong, and says all of it."""
    if not faults:
        return
    lines = "\n".join(f"  {name}: {what}" for name, what in sorted(faults.items()))
    raise ImproperlyConfigured(f"These environment variables cannot be used:\n{lines}")


NAMES_SET = sorted(name for name in env.dump() if name in os.environ)


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
