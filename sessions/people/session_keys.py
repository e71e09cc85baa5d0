"""Database sessions that accept only keys of letters and digits."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore


class SessionStore(DatabaseStore):
    """Rejects keys that Django never makes, such as those that PostgreSQL refuses."""

    def _validate_session_key(self, key: str) -> bool:
        is_valid = super()._validate_session_key(key)  # type: ignore[misc]
        return bool(is_valid) and key.isalnum()
