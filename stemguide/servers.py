"""The servers of a site on several machines, as Django wants them."""

from typing import Any

# A worker's threads share these connections; one of them opens with the first reader.
POOL = {"min_size": 1, "max_size": 8, "timeout": 5}

# What waits longer than this has failed: a reader gets an answer, staff a clear page.
# Ours first: an `options` in DATABASE_URL comes later, and wins.
LIMITS = (
    "-c statement_timeout=20s -c lock_timeout=10s "
    "-c idle_in_transaction_session_timeout=60s"
)


def postgresql(url: dict[str, Any]) -> dict[str, Any]:
    """The settings of a database that DATABASE_URL names."""
    options = url.get("OPTIONS", {})
    return {
        **url,
        "CONN_MAX_AGE": 0,  # the pool keeps them open
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            **options,
            "options": f"{LIMITS} {options.get('options', '')}".strip(),
            "pool": POOL,
        },
    }


def redis(url: str) -> dict[str, Any]:
    """The settings of the cache that CACHE_URL names. It fails soon, never slowly."""
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": url,
        "KEY_PREFIX": "stemguide",
        "OPTIONS": {
            "socket_connect_timeout": 0.5,
            "socket_timeout": 0.5,
            "retry": Retry(NoBackoff(), 0),
        },
    }


LOCAL_MEMORY = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "OPTIONS": {"MAX_ENTRIES": 10_000},
}
