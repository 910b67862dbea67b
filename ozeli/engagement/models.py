"""Votes, comments and tags on any kind of object, named by its kind and UUID."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from .enums import CaseState, ReportReason


class Poll(models.Model):
    """What many ballots share: when votes enter, by the database's clock, and how many each person may give."""

    kind = models.CharField(max_length=20)
    object_id = models.UUIDField()
    # Both empty: closed. No end: open for ever.
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    votes_each = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="engagement_one_poll")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class Spending(models.Model):
    """How many of their votes a person has given in a poll that counts them."""

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="spendings", db_index=False)
    voter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="spendings")
    spent = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "voter"], name="engagement_one_spending")]

    def __str__(self) -> str:
        return f"{self.voter_id} {self.spent}"


class Ballot(models.Model):
    """A round of votes on an object. A vote enters only while the ballot is open, by the database's clock."""

    kind = models.CharField(max_length=20)
    object_id = models.UUIDField()
    round = models.PositiveSmallIntegerField(default=1)
    is_open = models.BooleanField(default=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    poll = models.ForeignKey(Poll, models.PROTECT, null=True, blank=True, related_name="ballots")
    # The ballot where its votes count since their objects were merged; its own rows wait for an undo.
    absorbed_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id", "round"], name="engagement_one_ballot")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} tour {self.round}"


class Vote(models.Model):
    """One person's vote: one row at most for a ballot (rule 3). Only the day is kept."""

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="votes", db_index=False)
    # Nobody once the account is erased: the vote still counts, and nothing ties it to the others of that person.
    voter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="votes")
    cast_on = models.DateField()
    # The ballot in which it was given, when a merge brought it here.
    carried_from = models.ForeignKey(
        Ballot, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ballot", "voter"], name="engagement_one_vote")]

    def __str__(self) -> str:
        return f"{self.voter_id} → {self.ballot_id}"


class CommentQuerySet(models.QuerySet["Comment"]):
    def about(self, kind: str, object_id: uuid.UUID) -> "CommentQuerySet":
        return self.filter(kind=kind, object_id=object_id)


class Comment(models.Model):
    """A comment, or a reply to one: threads have one level."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20)
    object_id = models.UUIDField()
    # The object under which it was written, when a merge brought it here.
    came_from = models.UUIDField(null=True, blank=True, editable=False)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replies")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="comments")
    body = models.TextField("commentaire")
    # Where the body names people: [[start, end], …]; the event that tells them knows who they are.
    mentions = models.JSONField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    is_hidden = models.BooleanField(default=False)
    # Taken back by its author: its words are gone, its place in the thread stays.
    is_removed = models.BooleanField(default=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_removed=True, body="") | Q(is_removed=False, body__regex=r"\S"),
                name="engagement_comment_said",
                violation_error_message="Écrivez votre commentaire avant de le publier.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["kind", "object_id", "-created_at", "-id"],
                condition=Q(parent__isnull=True),
                name="engagement_threads",
            ),
        ]

    def __str__(self) -> str:
        return self.body[:60]


class Tag(models.Model):
    """A free word that people put on things."""

    name = models.CharField("mot-clé", max_length=40)
    slug = models.SlugField(max_length=50, unique=True)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name


class Tagging(models.Model):
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="taggings", db_index=False)
    kind = models.CharField(max_length=20)
    object_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tag", "kind", "object_id"], name="engagement_one_tagging")
        ]
        indexes = [models.Index(fields=["kind", "object_id"], name="engagement_tagged")]

    def __str__(self) -> str:
        return f"{self.tag_id} {self.object_id}"


class ModerationCase(models.Model):
    """What people report of one object, and what the moderators make of it. One open case an object at a time.

    `context` is the object that bears it (the idea of a comment, an idea itself): it says whose desk this is.
    """

    kind = models.CharField(max_length=20)
    object_id = models.UUIDField()
    context_kind = models.CharField(max_length=20)
    context_id = models.UUIDField()
    state = models.CharField("état", max_length=10, choices=CaseState.choices, default=CaseState.OPEN)
    report_count = models.PositiveIntegerField(default=0)
    # 0 once several people have reported it: those come first. Never hides anything by itself.
    priority = models.PositiveSmallIntegerField(default=1)
    opened_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id"],
                condition=Q(state=CaseState.OPEN),
                name="engagement_one_open_case",
            )
        ]
        indexes = [
            models.Index(
                fields=["priority", "opened_at", "id"],
                condition=Q(state=CaseState.OPEN),
                name="engagement_queue",
            ),
            models.Index(fields=["-opened_at", "-id"], name="engagement_cases"),
            models.Index(fields=["kind", "object_id"], name="engagement_case_object"),
        ]
        verbose_name = "dossier de modération"

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state == CaseState.OPEN

    @property
    def is_pressing(self) -> bool:
        return self.is_open and self.priority == 0


class Report(models.Model):
    """A person tells of an object, once. Who it was is shown to nobody; it serves to count people and to answer."""

    case = models.ForeignKey(ModerationCase, models.CASCADE, related_name="reports")
    kind = models.CharField(max_length=20)
    object_id = models.UUIDField()
    # None once the account is erased.
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="reports", db_index=False
    )
    reason = models.CharField("raison", max_length=14, choices=ReportReason.choices)
    words = models.TextField("précisions", blank=True)
    reported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reporter", "kind", "object_id"], name="engagement_one_report")
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.object_id}"


class ModerationAct(models.Model):
    """A decision of a moderator on a case: what, why (for the desk), and what the author was told."""

    case = models.ForeignKey(ModerationCase, models.CASCADE, related_name="acts")
    state = models.CharField(max_length=10, choices=CaseState.choices)
    reason = models.TextField("raison")
    message = models.TextField("message à l’auteur", blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(reason__regex=r"\S"), name="engagement_act_explained"),
            models.CheckConstraint(
                condition=~Q(state__in=[CaseState.HIDDEN, CaseState.WARNED]) | Q(message__regex=r"\S"),
                name="engagement_author_told",
                violation_error_message="Écrivez à l’auteur ce qui lui est reproché.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.case_id}"
