"""Closed lists of people and rights."""

from django.db import models


class ProfileCode(models.TextChoices):
    """The profiles of the first version; an administrator may add others."""

    DEVELOPER = "developer", "Développeur"
    READER = "reader", "Consultation"
    CONTRIBUTOR = "contributor", "Contributeur"
    ADMINISTRATOR = "administrator", "Administrateur fonctionnel"
    SUPERADMIN = "superadmin", "Super-administrateur"
