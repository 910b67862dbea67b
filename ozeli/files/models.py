"""Files that people join to objects: what is known of each, and where its bytes are.

The bytes of a file stand in a folder of their own with a random name (see `storage`): `received` until the
inspection, then a *new* folder with `main` and, for an image, `<width>.webp` and `<width>.avif`.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from ozeli.core import french

from .enums import State
from .signatures import IMAGES, PDF, SUFFIXES


class StoredFile(models.Model):
    """A file joined to an object of any kind, with its day; the instant and the person too, unless it is anonymous."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=30)
    object_id = models.UUIDField()
    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="files"
    )
    name = models.CharField("nom", max_length=120)
    description = models.CharField("ce que montre l’image", max_length=250, blank=True)
    media_type = models.CharField(max_length=20, choices=[(one, one) for one in SUFFIXES])
    size = models.PositiveIntegerField("octets")
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    renditions = models.JSONField(default=list, help_text="[largeur, hauteur] de chaque déclinaison")
    folder = models.CharField(max_length=60, blank=True)
    state = models.CharField("état", max_length=12, choices=State.choices, default=State.RECEIVED)
    reason = models.CharField("motif", max_length=200, blank=True)
    created_on = models.DateField("joint le")
    created_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(created_at__isnull=False) | Q(uploader__isnull=True),
                name="files_anonymous_without_person",
                violation_error_message="Un fichier anonyme ne garde ni personne ni instant.",
            ),
            models.CheckConstraint(
                condition=(Q(state=State.REFUSED) & Q(folder="") & ~Q(reason=""))
                | (~Q(state=State.REFUSED) & ~Q(folder="")),
                name="files_refused_without_bytes",
                violation_error_message="Un fichier refusé n’est pas gardé, et dit pourquoi.",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.PUBLISHED)
                | Q(media_type=PDF)
                | (Q(width__isnull=False, height__isnull=False) & ~Q(description="")),
                name="files_images_described",
                violation_error_message="Une image a une taille et une description.",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "object_id"], name="files_of_object"),
            models.Index(
                fields=["created_on"],
                condition=Q(state__in=["received", "quarantined"]),
                name="files_waiting",
            ),
        ]
        verbose_name = "fichier"

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        return self.media_type in IMAGES

    @property
    def is_published(self) -> bool:
        return self.state == State.PUBLISHED

    @property
    def is_refused(self) -> bool:
        return self.state == State.REFUSED

    @property
    def weight(self) -> str:
        """« 340 ko », « 1,2 Mo »."""
        return french.weight(self.size)

    def get_absolute_url(self) -> str:
        return reverse("files:file", args=[self.pk])
