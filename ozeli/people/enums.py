"""Closed lists of the directory and of the rights of persons."""

from django.db import models


class Role(models.TextChoices):
    """What a person may be for the others."""

    REFERENT = "referent", "Référent innovation"
    AMBASSADOR = "ambassador", "Ambassadeur"
    COACH = "coach", "Coach"
    MENTOR = "mentor", "Mentor"
    SPONSOR = "sponsor", "Sponsor"
    INTRAPRENEUR = "intrapreneur", "Intrapreneur"


# What each of them is for, in one line.
MISSIONS = {
    Role.REFERENT: "Lit les idées de son organisme, les fait avancer et y répond.",
    Role.AMBASSADOR: "Fait connaître la démarche autour de soi et aide à écrire une idée.",
    Role.COACH: "Accompagne une équipe pendant un essai.",
    Role.MENTOR: "Conseille une personne qui porte un projet.",
    Role.SPONSOR: "Ouvre les portes et soutient un projet auprès de sa direction.",
    Role.INTRAPRENEUR: "Porte un projet issu d’une idée, sur une partie de son temps.",
}
# Référents come from the profiles: the right to answer and the line of the directory cannot disagree.
GIVEN_ROLES = [role for role in Role if role is not Role.REFERENT]


class RoleState(models.TextChoices):
    ASKED = "asked", "demandé"
    GIVEN = "given", "donné"
    REFUSED = "refused", "refusé"


class ExportState(models.TextChoices):
    WAITING = "waiting", "en attente"
    RUNNING = "running", "en cours"
    READY = "ready", "prête"
    FAILED = "failed", "échouée"
    EXPIRED = "expired", "effacée"


class Pace(models.TextChoices):
    """How often a person is told of what is new in a saved search."""

    NEVER = "", "Jamais"
    DAILY = "daily", "Chaque jour"
    WEEKLY = "weekly", "Chaque semaine"
