"""What came out of the urn: deposits held until somebody reads them, and the words exchanged about them.

No author, no address, no instant: the key is random, the date is a month, the receipt is known by a slow keyed hash.
"""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from ozeli.challenges.models import Challenge
from ozeli.core.access import Level
from ozeli.core.ids import short_id
from ozeli.ideas.models import Idea
from ozeli.network.models import Branch, Domain

from .enums import DepositState, Side

if TYPE_CHECKING:
    from ozeli.accounts.models import User

KIND = "airlock_deposit"
ERASED = {"title": "", "problem": "", "beneficiaries": "", "proposal": "", "benefit": ""}


class DepositQuerySet(models.QuerySet["Deposit"]):
    def visible_to(self, user: "User") -> "DepositQuerySet":
        """Those who contribute to ideas for the whole network read what waits; object form: `rules.reads_held`."""
        if user.level("ideas") >= Level.CONTRIBUTE and user.contribution_scope("ideas") is None:
            return self
        return self.none()


class Deposit(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    state = models.CharField("état", max_length=10, choices=DepositState.choices, default=DepositState.HELD)
    title = models.CharField("titre", max_length=140, blank=True)
    problem = models.TextField("le problème", blank=True)
    beneficiaries = models.TextField("pour qui", blank=True)
    proposal = models.TextField("la proposition", blank=True)
    benefit = models.TextField("ce que cela changerait", blank=True)
    domain = models.ForeignKey(Domain, models.PROTECT, null=True, verbose_name="domaine")
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, blank=True, verbose_name="branche")
    challenge = models.ForeignKey(Challenge, models.PROTECT, null=True, blank=True, verbose_name="défi")
    released_on = models.DateField("sortie du sas")
    is_masked = models.BooleanField("passages masqués", default=False)
    reason = models.TextField("motif", blank=True)
    decided_on = models.DateField("décidée en", null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    idea = models.OneToOneField(Idea, models.CASCADE, null=True, related_name="airlock_deposit")
    version = models.PositiveIntegerField(default=1)

    objects = DepositQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(released_on__day=1) & (Q(decided_on__isnull=True) | Q(decided_on__day=1)),
                name="airlock_deposit_month_only",
                violation_error_message="Un dépôt anonyme ne garde que le mois.",
            ),
            models.CheckConstraint(
                condition=Q(state=DepositState.HELD, proposal__gt="", domain__isnull=False)
                | (~Q(state=DepositState.HELD) & Q(problem="", proposal="", beneficiaries="", benefit="")),
                name="airlock_deposit_erased_once_settled",
                violation_error_message="Une fois le dépôt réglé, son texte ne reste pas dans le sas.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[DepositState.PUBLISHED, DepositState.SIGNED]) | Q(idea__isnull=False),
                name="airlock_deposit_published_somewhere",
            ),
            models.CheckConstraint(
                condition=~Q(state=DepositState.REFUSED) | Q(reason__regex=r"\S"),
                name="airlock_deposit_refusal_explained",
                violation_error_message="Un refus s’explique.",
            ),
        ]
        indexes = [
            models.Index(F("released_on"), F("id"), condition=Q(state="held"), name="airlock_held"),
            models.Index(F("state"), F("released_on").desc(), F("id").desc(), name="airlock_by_state"),
        ]
        verbose_name = "dépôt anonyme"

    def __str__(self) -> str:
        return self.title or f"dépôt {self.short}"

    @property
    def short(self) -> str:
        return short_id(self.id)

    @property
    def is_held(self) -> bool:
        return self.state == DepositState.HELD


class AirlockMessage(models.Model):
    """A word between the author of a deposit, whom nobody knows, and those who read it. The month only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    deposit = models.ForeignKey(Deposit, models.CASCADE, related_name="messages")
    side = models.CharField(max_length=6, choices=Side.choices)
    body = models.TextField("message")
    month = models.DateField()
    position = models.PositiveIntegerField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="airlock_message_month_only"),
            models.CheckConstraint(condition=Q(body__regex=r"\S"), name="airlock_message_said"),
            models.CheckConstraint(
                condition=~Q(side=Side.AUTHOR) | Q(written_by__isnull=True),
                name="airlock_author_unknown",
                violation_error_message="L’auteur d’un dépôt anonyme n’est pas connu.",
            ),
        ]
        verbose_name = "message du sas"

    def __str__(self) -> str:
        return f"{self.side} {self.deposit_id}"

    @property
    def is_from_author(self) -> bool:
        return self.side == Side.AUTHOR
