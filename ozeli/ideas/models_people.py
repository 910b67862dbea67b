"""What people do around an idea they sign: amendments, invitations to sign; and the team of a manager."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from ozeli.core import clock

from .enums import InvitationState, TeamState

INVITATION_DAYS = 30


class IdeaAmendment(models.Model):
    """A change of text once others had voted or spoken: what, why, when. `changes`: {field, before, after} of each."""

    idea = models.ForeignKey("ideas.Idea", models.CASCADE, related_name="amendments", db_index=False)
    number = models.PositiveSmallIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_on = models.DateField()
    reason = models.CharField("raison", max_length=200)
    changes = models.JSONField(default=list)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["idea", "number"], name="ideas_one_amendment"),
            models.CheckConstraint(condition=Q(reason__regex=r"\S"), name="ideas_amendment_explained"),
        ]
        verbose_name = "modification"

    def __str__(self) -> str:
        return f"{self.idea_id} nᵒ {self.number}"


class InvitationQuerySet(models.QuerySet["CoauthorInvitation"]):
    def awaited(self) -> "InvitationQuerySet":
        """Those that may still be answered."""
        return self.filter(
            state=InvitationState.PENDING, invited_on__gt=clock.today() - timedelta(days=INVITATION_DAYS)
        )


class CoauthorInvitation(models.Model):
    """A person is asked to sign an idea. Seen by its authors and by that person alone, until accepted."""

    idea = models.ForeignKey("ideas.Idea", models.CASCADE, related_name="invitations", db_index=False)
    invitee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="invitations")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=InvitationState.choices, default=InvitationState.PENDING)
    invited_on = models.DateField()
    answered_on = models.DateField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["idea", "invitee"],
                condition=Q(state=InvitationState.PENDING),
                name="ideas_one_invitation",
            )
        ]
        verbose_name = "invitation à signer"

    def __str__(self) -> str:
        return f"{self.invitee_id} {self.idea_id} {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("ideas:invitation", args=[self.pk])

    @property
    def is_awaited(self) -> bool:
        return self.state == InvitationState.PENDING and clock.today() < self.expires_on

    @property
    def expires_on(self) -> date:
        return self.invited_on + timedelta(days=INVITATION_DAYS)


class TeamMember(models.Model):
    """A person whom a manager counts in their team, once that person has accepted; either may end it."""

    manager = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="team_members")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="teams")
    state = models.CharField(max_length=10, choices=TeamState.choices, default=TeamState.PENDING)
    asked_on = models.DateField()
    answered_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["manager", "member"],
                condition=Q(state__in=[TeamState.PENDING, TeamState.ACCEPTED]),
                name="ideas_one_place_in_team",
            ),
            models.CheckConstraint(condition=~Q(manager=models.F("member")), name="ideas_team_of_others"),
        ]
        verbose_name = "membre d’équipe"

    def __str__(self) -> str:
        return f"{self.manager_id} {self.member_id} {self.state}"
