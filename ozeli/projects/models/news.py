"""What is told of a project as it goes: its moves, its monthly updates, its logbook."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from ozeli.core import clock

from ..enums import Cause, EntryTone, State, Weather
from .lifecycles import Ending, Stage
from .projects import Project


class ProjectMove(models.Model):
    """A change of state: from, to, the day, who, why. A stop says its cause, and what others may learn of it."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="moves")
    transition = models.CharField(max_length=20)
    source = models.CharField(max_length=10, choices=State.choices)
    target = models.CharField(max_length=10, choices=State.choices)
    # Where the project stood.
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, blank=True, related_name="+")
    ending = models.ForeignKey(Ending, models.PROTECT, null=True, blank=True, related_name="moves")
    cause = models.CharField("cause", max_length=12, choices=Cause.choices, blank=True)
    note = models.TextField("en quelques mots", blank=True)
    lesson = models.TextField("ce que d’autres peuvent en apprendre", blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # Unknown for a move that an import tells without its day.
    made_on = models.DateField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"


class ProjectUpdate(models.Model):
    """« Où en êtes-vous ? »: progress, weather, one line, the next step. The last one shows on the sheet."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="updates")
    said_on = models.DateField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    progress = models.PositiveSmallIntegerField()
    weather = models.CharField(max_length=6, choices=Weather.choices, blank=True)
    line = models.CharField(max_length=240, blank=True)
    next_step = models.CharField(max_length=240, blank=True)
    needs = models.CharField(max_length=240, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(progress__lte=100), name="projects_update_in_range")
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.said_on}"


class LogEntry(models.Model):
    """A post of the logbook: what is lived now, not only successes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="log", db_index=False)
    tone = models.CharField(
        "de quoi s’agit-il ?", max_length=8, choices=EntryTone.choices, default=EntryTone.NEWS
    )
    body = models.TextField("billet")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    written_on = models.DateField()
    # Two posts of one day are read in the order in which they came.
    written_at = models.DateTimeField(default=clock.now, editable=False)
    edited_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-written_on", "-written_at", "-id"]
        constraints = [models.CheckConstraint(condition=Q(body__regex=r"\S"), name="projects_entry_said")]
        indexes = [
            models.Index(fields=["project", "-written_on", "-written_at", "-id"], name="projects_log_days")
        ]
        verbose_name = "billet"

    def __str__(self) -> str:
        return self.body[:60]
