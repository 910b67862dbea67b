"""Who follows what, what happened, who is told, and the mails that leave (the outbox)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from ozeli.core.registry import Pace


class Follow(models.Model):
    """A person follows an object."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="follows")
    kind = models.CharField(max_length=20)
    object_id = models.UUIDField()
    # The object that was followed, when a merge brought the person here.
    brought_from = models.UUIDField(null=True, blank=True, editable=False)

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
    # How often the sweep had to give it a job again, when it last did, and the fault (its class alone).
    sweeps = models.PositiveSmallIntegerField(default=0)
    swept_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=100, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "object_id"], name="activity_event_object"),
            models.Index(fields=["at"], condition=Q(is_fanned_out=False), name="activity_event_untold"),
        ]

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
    """A mail of the outbox: an event told to a person, or their digest of a day (`period`).

    Its Message-ID is drawn with the row: a second send can be told from a second mail. A digest keeps no text: it is
    written from its items when it leaves.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", "en attente"
        SENT = "sent", "parti"
        FAILED = "failed", "refusé"
        POSTPONED = "postponed", "remis au résumé"
        DROPPED = "dropped", "sans objet"
        CANCELLED = "cancelled", "annulé"

    event = models.ForeignKey(Event, models.CASCADE, null=True, related_name="mails", db_index=False)
    period = models.DateField(null=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="mails")
    topic = models.CharField(max_length=50, blank=True)
    is_action = models.BooleanField(default=False)
    key = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    subject = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "user"], name="activity_mailed_once"),
            models.UniqueConstraint(fields=["user", "period"], name="activity_one_digest"),
            models.CheckConstraint(
                condition=Q(event__isnull=False, period__isnull=True)
                | Q(event__isnull=True, period__isnull=False),
                name="activity_event_or_digest",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at", "id"], name="activity_mails"),
            models.Index(fields=["created_at"], condition=Q(status="waiting"), name="activity_outbox"),
            models.Index(
                fields=["id"],
                condition=Q(status="waiting", period__isnull=False, attempts=0),
                name="activity_digests_ready",
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class DigestItem(models.Model):
    """A notification that waits for the next digest of its person, then belongs to one (`mail`)."""

    notification = models.OneToOneField(
        Notification, models.CASCADE, primary_key=True, related_name="digest_item"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="digest_items", db_index=False
    )
    topic = models.CharField(max_length=50)
    pace = models.CharField(max_length=6)
    is_action = models.BooleanField(default=False)
    mail = models.ForeignKey(OutgoingMail, models.CASCADE, null=True, related_name="items", db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["user"], condition=Q(mail__isnull=True), name="activity_pending"),
            models.Index(fields=["mail"], condition=Q(mail__isnull=False), name="activity_digested"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.notification_id}"


class DigestRun(models.Model):
    """The digests of a day: with those of the week or not, how far it went, and whether it is over."""

    period = models.DateField(primary_key=True)
    is_weekly = models.BooleanField()
    started_at = models.DateTimeField()
    after = models.BigIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.period}"


class Preference(models.Model):
    """The pace that a person chose for a topic: the code of an event type, that code with « .own », or « digest »."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="paces", db_index=False)
    topic = models.CharField(max_length=50)
    pace = models.CharField(max_length=6, choices=[(pace.value, pace.label) for pace in Pace])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "topic"], name="activity_one_pace")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.topic} {self.pace}"


class MailKey(models.Model):
    """What signs the unsubscribing links of a person; drawn again, those of every older mail are worth nothing."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="mail_key"
    )
    key = models.UUIDField(default=uuid.uuid4)

    def __str__(self) -> str:
        return str(self.user_id)


class MailDay(models.Model):
    """How many mails a person was sent on a day, counted in the transaction that sends them."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    sent = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="activity_one_count")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day}"
