from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("activity", "0002_paces_and_digests")]

    operations = [
        migrations.AddField(
            model_name="follow",
            name="brought_from",
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
    ]
