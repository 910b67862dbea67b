from django.db import migrations, models


class Migration(migrations.Migration):
    """An address may be long (a slug, filters): it is kept whole. The width goes without rewriting the table."""

    dependencies = [("core", "0002_cache_table")]

    operations = [
        migrations.RunSQL("set local lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AlterField("idempotencykey", "action", models.TextField()),
        migrations.AlterField("idempotencykey", "location", models.TextField(blank=True)),
    ]
