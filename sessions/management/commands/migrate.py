"""manage.py migrate: Django's own, one at a time."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from sessions.models.locks import one_migration


class Command(migrate.Command):
    help = f"{migrate.Command.help} Several machines may start it at once: each waits."

    def handle(self, *args: Any, **options: Any) -> None:
        using = options["database"]
        with one_migration(using, self.stderr.write):
            if connections[using].vendor == "postgresql":
                # A large table takes its time; lock_timeout stays, so that a worker
                # that is in the way delays the migration, and not all other workers.
                with connections[using].cursor() as cursor:
                    cursor.execute("SET statement_timeout = 0")
            super().handle(*args, **options)
