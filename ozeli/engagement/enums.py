"""Closed lists of reports and moderation."""

from django.db import models


class ReportReason(models.TextChoices):
    """Why a person reports something."""

    PERSONAL = "personal", "Données sur une personne ou secret professionnel"
    TARGETED = "targeted", "Mise en cause d’une personne ou d’une équipe"
    OFFENSIVE = "offensive", "Propos blessants, injurieux ou menaçants"
    DISCRIMINATION = "discrimination", "Propos discriminatoires"
    OFF_TOPIC = "off_topic", "Publicité, ou sans rapport avec l’idée"
    OTHER = "other", "Autre raison"


class CaseState(models.TextChoices):
    """Where a case stands: open, else the last decision."""

    OPEN = "open", "À traiter"
    HIDDEN = "hidden", "Masqué"
    WARNED = "warned", "Auteur averti"
    DISMISSED = "dismissed", "Classé sans suite"
    RESTORED = "restored", "Rétabli"


# From which states each decision may be taken.
SOURCES = {
    CaseState.HIDDEN: frozenset({CaseState.OPEN}),
    CaseState.WARNED: frozenset({CaseState.OPEN}),
    CaseState.DISMISSED: frozenset({CaseState.OPEN}),
    CaseState.RESTORED: frozenset({CaseState.HIDDEN}),
}
PRESSING = 3
