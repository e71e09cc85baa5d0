"""manage.py restore: restores a backup on a new machine."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions.documents.plurals import count
from sessions.running.archives import BackupRefused, Manifest, read_archive
from sessions.running.backups import restore_backup


class Command(BaseCommand):
    requires_system_checks = []
    help = (
        "Restores a backup on a machine without a database. The archive is checked "
        "first. No file is overwritten."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", type=Path)
        parser.add_argument(
            "--content", type=Path, default=settings.CONTENT_DIR,
            help="Where the content goes: an empty folder, or one with the same files.",
        )  # fmt: skip
        parser.add_argument(
            "--check", action="store_true", help="Only check the archive."
        )

    def handle(
        self, *, archive: Path, content: Path, check: bool, **options: Any
    ) -> None:
        try:
            if check:
                manifest = read_archive(archive)
                self.stdout.write(f"Whole. {_words(manifest)}")
                self._tell_left_out(manifest)
                return
            manifest = restore_backup(archive, content)
        except BackupRefused as refused:
            raise CommandError(f"Nothing was changed. {refused}") from refused
        self.stdout.write(f"Restored. {_words(manifest)}")
        self._tell_left_out(manifest)
        missing = set(manifest.configuration) - set(settings.CONFIGURATION_NAMES)
        if missing:
            names = ", ".join(sorted(missing))
            self.stdout.write(f"Set on the old machine, and not here: {names}.")
        self.stdout.write("Staff sign in again; nobody was kept signed in.")

    def _tell_left_out(self, manifest: Manifest) -> None:
        for name, why in manifest.left_out.items():
            self.stdout.write(f"Not in the archive: {name}: {why}.")


def _words(manifest: Manifest) -> str:
    return (
        f"Made {manifest.made:%d %B %Y at %H:%M} UTC by version "
        f"{manifest.app_version}, with "
        f"{count(len(manifest.files) - 1, 'content file', 'content files')}."
    )
