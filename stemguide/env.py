"""The only module that reads environment variables: names, defaults, validation."""

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
    """A PostgreSQL URL as a value of DATABASES; empty for an empty URL.

    Query parameters are libpq options, such as sslmode. No error message repeats the
    URL, since it may hold a password.
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
            "The PostgreSQL driver is missing. Install requirements/postgres.txt."
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
    """The URL of a Redis or Valkey server, as the redis package accepts it."""
    if not value:
        return ""
    if not find_spec("redis"):
        raise ValidationError(
            "The Redis client is missing. Install requirements/redis.txt."
        )
    from redis.connection import parse_url

    # Valkey uses the protocol of Redis. The package accepts only redis URLs.
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
# Empty: each worker process has a cache of its own in memory.
CACHE_URL: str = env.redis_url("CACHE_URL", "")
PORT = env.int("PORT", 8000, validate=validate.Range(1, 65535))
WEB_WORKERS = env.int("WEB_WORKERS", 2, validate=validate.Range(1, 64))
CONTENT_DIR = env.path("CONTENT_DIR", ROOT / "content")
BACKUP_DIR = env.path("BACKUP_DIR", VAR_DIR / "backups")
# deploy/stemguide-exec sets it: each installed version has a folder of its own.
STATIC_DIR = env.path("STATIC_DIR", VAR_DIR / "static")
# Such as submission://user:password@mail.example:587; without it no mail is sent.
EMAIL: dict[str, Any] = env.dj_email_url("EMAIL_URL", "")
EMAIL_FROM = env.str("EMAIL_FROM", "stemguide@localhost")
# How many trusted proxies add to X-Forwarded-For.
PROXY_COUNT = env.int("PROXY_COUNT", 0, validate=validate.Range(0, 9))

# Where to report a vulnerability, such as mailto:security@guide.example.
SECURITY_CONTACT = env.str(
    "SECURITY_CONTACT",
    "",
    validate=validate.Regexp(
        r"\A(|mailto:[^\s@]+@[^\s@]+|https://\S+|tel:\+[0-9-]+)\Z",
        error="Write mailto:, https:// or tel:+ and what belongs to it.",
    ),
)


def _invalid_variables() -> dict[str, str]:
    """The validation errors of each variable, by its name."""
    try:
        env.seal()
    except EnvValidationError as error:
        found = error.error_messages
        assert isinstance(found, dict)
        return {name: " ".join(messages) for name, messages in found.items()}
    return {}


# Not raised here: the production settings report them together with unsafe values.
FAULTS = _invalid_variables()


def refuse(faults: dict[str, str]) -> None:
    """Raises ImproperlyConfigured that lists every fault, if there is one."""
    if not faults:
        return
    lines = "\n".join(f"  {name}: {what}" for name, what in sorted(faults.items()))
    raise ImproperlyConfigured(f"These environment variables cannot be used:\n{lines}")


NAMES_SET = sorted(name for name in env.dump() if name in os.environ)


def secret_from_file(path: Path, length: int = 64) -> str:
    """The random key in the file at `path`, which is made on the first call.

    Only its owner can read the file.
    """
    from django.utils.crypto import get_random_string

    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write(get_random_string(length))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii")
