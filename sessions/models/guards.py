"""Rules about wordings that the database itself keeps, whoever writes to it.

Constraints cannot see the row as it was, or another table; triggers can. They are put
back after every migrate, because SQLite drops them when it rebuilds a table. The rules
are written once, in words that SQLite and PostgreSQL share.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connections, transaction

WORDING = "stemguide_sessions_wording"
SAVER = "stemguide_sessions_saver"
AUDIT = "stemguide_sessions_auditentry"

# name: (when it fires, on which table, the condition that is refused, what it says)
GUARDS = {
    "wording_shown_is_never_edited": (
        "BEFORE UPDATE",
        WORDING,
        """OLD.state IN ('published', 'withdrawn') AND (
            NEW.text <> OLD.text OR NEW.number <> OLD.number
            OR NEW.page_id <> OLD.page_id OR NEW.source_digest <> OLD.source_digest
            OR COALESCE(NEW.author_id, 0) <> COALESCE(OLD.author_id, 0)
            OR NEW.state NOT IN ('published', 'withdrawn')
            OR (OLD.state = 'withdrawn' AND NEW.state <> 'withdrawn'))""",
        "A published wording is never edited. Make a new draft.",
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
        "Who saved a wording is never forgotten.",
    ),
    "audit_is_never_edited": (
        "BEFORE UPDATE",
        AUDIT,
        "1 = 1",
        "What was done is never rewritten.",
    ),
    "audit_is_never_deleted": (
        "BEFORE DELETE",
        AUDIT,
        "1 = 1",
        "What was done is never forgotten.",
    ),
}


# On PostgreSQL two transactions may run side by side. Whoever is named as a saver first
# waits for a review of that wording that is not finished.
WAITS_FOR = {
    "saver_did_not_review_it": (
        f"PERFORM 1 FROM {WORDING} WHERE id = NEW.wording_id FOR SHARE;"
    ),
}


def install_guards(*, using: str, **_: Any) -> None:
    """Puts the triggers in place. Receives Django's post_migrate signal."""
    connection = connections[using]
    written = {"sqlite": _for_sqlite, "postgresql": _for_postgresql}[connection.vendor]
    tables = connection.introspection.table_names()
    if not {WORDING, SAVER, AUDIT} <= set(tables):
        return
    # In one transaction: there is no moment at which a rule does not hold.
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for statement in written():
            cursor.execute(statement)


def _for_sqlite() -> Iterator[str]:
    for name, (moment, table, condition, message) in GUARDS.items():
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield (
            f"CREATE TRIGGER {name} {moment} ON {table} FOR EACH ROW "
            f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )


def _for_postgresql() -> Iterator[str]:
    """A function and a trigger for each rule. Replacing one keeps no reader waiting.

    TRUNCATE deletes rows without asking the triggers that guard each of them.
    """
    for name, (moment, table, condition, message) in GUARDS.items():
        refuse = f"RAISE EXCEPTION USING MESSAGE = '{message}', ERRCODE = '23514'"
        row = "OLD" if moment == "BEFORE DELETE" else "NEW"
        yield (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql "
            f"AS $$ BEGIN {WAITS_FOR.get(name, '')} IF {condition} THEN {refuse}; "
            f"END IF; RETURN {row}; END $$"
        )
        yield (
            f"CREATE OR REPLACE TRIGGER {name} {moment} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
        if moment == "BEFORE DELETE":
            yield (
                f"CREATE OR REPLACE TRIGGER {name}_all BEFORE TRUNCATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
            )
