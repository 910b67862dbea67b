from django.db import migrations

ADMINISTRATOR = 3
PROFILES = ("administrator", "superadmin")


def open_brick(apps, schema_editor):
    cells = apps.get_model("accounts", "MatrixCell").objects
    for profile in apps.get_model("accounts", "Profile").objects.filter(code__in=PROFILES):
        cells.get_or_create(profile=profile, brick="home", defaults={"level": ADMINISTRATOR})


def close_brick(apps, schema_editor):
    apps.get_model("accounts", "MatrixCell").objects.filter(brick="home").delete()


class Migration(migrations.Migration):
    """Those who administer the portal may compose its home, until the matrix says otherwise."""

    dependencies = [("portal", "0004_todo_brick"), ("accounts", "0002_profiles")]

    operations = [migrations.RunPython(open_brick, close_brick)]
