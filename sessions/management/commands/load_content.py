"""manage.py load_content: takes the content folder in."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions.documents.plurals import count
from sessions.library.faults import library_faults
from sessions.library.folder import read_library
from sessions.wordings.loading import ContentRefused, load_library


class Command(BaseCommand):
    requires_system_checks = []
    help = (
        "Publishes every new or changed content file. Refuses all of them, "
        "and changes nothing, when one is broken. What CONTENT_DIR lacks comes from "
        "the content folder that ships."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--folder", type=Path, default=settings.CONTENT_DIR,
            help="Another folder in the place of CONTENT_DIR, taken alone.",
        )  # fmt: skip
        parser.add_argument(
            "--check", action="store_true", help="Only say what is wrong."
        )

    def handle(self, *, folder: Path, check: bool, **options: Any) -> None:
        is_clinics = folder == settings.CONTENT_DIR
        shipped = settings.SHIPPED_CONTENT_DIR if is_clinics else None
        library = read_library(folder, shipped)
        try:
            if check:
                if faults := library_faults(library):
                    raise ContentRefused(faults)
                files = count(len(library.files), "file is", "files are")
                self.stdout.write(f"{files} in order.")
                return
            results = load_library(library)
        except ContentRefused as refused:
            for fault in refused.faults:
                self.stderr.write(str(fault))
            number = count(len(refused.faults), "fault", "faults")
            raise CommandError(
                f"Nothing was changed. Mend {number} above, then run this again."
            ) from refused
        for result in results:
            self.stdout.write(str(result))
