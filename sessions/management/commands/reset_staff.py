"""manage.py reset_staff: restores access when no Administrator can help."""

from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions.documents.plurals import count
from sessions.people import accounts, second_factor


class Command(BaseCommand):
    help = (
        "Restores access to an account: prints a one-time link to set a password, "
        "switches the account on, ends its locks and sessions, and deletes its "
        "second factor. The old password stops working."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="The user name.")

    def handle(self, *, name: str, **options: Any) -> None:
        try:
            person = User.objects.get(username=name)
        except User.DoesNotExist as error:
            names = User.objects.order_by("username").values_list("username", flat=True)
            known = ", ".join(names) or "nobody yet"
            raise CommandError(
                f"There is nobody named {name}. There is: {known}."
            ) from error
        accounts.restore_access(person)
        second_factor.delete(person)
        path = accounts.one_time_path(person)
        hours = count(settings.PASSWORD_RESET_TIMEOUT // 3600, "hour", "hours")
        self.stdout.write(
            f"\n  Open this on the site, once, within {hours}:"
            f"\n  {urljoin(settings.PUBLIC_URL, path)}\n"
        )
