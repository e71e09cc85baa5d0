"""Backups of the running site, and restoring one on a new machine."""

import os
import re
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection

from sessions.running.archives import (
    CONTENT,
    BackupRefused,
    Manifest,
    members_of,
    read_archive,
    refusing_bad_archive,
    write_archive,
)
from sessions.running.database_copies import CopyError, copier

PATTERN = re.compile(r"stemguide-\d{4}-\d\d-\d\dT\d{6}Z\.tar\.gz")


def write_backup(folder: Path, now: datetime | None = None) -> tuple[Path, Manifest]:
    """Writes an archive of the running site into `folder`, atomically.

    Returns the path and the manifest of the archive. Only the owner of the file may
    read it. Raises BackupRefused if the backup cannot be made.
    """
    now = now or datetime.now(UTC)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"stemguide-{now:%Y-%m-%dT%H%M%SZ}.tar.gz"
        with tempfile.TemporaryDirectory(dir=folder, prefix=".part-") as name:
            part = Path(name) / path.name
            database = Path(name) / copier().name
            copier().dump(database)
            write_archive(part, database, now)
            manifest = read_archive(part)
            os.link(part, path)
    except FileExistsError as error:
        message = f"{error.filename2 or error.filename} exists already. Try again."
        raise BackupRefused(message) from error
    except OSError as error:
        message = f"The backup could not be written to {folder}: {error.strerror}."
        raise BackupRefused(message) from error
    except CopyError as error:
        raise BackupRefused(str(error)) from error
    except DatabaseError as error:
        raise BackupRefused(f"The database cannot be read: {error}") from error
    return path, manifest


def backups_in(folder: Path) -> list[Path]:
    """The archives in the folder, the newest first."""
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if PATTERN.fullmatch(p.name))[::-1]


def made_at(path: Path) -> datetime:
    """When an archive was made, taken from its name."""
    moment = path.name.removeprefix("stemguide-").removesuffix(".tar.gz")
    return datetime.strptime(moment, "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC)


def remove_older(folder: Path, keep: int) -> list[Path]:
    """Removes all but the `keep` newest archives. Returns the removed ones."""
    old = backups_in(folder)[keep:]
    for path in old:
        path.unlink()
    return old


def restore_backup(path: Path, content: Path) -> Manifest:
    """Restores an archive: the database, and the content folder at `content`.

    The archive is checked first. Raises BackupRefused, and changes nothing, if it is
    damaged, of a newer version or of another kind of database. Does the same if the
    site already has a database or other content. The database is restored last, so that
    the command can be run again after a power failure. Older archives are migrated.
    """
    try:
        staging_parent = copier().prepare()
        with (
            refusing_bad_archive(path),
            tempfile.TemporaryDirectory(dir=staging_parent, prefix=".restore-") as name,
        ):
            staged = Path(name)
            manifest = read_archive(path, staged)
            if manifest.database != connection.vendor:
                raise BackupRefused(
                    f"This archive is of {manifest.database}, and this site is set to "
                    f"{connection.vendor}. Mend DATABASE_URL, then restore."
                )
            copier().check(staged / copier().name)
            is_placed = _place_content(staged / CONTENT, content)
            try:
                copier().load(staged / copier().name)
            except (CopyError, OSError):
                if is_placed:
                    shutil.rmtree(content)
                raise
    except CopyError as error:
        raise BackupRefused(str(error)) from error
    except DatabaseError as error:
        name = connection.settings_dict["NAME"]
        message = f"The database {name} cannot be read: {error}"
        raise BackupRefused(message) from error
    # Migrates an older archive, and creates the triggers of models.guards.
    call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    return manifest


def _place_content(staged: Path, target: Path) -> bool:
    """Puts the content folder in place. Returns False if it was already there."""
    wanted, there = members_of(staged), members_of(target)
    # A clinic that changed no file has no content folder of its own.
    is_shipped = target.resolve() == settings.SHIPPED_CONTENT_DIR.resolve()
    if wanted == there or (is_shipped and not wanted):
        return False
    if target.exists() and any(target.iterdir()):
        raise BackupRefused(
            f"{target} holds other files than the archive. Move them away, or name an "
            "empty folder with --content and set CONTENT_DIR to it."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".restore-") as name:
        copy = Path(shutil.copytree(staged, Path(name) / target.name))
        copy.chmod(0o755)
        copy.replace(target)
    return True
