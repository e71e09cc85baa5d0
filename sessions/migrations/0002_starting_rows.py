"""The first rows: the clinic, the two areas that ship, and the content version."""

from django.db import migrations

AREAS = [
    (
        "joint",
        "Joint, tendon or ligament",
        "Such as a knee, hip, shoulder, elbow or ankle.",
    ),
    ("hand", "Hand", "Such as the base of the thumb, a finger or the wrist."),
]


def add_rows(apps, schema_editor):
    apps.get_model("stemguide_sessions", "Clinic").objects.create(pk=1)
    apps.get_model("stemguide_sessions", "ContentVersion").objects.create(pk=1)
    area = apps.get_model("stemguide_sessions", "Area")
    for position, (slug, name, introduction) in enumerate(AREAS, start=1):
        area.objects.create(
            slug=slug, name=name, introduction=introduction, position=position
        )


class Migration(migrations.Migration):
    dependencies = [("stemguide_sessions", "0001_initial")]

    operations = [migrations.RunPython(add_rows, migrations.RunPython.noop)]
