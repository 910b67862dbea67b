"""Closed lists of ideas: states, reasons, verdicts."""

from django.db import models


class State(models.TextChoices):
    """The life of an idea. A draft is not yet an idea (see `IdeaDraft`); the state stands here for the table."""

    DRAFT = "draft", "Brouillon"
    DEPOSITED = "deposited", "Déposée"
    TO_COMPLETE = "to_complete", "À compléter"
    IN_DEBATE = "in_debate", "En débat"
    UNDER_STUDY = "under_study", "À l’étude"
    RETAINED = "retained", "Retenue"
    NOT_RETAINED = "not_retained", "Non retenue"
    EXPERIMENTING = "experimenting", "En expérimentation"
    ACHIEVED = "achieved", "Réalisée"
    SPREAD = "spread", "Essaimée"
    WITHDRAWN = "withdrawn", "Retirée"
    MERGED = "merged", "Regroupée"


# States in which somebody owes an answer.
OPEN_STATES = frozenset({State.DEPOSITED, State.TO_COMPLETE, State.IN_DEBATE, State.UNDER_STUDY})
# Votes are open from the deposit until the idea is taken to study.
VOTING_STATES = frozenset({State.DEPOSITED, State.TO_COMPLETE, State.IN_DEBATE})
# The author may still rewrite the text: freely while nobody else has voted or spoken, then by amendments.
EDITABLE_STATES = VOTING_STATES


class Verdict(models.TextChoices):
    RETAINED = "retained", "Retenir"
    NOT_RETAINED = "not_retained", "Ne pas retenir"


class Reason(models.TextChoices):
    """Why an idea is not retained."""

    EXISTS = "exists", "Existe déjà sous une autre forme"
    COST = "cost", "Coût disproportionné"
    LEGAL = "legal", "Cadre juridique"
    TECHNICAL = "technical", "Faisabilité technique"
    PRIORITY = "priority", "Hors des priorités actuelles"
    SCOPE = "scope", "Hors du périmètre du réseau"
    BENEFIT = "benefit", "Bénéfice insuffisant"
    TIMING = "timing", "Pas le bon moment"


class TemplateVerdict(models.TextChoices):
    """The decision that an answer template goes with."""

    RETAINED = "retained", "Retenir"
    POSTPONE = "postpone", "Garder à l’étude"
    NOT_RETAINED = "not_retained", "Ne pas retenir"


class CompletionEnd(models.TextChoices):
    """What ended the wait for a complement."""

    ANSWERED = "answered", "Complétée"
    RESUMED = "resumed", "Reprise sans attendre"
    LEFT = "left", "Sans suite"


class PromiseOrigin(models.TextChoices):
    """Whose delay an answer was promised in, as it stood that day."""

    NETWORK = "network", "délai du réseau"
    BODY = "body", "délai de l’organisme"
    CHALLENGE = "challenge", "délai du défi"


class AnswerLevel(models.IntegerChoices):
    """Who has been told that an answer is due, then late; each comes after those before."""

    FIRST = 1, "Premier rappel"
    LAST = 2, "Dernier rappel"
    DAY = 3, "Rappel du jour promis"
    LEAD = 4, "Remontée au responsable"
    NETWORK = 5, "Remontée à la Dinno"


class ItemState(models.TextChoices):
    """What became of a decision published in a batch."""

    WAITING = "waiting", "En cours"
    PUBLISHED = "published", "Publiée"
    REFUSED = "refused", "Non publiée"


class RevivalState(models.TextChoices):
    PENDING = "pending", "En attente"
    ACCEPTED = "accepted", "Acceptée"
    DECLINED = "declined", "Déclinée"


ANSWER_MIN_LENGTH = 80


class InvitationState(models.TextChoices):
    """An invitation to sign an idea. One that waits too long is expired without anybody writing it."""

    PENDING = "pending", "En attente"
    ACCEPTED = "accepted", "Acceptée"
    DECLINED = "declined", "Déclinée"
    EXPIRED = "expired", "Expirée"
    CANCELLED = "cancelled", "Annulée"


class TeamState(models.TextChoices):
    PENDING = "pending", "En attente"
    ACCEPTED = "accepted", "Dans l’équipe"
    DECLINED = "declined", "Déclinée"
    LEFT = "left", "Partie"
    REMOVED = "removed", "Retirée"
