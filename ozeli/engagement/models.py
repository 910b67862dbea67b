"""Votes, comments and tags on any kind of object, named by its kind and UUID."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class Ballot(models.Model):
    """A round of votes on an object. A vote enters only while the ballot is open, by the database's clock."""

    kind = models.CharField(max_length=20)
    object_id = models.UUIDField()
    round = models.PositiveSmallIntegerField(default=1)
    is_open = models.BooleanField(default=True)
    closes_at = models.DateTimeField(null=True, blank=True)

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
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replies")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="comments")
    body = models.TextField("commentaire")
    created_at = models.DateTimeField()
    is_hidden = models.BooleanField(default=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(body__regex=r"\S"),
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
