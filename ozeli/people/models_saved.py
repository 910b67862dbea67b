"""Searches that people keep, and the feeds that they make of them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from ozeli.core.listings import listings

from .enums import Pace


class SavedSearch(models.Model):
    """The filters of a list, under a name. `seen` are the ids already told, when new results are mailed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_searches")
    name = models.CharField("nom", max_length=80)
    listing = models.CharField(max_length=20)
    query = models.TextField(blank=True)
    pace = models.CharField("me prévenir", max_length=6, choices=Pace.choices, default=Pace.NEVER, blank=True)
    seen = models.JSONField(default=list)
    told_on = models.DateField(null=True)
    created_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="people_one_search_name")]
        indexes = [models.Index(fields=["pace", "told_on"], condition=~Q(pace=""), name="people_search_pace")]
        verbose_name = "recherche enregistrée"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The list itself, narrowed."""
        if self.listing not in listings:
            return f"{reverse('people:searches')}?{self.query}" if self.query else reverse("people:searches")
        return listings[self.listing].address_of(self.query)

    @property
    def has_agenda(self) -> bool:
        return self.listing in listings and listings[self.listing].occasions is not None


class Feed(models.Model):
    """An address that gives a saved search to a feed reader, without a sign-in: its token is kept as a digest."""

    search = models.ForeignKey(SavedSearch, models.CASCADE, related_name="feeds")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="feeds")
    digest = models.CharField(max_length=64, unique=True)
    created_on = models.DateField()

    class Meta:
        verbose_name = "flux"

    def __str__(self) -> str:
        return f"{self.search_id}"
