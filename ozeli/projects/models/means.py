"""What a project costs and what it brings: budget lines, indicators and their dated measures."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .projects import Project
from .stages import _EUROS, MOST_EUROS


class BudgetLine(models.Model):
    """A line of the budget, in euros: planned, committed (ordered, spent included), spent (paid)."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="budget")
    label = models.CharField("objet", max_length=120)
    planned = models.DecimalField("prévu (€)", max_digits=12, decimal_places=2, default=0, validators=_EUROS)
    committed = models.DecimalField(
        "engagé (€)", max_digits=12, decimal_places=2, default=0, validators=_EUROS
    )
    spent = models.DecimalField("dépensé (€)", max_digits=12, decimal_places=2, default=0, validators=_EUROS)
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(**{f"{name}__gte": 0, f"{name}__lte": MOST_EUROS}),
                name=f"projects_line_{name}",
                violation_error_message="Un montant va de 0 à 100 millions d’euros.",
            )
            for name in ("planned", "committed", "spent")
        ]
        verbose_name = "ligne de budget"

    def __str__(self) -> str:
        return self.label


class Indicator(models.Model):
    """What is measured to know whether the project changes something: from where, to where, how."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="indicators")
    name = models.CharField("ce que l’on mesure", max_length=140)
    unit = models.CharField("unité", max_length=20, blank=True)
    method = models.CharField("comment", max_length=240, blank=True)
    baseline = models.DecimalField("au départ", max_digits=14, decimal_places=3, null=True, blank=True)
    target = models.DecimalField("cible", max_digits=14, decimal_places=3, null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "indicateur"

    def __str__(self) -> str:
        return self.name


class Measure(models.Model):
    """The value of an indicator on a day."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="measures", db_index=False)
    measured_on = models.DateField("relevé le")
    value = models.DecimalField("valeur", max_digits=14, decimal_places=3)
    note = models.CharField("remarque", max_length=240, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["measured_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "measured_on"],
                name="projects_one_measure",
                violation_error_message="Une mesure est déjà relevée ce jour-là.",
            )
        ]
        verbose_name = "mesure"

    def __str__(self) -> str:
        return f"{self.measured_on} {self.value}"
