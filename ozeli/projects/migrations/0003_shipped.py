from datetime import date

from django.db import migrations

from ozeli.projects.shipped import lifecycles, methods

SHIPPED_ON = date(2026, 11, 20)


def ship(apps, schema_editor):
    lifecycle_model = apps.get_model("projects", "Lifecycle")
    version_model = apps.get_model("projects", "LifecycleVersion")
    for position, one in enumerate(lifecycles()):
        lifecycle = lifecycle_model.objects.create(
            code=one["code"], name=one["name"], kind=one["kind"], summary=one["summary"], position=10 * (position + 1)
        )
        version = version_model.objects.create(lifecycle=lifecycle, number=1, published_on=SHIPPED_ON)
        for number, stage in enumerate(one["stages"], 1):
            version.stages.create(number=number, **stage)
        for place, ending in enumerate(one["endings"]):
            version.endings.create(position=place, **ending)
    for position, one in enumerate(methods()):
        apps.get_model("projects", "Method").objects.create(position=10 * (position + 1), **one)


def take_back(apps, schema_editor):
    for model in ("Method", "Stage", "Ending", "LifecycleVersion", "Lifecycle"):
        apps.get_model("projects", model).objects.all().delete()


class Migration(migrations.Migration):
    """The lifecycles and the methods that a new base starts with."""

    dependencies = [("projects", "0002_rights")]

    operations = [migrations.RunPython(ship, take_back)]
