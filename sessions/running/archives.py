"""The archive of a backup: a .tar.gz file with all that a new machine needs.

It holds manifest.json, a snapshot of the database and the content folder. The manifest
names every file with its checksum, and the environment variables that are set, without
their values: whoever runs the site keeps keys and passwords elsewhere.
"""

import hashlib
import io
import os
import shutil
import stat
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from pydantic import BaseModel, ValidationError

from sessions.library.names import printable
from sessions.running.database_copies import COPIERS

FORMAT = 1
MANIFEST = "manifest.json"
CONTENT = "content"
DAMAGED = "This archive is damaged: {}. Take an older one, or copy it again."


class BackupRefused(Exception):
    """Nothing was changed. The message says why, and how to mend it."""


class Member(BaseModel):
    """One file of an archive."""

    sha256: str
    size: int


class Manifest(BaseModel):
    """What an archive holds, and which version made it.

    `left_out` has the reason for each file of the content folder that is not in it.
    """

    format: int
    app_version: str
    made: datetime
    database: str
    migrations: list[str]
    configuration: list[str]
    files: dict[str, Member]
    left_out: dict[str, str] = {}


def write_archive(path: Path, database: Path, now: datetime) -> None:
    """Writes an archive of the content folder and `database`, which is a dump."""
    found, left_out = _read_folder(settings.CONTENT_DIR)
    content = {f"{CONTENT}/{name}": data for name, data in found.items()}
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
        left_out=left_out,
    )
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz") as tar:
            _add(tar, MANIFEST, manifest.model_dump_json(indent=1).encode())
            tar.add(database, database.name, filter=_anonymous)
            for name, data in content.items():
                _add(tar, name, data)
        file.flush()
        os.fsync(file.fileno())


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), 0o600
    tar.addfile(entry, io.BytesIO(data))


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """The entry without the user and group of this machine."""
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


def _read_folder(folder: Path) -> tuple[dict[str, bytes], dict[str, str]]:
    """(contents by relative path, reasons by name of what is left out) of a folder.

    Raises OSError if the folder itself, or a disk, cannot be read.
    """
    files: dict[str, bytes] = {}
    left_out: dict[str, str] = {}

    def leave_out(error: OSError) -> None:
        # A file that was deleted meanwhile is not reported. Only a lack of permission
        # leaves a file out: any other error stops the backup.
        if isinstance(error, FileNotFoundError):
            return
        if not isinstance(error, PermissionError) or error.filename == str(folder):
            raise error
        name = os.path.relpath(error.filename, folder)
        left_out[printable(name)] = (
            "it cannot be read; give it to the user who runs this guide"
        )

    for root, folders, names in os.walk(folder, onerror=leave_out):
        for name in sorted((*folders, *names)):
            path = Path(root, name)
            try:
                if why := _why_left_out(path):
                    left_out[printable(str(path.relative_to(folder)))] = why
                    folders[:] = [other for other in folders if other != name]
                elif name in names:
                    files[path.relative_to(folder).as_posix()] = path.read_bytes()
            except OSError as error:
                leave_out(error)
    return files, left_out


def _why_left_out(path: Path) -> str:
    """Why a file or folder is left out of the archive; empty if it is not."""
    mode = path.lstat().st_mode
    if path.name.startswith("."):
        return "it is hidden"
    if stat.S_ISLNK(mode):
        return "it is a symbolic link; replace it by the file itself"
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        return "it is not a regular file"
    try:
        os.fsencode(path.name).decode()
    except UnicodeDecodeError:
        return "its name is not UTF-8; rename it"
    return ""


def members_of(folder: Path) -> dict[str, Member]:
    """The members that an archive of this content folder would have."""
    return {name: _member(data) for name, data in _read_folder(folder)[0].items()}


def read_archive(path: Path, into: Path | None = None) -> Manifest:
    """Checks every file of an archive; unpacks them into the folder `into` if given.

    Raises BackupRefused if the archive is damaged, or was made by a newer version.
    """
    with refusing_bad_archive(path), tarfile.open(path, "r:gz") as tar:
        entries = tar.getmembers()
        manifest = _read_manifest(tar, entries)
        names = [entry.name for entry in entries[1:]]
        if sorted(names) != sorted(manifest.files):
            raise BackupRefused(DAMAGED.format("its manifest lists other files"))
        for entry in entries[1:]:
            _read_member(tar, entry, manifest.files[entry.name], into)
    return manifest


@contextmanager
def refusing_bad_archive(path: Path) -> Iterator[None]:
    """Turns an error of reading or unpacking the archive into BackupRefused."""
    try:
        yield
    except FileNotFoundError as error:
        message = f"There is no file {path}. Name the archive to restore."
        raise BackupRefused(message) from error
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise BackupRefused(DAMAGED.format("it cannot be unpacked")) from error
    except PermissionError as error:
        where = error.filename or path
        raise BackupRefused(
            f"{where} could not be used: {error.strerror}. Give it to the user who "
            "runs this guide, in a folder that this user owns."
        ) from error
    except OSError as error:
        if error.errno is None:
            raise BackupRefused(DAMAGED.format("it cannot be unpacked")) from error
        message = f"{error.filename or path} could not be used: {error.strerror}."
        raise BackupRefused(message) from error


def _read_manifest(tar: tarfile.TarFile, entries: list[tarfile.TarInfo]) -> Manifest:
    file = tar.extractfile(entries[0]) if entries else None
    if file is None or entries[0].name != MANIFEST:
        message = "This is no backup of StemGuide: it does not begin with a manifest."
        raise BackupRefused(message)
    data = file.read()
    try:
        manifest = Manifest.model_validate_json(data)
    except ValidationError as error:
        if (version := _version_of(data)).format > FORMAT:
            raise BackupRefused(_newer(version.app_version)) from error
        raise BackupRefused(DAMAGED.format("its manifest cannot be read")) from error
    if manifest.format > FORMAT:
        raise BackupRefused(_newer(manifest.app_version))
    unknown = sorted(set(manifest.migrations) - _known_migrations())
    if unknown:
        raise BackupRefused(
            f"{_newer(manifest.app_version)} It has migrations that are not here: "
            f"{', '.join(unknown)}."
        )
    _refuse_unsafe_paths(manifest)
    return manifest


class _Version(BaseModel):
    """The two fields that the manifest of every format has."""

    format: int = 0
    app_version: str = "unknown"


def _version_of(data: bytes) -> _Version:
    try:
        return _Version.model_validate_json(data)
    except ValidationError:
        return _Version()


def _newer(version: str) -> str:
    return (
        f"A newer StemGuide made this archive (version {version}; this is "
        f"{settings.APP_VERSION}). Install that version or a later one, then restore."
    )


def _known_migrations() -> set[str]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return {f"{app}.{name}" for app, name in loader.disk_migrations}


def _refuse_unsafe_paths(manifest: Manifest) -> None:
    """Raises BackupRefused for paths that no archive has, such as `../file`."""
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
        raise BackupRefused(DAMAGED.format(f"{entry.name} was changed"))
    if _digest(file) != member.sha256:
        raise BackupRefused(DAMAGED.format(f"{entry.name} was changed"))
    if into is None:
        return
    target = into / entry.name
    target.parent.mkdir(parents=True, exist_ok=True)
    file.seek(0)
    with target.open("xb") as copy:
        shutil.copyfileobj(file, copy)
