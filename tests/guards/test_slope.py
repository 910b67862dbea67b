"""The slope of the apps, seen from the models: every relation points to the same app or to one above."""

from django.apps import apps
from django.conf import settings

OURS = [name.removeprefix("ozeli.") for name in settings.INSTALLED_APPS if name.startswith("ozeli.")]


def test_every_relation_points_up() -> None:
    relations = [
        (model._meta.app_label, field.name, field.related_model._meta.app_label)
        for label in OURS
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete
    ]
    down = [row for row in relations if row[2] in OURS and OURS.index(row[2]) > OURS.index(row[0])]

    assert len(relations) > 20
    assert down == []


def test_no_author_column_on_an_idea() -> None:
    """Rule 1: nothing on the idea itself leads to the person who wrote it, nor to the instant."""
    idea = apps.get_model("ideas", "Idea")
    people = {
        field.name
        for field in idea._meta.concrete_fields
        if field.related_model is apps.get_model("accounts", "User")
    }
    instants = {
        field.name for field in idea._meta.concrete_fields if field.get_internal_type() == "DateTimeField"
    }

    assert people == {"handler"}
    assert instants == set()
