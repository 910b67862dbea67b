"""Who follows what, what happened, who is told, and the mails that leave (the outbox)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class Follow(models.Model):
    """A person follows an object."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="follows")
    kind = models.CharField(max_length=20)
    object_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id", "user"], name="activity_one_follow")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.object_id}"


class Event(models.Model):
    """Something worth telling. Its type (see `core.registry.event_types`) knows whom to tell and in which words."""

    type = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    object_id = models.UUIDField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    is_fanned_out = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["kind", "object_id"], name="activity_event_object")]

    def __str__(self) -> str:
        return f"{self.type} {self.object_id}"


class Notification(models.Model):
    """An event told to a person, once."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="notifications", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notifications")
    text = models.CharField(max_length=300)
    url = models.CharField(max_length=300)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "user"], name="activity_told_once")]
        indexes = [
            models.Index(fields=["user", "-at", "-id"], name="activity_notifications"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="activity_unread"),
        ]

    def __str__(self) -> str:
        return self.text


class OutgoingMail(models.Model):
    """A mail of the outbox. Its Message-ID is drawn with the row: a second send can be told from a second mail."""

    class Status(models.TextChoices):
        WAITING = "waiting", "en attente"
        SENT = "sent", "parti"
        FAILED = "failed", "refusé"

    event = models.ForeignKey(Event, models.CASCADE, related_name="mails", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="mails")
    key = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "user"], name="activity_mailed_once")]
        indexes = [
            models.Index(fields=["created_at"], condition=~Q(status="sent"), name="activity_outbox"),
        ]

    def __str__(self) -> str:
        return self.subject
