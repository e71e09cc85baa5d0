"""Database triggers that refuse forbidden changes to wordings, areas and audits.

They are triggers because a constraint can see neither the old row nor another table.
They are created again after every migrate, because SQLite drops them when it rebuilds a
table. Each condition is SQL that SQLite and PostgreSQL both understand.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connections, transaction

WORDING = "stemguide_sessions_wording"
SAVER = "stemguide_sessions_saver"
AUDIT = "stemguide_sessions_auditentry"
DETAIL = "stemguide_sessions_detailchange"
AREA = "stemguide_sessions_area"

# name: (event, table, condition under which it is refused, error message)
Guards = dict[str, tuple[str, str, str, str]]
GUARDS: Guards = {
    "wording_shown_is_never_edited": (
        "BEFORE UPDATE",
        WORDING,
        """OLD.state IN ('published', 'withdrawn') AND (
            NEW.text <> OLD.text OR NEW.number <> OLD.number
            OR NEW.page_id <> OLD.page_id OR NEW.source_digest <> OLD.source_digest
            OR NEW.patient_change_note <> OLD.patient_change_note
            OR NEW.unreviewed_reason <> OLD.unreviewed_reason
            OR (NEW.withdrawn_reason <> OLD.withdrawn_reason
                AND (OLD.state = 'withdrawn' OR NEW.state <> 'withdrawn'))
            OR COALESCE(NEW.author_id, 0) <> COALESCE(OLD.author_id, 0)
            OR NEW.state NOT IN ('published', 'withdrawn')
            OR (OLD.state = 'withdrawn' AND NEW.state <> 'withdrawn'))""",
        "A published wording is never edited. Make a new draft.",
    ),
    "wording_approved_is_never_edited": (
        "BEFORE UPDATE",
        WORDING,
        """OLD.reviewer_id IS NOT NULL AND NEW.reviewer_id IS NOT NULL AND (
            NEW.text <> OLD.text
            OR NEW.patient_change_note <> OLD.patient_change_note)""",
        "An approved wording is never edited. Saving it ends its approval.",
    ),
    "wording_is_never_deleted": (
        "BEFORE DELETE",
        WORDING,
        "1 = 1",
        "A wording is never deleted. Its number must never be used again.",
    ),
    "wording_reviewer_did_not_save_it": (
        "BEFORE UPDATE",
        WORDING,
        f"""NEW.reviewer_id IS NOT NULL AND EXISTS (
            SELECT 1 FROM {SAVER}
            WHERE wording_id = NEW.id AND user_id = NEW.reviewer_id)""",
        "Nobody who saved a wording may approve it.",
    ),
    "saver_did_not_review_it": (
        "BEFORE INSERT",
        SAVER,
        f"""EXISTS (
            SELECT 1 FROM {WORDING}
            WHERE id = NEW.wording_id AND reviewer_id = NEW.user_id)""",
        "Nobody who approved a wording may save it.",
    ),
    "saver_is_never_forgotten": (
        "BEFORE DELETE",
        SAVER,
        "1 = 1",
        "The record of who saved a wording is never deleted.",
    ),
    "area_keeps_its_slug": (
        "BEFORE UPDATE",
        AREA,
        "NEW.slug <> OLD.slug",
        "The slug of an area never changes. Texts and printed codes name it.",
    ),
    "audit_is_never_edited": (
        "BEFORE UPDATE",
        AUDIT,
        "1 = 1",
        "An audit entry is never edited.",
    ),
    "audit_is_never_deleted": (
        "BEFORE DELETE",
        AUDIT,
        "1 = 1",
        "An audit entry is never deleted.",
    ),
    "detail_change_is_never_edited": (
        "BEFORE UPDATE",
        DETAIL,
        "1 = 1",
        "The record of a changed detail is never edited.",
    ),
    "detail_change_is_never_deleted": (
        "BEFORE DELETE",
        DETAIL,
        "1 = 1",
        "The record of a changed detail is never deleted.",
    ),
}


# SQL that a trigger runs first on PostgreSQL, where transactions run concurrently.
# Inserting a saver waits until an open transaction that approves the same wording ends:
# only then does the condition see whether the wording was approved.
WAITS_FOR = {
    "saver_did_not_review_it": (
        f"PERFORM 1 FROM {WORDING} WHERE id = NEW.wording_id FOR SHARE;"
    ),
}


def install_guards(*, using: str, **_: Any) -> None:
    """Creates the triggers. Receives Django's post_migrate signal."""
    connection = connections[using]
    statements = {"sqlite": _for_sqlite, "postgresql": _for_postgresql}[
        connection.vendor
    ]
    tables = set(connection.introspection.table_names())
    if not {WORDING, SAVER, AUDIT, AREA} <= tables:
        return
    # A database that is migrated to an older state lacks the tables that came later.
    guards = {name: guard for name, guard in GUARDS.items() if guard[1] in tables}
    # In one transaction, so that every trigger exists at every moment.
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for statement in statements(guards):
            cursor.execute(statement)


def _for_sqlite(guards: Guards) -> Iterator[str]:
    for name, (event, table, condition, message) in guards.items():
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield (
            f"CREATE TRIGGER {name} {event} ON {table} FOR EACH ROW "
            f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )


def _for_postgresql(guards: Guards) -> Iterator[str]:
    """A function and a trigger for each rule. Replacing them blocks no reader.

    TRUNCATE fires no row triggers, so a rule against deleting has a second trigger.
    """
    for name, (event, table, condition, message) in guards.items():
        refuse = f"RAISE EXCEPTION USING MESSAGE = '{message}', ERRCODE = '23514'"
        row = "OLD" if event == "BEFORE DELETE" else "NEW"
        yield (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql "
            f"AS $$ BEGIN {WAITS_FOR.get(name, '')} IF {condition} THEN {refuse}; "
            f"END IF; RETURN {row}; END $$"
        )
        yield (
            f"CREATE OR REPLACE TRIGGER {name} {event} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
        if event == "BEFORE DELETE":
            yield (
                f"CREATE OR REPLACE TRIGGER {name}_all BEFORE TRUNCATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
            )
