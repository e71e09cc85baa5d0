"""A row for the clinical rules. load_content fills it; without it nothing is published."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stemguide_sessions", "0009_register_entry")]

    operations = [
        migrations.CreateModel(
            name="ClinicalRules",
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
                    "data",
                    models.JSONField(help_text="As documents.rules.Rules holds them."),
                ),
                (
                    "has_own",
                    models.BooleanField(
                        default=False,
                        help_text=(
                            "Whether the clinic's folder added rules of its own."
                        ),
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pk", 1)), name="clinical_rules_is_one_row"
                    )
                ],
            },
        ),
    ]
