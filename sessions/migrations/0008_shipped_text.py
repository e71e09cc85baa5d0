"""Files that the clinic changed, with the texts of them that ship now."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stemguide_sessions", "0007_print_counts"),
    ]

    operations = [
        migrations.CreateModel(
            name="ShippedText",
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
                ("path", models.CharField(max_length=200, unique=True)),
                ("clinic_text", models.TextField()),
                ("text", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("is_settled", models.BooleanField(default=False)),
                ("found", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["path"],
                "default_permissions": (),
            },
        ),
    ]
