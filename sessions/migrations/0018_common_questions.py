"""Tables for what searches are answered with: questions and synonyms.

load_content fills them. Workers of the last version neither read nor write them, and a
search without any rows finds pages alone.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stemguide_sessions", "0017_ratings")]

    operations = [
        migrations.CreateModel(
            name="Synonyms",
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
                ("language", models.CharField(max_length=10, unique=True)),
                (
                    "data",
                    models.JSONField(
                        help_text="As documents.synonyms.Synonyms holds them."
                    ),
                ),
            ],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="CommonQuestion",
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
                ("language", models.CharField(max_length=10)),
                ("name", models.SlugField(max_length=60)),
                ("position", models.PositiveIntegerField()),
                (
                    "data",
                    models.JSONField(
                        help_text="As documents.common_questions.CommonQuestion holds it."
                    ),
                ),
            ],
            options={
                "ordering": ["language", "position"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("language", "name"),
                        name="common_question_name_is_unique",
                    )
                ],
            },
        ),
    ]
