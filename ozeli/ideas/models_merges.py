"""The same idea twice: one absorbed into another for a while, or two that are neighbours."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from ozeli.challenges.selectors import animated_by
from ozeli.core import clock
from ozeli.engagement.models import Ballot

from .enums import State

if TYPE_CHECKING:
    from ozeli.accounts.models import User

UNDO_DAYS = 30


def month_end(day: date) -> date:
    following = day.replace(day=28) + timedelta(days=4)
    return following.replace(day=1) - timedelta(days=1)


def undo_until(merged_on: date, *, by_month: bool) -> date:
    """The last day when a merge is undone; around an anonymous idea it follows from the month alone."""
    return (month_end(merged_on) if by_month else merged_on) + timedelta(days=UNDO_DAYS)


class Kindred(models.Model):
    """How many ideas are tied to one (absorbed, or neighbours): nothing is asked of the others at 0."""

    kin_count = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        abstract = True


def _of_desk(user: "User", *sides: str) -> Q:
    """Rows one side of which is an idea of this person's desk."""
    scope, rule = user.contribution_scope("ideas"), Q()
    if scope is None:
        return Q(pk__isnull=False)
    animated = animated_by(user)
    for side in sides:
        rule |= Q(**{f"{side}__organisation_id__in": scope}) | Q(**{f"{side}__challenge_id__in": animated})
    return rule


class MergeQuerySet(models.QuerySet["IdeaMerge"]):
    def in_scope_of(self, user: "User") -> "MergeQuerySet":
        """Those of an idea whose desk this person works."""
        return self.filter(_of_desk(user, "absorbed", "kept"))

    def standing(self) -> "MergeQuerySet":
        return self.filter(undone_on__isnull=True)


class IdeaMerge(models.Model):
    """An idea absorbed into another, with what undoing it puts back. Anonymous ideas leave a month, not a day."""

    absorbed = models.ForeignKey("ideas.Idea", models.PROTECT, related_name="merges", db_index=False)
    kept = models.ForeignKey("ideas.Idea", models.PROTECT, related_name="absorptions")
    reason = models.TextField("raison")
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    merged_on = models.DateField()
    undo_until = models.DateField()
    # The move of the absorbed idea, and what it left.
    step = models.OneToOneField("ideas.IdeaMove", models.CASCADE, related_name="+")
    state_before = models.CharField(max_length=16, choices=State.choices)
    waiting_since = models.DateField(null=True)
    answer_due_on = models.DateField(null=True)
    first_due_on = models.DateField(null=True)
    promise_origin = models.CharField(max_length=10, blank=True, default="", db_default="")
    completion = models.ForeignKey("ideas.CompletionRequest", models.SET_NULL, null=True, related_name="+")
    ballot_was_open = models.BooleanField()
    # The votes of the absorbed idea count in this one; how many were not already there.
    kept_ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="+", db_index=False)
    votes_carried = models.PositiveIntegerField(default=0)
    votes_shared = models.PositiveIntegerField(default=0)
    # Who answered the kept idea, when that changed: nobody answers an idea they sign.
    handler_before = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    undone_on = models.DateField(null=True)
    undo_reason = models.TextField("raison de la séparation", blank=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["absorbed"],
                condition=Q(undone_on__isnull=True),
                name="ideas_absorbed_once",
                violation_error_message="Cette idée est déjà regroupée.",
            ),
            models.CheckConstraint(condition=~Q(absorbed=F("kept")), name="ideas_absorbed_by_another"),
            models.CheckConstraint(condition=Q(reason__regex=r"\S"), name="ideas_merge_explained"),
            models.CheckConstraint(
                condition=Q(undone_on__isnull=True) | Q(undo_reason__regex=r"\S"),
                name="ideas_separation_explained",
            ),
        ]
        indexes = [models.Index(F("merged_on").desc(), F("id").desc(), name="ideas_merges")]
        verbose_name = "regroupement"

    def __str__(self) -> str:
        return f"{self.absorbed_id} → {self.kept_id}"

    def get_absolute_url(self) -> str:
        return reverse("ideas:merge", args=[self.pk])

    @property
    def is_standing(self) -> bool:
        return self.undone_on is None

    @property
    def is_reversible(self) -> bool:
        return self.is_standing and clock.today() <= self.undo_until


class LinkQuerySet(models.QuerySet["IdeaLink"]):
    def in_scope_of(self, user: "User") -> "LinkQuerySet":
        """Those of an idea whose desk this person works."""
        return self.filter(_of_desk(user, "one", "other"))


class IdeaLink(models.Model):
    """Two ideas said to be neighbours: one row for both, the smaller key first."""

    one = models.ForeignKey("ideas.Idea", models.CASCADE, related_name="+", db_index=False)
    other = models.ForeignKey("ideas.Idea", models.CASCADE, related_name="+")
    reason = models.CharField("ce qui les rapproche", max_length=300)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_on = models.DateField()

    objects = LinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["one", "other"],
                name="ideas_one_link",
                violation_error_message="Ces deux idées sont déjà liées.",
            ),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="ideas_link_ordered"),
            models.CheckConstraint(condition=Q(reason__regex=r"\S"), name="ideas_link_explained"),
        ]
        indexes = [models.Index(F("made_on").desc(), F("id").desc(), name="ideas_links")]
        verbose_name = "idées voisines"

    def __str__(self) -> str:
        return f"{self.one_id} – {self.other_id}"
