"""Statements, and names and introductions of areas, as texts with versions.

What patients read stays live, and nobody has confirmed it yet. The columns stay, as
copies for lists and for the version before (ADR 31).
"""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone

from sessions.library.clinic_texts import (
    APPROVAL,
    FUNDING,
    area_page,
    area_text,
    statement_text,
)

COMMENT = "Patients read it before such texts had versions. Nobody has confirmed it."


def keep_texts(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    alias = schema_editor.connection.alias
    pages = apps.get_model("stemguide_sessions", "Page").objects.using(alias)
    wordings = apps.get_model("stemguide_sessions", "Wording").objects.using(alias)
    entries = apps.get_model("stemguide_sessions", "AuditEntry").objects.using(alias)
    clinics = apps.get_model("stemguide_sessions", "Clinic").objects.using(alias)
    areas = apps.get_model("stemguide_sessions", "Area").objects.using(alias)
    texts = {APPROVAL: "", FUNDING: ""}
    for row in clinics.all():
        for name, words in (
            (APPROVAL, row.approval_statement),
            (FUNDING, row.funding_statement),
        ):
            texts[name] = statement_text(name, words) if words.strip() else ""
    for area in areas.all():
        texts[area_page(area.slug)] = area_text(area.name, area.introduction)
    for name, text in texts.items():
        page, _ = pages.get_or_create(name=name, language="en")
        if text and not page.wordings.exists():
            wording = wordings.create(
                page=page,
                number=1,
                text=text,
                state="published",
                publish_from=timezone.now(),
            )
            entries.create(wording=wording, step="kept", comment=COMMENT, text=text)


class Migration(migrations.Migration):
    dependencies = [("stemguide_sessions", "0015_detail_change")]

    operations = [
        # Only Django's state changes: the forms do not offer these columns, and the
        # audit has one step more.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="clinic",
                    name="funding_statement",
                    field=models.TextField(blank=True, editable=False),
                ),
                migrations.AlterField(
                    model_name="clinic",
                    name="approval_statement",
                    field=models.TextField(blank=True, editable=False),
                ),
                migrations.AlterField(
                    model_name="auditentry",
                    name="step",
                    field=models.CharField(
                        choices=[
                            ("started", "Draft started"),
                            ("restored", "Draft started from an older version"),
                            ("sent", "Sent for review"),
                            ("changes-asked", "Changes asked for"),
                            ("approved", "Approved"),
                            ("published", "Published"),
                            ("published-unreviewed", "Published without review"),
                            ("scheduled", "Scheduled"),
                            ("schedule-moved", "Scheduled for another time"),
                            ("schedule-cancelled", "Schedule cancelled"),
                            ("withdrawn", "Withdrawn"),
                            ("put-back", "Put back"),
                            ("thrown-away", "Draft thrown away"),
                            ("loaded", "Loaded from its file"),
                            ("kept", "Kept as it was at an upgrade"),
                            ("dropped", "Page dropped"),
                        ],
                        max_length=20,
                    ),
                ),
            ]
        ),
        migrations.RunPython(keep_texts, migrations.RunPython.noop),
    ]
