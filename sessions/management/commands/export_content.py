"""manage.py export_content: writes live wordings to files in the content folder."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions.documents import DocumentError
from sessions.documents.plurals import count
from sessions.wordings.exporting import export_pages


class Command(BaseCommand):
    requires_system_checks = []
    help = (
        "Writes the text that patients read now to its Markdown file, so that "
        "load_content reads the same. Does not touch files with the same text. Into "
        "CONTENT_DIR it writes only pages that differ from the shipped ones; another "
        "folder gets every page."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder", nargs="?", type=Path, default=settings.CONTENT_DIR
        )

    def handle(self, *, folder: Path, **options: Any) -> None:
        is_content_dir = folder == settings.CONTENT_DIR
        shipped = settings.SHIPPED_CONTENT_DIR if is_content_dir else None
        try:
            results = export_pages(folder, shipped)
        except (OSError, DocumentError) as error:
            raise CommandError(f"Nothing was written. {error}") from error
        for result in results:
            self.stdout.write(str(result))
        refused = sum(result.is_refused for result in results)
        if refused:
            raise CommandError(
                f"{count(refused, 'page was', 'pages were')} not written. The "
                "lines above that start with refused say why."
            )
