"""What a web server calls: Django behind the WSGI cache."""

from urllib.parse import quote

from django.core.wsgi import get_wsgi_application
from django.db import connections

_django = get_wsgi_application()

# The models can only be imported once Django is set up.
from sessions.guide.wsgi_cache import WsgiCache  # noqa: E402

application = WsgiCache(_django)


def _only_open_what_is_there() -> None:
    """SQLite makes an empty file where it finds none; a web server must never.

    It would also throw away the last saves, which wait beside the file in its -wal.
    """
    database = connections.settings["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database["NAME"] = f"file:{quote(str(database['NAME']))}?mode=rw"


_only_open_what_is_there()
