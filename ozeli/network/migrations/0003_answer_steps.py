from django.db import migrations, models


class Migration(migrations.Migration):
    """When the desk is reminded of an answer, and when a late one goes up: days that administrators set."""

    dependencies = [
        ("network", "0002_administration"),
    ]

    operations = [
        migrations.AddField(
            model_name="networksettings",
            name="lead_after_days",
            field=models.PositiveSmallIntegerField(
                db_default=3, default=3, verbose_name="remontée au responsable"
            ),
        ),
        migrations.AddField(
            model_name="networksettings",
            name="network_after_days",
            field=models.PositiveSmallIntegerField(
                db_default=10, default=10, verbose_name="remontée au réseau"
            ),
        ),
        migrations.AddField(
            model_name="networksettings",
            name="remind_first_days",
            field=models.PositiveSmallIntegerField(db_default=7, default=7, verbose_name="premier rappel"),
        ),
        migrations.AddField(
            model_name="networksettings",
            name="remind_last_days",
            field=models.PositiveSmallIntegerField(db_default=2, default=2, verbose_name="dernier rappel"),
        ),
        migrations.AddConstraint(
            model_name="networksettings",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("remind_first_days__gt", models.F("remind_last_days")),
                    ("lead_after_days__gte", 1),
                    ("remind_last_days__gte", 1),
                    ("network_after_days__gt", models.F("lead_after_days")),
                ),
                name="network_steps_in_order",
                violation_error_message="Les rappels puis les remontées se suivent dans l’ordre.",
            ),
        ),
    ]
