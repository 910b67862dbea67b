"""Closed lists of the airlock."""

from django.db import models


class DepositState(models.TextChoices):
    HELD = "held", "À relire"
    PUBLISHED = "published", "Publiée"
    REFUSED = "refused", "Non publiée"
    WITHDRAWN = "withdrawn", "Retirée par son auteur"
    SIGNED = "signed", "Signée"


class Side(models.TextChoices):
    AUTHOR = "author", "Auteur anonyme"
    DESK = "desk", "Référent"


class EntryKind(models.TextChoices):
    """What the urn carries."""

    DEPOSIT = "deposit", "Dépôt"
    MESSAGE = "message", "Message"
    COMPLEMENT = "complement", "Complément"
    WITHDRAWAL = "withdrawal", "Retrait"
