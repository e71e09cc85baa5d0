"""The tables in which version 0.2.0 stores the register. This version only writes them.

Workers of 0.2.0 read them until they are restarted, and so does a site that goes back
to 0.2.0. The next version deletes this module, and the one after it drops the tables:
then no version that a site can go back to needs them (ADR 26).
"""

from collections.abc import Sequence

from django.db import connection
from django.db.backends.utils import CursorWrapper

from sessions.models.register import RegisterEntry

CLAIM = "stemguide_sessions_claim"
SOURCE = "stemguide_sessions_source"
LINK = "stemguide_sessions_claim_sources"
# What 0.2.0 has no column for, and what is stored in LINK.
NO_COLUMNS = {CLAIM: {"sources", "replaces", "read"}, SOURCE: set[str]()}


def fill_older_tables() -> None:
    """Replaces all rows of the older tables with the claims and sources stored now."""
    claims = RegisterEntry.objects.claims().order_by("pk")
    sources = RegisterEntry.objects.sources().order_by("pk")
    links = [(row.name, name) for row in claims for name in row.data["sources"]]
    with connection.cursor() as cursor:
        for table in (LINK, CLAIM, SOURCE):
            cursor.execute(f"DELETE FROM {table}")
        _insert(cursor, SOURCE, [{"name": row.name, **row.data} for row in sources])
        _insert(cursor, CLAIM, [{"name": row.name, **row.data} for row in claims])
        cursor.executemany(
            f"INSERT INTO {LINK} (claim_id, source_id) SELECT c.id, s.id "
            f"FROM {CLAIM} c, {SOURCE} s WHERE c.name = %s AND s.name = %s",
            links,
        )


def _insert(cursor: CursorWrapper, table: str, rows: Sequence[dict[str, str]]) -> None:
    """The keys of the rows are the columns, save those in NO_COLUMNS."""
    if rows:
        columns = [name for name in rows[0] if name not in NO_COLUMNS[table]]
        names = ", ".join(f'"{name}"' for name in columns)
        placeholders = ", ".join(["%s"] * len(columns))
        cursor.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({placeholders})",
            [[row[name] for name in columns] for row in rows],
        )
