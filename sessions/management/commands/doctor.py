"""manage.py doctor: prints what is wrong with the site, and how to mend it."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from sessions.running.doctor import examine


class Command(BaseCommand):
    requires_system_checks = []
    help = (
        "Says in one line each what is wrong with this site and how to mend it, and "
        "what is worth knowing. The exit status is 1 if something must be mended."
    )

    def handle(self, **options: Any) -> None:
        urgent = 0
        for finding in examine():
            self.stdout.write(str(finding))
            urgent += finding.is_urgent
        if urgent:
            self.stdout.write(f"{urgent} to mend.")
            sys.exit(1)
        self.stdout.write("Nothing to mend.")
