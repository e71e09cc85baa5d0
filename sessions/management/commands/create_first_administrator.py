"""manage.py create_first_administrator: the first account of a new site."""

from typing import Any

from django.contrib.admin.models import ADDITION
from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand
from django.utils.crypto import get_random_string

from sessions.models.locks import one_writer
from sessions.people.accounts import ADMINISTRATOR, record


class Command(BaseCommand):
    requires_system_checks = []
    help = (
        "Makes the user `admin` with a new random password and prints it, once. Does "
        "nothing when there is an administrator already."
    )

    def handle(self, **options: Any) -> None:
        with one_writer():
            if User.objects.filter(is_superuser=True).exists():
                return
            password = get_random_string(20)
            user = User.objects.create_superuser("admin", password=password)
            user.groups.add(Group.objects.get(name=ADMINISTRATOR))
            words = f"Created on the server. Roles: {ADMINISTRATOR}."
            record(user, user, words, ADDITION)
        self.stdout.write(
            "\n  Staff sign in at /admin/ as: admin"
            f"\n  with this password:         {password}"
            "\n  It is shown this once. Write it down, or change it after signing in.\n"
        )
