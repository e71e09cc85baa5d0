"""The WSGI application: Django behind the WSGI cache."""

from urllib.parse import quote

from django.core.wsgi import get_wsgi_application
from django.db import connections

_django = get_wsgi_application()

# The models can only be imported once Django is set up.
from sessions.guide.wsgi_cache import WsgiCache  # noqa: E402

application = WsgiCache(_django)


def _never_create_a_database() -> None:
    """Opens SQLite with mode=rw, so that it makes no empty file where there is none.

    SQLite would also delete the -wal file that lies beside a missing database, and with
    it the last saves.
    """
    database = connections.settings["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database["NAME"] = f"file:{quote(str(database['NAME']))}?mode=rw"


_never_create_a_database()
