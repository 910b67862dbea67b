from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """An anonymous idea has a month, and no day."""

    dependencies = [("ideas", "0005_forget_days")]

    operations = [
        migrations.AddConstraint(
            model_name="idea",
            constraint=models.CheckConstraint(
                condition=Q(is_anonymous=False)
                | (Q(deposited_on__day=1) & (Q(waiting_since__isnull=True) | Q(waiting_since__day=1))),
                name="ideas_anonymous_without_day",
                violation_error_message="Une idée anonyme ne garde que le mois de son dépôt.",
            ),
        ),
    ]
