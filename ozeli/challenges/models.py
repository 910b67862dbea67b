"""Challenges, their phases, the people who animate them, what they promise and how they are made known.

Ideas point at their challenge from their own app; nothing here knows an idea.
"""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from ozeli.core.access import Level
from ozeli.engagement.models import Poll
from ozeli.network.enums import Audience
from ozeli.network.models import Branch, Domain, Organisation, StrategicObjective

from .enums import ENDLESS_PHASES, AnimatorRole, ChallengeState, Format, PhaseKind, VotingRule

if TYPE_CHECKING:
    from ozeli.accounts.models import User

KIND = "challenge"


class ChallengeQuerySet(models.QuerySet["Challenge"]):
    def visible_to(self, user: "User") -> "ChallengeQuerySet":
        """The challenges that this person may read: the only rule. Object form: `rules.can_see`.

        Published ones that their body may take part in; those that they animate or whose desk they work, always.
        """
        if user.level("challenges") < Level.CONSULT:
            return self.none()
        scope = user.contribution_scope("challenges")
        if scope is None:
            return self
        animated = Exists(ChallengeAnimator.objects.filter(challenge=OuterRef("pk"), user=user))
        allowed = (~Q(state=ChallengeState.DRAFT) & _open_to(user)) | Q(animated)
        return self.filter(allowed | Q(organisation_id__in=scope) if scope else allowed)


def _open_to(user: "User") -> Q:
    invited = ChallengeBody.objects.filter(challenge=OuterRef("pk"), organisation=user.organisation_id)
    return (
        Q(audience=Audience.NETWORK)
        | Q(audience=Audience.BRANCH, branch_id=user.organisation.branch_id)
        | Q(audience=Audience.ORGANISATION) & Q(Exists(invited))
    )


class Challenge(models.Model):
    """A question asked to part of the network for a time.

    `audience` says who takes part: everyone, the branch, or the invited bodies (`ChallengeBody`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField("adresse", max_length=60, unique=True)
    title = models.CharField("nom du défi", max_length=120)
    question = models.CharField("question posée", max_length=200)
    theme = models.CharField("thème", max_length=80, blank=True)
    presentation = models.TextField("pourquoi ce défi", blank=True)
    rules_text = models.TextField("règlement", blank=True)
    format = models.CharField("format", max_length=12, choices=Format.choices, default=Format.CHALLENGE)
    state = models.CharField(
        "état", max_length=10, choices=ChallengeState.choices, default=ChallengeState.DRAFT
    )
    cancel_reason = models.TextField("raison de l’annulation", blank=True)

    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="organisme qui porte le défi")
    audience = models.CharField("ouvert à", max_length=12, choices=Audience.choices, default=Audience.NETWORK)
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, blank=True, verbose_name="branche")
    objective = models.ForeignKey(
        StrategicObjective, models.PROTECT, null=True, blank=True, verbose_name="objectif stratégique"
    )
    domain = models.ForeignKey(Domain, models.PROTECT, null=True, blank=True, verbose_name="domaine")

    voting_rule = models.CharField(
        "règle de vote", max_length=10, choices=VotingRule.choices, default=VotingRule.LIKES
    )
    votes_each = models.PositiveSmallIntegerField("votes par personne", null=True, blank=True)
    threshold = models.PositiveIntegerField("votes qui sélectionnent", null=True, blank=True)
    # When the votes of its ideas are open, and how many each person may give.
    poll = models.OneToOneField(Poll, models.PROTECT, related_name="+")
    answer_delay_days = models.PositiveSmallIntegerField("réponse promise (jours)", null=True, blank=True)

    # What it was made from: another challenge, or nothing.
    copied_from = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_on = models.DateField()
    # From the first phase's start to the last one's end: kept with the phases, for lists.
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ChallengeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(audience=Audience.BRANCH, branch__isnull=False)
                | (~Q(audience=Audience.BRANCH) & Q(branch__isnull=True)),
                name="challenges_branch_named",
                violation_error_message="Choisissez la branche à laquelle le défi est ouvert.",
            ),
            models.CheckConstraint(
                condition=Q(voting_rule=VotingRule.BUDGET, votes_each__gte=1, threshold__isnull=True)
                | Q(voting_rule=VotingRule.THRESHOLD, threshold__gte=1, votes_each__isnull=True)
                | Q(voting_rule=VotingRule.LIKES, threshold__isnull=True, votes_each__isnull=True),
                name="challenges_rule_measured",
                violation_error_message="La règle de vote demande un nombre de votes.",
            ),
        ]
        indexes = [
            models.Index(F("opens_at").desc(nulls_last=True), F("id").desc(), name="challenges_recent"),
        ]
        verbose_name = "défi"

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("challenges:challenge", args=[self.slug])


class ChallengeBody(models.Model):
    """A body invited to a challenge that is not open to all."""

    challenge = models.ForeignKey(Challenge, models.CASCADE, related_name="bodies", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["challenge", "organisation"], name="challenges_one_invitation")
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.challenge_id}"


class Phase(models.Model):
    """A time of a challenge. It opens and closes rights by itself, judged by the database's clock."""

    challenge = models.ForeignKey(Challenge, models.CASCADE, related_name="phases", db_index=False)
    kind = models.CharField("phase", max_length=10, choices=PhaseKind.choices)
    opens_at = models.DateTimeField("commence")
    closes_at = models.DateTimeField("finit", null=True, blank=True)
    # When the people concerned were told that it begins or ends the next day.
    told_opening_at = models.DateTimeField(null=True, editable=False)
    told_closing_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["opens_at"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "kind"], name="challenges_one_phase"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at"))
                | Q(closes_at__isnull=True, kind__in=sorted(ENDLESS_PHASES)),
                name="challenges_phase_forwards",
                violation_error_message="Une phase finit après avoir commencé.",
            ),
        ]
        indexes = [models.Index("opens_at", name="challenges_phase_opens")]
        verbose_name = "phase"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.challenge_id}"


class PhaseChange(models.Model):
    """Dates moved after the publication, and why: read by everyone who takes part."""

    challenge = models.ForeignKey(Challenge, models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=10, choices=PhaseKind.choices)
    closed_at = models.DateTimeField("finissait", null=True)
    closes_at = models.DateTimeField("finit", null=True)
    reason = models.TextField("raison")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(reason__regex=r"\S"), name="challenges_change_explained")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.challenge_id}"


class AnimatorQuerySet(models.QuerySet["ChallengeAnimator"]):
    def working(self, user: "User") -> "AnimatorQuerySet":
        """Where this person works the desk of the ideas now: published challenges, while the brick is theirs."""
        if user.level("challenges") < Level.CONSULT:
            return self.none()
        return self.filter(user=user.pk, challenge__state=ChallengeState.PUBLISHED)


class ChallengeAnimator(models.Model):
    """A person who animates a challenge: they work its desk, whatever the body of the ideas."""

    challenge = models.ForeignKey(Challenge, models.CASCADE, related_name="animators", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="animated")
    role = models.CharField("rôle", max_length=8, choices=AnimatorRole.choices, default=AnimatorRole.ANIMATOR)

    objects = AnimatorQuerySet.as_manager()

    class Meta:
        ordering = ["-role", "pk"]  # « lead » first
        constraints = [models.UniqueConstraint(fields=["challenge", "user"], name="challenges_one_animator")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.challenge_id}"


class Prize(models.Model):
    """What a challenge promises to those it distinguishes."""

    challenge = models.ForeignKey(Challenge, models.CASCADE, related_name="prizes")
    position = models.PositiveSmallIntegerField(default=0)
    title = models.CharField("prix", max_length=80)
    description = models.CharField("ce qu’il apporte", max_length=300, blank=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title


class CommunicationStep(models.Model):
    """Something to say about a challenge, to whom, by what means, on which day."""

    challenge = models.ForeignKey(Challenge, models.CASCADE, related_name="communication")
    due_on = models.DateField("le")
    title = models.CharField("quoi", max_length=140)
    channel = models.CharField("par quel moyen", max_length=80, blank=True)
    readers = models.CharField("à qui", max_length=120, blank=True)
    words = models.TextField("texte proposé", blank=True)
    done_on = models.DateField("fait le", null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.title
