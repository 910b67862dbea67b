from django.db import migrations


def create_brick(apps, schema_editor):
    apps.get_model("portal", "HomeBrick").objects.get_or_create(kind="todo", defaults={"position": 15})


def delete_brick(apps, schema_editor):
    apps.get_model("portal", "HomeBrick").objects.filter(kind="todo", title="", version=1).delete()


class Migration(migrations.Migration):
    """What waits for each person stands under the search, until an administrator decides otherwise."""

    dependencies = [("portal", "0003_administration")]

    operations = [migrations.RunPython(create_brick, delete_brick)]
