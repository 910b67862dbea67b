import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The right to an answer: the first day promised, who answers for a body, what was told of each promise."""

    dependencies = [
        ("ideas", "0012_challenges"),
        ("network", "0003_answer_steps"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AnswerLead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("named_on", models.DateField()),
            ],
            options={
                "verbose_name": "responsable des réponses",
            },
        ),
        migrations.CreateModel(
            name="AnswerStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("round", models.PositiveSmallIntegerField()),
                ("due_on", models.DateField()),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "Premier rappel"),
                            (2, "Dernier rappel"),
                            (3, "Rappel du jour promis"),
                            (4, "Remontée au responsable"),
                            (5, "Remontée à la Dinno"),
                        ]
                    ),
                ),
                ("made_on", models.DateField()),
            ],
        ),
        migrations.AddField(
            model_name="decision",
            name="awaited_since",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="decision",
            name="due_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="desknote",
            name="batch",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="desknote",
            name="before",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="idea",
            name="first_due_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="promise d’abord le"),
        ),
        migrations.AddField(
            model_name="idea",
            name="promise_origin",
            field=models.CharField(
                blank=True,
                choices=[
                    ("network", "délai du réseau"),
                    ("body", "délai de l’organisme"),
                    ("challenge", "délai du défi"),
                ],
                db_default="",
                default="",
                max_length=10,
                verbose_name="délai",
            ),
        ),
        migrations.AddIndex(
            model_name="desknote",
            index=models.Index(
                condition=models.Q(("batch__isnull", False)), fields=["batch"], name="ideas_entrusted"
            ),
        ),
        migrations.AddField(
            model_name="answerlead",
            name="named_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="answerlead",
            name="organisation",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answer_lead",
                to="network.organisation",
                verbose_name="organisme",
            ),
        ),
        migrations.AddField(
            model_name="answerlead",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="responsable des réponses",
            ),
        ),
        migrations.AddField(
            model_name="answerstep",
            name="idea",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="answer_steps",
                to="ideas.idea",
            ),
        ),
        migrations.AddField(
            model_name="answerstep",
            name="lead",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="answerstep",
            constraint=models.UniqueConstraint(
                fields=("idea", "round", "due_on", "level"), name="ideas_step_once"
            ),
        ),
    ]
