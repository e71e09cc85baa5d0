"""The day a page was taken out of the guide for good, and the step that did it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stemguide_sessions", "0010_clinical_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="page",
            name="dropped_on",
            field=models.DateField(
                blank=True,
                editable=False,
                help_text=(
                    "The day it was taken out of the guide for good; empty while it is "
                    "part of it."
                ),
                null=True,
            ),
        ),
        # A step more in the list, and a help text: no column changes.
        migrations.SeparateDatabaseAndState(
            state_operations=[
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
                            ("schedule-cancelled", "Schedule cancelled"),
                            ("withdrawn", "Withdrawn"),
                            ("loaded", "Loaded from its file"),
                            ("dropped", "Page dropped"),
                        ],
                        max_length=20,
                    ),
                ),
                migrations.AlterField(
                    model_name="auditentry",
                    name="user",
                    field=models.ForeignKey(
                        help_text="Empty for what load_content or drop_page did.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ]
        ),
    ]
