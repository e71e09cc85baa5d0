"""The record of changed details of the clinic: a table that no older version reads."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stemguide_sessions", "0014_areas_offered"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DetailChange",
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
                        choices=[
                            ("added", "Added"),
                            ("changed", "Changed"),
                            ("removed", "Removed"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        help_text="What it is a detail of, such as: Area hand.",
                        max_length=100,
                    ),
                ),
                (
                    "field",
                    models.CharField(
                        help_text="Its name, as staff read it.", max_length=100
                    ),
                ),
                ("old", models.TextField(blank=True)),
                ("new", models.TextField(blank=True)),
                ("moment", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        help_text="Empty for what a command on the server did.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-moment", "-pk"],
                "default_permissions": (),
            },
        ),
    ]
