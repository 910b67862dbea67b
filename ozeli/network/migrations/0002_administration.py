from django.db import migrations, models


class Migration(migrations.Migration):
    """What administrators keep is archived and versioned; the delay promised by the whole network is a row."""

    dependencies = [("network", "0001_initial")]

    operations = [
        migrations.AddField(
            "branch", "is_active", models.BooleanField("en service", db_default=True, default=True)
        ),
        migrations.AddField(
            "branch", "version", models.PositiveIntegerField(db_default=1, default=1, editable=False)
        ),
        migrations.AddField(
            "domain", "is_active", models.BooleanField("en service", db_default=True, default=True)
        ),
        migrations.AddField(
            "domain", "version", models.PositiveIntegerField(db_default=1, default=1, editable=False)
        ),
        migrations.AddField(
            "organisation", "version", models.PositiveIntegerField(db_default=1, default=1, editable=False)
        ),
        migrations.AddField(
            "strategicobjective",
            "version",
            models.PositiveIntegerField(db_default=1, default=1, editable=False),
        ),
        migrations.CreateModel(
            name="NetworkSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_active", models.BooleanField("en service", db_default=True, default=True)),
                ("version", models.PositiveIntegerField(db_default=1, default=1, editable=False)),
                (
                    "answer_delay_days",
                    models.PositiveSmallIntegerField("délai de réponse promis (jours)"),
                ),
            ],
            options={
                "verbose_name": "réglage du réseau",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="network_one_settings")
                ],
            },
        ),
    ]
