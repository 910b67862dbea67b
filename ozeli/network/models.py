"""The network: branches, bodies, domains of activity and strategic objectives. They are shared by every app."""

from typing import Any

from django.db import models
from django.urls import reverse

from ozeli.core.french import sort_key
from ozeli.core.models import Kept

from .enums import Region, SizeBand


class Branch(Kept):
    """A branch of the network (famille, maladie, retraite…)."""

    code = models.SlugField("code", max_length=30, unique=True)
    name = models.CharField("nom", max_length=80)
    position = models.PositiveSmallIntegerField("ordre", default=100)

    class Meta:
        ordering = ["position", "code"]
        verbose_name = "branche"

    def __str__(self) -> str:
        return self.name


class Organisation(Kept):
    """A body of the network; everything that people create belongs to one."""

    code = models.SlugField("code", max_length=60, unique=True)
    name = models.CharField("nom", max_length=160)
    sort_name = models.CharField(max_length=160, editable=False, db_index=True)
    branch = models.ForeignKey(Branch, models.PROTECT, verbose_name="branche", related_name="organisations")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="caisse nationale")
    region = models.CharField("région", max_length=2, choices=Region.choices, blank=True)
    department = models.CharField("département", max_length=3, blank=True)
    size_band = models.CharField("effectif", max_length=8, choices=SizeBand.choices, blank=True)
    answer_delay_days = models.PositiveSmallIntegerField(
        "délai de réponse promis (jours)", null=True, blank=True
    )
    is_active = models.BooleanField("ouvert", default=True)

    class Meta:
        ordering = ["sort_name"]
        verbose_name = "organisme"

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_name = sort_key(self.name)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("network:organisation", args=[self.code])


class Domain(Kept):
    """A domain of activity, on two levels: sector, then sub-category."""

    code = models.SlugField("code", max_length=60, unique=True)
    name = models.CharField("nom", max_length=120)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    position = models.PositiveSmallIntegerField("ordre", default=100)

    class Meta:
        ordering = ["position", "code"]
        verbose_name = "domaine"

    def __str__(self) -> str:
        return self.name


class StrategicObjective(Kept):
    """An objective that ideas may serve."""

    code = models.SlugField("code", max_length=60, unique=True)
    title = models.CharField("intitulé", max_length=160)
    position = models.PositiveSmallIntegerField("ordre", default=100)
    is_active = models.BooleanField("en vigueur", default=True)

    class Meta:
        ordering = ["position", "code"]
        verbose_name = "objectif stratégique"

    def __str__(self) -> str:
        return self.title


class NetworkSettings(Kept):
    """What is promised in the name of the whole network; one row, written by the first change."""

    answer_delay_days = models.PositiveSmallIntegerField("délai de réponse promis (jours)")
    # Days before the promised one when the desk is reminded, then after it when the idea goes up.
    remind_first_days = models.PositiveSmallIntegerField("premier rappel", default=7, db_default=7)
    remind_last_days = models.PositiveSmallIntegerField("dernier rappel", default=2, db_default=2)
    lead_after_days = models.PositiveSmallIntegerField("remontée au responsable", default=3, db_default=3)
    network_after_days = models.PositiveSmallIntegerField("remontée au réseau", default=10, db_default=10)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="network_one_settings"),
            models.CheckConstraint(
                condition=models.Q(remind_first_days__gt=models.F("remind_last_days"))
                & models.Q(remind_last_days__gte=1, lead_after_days__gte=1)
                & models.Q(network_after_days__gt=models.F("lead_after_days")),
                name="network_steps_in_order",
                violation_error_message="Les rappels puis les remontées se suivent dans l’ordre.",
            ),
        ]
        verbose_name = "réglage du réseau"

    def __str__(self) -> str:
        return "Délai de réponse du réseau"
