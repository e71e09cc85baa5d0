"""Claims and sources as JSON, in the form of documents.register.

The older tables and their rows stay, for workers and sites of version 0.2.0 (ADR 26).
"""

from datetime import date

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SOURCE = ("title", "publisher", "url", "date", "year", "read")
CLAIM = (
    "topic", "claim", "certainty", "who", "number", "how_long", "result",
    "does_not_tell",
)  # fmt: skip


def keep_as_json(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    alias = schema_editor.connection.alias
    entry = apps.get_model("stemguide_sessions", "RegisterEntry")
    sources = apps.get_model("stemguide_sessions", "Source").objects.using(alias)
    claims = apps.get_model("stemguide_sessions", "Claim").objects.using(alias)
    found = [
        entry(
            kind="source",
            name=row.name,
            data={name: getattr(row, name) for name in SOURCE},
        )
        for row in sources.order_by("pk")
    ]
    for row in claims.order_by("pk"):
        data = {name: getattr(row, name) for name in CLAIM}
        data["sources"] = [source.name for source in row.sources.order_by("pk")]
        data["checked"] = row.checked.isoformat()
        found.append(entry(kind="claim", name=row.name, data=data))
    entry.objects.using(alias).bulk_create(found)


def keep_in_columns(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    alias = schema_editor.connection.alias
    entry = apps.get_model("stemguide_sessions", "RegisterEntry").objects.using(alias)
    sources = apps.get_model("stemguide_sessions", "Source").objects.using(alias)
    claims = apps.get_model("stemguide_sessions", "Claim").objects.using(alias)
    claims.all().delete()
    sources.all().delete()
    by_name = {
        row.name: sources.create(name=row.name, **row.data)
        for row in entry.filter(kind="source").order_by("pk")
    }
    for row in entry.filter(kind="claim").order_by("pk"):
        values = {name: row.data[name] for name in CLAIM}
        checked = date.fromisoformat(row.data["checked"])
        claim = claims.create(name=row.name, checked=checked, **values)
        claim.sources.set([by_name[name] for name in row.data["sources"]])


class Migration(migrations.Migration):
    dependencies = [("stemguide_sessions", "0008_shipped_text")]

    operations = [
        migrations.CreateModel(
            name="RegisterEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("claim", "Claim"), ("source", "Source")], max_length=6
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "data",
                    models.JSONField(
                        help_text="As documents.register.Claim or Source holds it."
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "name"), name="register_entry_name_is_unique"
                    )
                ],
            },
        ),
        migrations.RunPython(keep_as_json, keep_in_columns),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel("Claim"),
                migrations.DeleteModel("Source"),
            ]
        ),
    ]
