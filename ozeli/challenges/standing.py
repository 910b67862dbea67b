"""Where a challenge stands, in the words that screens and mails use."""

from dataclasses import dataclass
from datetime import date, datetime

from ozeli.core.french import NARROW, NBSP, number, plural, plural_word
from ozeli.core.ui import BadgeLook, Step
from ozeli.network.enums import Audience

from .days import first_day, last_day, said_end, said_span
from .enums import ChallengeState, PhaseKind, VotingRule
from .models import Challenge
from .selectors import Known, Window

LOOKS = {
    PhaseKind.ANNOUNCE: BadgeLook("Annoncé", "ring"),
    PhaseKind.DEPOSIT: BadgeLook("Dépôts ouverts", "k-idee"),
    PhaseKind.OPEN: BadgeLook("Dépôts et votes ouverts", "play"),
    PhaseKind.DEBATE: BadgeLook("Débat et votes", "debate"),
    PhaseKind.STUDY: BadgeLook("En instruction", "half"),
    PhaseKind.RESULTS: BadgeLook("Résultats", "okc", "done"),
}
# What one still has so many days to do in a phase.
LEFT = {
    PhaseKind.ANNOUNCE: "avant l’ouverture",
    PhaseKind.DEPOSIT: "pour déposer",
    PhaseKind.OPEN: "pour déposer et voter",
    PhaseKind.DEBATE: "pour voter",
    PhaseKind.STUDY: "avant les résultats",
    PhaseKind.RESULTS: "pour lire les résultats",
}
# What begins, and what ends, with a phase.
BEGINS = {
    PhaseKind.ANNOUNCE: "L’annonce commence",
    PhaseKind.DEPOSIT: "Les dépôts ouvrent",
    PhaseKind.OPEN: "Les dépôts et les votes ouvrent",
    PhaseKind.DEBATE: "Le débat et les votes ouvrent",
    PhaseKind.STUDY: "L’instruction commence",
    PhaseKind.RESULTS: "Les résultats sont publiés",
}
ENDS = {
    PhaseKind.ANNOUNCE: "L’annonce se termine",
    PhaseKind.DEPOSIT: "Les dépôts se terminent",
    PhaseKind.OPEN: "Les dépôts et les votes se terminent",
    PhaseKind.DEBATE: "Les votes se terminent",
    PhaseKind.STUDY: "L’instruction se termine",
    PhaseKind.RESULTS: "Le défi se termine",
}


@dataclass(frozen=True, slots=True)
class Countdown:
    """« 12 », « jours pour déposer », « Les dépôts se terminent dans 12 jours ». No number on the last day."""

    number: str
    words: str
    sentence: str
    percent: int | None


def look(state: str, known: Known, at: datetime) -> BadgeLook:
    """The badge of a challenge: its state, else the phase that the clock gives."""
    if state == ChallengeState.DRAFT:
        return BadgeLook("En préparation", "draft", "rest")
    if state == ChallengeState.CANCELLED:
        return BadgeLook("Annulé", "stop", "rest")
    if (phase := known.phase(at)) is not None:
        return LOOKS[phase.kind]
    if known.next_phase(at) is None:
        return BadgeLook("Terminé", "okc", "rest")
    return BadgeLook("À venir" if at < known.windows[0].opens_at else "Entre deux phases", "ring", "rest")


def countdown(state: str, known: Known, at: datetime, today: date) -> Countdown:
    """What the clock says of a challenge, in numbers and in words."""
    if state == ChallengeState.DRAFT:
        return Countdown("", "En préparation", "Ce défi n’est vu que de son équipe.", None)
    if state == ChallengeState.CANCELLED:
        return Countdown("", "Annulé", "Ce défi a été annulé\u202f; ses idées restent.", None)
    phase, coming = known.phase(at), known.next_phase(at)
    if phase is not None and phase.closes_at is None:
        words = "Toujours ouverte" if phase.kind == PhaseKind.OPEN else "Résultats publiés"
        return Countdown("", words, "Pas de date de fin.", None)
    if phase is None or phase.kind == PhaseKind.ANNOUNCE:
        return _until(coming, today)
    last = last_day(phase)
    assert last is not None
    gap = (last - today).days
    sentence = f"{ENDS[phase.kind]} {in_days(gap)}."
    percent = _percent(phase, at)
    if gap < 1:
        return Countdown("", f"Dernier jour {LEFT[phase.kind]}", sentence, percent)
    return Countdown(number(gap), f"{plural_word(gap, 'jour')} {LEFT[phase.kind]}", sentence, percent)


def _until(coming: Window | None, today: date) -> Countdown:
    """Nothing is open: what opens next, or nothing more."""
    if coming is None:
        return Countdown("", "Terminé", "Ce défi est terminé.", None)
    gap = (first_day(coming) - today).days
    sentence = f"{BEGINS[coming.kind]} {in_days(gap)}."
    if gap < 1:
        return Countdown("", "Ouvre aujourd’hui", sentence, None)
    return Countdown(number(gap), f"{plural_word(gap, 'jour')} avant l’ouverture", sentence, None)


def in_days(gap: int) -> str:
    """« aujourd’hui », « demain », « dans 3 jours »."""
    return {0: "aujourd’hui", 1: "demain"}.get(gap) or f"dans {plural(gap, 'jour')}"


def _percent(phase: Window, at: datetime) -> int | None:
    if phase.closes_at is None:
        return None
    return round(100 * ((at - phase.opens_at) / (phase.closes_at - phase.opens_at)))


def steps(known: Known, at: datetime) -> list[Step]:
    """The phases as steps: past, now, to come, each with its days."""
    return [
        Step(
            place,
            window.kind.label,
            _noted(window, at),
            "now" if window.holds(at) else "done" if window.opens_at <= at else "todo",
        )
        for place, window in enumerate(known.windows, start=1)
    ]


def _noted(window: Window, at: datetime) -> str:
    if window.holds(at):
        until = f"jusqu’au {said_end(window.closes_at)}" if window.closes_at else "sans fin"
        return f"En ce moment, {until}"
    said = said_span(window)
    return said[0].upper() + said[1:]


def scope(challenge: Challenge) -> str:
    """Who takes part: « tout le réseau », « branche Retraite », « Caf du Nord », « 3 organismes »."""
    if challenge.audience == Audience.NETWORK:
        return "tout le réseau"
    if challenge.branch is not None:
        return f"branche {challenge.branch.name}"
    bodies = [row.organisation.name for row in challenge.bodies.all()]
    return bodies[0] if len(bodies) == 1 else plural(len(bodies), "organisme")


def opened(challenge: Challenge) -> str:
    """« ouvert à tout le réseau », « ouvert à la branche Retraite », « pour ses agents »."""
    if challenge.audience == Audience.NETWORK:
        return "ouvert à tout le réseau"
    if challenge.branch is not None:
        return f"ouvert à la branche {challenge.branch.name}"
    bodies = [row.organisation for row in challenge.bodies.all()]
    if bodies == [challenge.organisation]:
        return "pour ses agents"
    return f"pour {bodies[0].name}" if len(bodies) == 1 else f"ouvert à {plural(len(bodies), 'organisme')}"


def how_to_vote(challenge: Challenge) -> str:
    """The voting rule in plain words."""
    if challenge.voting_rule == VotingRule.BUDGET:
        votes = plural(challenge.votes_each or 0, "vote")
        return (
            f"Vous avez {votes} à distribuer, un par idée. Un vote repris peut être donné à une autre idée."
        )
    if challenge.voting_rule == VotingRule.THRESHOLD:
        return (
            "Votez pour autant d’idées que vous voulez, une fois par idée. À"
            f" {plural(challenge.threshold or 0, 'vote')}, une idée est sélectionnée d’elle-même."
        )
    return "Votez pour autant d’idées que vous voulez, une fois par idée."


def when_locked(known: Known) -> str:
    """Until when a vote can be taken back."""
    voting = [
        window.closes_at for window in known.windows if window.kind in (PhaseKind.OPEN, PhaseKind.DEBATE)
    ]
    if None in voting or not voting:
        return "Un vote se retire à tout moment."
    return f"Un vote se retire jusqu’au {said_end(max(end for end in voting if end))}, puis il est acquis."


def promised(challenge: Challenge) -> str:
    """What is promised to each author."""
    if challenge.answer_delay_days is None:
        return "Chaque idée reçoit une réponse écrite, dans le délai que promet son organisme."
    return f"Chaque idée reçoit une réponse écrite en {plural(challenge.answer_delay_days, 'jour')} au plus."


def called(challenge: Challenge) -> str:
    """« le défi “…” » between guillemets; a draft without a name is « ce défi »."""
    return f"«{NARROW}{challenge.title}{NARROW}»" if challenge.title else f"ce{NBSP}défi"
