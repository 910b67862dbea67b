"""Around the ideas that were not retained: relaunches, what they taught, the right to a second look."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from ozeli.core import clock
from ozeli.network.models import Domain

from .enums import ANSWER_MIN_LENGTH, Reason, RevivalState


class Novelty(models.TextChoices):
    """What is new since the answer."""

    LAW = "law", "Une règle"
    TOOL = "tool", "Un outil"
    NEED = "need", "Un besoin"
    TEAM = "team", "Une équipe"
    MEANS = "means", "Des moyens"


class RevivalRequest(models.Model):
    """An agent asks to bring an idea out of the cimetière, with something new to say."""

    idea = models.ForeignKey("ideas.Idea", models.CASCADE, related_name="revivals", db_index=False)
    round = models.PositiveSmallIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="revivals")
    # Empty for those asked before the portal asked for it.
    novelty = models.CharField("ce qui est nouveau", max_length=5, choices=Novelty.choices, blank=True)
    message = models.TextField("ce qui a changé")
    asked_on = models.DateField()
    state = models.CharField(max_length=10, choices=RevivalState.choices, default=RevivalState.PENDING)
    support_count = models.PositiveIntegerField(default=0, db_default=0)
    answer = models.TextField("réponse", blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    answered_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["idea", "round", "user"], name="ideas_one_revival")]

    def __str__(self) -> str:
        return f"{self.idea_id} tour {self.round}"


class RevivalSupport(models.Model):
    """« Moi aussi »: a person stands behind a request that somebody else made."""

    request = models.ForeignKey(RevivalRequest, models.CASCADE, related_name="supports", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="revival_supports")
    given_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "user"], name="ideas_one_revival_support")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.request_id}"


class Lesson(models.Model):
    """What the network has learnt: from the answer given to an idea, or from a reason, in a domain or in all."""

    decision = models.OneToOneField(
        "ideas.Decision", models.CASCADE, null=True, blank=True, related_name="lesson"
    )
    reason = models.CharField("motif", max_length=12, choices=Reason.choices)
    domain = models.ForeignKey(
        Domain, models.PROTECT, null=True, blank=True, verbose_name="domaine", related_name="+"
    )
    text = models.CharField("ce que nous avons appris", max_length=400)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    written_on = models.DateField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reason", "domain"],
                condition=Q(decision__isnull=True),
                nulls_distinct=False,
                name="ideas_one_lesson",
                violation_error_message="Une leçon est déjà écrite pour ce motif et ce domaine.",
            ),
            models.CheckConstraint(condition=Q(text__regex=r"\S"), name="ideas_lesson_said"),
        ]
        indexes = [models.Index(F("written_on").desc(), F("id").desc(), name="ideas_lessons")]
        verbose_name = "leçon"

    def __str__(self) -> str:
        return self.text[:60]


class LookState(models.TextChoices):
    PENDING = "pending", "En attente"
    MAINTAINED = "maintained", "Réponse maintenue"
    REOPENED = "reopened", "Idée rouverte"
    LAPSED = "lapsed", "Sans objet"


class SecondLook(models.Model):
    """The right to a second look: once for an idea, by somebody else than the one who answered it first.

    Nobody asked when it was the author of an anonymous idea, whose days are then months.
    """

    idea = models.OneToOneField("ideas.Idea", models.CASCADE, related_name="second_look")
    decision = models.ForeignKey("ideas.Decision", models.PROTECT, related_name="+", db_index=False)
    first_decider = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    words = models.TextField("ce qui mérite d’être relu")
    asked_on = models.DateField()
    due_on = models.DateField("réponse promise le")
    state = models.CharField(max_length=10, choices=LookState.choices, default=LookState.PENDING)
    answer = models.TextField("réponse", blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_on = models.DateField(null=True)
    # The due dates of which the desk was reminded: another date is reminded of again.
    reminded_before = models.DateField(null=True)
    reminded_after = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(first_decider__isnull=True)
                | Q(decided_by__isnull=True)
                | ~Q(decided_by=F("first_decider")),
                name="ideas_second_look_by_another",
                violation_error_message="Une autre personne que celle qui a répondu donne le second regard.",
            ),
            models.CheckConstraint(
                condition=Q(state=LookState.PENDING, decided_on__isnull=True)
                | (~Q(state=LookState.PENDING) & Q(decided_on__isnull=False)),
                name="ideas_second_look_settled",
            ),
            models.CheckConstraint(
                condition=~Q(state=LookState.MAINTAINED)
                | Q(answer__regex=rf"\S[\s\S]{{{ANSWER_MIN_LENGTH - 2},}}\S"),
                name="ideas_second_look_answered",
                violation_error_message="Une réponse maintenue se motive en 80 caractères au moins.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "id"], condition=Q(state=LookState.PENDING), name="ideas_second_looks_due"
            )
        ]
        verbose_name = "second regard"

    def __str__(self) -> str:
        return f"second regard {self.idea_id}"

    @property
    def is_pending(self) -> bool:
        return self.state == LookState.PENDING

    @property
    def is_late(self) -> bool:
        return self.is_pending and self.due_on < clock.today()
