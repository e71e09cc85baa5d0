"""Permissions to review, to withdraw, and to manage staff accounts."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

ADDED = {
    "Editor": ["view_auditentry", "view_filetext"],
    "Clinical reviewer": [
        "view_auditentry",
        "review_wording",
        "withdraw_wording",
    ],
    "Administrator": [
        "view_auditentry",
        "view_filetext",
        "withdraw_wording",
        "add_user",
        "change_user",
        "view_user",
    ],
}


def add_permissions(apps, schema_editor):
    # Django creates permissions after the last migration; they are needed here.
    for app in ("auth", "stemguide_sessions"):
        create_permissions(
            installed.get_app_config(app),
            verbosity=0,
            using=schema_editor.connection.alias,
        )
    group_model = apps.get_model("auth", "Group")
    permission_model = apps.get_model("auth", "Permission")
    for role, codenames in ADDED.items():
        permissions = permission_model.objects.filter(
            content_type__app_label__in=["auth", "stemguide_sessions"],
            codename__in=codenames,
        )
        if len(permissions) != len(codenames):
            missing = set(codenames) - {p.codename for p in permissions}
            raise LookupError(f"There is no permission named {sorted(missing)}.")
        group_model.objects.get(name=role).permissions.add(*permissions)


class Migration(migrations.Migration):
    dependencies = [("stemguide_sessions", "0005_governance")]

    operations = [
        migrations.RunPython(add_permissions, migrations.RunPython.noop),
    ]
