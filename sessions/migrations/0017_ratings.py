"""A table for ratings by several people. load_content fills it.

The older table and its rows stay as they are: workers of version 0.2.0, and a site that
goes back to it, read every row and could not read the new form. What 0.2.0 rated is not
copied, since those words are no longer the words that ship.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stemguide_sessions", "0016_clinic_texts")]

    operations = [
        migrations.CreateModel(
            name="Ratings",
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
                ("name", models.SlugField(unique=True)),
                (
                    "data",
                    models.JSONField(
                        help_text="As documents.scorecards.Scorecard holds it."
                    ),
                ),
            ],
            options={"default_permissions": ()},
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel("Scorecard")]
        ),
    ]
