"""Counts of copies printed at the desk, and the permission to print there."""

import django.db.models.deletion
from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

ROLES = ["Reception", "Editor", "Clinical reviewer", "Administrator"]


def add_permission(apps, schema_editor):
    # Django creates permissions after the last migration; they are needed here.
    create_permissions(
        installed.get_app_config("stemguide_sessions"),
        verbosity=0,
        using=schema_editor.connection.alias,
    )
    permission = apps.get_model("auth", "Permission").objects.get(
        content_type__app_label="stemguide_sessions", codename="print_sheets"
    )
    for role in ROLES:
        group = apps.get_model("auth", "Group").objects.get(name=role)
        group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("stemguide_sessions", "0006_roles_for_governance")]

    operations = [
        migrations.CreateModel(
            name="PrintCount",
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
                ("day", models.DateField(help_text="The day at the clinic.")),
                ("copies", models.PositiveIntegerField(default=0)),
                (
                    "code",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="print_counts",
                        to="stemguide_sessions.sheetcode",
                    ),
                ),
            ],
            options={
                "permissions": [("print_sheets", "Can print sheets at the desk")],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "day"), name="print_count_is_one_a_day"
                    )
                ],
            },
        ),
        migrations.RunPython(add_permission, migrations.RunPython.noop),
    ]
