"""manage.py export_site: the public guide as plain files."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions.documents.plurals import count
from sessions.running.site_export import ExportRefused, export_site


class Command(BaseCommand):
    requires_system_checks = []
    help = (
        "Writes every public page as plain files to a new folder, with its style and "
        "scripts, for a static host or a USB stick. Open index.html there."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="New, or empty.")

    def handle(self, *, folder: Path, **options: Any) -> None:
        try:
            pages = export_site(folder)
        except ExportRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{count(pages, 'page', 'pages')} written to {folder}.")
