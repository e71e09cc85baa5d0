"""Dumps the database while the site runs, and loads a dump into an empty database.

SQLite is copied with its backup API, PostgreSQL with pg_dump and pg_restore.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.db import connection

# Sessions, and failed sign-ins with IP addresses: a backup does not need them.
EXCLUDED_APPS = ("sessions", "axes")


class CopyError(Exception):
    """The dump could not be made, read or loaded. The message says what to do."""


@dataclass(frozen=True)
class Copier:
    """How one kind of database is copied. `name` is the file's name in an archive."""

    name: str
    dump: Callable[[Path], None]
    check: Callable[[Path], None]
    load: Callable[[Path], None]
    prepare: Callable[[], Path | None]


def copier() -> Copier:
    """The copier for the database in the settings."""
    found = COPIERS.get(connection.vendor)
    if found is None:
        raise CopyError(f"There is no way to copy {connection.vendor}.")
    return found


def excluded_tables() -> list[str]:
    return [
        model._meta.db_table
        for label in EXCLUDED_APPS
        for model in apps.get_app_config(label).get_models()
    ]


# --- SQLite ------------------------------------------------------------------


def _dump_sqlite(path: Path) -> None:
    """Writes a consistent snapshot, while other connections read and write."""
    connection.ensure_connection()
    with closing(sqlite3.connect(path, isolation_level=None)) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        for table in excluded_tables():
            copy.execute(f'DELETE FROM "{table}"')
        # Otherwise the deleted rows could still be read in the file.
        copy.execute("VACUUM")
    _flush(path)


def _check_sqlite(path: Path) -> None:
    address = f"{path.as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as copy:
            faults = copy.execute("PRAGMA integrity_check").fetchall()
            broken = copy.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.DatabaseError as error:
        raise CopyError("The database in the archive cannot be read.") from error
    if faults != [("ok",)] or broken:
        raise CopyError("The database in the archive is damaged.")


def _sqlite_path() -> Path:
    return Path(connection.settings_dict["NAME"])


def _prepare_sqlite() -> Path:
    """Raises CopyError if there is a database. Returns the folder for its file.

    The archive is unpacked there, so that the dump is on the same file system as the
    database and can be linked into place.
    """
    path = _sqlite_path()
    if path.exists() and path.stat().st_size and connection.introspection.table_names():
        raise CopyError(
            f"There is a database already: {path}. Move it away first, with the files "
            "beside it that begin with its name, or set STEMGUIDE_VAR_DIR to an empty "
            "folder."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.parent


def _load_sqlite(path: Path) -> None:
    """Replaces the empty database, if there is one, by a link to the file.

    Fails if another process makes a new database meanwhile.
    """
    target = _sqlite_path()
    connection.close()
    for name in ("", "-wal", "-shm"):
        target.with_name(target.name + name).unlink(missing_ok=True)
    path.chmod(0o600)
    _flush(path)
    os.link(path, target)
    _flush(target.parent)


def _flush(path: Path) -> None:
    """Waits until the file is on disk (fsync)."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# --- PostgreSQL --------------------------------------------------------------


def _dump_postgresql(path: Path) -> None:
    tables = [f"--exclude-table-data={table}" for table in excluded_tables()]
    options, name = _connection_arguments()
    output = ["--format=custom", "--no-owner", "--no-privileges", f"--file={path}"]
    _run("pg_dump", *options, *output, *tables, name)


def _check_postgresql(path: Path) -> None:
    _run("pg_restore", "--list", str(path))


def _prepare_postgresql() -> None:
    if connection.introspection.table_names():
        raise CopyError(
            f"The database {connection.settings_dict['NAME']} holds tables already. "
            "Set DATABASE_URL to an empty one."
        )


def _load_postgresql(path: Path) -> None:
    """Loads the dump in one transaction."""
    options, name = _connection_arguments()
    connection.close()
    modes = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    _run("pg_restore", *options, *modes, f"--dbname={name}", str(path))


def _connection_arguments() -> tuple[list[str], str]:
    """Command-line options for the server, without the password; and the database."""
    arguments, _ = connection.client.settings_to_cmd_args_env(
        connection.settings_dict, []
    )
    return list(arguments[1:-1]), arguments[-1]


def _run(program: str, *arguments: str) -> None:
    """Runs a PostgreSQL program. Raises CopyError if it fails or is missing.

    The password is in the environment, because other users can read a command line.
    """
    path = shutil.which(program)
    if path is None:
        raise CopyError(
            f"{program} is not installed. On Debian or Ubuntu: apt install "
            "postgresql-client"
        )
    _, secrets = connection.client.settings_to_cmd_args_env(
        connection.settings_dict, []
    )
    done = subprocess.run(
        [path, *arguments],
        env={"PATH": os.defpath, **(secrets or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        words = done.stderr.strip() or f"it ended with {done.returncode}"
        raise CopyError(f"{program} failed: {words}")


COPIERS = {
    "sqlite": Copier(
        "database.sqlite3", _dump_sqlite, _check_sqlite, _load_sqlite, _prepare_sqlite
    ),
    "postgresql": Copier(
        "database.dump",
        _dump_postgresql,
        _check_postgresql,
        _load_postgresql,
        _prepare_postgresql,
    ),
}
