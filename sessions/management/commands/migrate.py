"""manage.py migrate: Django's own command, under a lock."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from sessions.models.locks import one_migration


class Command(migrate.Command):
    help = f"{migrate.Command.help} Several machines may run it at once: each waits."

    def handle(self, *args: Any, **options: Any) -> None:
        using = options["database"]
        with one_migration(using, self.stderr.write):
            if connections[using].vendor == "postgresql":
                # A large table takes long. lock_timeout stays: while the migration
                # waits for a lock of one worker, all other workers wait behind it.
                with connections[using].cursor() as cursor:
                    cursor.execute("SET statement_timeout = 0")
            super().handle(*args, **options)
