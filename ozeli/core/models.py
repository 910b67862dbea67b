"""The one table of core, the keys of the forms already received; and what administrators keep, as a base."""

from uuid import UUID

from django.db import connection, models


class IdempotencyKeyQuerySet(models.QuerySet["IdempotencyKey"]):
    def claim(self, actor: str, key: UUID, action: str, digest: str) -> bool:
        """Insert the key; False when it exists already (after waiting for its transaction to end)."""
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into core_idempotencykey (actor, key, action, digest, location, created_at)"
                " values (%s, %s, %s, %s, '', now()) on conflict (actor, key) do nothing",
                [actor, key, action, digest],
            )
            return cursor.rowcount == 1


class IdempotencyKey(models.Model):
    actor = models.CharField(max_length=60)
    key = models.UUIDField()
    action = models.TextField()
    digest = models.CharField(max_length=64)
    location = models.TextField(blank=True)
    created_at = models.DateTimeField(db_index=True)

    objects = IdempotencyKeyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="core_idempotency_once")]

    def __str__(self) -> str:
        return f"{self.actor} {self.key}"


class Kept(models.Model):
    """A row that administrators keep: archived rather than deleted; its version tells a change made meanwhile."""

    is_active = models.BooleanField("en service", default=True, db_default=True)
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    class Meta:
        abstract = True
