"""Django's settings for PostgreSQL and Redis, for a site on several machines."""

from typing import Any

# The threads of a worker process share this pool. It opens with the first request.
POOL = {"min_size": 1, "max_size": 8, "timeout": 5}

# After these timeouts patients get the page from memory, and staff an error page that
# says so. They come before the `options` of DATABASE_URL, which override them.
LIMITS = (
    "-c statement_timeout=20s -c lock_timeout=10s "
    "-c idle_in_transaction_session_timeout=60s"
)


def postgresql(url: dict[str, Any]) -> dict[str, Any]:
    """DATABASES["default"] for a parsed DATABASE_URL."""
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
    """CACHES["default"] for CACHE_URL, with short timeouts and no retries."""
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
