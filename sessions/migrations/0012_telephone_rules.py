"""Takes the rules of telephone numbers out of the fields: models.telephones has them.

No table changes.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stemguide_sessions", "0011_page_dropped_on"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="clinic",
                    name="telephone",
                    field=models.CharField(
                        blank=True,
                        help_text='For questions in opening hours. While this is blank, pages say "Ring the number on your appointment letter".',
                        max_length=30,
                    ),
                ),
                migrations.AlterField(
                    model_name="clinic",
                    name="out_of_hours_telephone",
                    field=models.CharField(
                        blank=True,
                        help_text="For evenings, nights and days when you are closed.",
                        max_length=30,
                        verbose_name="out-of-hours telephone",
                    ),
                ),
            ],
        ),
    ]
