"""The four roles of staff, and the permissions of each."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

ROLES = {
    "Editor": [
        "view_page",
        "view_stage",
        "view_area",
        "view_clinic",
        "view_wording",
        "add_wording",
        "change_wording",
    ],
    "Clinical reviewer": ["view_page", "view_stage", "view_area", "view_wording"],
    "Reception": ["view_page"],
    "Administrator": [
        "view_page",
        "view_stage",
        "view_area",
        "add_area",
        "change_area",
        "delete_area",
        "view_clinic",
        "change_clinic",
        "add_openingtime",
        "change_openingtime",
        "delete_openingtime",
        "view_openingtime",
        "add_closeddate",
        "change_closeddate",
        "delete_closeddate",
        "view_closeddate",
        "view_wording",
        "add_wording",
        "change_wording",
        "publish_unreviewed",
    ],
}


def add_roles(apps, schema_editor):
    # Django creates permissions after the last migration; they are needed here.
    create_permissions(
        installed.get_app_config("stemguide_sessions"),
        verbosity=0,
        using=schema_editor.connection.alias,
    )
    group_model = apps.get_model("auth", "Group")
    permission_model = apps.get_model("auth", "Permission")
    for role, codenames in ROLES.items():
        group, _ = group_model.objects.get_or_create(name=role)
        permissions = permission_model.objects.filter(
            content_type__app_label="stemguide_sessions", codename__in=codenames
        )
        if len(permissions) != len(codenames):
            missing = set(codenames) - {p.codename for p in permissions}
            raise LookupError(f"There is no permission named {sorted(missing)}.")
        group.permissions.set(permissions)


class Migration(migrations.Migration):
    dependencies = [
        ("stemguide_sessions", "0002_starting_rows"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(add_roles, migrations.RunPython.noop)]
