"""Load the synonyms that are shipped."""

from typing import Any

from django.db import migrations

from ozeli.search.synonyms import SHIPPED


def load(apps: Any, schema_editor: Any) -> None:
    synonym = apps.get_model("search", "Synonym")
    synonym.objects.bulk_create(
        [synonym(term=term, expansions=list(expansions)) for term, expansions in SHIPPED], ignore_conflicts=True
    )


def unload(apps: Any, schema_editor: Any) -> None:
    apps.get_model("search", "Synonym").objects.filter(term__in=[term for term, _ in SHIPPED]).delete()


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [migrations.RunPython(load, unload)]
