"""Staff sessions in the database, named by letters and digits alone."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore


class SessionStore(DatabaseStore):
    """Takes no key that it can not have given: PostgreSQL fails on a NUL byte."""

    def _validate_session_key(self, key: str) -> bool:
        return bool(super()._validate_session_key(key)) and key.isalnum()
