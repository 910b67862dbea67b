"""The imports and exports that people ask for: where each stands, and what became of each line."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse

from ozeli.core import clock
from ozeli.core.imports import Outcome
from ozeli.core.ui import BadgeLook

IMPORT_FILE_DAYS = 30
EXPORT_FILE_DAYS = 7


class ImportRun(models.Model):
    """A file brought by a person, from its upload to its report. The file itself lies under the private folder.

    `subject` is the key of what it is imported into (the slug of a challenge); empty for the whole network.
    """

    class State(models.TextChoices):
        RECEIVED = "received", "À préparer"
        CHECKING = "checking", "Comparaison en cours"
        READY = "ready", "À valider"
        WRITING = "writing", "Écriture en cours"
        DONE = "done", "Terminé"
        FAILED = "failed", "Rien n’a été écrit"
        CANCELLED = "cancelled", "Annulé"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    importer = models.SlugField("contenu", max_length=30)
    subject = models.CharField(max_length=80, blank=True, default="", db_default="", editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, verbose_name="par", related_name="+"
    )
    file_name = models.CharField("fichier", max_length=200)
    size = models.PositiveIntegerField("taille")
    format = models.CharField("format", max_length=160, blank=True)
    sheet = models.CharField("feuille", max_length=120, blank=True)
    sheets = models.JSONField(default=list)
    header = models.JSONField(default=list)
    mapping = models.JSONField("colonnes", default=dict)
    options = models.JSONField("choix", default=dict)
    is_partial = models.BooleanField("lignes refusées laissées de côté", default=False)
    state = models.CharField("état", max_length=12, choices=State.choices, default=State.RECEIVED)
    is_stopping = models.BooleanField(default=False)
    counts = models.JSONField(default=dict)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)
    has_file = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["-created_at", "-id"], name="transfers_imports")]
        verbose_name = "import"

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        if self.subject:
            return reverse("transfers:exchange_run", args=[self.subject, self.pk])
        return reverse("transfers:import", args=[self.pk])

    @property
    def is_busy(self) -> bool:
        return self.state in (self.State.CHECKING, self.State.WRITING)

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED, self.State.CANCELLED)

    @property
    def look(self) -> BadgeLook:
        label = str(self.get_state_display())
        if self.state == self.State.DONE:
            return BadgeLook(label, "okc", "done")
        if self.is_over:
            return BadgeLook(label, "stop", "rest")
        return BadgeLook(label, "half") if self.is_busy else BadgeLook(label, "todo", "wait")

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.total) if self.total else 0


class ImportLine(models.Model):
    """What becomes of a line of the file. Refused lines keep their cells, to be mended and brought again."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="lines", db_index=False)
    number = models.PositiveIntegerField("ligne")
    outcome = models.CharField(max_length=10, choices=[(one.value, one.label) for one in Outcome])
    title = models.CharField(max_length=200, blank=True)
    changes = models.JSONField(default=list)
    reason = models.TextField(blank=True)
    column = models.CharField(max_length=200, blank=True)
    value = models.TextField(blank=True)
    note = models.TextField(blank=True)
    # The faults of the line, each at its cell: [« F12 », title of the column, what was read, why].
    faults = models.JSONField(default=list)
    cells = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="transfers_one_line")]
        indexes = [models.Index(fields=["run", "outcome", "number"], name="transfers_lines_outcome")]
        verbose_name = "ligne d’un import"

    def __str__(self) -> str:
        return f"{self.run_id} {self.number}"

    @property
    def why(self) -> str:
        """Every reason of a refused line."""
        return " ".join(f"{cell} : {reason}" for cell, _title, _value, reason in self.faults) or self.reason

    @property
    def look(self) -> BadgeLook:
        label = Outcome(self.outcome).label
        if self.outcome == Outcome.CREATE:
            return BadgeLook(label, "plus", "done")
        if self.outcome == Outcome.UPDATE:
            return BadgeLook(label, "half")
        return (
            BadgeLook(label, "stop", "wait")
            if self.outcome == Outcome.REFUSED
            else BadgeLook(label, "ring", "rest")
        )


class ExportRun(models.Model):
    """A long export, prepared by a job for the person who asked; only they may fetch it, while their rights last."""

    class State(models.TextChoices):
        WAITING = "waiting", "En préparation"
        READY = "ready", "Prêt"
        FAILED = "failed", "Interrompu"
        GONE = "gone", "Effacé"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="par", related_name="+", db_index=False
    )
    export = models.SlugField("contenu", max_length=30)
    query = models.TextField("filtres", blank=True)
    format = models.CharField(max_length=4, choices=[("csv", "CSV"), ("xlsx", "Excel (.xlsx)")])
    state = models.CharField("état", max_length=10, choices=State.choices, default=State.WAITING)
    rows = models.PositiveIntegerField("lignes", default=0)
    size = models.PositiveBigIntegerField("taille", default=0)
    rights = models.CharField(max_length=64, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["owner", "-created_at", "-id"], name="transfers_exports")]
        verbose_name = "export"

    def __str__(self) -> str:
        return f"{self.export} {self.format}"

    def get_absolute_url(self) -> str:
        return reverse("transfers:export", args=[self.pk])

    @property
    def look(self) -> BadgeLook:
        label = str(self.get_state_display())
        if self.state == self.State.READY:
            return BadgeLook(label, "okc", "done")
        return (
            BadgeLook(label, "half") if self.state == self.State.WAITING else BadgeLook(label, "stop", "rest")
        )

    @property
    def until(self) -> datetime:
        return (self.finished_at or self.created_at) + timedelta(days=EXPORT_FILE_DAYS)
