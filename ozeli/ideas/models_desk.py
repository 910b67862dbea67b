"""What the desk keeps around an idea: opinions, notes, complements asked, texts to start from, acts in a batch.

None of it is read by authors nor by the network, except the questions of a complement.
"""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from ozeli.core import clock
from ozeli.network.models import Organisation

from .enums import CompletionEnd, ItemState, Reason, TemplateVerdict, Verdict

if TYPE_CHECKING:
    from ozeli.accounts.models import User


class IdeaExpert(models.Model):
    """A person asked for an opinion on an idea at study."""

    idea = models.ForeignKey("ideas.Idea", models.CASCADE, related_name="experts", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="expertises")
    asked_on = models.DateField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    message = models.TextField("message à l’expert", blank=True)
    due_on = models.DateField("avis attendu le", null=True, blank=True)
    opinion = models.TextField("avis", blank=True)
    given_on = models.DateField(null=True, blank=True)
    declined_on = models.DateField(null=True, blank=True)
    decline_reason = models.TextField("raison du refus", blank=True)
    # The due dates of which the expert was reminded: another date is reminded of again.
    reminded_before = models.DateField(null=True)
    reminded_after = models.DateField(null=True)
    # Where it stands in lists, the most pressing first.
    pressing_on = models.GeneratedField(
        expression=Coalesce("due_on", "asked_on"), output_field=models.DateField(), db_persist=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["idea", "user"], name="ideas_one_expert"),
            models.CheckConstraint(
                condition=Q(declined_on__isnull=True) | Q(given_on__isnull=True),
                name="ideas_opinion_or_refusal",
                violation_error_message="Un avis est donné ou décliné, pas les deux.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=Q(given_on__isnull=True, declined_on__isnull=True),
                name="ideas_opinions_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.idea_id}"

    @property
    def is_awaited(self) -> bool:
        return self.given_on is None and self.declined_on is None

    @property
    def is_late(self) -> bool:
        return self.is_awaited and self.due_on is not None and self.due_on < clock.today()


class ExpertNote(models.Model):
    """A private word between an expert and the desk, about the opinion that is asked."""

    expertise = models.ForeignKey("ideas.IdeaExpert", models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    body = models.TextField("note")
    written_on = models.DateField()

    class Meta:
        ordering = ["pk"]
        verbose_name = "note d’expertise"

    def __str__(self) -> str:
        return f"note {self.pk}"


class DeskNote(models.Model):
    """A private note of the desk on an idea. `handler` names who was then asked to answer."""

    class Kind(models.TextChoices):
        NOTE = "note", "Note"
        HANDLER = "handler", "Confiée"
        FREED = "freed", "Rendue à l’équipe"

    idea = models.ForeignKey("ideas.Idea", models.CASCADE, related_name="desk_notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.NOTE)
    handler = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # Who was to answer before, and what was entrusted in one act: both let that act be undone.
    before = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    batch = models.UUIDField(null=True)
    body = models.TextField("note", blank=True)
    written_on = models.DateField()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["batch"], condition=Q(batch__isnull=False), name="ideas_entrusted")]
        verbose_name = "note du bureau"

    def __str__(self) -> str:
        return f"note {self.pk}"


class CompletionRequest(models.Model):
    """The questions put to the author of an idea: one for each field, or `general`; open until `ended_on`."""

    idea = models.ForeignKey("ideas.Idea", models.CASCADE, related_name="completions")
    round = models.PositiveSmallIntegerField()
    questions = models.JSONField(default=dict)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    asked_on = models.DateField()
    due_on = models.DateField("réponse souhaitée le", null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    ended_on = models.DateField(null=True)
    outcome = models.CharField(max_length=12, choices=CompletionEnd.choices, blank=True)
    reply = models.TextField("mot de l’auteur", blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["idea"], condition=Q(ended_on__isnull=True), name="ideas_one_open_completion"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, outcome="") | (Q(ended_on__isnull=False) & ~Q(outcome="")),
                name="ideas_completion_ended",
            ),
        ]
        indexes = [models.Index("asked_on", condition=Q(ended_on__isnull=True), name="ideas_completion_open")]

    def __str__(self) -> str:
        return f"complément {self.idea_id}"


class AnswerTemplateQuerySet(models.QuerySet["AnswerTemplate"]):
    def usable_by(self, user: "User") -> "AnswerTemplateQuerySet":
        """Those of the network, and those of the bodies whose desk this person works."""
        scope = user.contribution_scope("ideas")
        if scope is None:
            return self
        return self.filter(Q(organisation__isnull=True) | Q(organisation__in=scope)) if scope else self.none()

    def editable_by(self, user: "User") -> "AnswerTemplateQuerySet":
        """Those of the bodies whose desk this person works; those of the network for its desk alone."""
        scope = user.contribution_scope("ideas")
        return self if scope is None else self.filter(organisation__in=scope)


class AnswerTemplate(models.Model):
    """A text to start an answer from, with named blanks; of the network, or of one body."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, verbose_name="organisme", related_name="+"
    )
    title = models.CharField("titre", max_length=120)
    verdict = models.CharField("décision", max_length=16, choices=TemplateVerdict.choices)
    reason = models.CharField("motif", max_length=12, choices=Reason.choices, blank=True)
    text = models.TextField("texte")
    version = models.PositiveIntegerField(default=1)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    written_on = models.DateField()

    objects = AnswerTemplateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "title"],
                nulls_distinct=False,
                name="ideas_one_template_title",
                violation_error_message="Une réponse type porte déjà ce titre.",
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.NOT_RETAINED) | Q(reason=""),
                name="ideas_template_reason",
                violation_error_message="Seul un refus porte un motif.",
            ),
        ]
        verbose_name = "réponse type"

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("ideas:template", args=[self.pk])


class PublicationBatch(models.Model):
    """Decisions published in one act by one person: what became of each is in its items."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class PublicationItem(models.Model):
    """A decision of a batch, as it was read (`version`), and what became of it."""

    batch = models.ForeignKey(PublicationBatch, models.CASCADE, related_name="items")
    decision = models.ForeignKey("ideas.Decision", models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=ItemState.choices, default=ItemState.WAITING)
    refusal = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["batch", "decision"], name="ideas_one_item")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.decision_id}"
