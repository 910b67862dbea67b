from django.db import migrations

PROFILES = [
    ("reader", "Consultation", 10),
    ("contributor", "Contributeur", 20),
    ("administrator", "Administrateur fonctionnel", 30),
    ("superadmin", "Super-administrateur", 40),
    ("developer", "Développeur", 50),
]
# brick: levels of reader, contributor, administrator, superadmin, developer
MATRIX = {
    "ideas": (1, 2, 3, 3, 0),
    "search": (1, 1, 3, 3, 0),
    "figures": (1, 1, 3, 3, 0),
    "tools": (1, 1, 3, 3, 0),
    "directory": (1, 1, 3, 3, 0),
    "rights": (0, 0, 3, 3, 0),
    "operations": (0, 0, 0, 3, 2),
}


def create_profiles(apps, schema_editor):
    profile_model = apps.get_model("accounts", "Profile")
    cell_model = apps.get_model("accounts", "MatrixCell")
    profiles = [profile_model.objects.create(code=code, name=name, position=place) for code, name, place in PROFILES]
    for brick, levels in MATRIX.items():
        for profile, level in zip(profiles, levels, strict=True):
            cell_model.objects.create(profile=profile, brick=brick, level=level)


def delete_profiles(apps, schema_editor):
    apps.get_model("accounts", "Profile").objects.filter(code__in=[code for code, *_ in PROFILES]).delete()


class Migration(migrations.Migration):
    """The five profiles of the first version and what they may do, until an administrator decides otherwise."""

    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(create_profiles, delete_profiles)]
