"""manage.py backup: everything a new machine would need, in one file."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions.running.archives import BackupRefused
from sessions.running.backups import remove_older, write_backup


class Command(BaseCommand):
    requires_system_checks = []
    help = (
        "Writes the database and the content folder to one archive, while the site "
        "runs. It holds staff accounts, so keep it as safe as the server; it holds no "
        "value of a setting, so keep SECRET_KEY and passwords elsewhere."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=settings.BACKUP_DIR)
        parser.add_argument(
            "--keep", type=int, help="Keep so many, and remove older ones."
        )

    def handle(self, *, folder: Path, keep: int | None, **options: Any) -> None:
        if keep is not None and keep < 1:
            raise CommandError("--keep must be 1 or more.")
        try:
            path, manifest = write_backup(folder)
        except BackupRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"Written and checked: {path}")
        for name, why in manifest.left_out.items():
            self.stdout.write(f"Left out: {name}: {why}.")
        for old in remove_older(folder, keep) if keep else []:
            self.stdout.write(f"Removed: {old}")
