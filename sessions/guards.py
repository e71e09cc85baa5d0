"""Rules about wordings that the database itself keeps, whoever writes to it.

Constraints can not see the row as it was, or another table; triggers can. They are put
back after every migrate, because SQLite drops them when it rebuilds a table.
"""

from typing import Any

from django.db import connections

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
            OR NEW.author_id IS NOT OLD.author_id
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


def install_guards(*, using: str, **_: Any) -> None:
    """Puts the triggers in place. Receives Django's post_migrate signal."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    tables = connection.introspection.table_names()
    if not {WORDING, SAVER, AUDIT} <= set(tables):
        return
    with connection.cursor() as cursor:
        for name, (moment, table, condition, message) in GUARDS.items():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            cursor.execute(
                f"CREATE TRIGGER {name} {moment} ON {table} FOR EACH ROW "
                f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
