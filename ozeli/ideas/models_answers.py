"""The right to an answer: what is promised to each idea, who is reminded of it, and to whom it goes up when late."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from ozeli.network.models import Organisation

from .enums import AnswerLevel, PromiseOrigin

if TYPE_CHECKING:
    pass


class Promised(models.Model):
    """Since when an idea waits for its answer, and until when. Nothing is promised while its author completes it."""

    waiting_since = models.DateField("attend depuis", null=True, blank=True)
    answer_due_on = models.DateField("réponse promise le", null=True, blank=True)
    # The day promised before the desk put it off: an answer is in time when it keeps this one.
    first_due_on = models.DateField("promise d’abord le", null=True, blank=True, editable=False)
    promise_origin = models.CharField(
        "délai", max_length=10, choices=PromiseOrigin.choices, blank=True, default="", db_default=""
    )

    class Meta:
        abstract = True


class AnswerLead(models.Model):
    """Who answers for the answers of a body: late ideas go up to them before they reach the network.

    They work the desk of the body. One who no longer does, or whose account is closed, answers for nothing any more.
    """

    organisation = models.OneToOneField(
        Organisation, models.PROTECT, related_name="answer_lead", verbose_name="organisme"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="responsable des réponses"
    )
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    named_on = models.DateField()

    class Meta:
        verbose_name = "responsable des réponses"

    def __str__(self) -> str:
        return f"{self.user_id} {self.organisation_id}"


class AnswerStep(models.Model):
    """A reminder or an escalation told about one promise: once for an idea, its round, the day promised and a level.

    A promise that moves begins its steps again. `lead` is the one to whom the idea went up.
    """

    idea = models.ForeignKey("ideas.Idea", models.CASCADE, related_name="answer_steps", db_index=False)
    round = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    level = models.PositiveSmallIntegerField(choices=AnswerLevel.choices)
    made_on = models.DateField()
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["idea", "round", "due_on", "level"], name="ideas_step_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.idea_id}"
