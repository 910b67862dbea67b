"""Closed lists of challenges: formats, phases, voting rules, states."""

from django.db import models


class Format(models.TextChoices):
    CHALLENGE = "challenge", "Défi"
    HACKATHON = "hackathon", "Hackathon"
    INNOVATHON = "innovathon", "Innovathon"
    INVESTMENT = "investment", "Appel à investissement"
    BOX = "box", "Boîte permanente"


class ChallengeState(models.TextChoices):
    """Where it stands apart from its phases, which the clock alone decides."""

    DRAFT = "draft", "En préparation"
    PUBLISHED = "published", "Publié"
    CANCELLED = "cancelled", "Annulé"


class PhaseKind(models.TextChoices):
    ANNOUNCE = "announce", "Annonce"
    DEPOSIT = "deposit", "Dépôt"
    OPEN = "open", "Dépôt et votes"
    DEBATE = "debate", "Débat et votes"
    STUDY = "study", "Instruction"
    RESULTS = "results", "Résultats"


# What a phase opens by itself.
DEPOSIT_PHASES = frozenset({PhaseKind.DEPOSIT, PhaseKind.OPEN})
VOTING_PHASES = frozenset({PhaseKind.OPEN, PhaseKind.DEBATE})
# Those that may last without an end.
ENDLESS_PHASES = frozenset({PhaseKind.OPEN, PhaseKind.RESULTS})


class VotingRule(models.TextChoices):
    LIKES = "likes", "Autant de votes que l’on veut, un par idée"
    BUDGET = "budget", "Quelques votes à distribuer, un par idée"
    THRESHOLD = "threshold", "Un nombre de votes qui sélectionne"


class AnimatorRole(models.TextChoices):
    LEAD = "lead", "Responsable"
    ANIMATOR = "animator", "Animateur"


DEFAULT_THRESHOLD = 500
