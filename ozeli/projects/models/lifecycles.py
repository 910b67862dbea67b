"""Lifecycles, as data: an administrator changes their texts and stages, a running project keeps its version."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from ozeli.core.models import Kept

from ..enums import Kind, State


class Lifecycle(Kept):
    """A way to go from a question to a decision (« POC en sept étapes »). What it asks is in its versions."""

    code = models.SlugField("code", max_length=40, unique=True)
    name = models.CharField("nom", max_length=80)
    summary = models.CharField("en une phrase", max_length=240, blank=True)
    kind = models.CharField("pour quoi", max_length=12, choices=Kind.choices, default=Kind.POC)
    position = models.PositiveSmallIntegerField("ordre", default=100)
    copied_from = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["position", "code"]
        verbose_name = "parcours"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/projets/parcours/{self.code}/"


class LifecycleVersion(models.Model):
    """The stages of a lifecycle as they stood: never changed once published, since projects go along it."""

    lifecycle = models.ForeignKey(Lifecycle, models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveSmallIntegerField("version")
    note = models.CharField("ce qui change", max_length=240, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # Empty while an administrator composes it: one such version a lifecycle at most.
    published_on = models.DateField("publiée le", null=True, blank=True)
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    class Meta:
        ordering = ["lifecycle", "number"]
        constraints = [
            models.UniqueConstraint(fields=["lifecycle", "number"], name="projects_one_version"),
            models.UniqueConstraint(
                fields=["lifecycle"],
                condition=Q(published_on__isnull=True),
                name="projects_one_version_composed",
                violation_error_message="Une nouvelle version de ce parcours est déjà en préparation.",
            ),
        ]
        verbose_name = "version de parcours"

    def __str__(self) -> str:
        return f"{self.lifecycle} v{self.number}"


class Stage(models.Model):
    """A stage of a version. `number` counts from 1; `code` stays the same from one version to the next."""

    version = models.ForeignKey(LifecycleVersion, models.CASCADE, related_name="stages", db_index=False)
    number = models.PositiveSmallIntegerField("rang")
    code = models.SlugField("code", max_length=40)
    name = models.CharField("nom", max_length=60)
    purpose = models.CharField("à quoi elle sert", max_length=300, blank=True)
    # Guiding questions, one a line.
    questions = models.TextField("questions qui guident", blank=True)
    # A GO / NO GO decision is needed to pass it.
    is_gate = models.BooleanField("jalon GO ou NO GO", default=False)
    # May be passed in one act with the one before.
    is_groupable = models.BooleanField("peut être regroupée", default=True)
    expected_days = models.PositiveSmallIntegerField("durée attendue (jours)", null=True, blank=True)

    class Meta:
        ordering = ["version", "number"]
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="projects_one_stage_number"),
            models.UniqueConstraint(fields=["version", "code"], name="projects_one_stage_code"),
            models.CheckConstraint(condition=Q(number__gte=1), name="projects_stages_from_one"),
        ]
        verbose_name = "étape"

    def __str__(self) -> str:
        return self.name

    @property
    def asked(self) -> list[str]:
        return [line.strip() for line in self.questions.splitlines() if line.strip()]


class Ending(models.Model):
    """How a project of this version may end (« Déployer », « Transféré »), and the state that it gives."""

    version = models.ForeignKey(LifecycleVersion, models.CASCADE, related_name="endings", db_index=False)
    code = models.SlugField("code", max_length=40)
    name = models.CharField("nom", max_length=60)
    state = models.CharField(
        "état", max_length=10, choices=[(one.value, one.label) for one in (State.COMPLETED, State.ABANDONED)]
    )
    position = models.PositiveSmallIntegerField("ordre", default=0)

    class Meta:
        ordering = ["version", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="projects_one_ending")]
        verbose_name = "suite"

    def __str__(self) -> str:
        return self.name


class Method(Kept):
    """A technique that teams use at a stage, explained: the catalogue of methods."""

    code = models.SlugField("code", max_length=40, unique=True)
    name = models.CharField("nom", max_length=80)
    summary = models.CharField("en une phrase", max_length=240)
    how = models.TextField("comment s’y prendre", blank=True)
    duration = models.CharField("temps à prévoir", max_length=80, blank=True)
    # Codes of the stages where it helps most.
    stages = ArrayField(models.SlugField(max_length=40), verbose_name="étapes", default=list, blank=True)
    position = models.PositiveSmallIntegerField("ordre", default=100)

    class Meta:
        ordering = ["position", "code"]
        verbose_name = "méthode"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/projets/methodes/{self.code}/"
