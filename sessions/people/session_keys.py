"""Staff sessions in the database, named by letters and digits alone."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore


class SessionStore(DatabaseStore):
    """Takes no key that it cannot have given: PostgreSQL fails on a NUL byte."""

    def _validate_session_key(self, key: str) -> bool:
        is_valid = super()._validate_session_key(key)  # type: ignore[misc]
        return bool(is_valid) and key.isalnum()
