import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("engagement", "0005_polls")]

    operations = [
        migrations.AddField(
            model_name="ballot",
            name="absorbed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="engagement.ballot",
            ),
        ),
        migrations.AddField(
            model_name="vote",
            name="carried_from",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="engagement.ballot",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="came_from",
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
    ]
