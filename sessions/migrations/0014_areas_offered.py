"""A clinic offers exactly the areas that are chosen. None chosen meant all before.

A site keeps what its patients can choose. It also gets back an area that came with the
product and was deleted, and does not offer it: texts that ship name it, and a text that
names an area which does not exist is refused. No table changes.
"""

from importlib import import_module

from django.db import migrations, models

AREAS = import_module("sessions.migrations.0002_starting_rows").AREAS


def choose_areas(apps, schema_editor):
    areas = apps.get_model("stemguide_sessions", "Area").objects
    for clinic in apps.get_model("stemguide_sessions", "Clinic").objects.all():
        if not clinic.areas_offered.exists():
            clinic.areas_offered.set(areas.all())
    last = areas.aggregate(last=models.Max("position"))["last"] or 0
    for slug, name, introduction in AREAS:
        values = {"name": name, "introduction": introduction, "position": last + 1}
        areas.get_or_create(slug=slug, defaults=values)


class Migration(migrations.Migration):
    dependencies = [("stemguide_sessions", "0013_going_back")]

    operations = [
        migrations.RunPython(choose_areas, migrations.RunPython.noop),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="clinic",
                    name="areas_offered",
                    field=models.ManyToManyField(
                        blank=True,
                        help_text="What this clinic treats. A new area is off until it is ticked here.",
                        to="stemguide_sessions.area",
                    ),
                ),
            ]
        ),
    ]
