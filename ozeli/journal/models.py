"""The append-only record of decisions and rights, and its hash chain.

An entry is inserted in the business transaction; a job seals entries into blocks afterwards. The database refuses
any UPDATE or DELETE on both (triggers of the first migration), so that a chain cannot be written again in place.
"""

from django.db import models


class Entry(models.Model):
    """One act. The column `xid` (transaction of the insert) exists in the database only, for the seal."""

    at = models.DateTimeField()
    actor = models.UUIDField(null=True, help_text="clé d’acteur ; vide : le système")
    verb = models.CharField(max_length=60, db_index=True)
    kind = models.CharField(max_length=30)
    object_id = models.CharField(max_length=60)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["kind", "object_id"], name="journal_entry_object")]
        verbose_name = "acte"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.kind} {self.object_id}"


class Block(models.Model):
    """A sealed run of entries; `head` chains it to the block before."""

    sealed_at = models.DateTimeField()
    previous = models.CharField(max_length=64)
    head = models.CharField(max_length=64, unique=True)
    size = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.pk} {self.head[:12]}"


class Seal(models.Model):
    """The place of an entry in the chain."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="seal")
    block = models.ForeignKey(Block, models.PROTECT, related_name="seals", db_index=False)
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["block", "position"], name="journal_one_place")]

    def __str__(self) -> str:
        return f"{self.block_id}/{self.position}"
