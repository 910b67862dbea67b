from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Indexes of the desk (oldest wait first, prepared decisions) and of the cimetière (last answers first)."""

    dependencies = [
        ('engagement', '0001_initial'),
        ('ideas', '0003_published_answers_stay'),
        ('network', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(models.OrderBy(models.F('published_on'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('published_on__isnull', False)), name='ideas_answered'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(condition=models.Q(('published_on__isnull', True)), fields=['idea'], name='ideas_prepared'),
        ),
        migrations.AddIndex(
            model_name='idea',
            index=models.Index(condition=models.Q(('waiting_since__isnull', False)), fields=['state', 'waiting_since', 'id'], name='ideas_waiting'),
        ),
    ]
