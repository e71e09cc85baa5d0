"""Backups: one file that holds all a clinic would need on a new machine.

A tar archive of manifest.json, the database at one moment and the content folder. The
manifest names every file with its checksum, and the settings that were made, without
their values: keys and passwords are kept apart by whoever runs the site.
"""

import hashlib
import io
import os
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from pydantic import BaseModel, ValidationError

from sessions.database_copies import COPIERS, CopyError, copier

FORMAT = 1
MANIFEST = "manifest.json"
CONTENT = "content"
PATTERN = re.compile(r"stemguide-\d{4}-\d\d-\d\dT\d{6}Z\.tar\.gz")
DAMAGED = "This archive is damaged: {}. Take an older one, or fetch it again."


class BackupRefused(Exception):
    """Nothing was changed; the text says why, and how to mend it."""


class Member(BaseModel):
    """One file of an archive."""

    sha256: str
    size: int


class Manifest(BaseModel):
    """What an archive holds, and what made it."""

    format: int
    app_version: str
    made: datetime
    database: str
    migrations: list[str]
    configuration: list[str]
    files: dict[str, Member]


# --- making one --------------------------------------------------------------


def write_backup(folder: Path, now: datetime | None = None) -> Path:
    """Writes an archive of the running site into `folder`; whole, or not at all.

    Only its owner may read it. Raises BackupRefused where it can not be made.
    """
    now = now or datetime.now(UTC)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"stemguide-{now:%Y-%m-%dT%H%M%SZ}.tar.gz"
        with tempfile.TemporaryDirectory(dir=folder, prefix=".part-") as name:
            part = Path(name) / path.name
            _write(part, Path(name) / copier().name, now)
            read_archive(part)
            os.link(part, path)
    except FileExistsError as error:
        message = f"{error.filename2 or error.filename} is there already. Try again."
        raise BackupRefused(message) from error
    except OSError as error:
        message = f"The backup could not be written to {folder}: {error.strerror}."
        raise BackupRefused(message) from error
    except CopyError as error:
        raise BackupRefused(str(error)) from error
    except DatabaseError as error:
        raise BackupRefused(f"The database can not be read: {error}") from error
    return path


def _write(path: Path, database: Path, now: datetime) -> None:
    copier().dump(database)
    content = {
        f"{CONTENT}/{name}": file.read_bytes()
        for name, file in _files(settings.CONTENT_DIR)
    }
    applied = MigrationRecorder(connection).applied_migrations()
    files = {name: _member(data) for name, data in content.items()}
    with database.open("rb") as copy:
        digest = _digest(copy)
    size = database.stat().st_size
    manifest = Manifest(
        format=FORMAT,
        app_version=settings.APP_VERSION,
        made=now,
        database=connection.vendor,
        migrations=sorted(f"{app}.{name}" for app, name in applied),
        configuration=settings.CONFIGURATION_NAMES,
        files={database.name: Member(sha256=digest, size=size), **files},
    )
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz") as tar:
            _add(tar, MANIFEST, manifest.model_dump_json(indent=1).encode())
            tar.add(database, database.name, filter=_plain)
            for name, data in content.items():
                _add(tar, name, data)
        file.flush()
        os.fsync(file.fileno())


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), 0o600
    tar.addfile(entry, io.BytesIO(data))


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without the names of people on this machine."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o600
    return entry


def _member(data: bytes) -> Member:
    return Member(sha256=hashlib.sha256(data).hexdigest(), size=len(data))


def _digest(file: IO[bytes]) -> str:
    found = hashlib.sha256()
    while part := file.read(1 << 20):
        found.update(part)
    return found.hexdigest()


def _files(folder: Path) -> list[tuple[str, Path]]:
    """Every plain file of a folder by its name in it; links and hidden ones are not."""
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_symlink() or any(part.startswith(".") for part in name.parts):
            continue
        if path.is_file():
            found.append((name.as_posix(), path))
    return found


def backups_in(folder: Path) -> list[Path]:
    """The archives there, the newest first."""
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if PATTERN.fullmatch(p.name))[::-1]


def made_at(path: Path) -> datetime:
    """When an archive was made, by its name."""
    moment = path.name.removeprefix("stemguide-").removesuffix(".tar.gz")
    return datetime.strptime(moment, "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC)


def remove_older(folder: Path, keep: int) -> list[Path]:
    """Removes all but the `keep` newest archives; says which."""
    old = backups_in(folder)[keep:]
    for path in old:
        path.unlink()
    return old


# --- putting one back --------------------------------------------------------


def read_archive(path: Path, into: Path | None = None) -> Manifest:
    """Reads a whole archive and checks every byte of it; unpacks it where asked.

    Raises BackupRefused for one that is damaged or made by a newer version.
    """
    with _faults_of(path), tarfile.open(path, "r:gz") as tar:
        entries = tar.getmembers()
        manifest = _read_manifest(tar, entries)
        names = [entry.name for entry in entries[1:]]
        if sorted(names) != sorted(manifest.files):
            raise BackupRefused(DAMAGED.format("its list of files is another"))
        for entry in entries[1:]:
            _read_member(tar, entry, manifest.files[entry.name], into)
    return manifest


@contextmanager
def _faults_of(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        message = f"There is no file {path}. Name the archive to put back."
        raise BackupRefused(message) from error
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise BackupRefused(DAMAGED.format("it can not be unpacked")) from error
    except PermissionError as error:
        where = error.filename or path
        raise BackupRefused(
            f"{where} could not be used: {error.strerror}. Give it to the user who "
            "runs this guide, in a folder that is theirs."
        ) from error
    except OSError as error:
        if error.errno is None:
            raise BackupRefused(DAMAGED.format("it can not be unpacked")) from error
        message = f"{error.filename or path} could not be used: {error.strerror}."
        raise BackupRefused(message) from error


def _read_manifest(tar: tarfile.TarFile, entries: list[tarfile.TarInfo]) -> Manifest:
    file = tar.extractfile(entries[0]) if entries else None
    if file is None or entries[0].name != MANIFEST:
        message = "This is no backup of StemGuide: it does not begin with its manifest."
        raise BackupRefused(message)
    data = file.read()
    try:
        manifest = Manifest.model_validate_json(data)
    except ValidationError as error:
        if (head := _head(data)).format > FORMAT:
            raise BackupRefused(_newer(head.app_version)) from error
        raise BackupRefused(DAMAGED.format("its manifest can not be read")) from error
    if manifest.format > FORMAT:
        raise BackupRefused(_newer(manifest.app_version))
    unknown = sorted(set(manifest.migrations) - _known_migrations())
    if unknown:
        raise BackupRefused(
            f"{_newer(manifest.app_version)} It has migrations that are not here: "
            f"{', '.join(unknown)}."
        )
    _refuse_odd_names(manifest)
    return manifest


class _Head(BaseModel):
    """What the manifest of any format says."""

    format: int = 0
    app_version: str = "unknown"


def _head(data: bytes) -> _Head:
    try:
        return _Head.model_validate_json(data)
    except ValidationError:
        return _Head()


def _newer(version: str) -> str:
    return (
        f"A newer StemGuide made this archive (version {version}; here is "
        f"{settings.APP_VERSION}). Install that version or a later one, then restore."
    )


def _known_migrations() -> set[str]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return {f"{app}.{name}" for app, name in loader.disk_migrations}


def _refuse_odd_names(manifest: Manifest) -> None:
    """Nothing may be unpacked outside the place meant for it."""
    databases = {copier.name for copier in COPIERS.values()}
    for name in manifest.files:
        parts = PurePosixPath(name).parts
        is_content = len(parts) > 1 and parts[0] == CONTENT and ".." not in parts
        if not (is_content or name in databases) or name != "/".join(parts):
            raise BackupRefused(DAMAGED.format(f"it holds a file named {name!r}"))


def _read_member(
    tar: tarfile.TarFile, entry: tarfile.TarInfo, member: Member, into: Path | None
) -> None:
    file = tar.extractfile(entry) if entry.isreg() else None
    if file is None or entry.size != member.size:
        raise BackupRefused(DAMAGED.format(f"{entry.name} is not as it was"))
    if _digest(file) != member.sha256:
        raise BackupRefused(DAMAGED.format(f"{entry.name} is not as it was"))
    if into is None:
        return
    target = into / entry.name
    target.parent.mkdir(parents=True, exist_ok=True)
    file.seek(0)
    with target.open("xb") as copy:
        shutil.copyfileobj(file, copy)


def restore_backup(path: Path, content: Path) -> Manifest:
    """Puts an archive back: the database, and the content folder at `content`.

    Everything is checked first. Raises BackupRefused, having changed nothing, for an
    archive that is damaged, newer or of another kind of database, and where a database
    or other content is already. The database comes last, so that after a power cut the
    same command can be given again. Older archives are migrated to this version.
    """
    try:
        near = copier().prepare()
        with (
            _faults_of(path),
            tempfile.TemporaryDirectory(dir=near, prefix=".restore-") as name,
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
        message = f"The database {name} can not be asked if it is empty: {error}"
        raise BackupRefused(message) from error
    # Newer migrations, and the rules that the database keeps itself.
    call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    return manifest


def _place_content(staged: Path, target: Path) -> bool:
    """Whether it was put there now; False where there is nothing to put."""
    wanted = {name: _member(path.read_bytes()) for name, path in _files(staged)}
    there = {name: _member(path.read_bytes()) for name, path in _files(target)}
    if not wanted or wanted == there:
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
