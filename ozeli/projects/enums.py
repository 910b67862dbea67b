"""Closed lists of projects: kinds, states, triggers, causes, roles, verdicts."""

from django.db import models


class Kind(models.TextChoices):
    """What a project is; what its lifecycle asks is data (`Lifecycle`)."""

    POC = "poc", "POC"
    DEMONSTRATOR = "demonstrator", "Démonstrateur"
    STARTUP = "startup", "Startup interne"
    PROJECT = "project", "Projet"


class State(models.TextChoices):
    """Where a project stands (domain document, § 5)."""

    TO_LAUNCH = "to_launch", "À lancer"
    UNDER_WAY = "under_way", "En cours"
    FROZEN = "frozen", "Gelé"
    ABANDONED = "abandoned", "Abandonné"
    COMPLETED = "completed", "Terminé"


# Projects on which somebody still works, or may take work up again.
LIVE_STATES = frozenset({State.TO_LAUNCH, State.UNDER_WAY, State.FROZEN})
ENDED_STATES = frozenset({State.ABANDONED, State.COMPLETED})


class Trigger(models.TextChoices):
    """The « fait générateur »: what made the project begin."""

    AGENT_IDEA = "agent_idea", "Idée d’agent"
    CHALLENGE = "challenge", "Défi"
    PAIN_POINT = "pain_point", "Irritant d’agents"
    USER_NEED = "user_need", "Besoin d’usagers"
    STRATEGY = "strategy", "Orientation stratégique"
    REGULATION = "regulation", "Texte nouveau"
    TECHNOLOGY = "technology", "Occasion technique"
    ELSEWHERE = "elsewhere", "Essai vu ailleurs"
    OTHER = "other", "Autre"


class Cause(models.TextChoices):
    """Why a project is frozen or given up: the main cause, coded."""

    KEY_PERSON = "key_person", "Départ d’une personne clé"
    PRIORITY = "priority", "Priorité changée"
    ANSWERED_NO = "answered_no", "L’essai a répondu non"
    BUDGET = "budget", "Budget"
    TIME = "time", "Temps libéré insuffisant"
    TECHNICAL = "technical", "Contrainte technique"
    LEGAL = "legal", "Cadre juridique"
    SPONSOR = "sponsor", "Soutien retiré"
    DUPLICATE = "duplicate", "Existe déjà ailleurs"
    OTHER = "other", "Autre cause"


class Weather(models.TextChoices):
    """How the team feels about what is going on: keys of `core.ui.WEATHERS`."""

    SUN = "sun", "Grand beau"
    MIXED = "mixed", "Éclaircies"
    CLOUD = "cloud", "Nuages"
    STORM = "storm", "Orage"


class Role(models.TextChoices):
    """What a person is to a project."""

    OWNER = "owner", "Porteur"
    MEMBER = "member", "Équipe"
    SPONSOR = "sponsor", "Parrain"
    COACH = "coach", "Coach"


# Those who write the sheet; sponsors and coaches accompany, they write in the logbook alone.
TEAM_ROLES = frozenset({Role.OWNER, Role.MEMBER})


class BodyRole(models.TextChoices):
    SPONSOR = "sponsor", "Commanditaire"
    PARTNER = "partner", "Partenaire"


class Verdict(models.TextChoices):
    """What is decided at a gate."""

    GO = "go", "GO"
    CONTINUE = "continue", "Continuer, puis décider"
    NO_GO = "no_go", "NO GO"


class EntryTone(models.TextChoices):
    """What a post of the logbook tells of."""

    NEWS = "news", "Ce qui se passe"
    WORKED = "worked", "Ce qui a marché"
    FAILED = "failed", "Ce qui n’a pas marché"
    LEARNED = "learned", "Ce que nous avons appris"


class SynthesisState(models.TextChoices):
    """The life of a half-yearly synthesis: published once, then kept as it is."""

    DRAFT = "draft", "En préparation"
    PUBLISHING = "publishing", "Publication en cours"
    PUBLISHED = "published", "Publiée"
    WITHDRAWN = "withdrawn", "Retirée"
