"""Closed lists of files."""

from django.db import models


class State(models.TextChoices):
    """The life of a file. Nothing but a published one is ever given back."""

    RECEIVED = "received", "En cours de vérification"
    QUARANTINED = "quarantined", "En quarantaine"
    PUBLISHED = "published", "Vérifié"
    REFUSED = "refused", "Refusé"


WAITING = frozenset({State.RECEIVED, State.QUARANTINED})
