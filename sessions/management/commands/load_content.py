"""manage.py load_content: loads the content folder into the database."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions.documents.plurals import count
from sessions.guide.budgets import worst_counts
from sessions.library.faults import library_faults
from sessions.library.folder import Library, read_library
from sessions.library.languages import FIRST
from sessions.library.references import CHECKLIST, SHIPPED_AREAS
from sessions.wordings.areas import area_slugs_if_migrated
from sessions.wordings.loading import ContentRefused, load_library


class Command(BaseCommand):
    requires_system_checks = []
    help = (
        "Publishes every new or changed content file. Changes nothing if one file has "
        "a fault. Files that CONTENT_DIR lacks come from the shipped content folder."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--folder", type=Path, default=settings.CONTENT_DIR,
            help="A folder to load in place of CONTENT_DIR, without the shipped files.",
        )  # fmt: skip
        parser.add_argument(
            "--check", action="store_true", help="Only print the faults."
        )

    def handle(self, *, folder: Path, check: bool, **options: Any) -> None:
        is_content_dir = folder == settings.CONTENT_DIR
        shipped = settings.SHIPPED_CONTENT_DIR if is_content_dir else None
        library = read_library(folder, shipped, settings.SHIPPED_CONTENT_DIR)
        try:
            if check:
                areas = area_slugs_if_migrated()
                if faults := library_faults(library, areas=areas):
                    raise ContentRefused(faults)
                files = count(len(library.files), "file is", "files are")
                self.stdout.write(f"{files} in order.")
                self._write_budgets(library, areas)
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

    def _write_budgets(self, library: Library, areas: tuple[str, ...] | None) -> None:
        """Prints the words that each page shows, for the answers with the most."""
        pages = {f.name: f.document for f in library.files if f.language == FIRST}
        claims, checklist = library.register.claims, pages.get(CHECKLIST)
        self.stdout.write("\nWords that show before anything is opened, at most:")
        for name, document in pages.items():
            counts = worst_counts(
                name, document, checklist, claims, areas or SHIPPED_AREAS
            )
            for words in counts:
                mark = "OVER " if words.is_over else "     "
                self.stdout.write(f"{mark}{name}: {words}")
