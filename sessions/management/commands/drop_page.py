"""manage.py drop_page: drops a page from the guide for good."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions.documents import DocumentError
from sessions.library.shipped import VERSIONS, overlay
from sessions.wordings.dropping import DropRefused, drop_page

UNCHANGED = "Nothing was changed."


def _as_unicode(typed: str) -> str:
    """What was typed; bytes that are not UTF-8 become escapes, which can be kept."""
    return os.fsencode(typed).decode("utf-8", "backslashreplace")


class Command(BaseCommand):
    requires_system_checks = []
    help = (
        "Drops a page from the guide for good. Remove its file first. The wordings, "
        "history and sheet codes of the page are kept. If the file is put back, "
        "load_content brings the page back."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "name", help="The page: learn/costs, es/learn/costs or en/learn/costs.md."
        )
        parser.add_argument(
            "--reason", default="", help="Why. Staff read this in the page's history."
        )

    def handle(self, *, name: str, reason: str, **options: Any) -> None:
        name, reason = _as_unicode(name), _as_unicode(reason)
        try:
            files = overlay(settings.CONTENT_DIR, settings.SHIPPED_CONTENT_DIR)
            page = drop_page(name=name, reason=reason, files=files)
        except OSError as error:
            raise CommandError(f"{UNCHANGED} {error}") from error
        except DocumentError as error:
            fault = error.faults[0].at(f"{settings.SHIPPED_CONTENT_DIR}/{VERSIONS}")
            raise CommandError(f"{UNCHANGED} {fault}") from error
        except DropRefused as refused:
            for line in refused.reasons:
                self.stderr.write(line)
            raise CommandError(UNCHANGED) from refused
        self.stdout.write(f"{page} is dropped. Patients are not shown it any more.")
