"""What happened at each stage of a project: the report, the act that passed it, the decisions of its gate."""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from ..enums import Verdict
from .lifecycles import Method, Stage
from .projects import Project

if TYPE_CHECKING:
    from ozeli.accounts.models import User

REPORT_KIND = "stage_report"
MOST_EUROS = 100_000_000
MOST_DAYS = 20_000
_EUROS = [
    MinValueValidator(0, "Un montant n’est pas négatif."),
    MaxValueValidator(MOST_EUROS, "100 millions d’euros au plus."),
]
_DAYS = [
    MinValueValidator(0, "Un nombre de jours n’est pas négatif."),
    MaxValueValidator(MOST_DAYS, "20 000 jours au plus."),
]


class Passage(models.Model):
    """An act that passed one stage, or several together."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="passages")
    made_on = models.DateField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.project_id} {self.made_on}"


class StageReportQuerySet(models.QuerySet["StageReport"]):
    def visible_to(self, user: "User") -> "StageReportQuerySet":
        """Those of the projects that this person may read."""
        return self.filter(Exists(Project.objects.visible_to(user).filter(pk=OuterRef("project"))))


class StageReport(models.Model):
    """A stage of a project: since when, until when, and what it taught. One row for each stage entered or told.

    Any single field may be told alone. `passed_on` is empty while the stage is not passed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="reports", db_index=False)
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="reports")
    entered_on = models.DateField("commencée le", null=True, blank=True)
    passed_on = models.DateField("passée le", null=True, blank=True)
    passage = models.ForeignKey(Passage, models.SET_NULL, null=True, blank=True, related_name="reports")

    done = models.TextField("ce qui a été fait", blank=True)
    successes = models.TextField("ce qui a marché", blank=True)
    difficulties = models.TextField("ce qui a été difficile", blank=True)
    failures = models.TextField("ce qui n’a pas marché", blank=True)
    practices = models.TextField("bonnes pratiques à reprendre", blank=True)
    methods = models.ManyToManyField(
        Method, verbose_name="techniques employées", blank=True, related_name="reports"
    )
    budget_planned = models.DecimalField(
        "budget prévu (€)", max_digits=12, decimal_places=2, null=True, blank=True, validators=_EUROS
    )
    budget_spent = models.DecimalField(
        "budget dépensé (€)", max_digits=12, decimal_places=2, null=True, blank=True, validators=_EUROS
    )
    days_planned = models.DecimalField(
        "jours prévus", max_digits=7, decimal_places=1, null=True, blank=True, validators=_DAYS
    )
    days_spent = models.DecimalField(
        "jours passés", max_digits=7, decimal_places=1, null=True, blank=True, validators=_DAYS
    )
    # Whether one of its words is told: a stage only entered has no report to read.
    is_told = models.BooleanField(default=False)
    written_on = models.DateField("écrit le", null=True, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = StageReportQuerySet.as_manager()

    class Meta:
        ordering = ["project", "stage"]
        constraints = [
            # The days are in the index: the time spent in the stages of many projects is read there.
            models.UniqueConstraint(
                fields=["project", "stage"], include=["entered_on", "passed_on"], name="projects_one_report"
            ),
            models.CheckConstraint(
                condition=Q(passed_on__isnull=True)
                | Q(entered_on__isnull=True)
                | Q(passed_on__gte=F("entered_on")),
                name="projects_stage_forwards",
                violation_error_message="Une étape est passée après avoir commencé.",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__isnull": True})
                    | Q(**{f"{name}__gte": 0, f"{name}__lte": MOST_EUROS if "budget" in name else MOST_DAYS}),
                    name=f"projects_report_{name}",
                    violation_error_message="Ce nombre est négatif, ou trop grand.",
                )
                for name in ("budget_planned", "budget_spent", "days_planned", "days_spent")
            ),
            models.CheckConstraint(
                condition=Q(is_told=False) | Q(written_on__isnull=False), name="projects_told_is_dated"
            ),
        ]
        indexes = [
            # Read one after the other, the last written first: all of them, then those of a stage.
            models.Index(
                F("written_on").desc(), F("id").desc(), condition=Q(is_told=True), name="projects_told"
            ),
            models.Index(
                "stage",
                F("written_on").desc(),
                F("id").desc(),
                condition=Q(is_told=True),
                name="projects_told_at_stage",
            ),
            # The stages that lasted: those of a stage past so many days.
            models.Index(
                "stage",
                F("passed_on") - F("entered_on"),
                condition=Q(passed_on__isnull=False, entered_on__isnull=False),
                name="projects_stage_lasted",
            ),
        ]
        verbose_name = "bilan d’étape"

    def __str__(self) -> str:
        return f"{self.stage_id} {self.project_id}"

    def get_absolute_url(self) -> str:
        return f"{self.project.get_absolute_url()}etapes/{self.stage.number}/"


class Gate(models.Model):
    """The GO / NO GO of a stage: who decides, on what criteria, then the decision. One row a round."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="gates", db_index=False)
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField(default=1)
    decider = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name="qui décide",
        related_name="gates",
    )
    due_on = models.DateField("attendu le", null=True, blank=True)
    # Written before the gate, shown at it.
    criteria = models.TextField("critères d’arrêt", blank=True)
    criteria_on = models.DateField(null=True, blank=True)
    reminded_on = models.DateField(null=True, blank=True, editable=False)

    verdict = models.CharField("décision", max_length=8, choices=Verdict.choices, blank=True)
    reason = models.TextField("raison", blank=True)
    lesson = models.TextField("ce que d’autres peuvent en apprendre", blank=True)
    decided_on = models.DateField("décidé le", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["project", "stage", "round"]
        constraints = [
            models.UniqueConstraint(fields=["project", "stage", "round"], name="projects_one_gate"),
            models.CheckConstraint(
                condition=Q(verdict="", decided_on__isnull=True)
                | Q(verdict__gt="", decided_on__isnull=False, reason__regex=r"\S"),
                name="projects_gate_explained",
                violation_error_message="Une décision donne sa raison.",
            ),
            models.CheckConstraint(
                condition=~Q(verdict=Verdict.NO_GO) | Q(lesson__regex=r"\S"),
                name="projects_no_go_teaches",
                violation_error_message="Dites ce que d’autres peuvent apprendre de cet arrêt.",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(verdict=""), name="projects_gates_due"),
        ]
        verbose_name = "jalon"

    def __str__(self) -> str:
        return f"{self.stage_id} {self.verdict or '?'}"
