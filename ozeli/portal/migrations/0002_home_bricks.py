from django.db import migrations

KINDS = ("search", "ideas_to_look_at", "answers_given", "key_figures", "tools", "operations")


def create_bricks(apps, schema_editor):
    bricks = apps.get_model("portal", "HomeBrick").objects
    for place, kind in enumerate(KINDS, start=1):
        bricks.get_or_create(kind=kind, defaults={"position": 10 * place})


def delete_bricks(apps, schema_editor):
    apps.get_model("portal", "HomeBrick").objects.filter(kind__in=KINDS, title="").delete()


class Migration(migrations.Migration):
    """The bricks of the home, in their first order; an administrator may change it."""

    dependencies = [("portal", "0001_initial")]

    operations = [migrations.RunPython(create_bricks, delete_bricks)]
