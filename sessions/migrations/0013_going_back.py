"""Three steps more: a date moved, a version put back, a draft thrown away."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stemguide_sessions", "0012_telephone_rules")]

    operations = [
        # Steps more in the list: no column changes.
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
                            ("schedule-moved", "Scheduled for another time"),
                            ("schedule-cancelled", "Schedule cancelled"),
                            ("withdrawn", "Withdrawn"),
                            ("put-back", "Put back"),
                            ("thrown-away", "Draft thrown away"),
                            ("loaded", "Loaded from its file"),
                            ("dropped", "Page dropped"),
                        ],
                        max_length=20,
                    ),
                ),
            ]
        ),
    ]
