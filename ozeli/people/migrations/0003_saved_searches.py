import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PACES = [("", "Jamais"), ("daily", "Chaque jour"), ("weekly", "Chaque semaine")]


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_directory_view"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedSearch",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=80, verbose_name="nom")),
                ("listing", models.CharField(max_length=20)),
                ("query", models.TextField(blank=True)),
                (
                    "pace",
                    models.CharField(
                        blank=True, choices=PACES, default="", max_length=6, verbose_name="me prévenir"
                    ),
                ),
                ("seen", models.JSONField(default=list)),
                ("told_on", models.DateField(null=True)),
                ("created_on", models.DateField()),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_searches",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "recherche enregistrée",
                "indexes": [
                    models.Index(
                        condition=models.Q(("pace", ""), _negated=True),
                        fields=["pace", "told_on"],
                        name="people_search_pace",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "name"), name="people_one_search_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="Feed",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("created_on", models.DateField()),
                (
                    "search",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feeds",
                        to="people.savedsearch",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feeds",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "flux"},
        ),
    ]
