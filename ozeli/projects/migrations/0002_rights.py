from django.db import migrations

# Levels on the brick: every agent follows and tries, contributors keep the projects of their bodies, administrators
# the lifecycles.
LEVELS = {"reader": 1, "contributor": 2, "administrator": 3, "superadmin": 3, "developer": 0}


def give(apps, schema_editor):
    cell_model = apps.get_model("accounts", "MatrixCell")
    for profile in apps.get_model("accounts", "Profile").objects.filter(code__in=LEVELS):
        cell_model.objects.get_or_create(
            profile=profile, brick="projects", defaults={"level": LEVELS[profile.code]}
        )


def take_back(apps, schema_editor):
    apps.get_model("accounts", "MatrixCell").objects.filter(brick="projects").delete()


class Migration(migrations.Migration):
    """What the shipped profiles may do with projects, until an administrator decides otherwise."""

    dependencies = [("projects", "0001_initial"), ("accounts", "0002_profiles")]

    operations = [migrations.RunPython(give, take_back)]
