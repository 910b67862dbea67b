"""Where an idea stands, in words: who signs it, who answers, since when and until when it waits.

An anonymous idea shows months only: a day, or a wait in days, would give back the day of its deposit.
"""

from datetime import date
from typing import NamedTuple

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.french import NARROW, NBSP, days, long_date, month, of_name, plural, quoted, short_date

from .enums import OPEN_STATES, PromiseOrigin, Reason, State
from .models import Idea

ANONYMOUS = "Anonyme"
UNSIGNED = "Signature retirée"
RETAINED_STATES = frozenset({State.RETAINED, State.EXPERIMENTING, State.ACHIEVED, State.SPREAD})


class Wait(NamedTuple):
    """What a row says of an answer; `state` is that of the component `promise` (wait, late, done)."""

    text: str
    state: str


def of(name: str) -> str:
    """« de Claire », « d’Aurélie », « de l’équipe Accueil »."""
    if name.startswith("Équipe "):
        return f"de l’é{name[1:]}"
    return of_name(name)


def day(idea: Idea, value: date) -> str:
    """A day of the idea's life, as precisely as may be told: « le 16 novembre 2026 », « en novembre 2026 »."""
    return f"en {month(value)}" if idea.is_anonymous else f"le {long_date(value)}"


def deposit_day(idea: Idea) -> str:
    """The day of the deposit; an imported idea may come without one."""
    return "sans date" if idea.is_undated else day(idea, idea.deposited_on)


def arrival(idea: Idea) -> str:
    """« Déposée le 16 novembre 2026 »; for an imported idea, « Proposée ailleurs le 7 octobre 2019 »."""
    return f"{'Proposée ailleurs' if idea.is_imported else 'Déposée'} {deposit_day(idea)}"


def origin(idea: Idea) -> str:
    """« Importée de « Consultation de 2019 » »."""
    return f"Importée de {quoted(idea.source)}"


def is_owed(idea: Idea) -> bool:
    """Whether somebody owes an answer: an imported idea has no clock, unless it was revived here."""
    return idea.is_open and not (idea.is_imported and idea.waiting_since is None)


def signature(idea: Idea, people: list[User]) -> str:
    """« Claire Delattre », « Claire Delattre et Malik Benhaddou », « Claire Delattre et 2 autres », « Anonyme »."""
    return signed(idea, [person.display_name for person in people])


def signed(idea: Idea, names: list[str]) -> str:
    """The signature, of names in the order of the authors."""
    if not names and idea.is_imported:
        return origin(idea)
    if not names:
        return ANONYMOUS if idea.is_anonymous else UNSIGNED
    first, *others = names
    said = (
        f"{first} et {others[0] if len(others) == 1 else plural(len(others), 'autre')}" if others else first
    )
    return f"Équipe {idea.team}{NBSP}: {said}" if idea.team else said


def place(idea: Idea) -> str:
    """The body of a signed idea; at most the branch of an anonymous one."""
    if idea.organisation is not None:
        return idea.organisation.name
    return branch_words(idea.branch.name if idea.branch is not None else "")


def branch_words(name: str) -> str:
    return f"branche {name}" if name else ""


def waited(idea: Idea) -> int:
    """Days since the idea waits. Never shown for an anonymous one."""
    return (clock.today() - idea.waiting_since).days if idea.waiting_since else 0


def wait(idea: Idea, answered_on: date | None = None, reason: str = "", *, to_author: bool = False) -> Wait:
    """The line under the badge: the answer that is owed, or the one that came; said to its author, or to others."""
    if idea.state == State.TO_COMPLETE:
        return Wait("Attend votre complément" if to_author else "Attend un complément de son auteur", "wait")
    if idea.state in OPEN_STATES:
        return _owed(idea) if is_owed(idea) else Wait("", "")
    if answered_on is not None:
        return Wait(_answered(idea, answered_on, reason), "done")
    return Wait("", "")


def _owed(idea: Idea) -> Wait:
    today = clock.today()
    if idea.is_overdue and idea.answer_due_on is not None:
        due = idea.answer_due_on
        promised = f"en {month(due)}" if idea.is_anonymous else f"pour le {short_date(due, today)}"
        return Wait(f"Réponse promise {promised}, en retard", "late")
    if idea.is_anonymous and idea.waiting_since is not None:
        return Wait(f"Attend une réponse depuis {month(idea.waiting_since)}", "wait")
    since = waited(idea)
    return Wait(f"Attend une réponse depuis {days(since) if since else 'aujourd’hui'}", "wait")


def _answered(idea: Idea, on: date, reason: str) -> str:
    if idea.is_anonymous or idea.is_imported or idea.round > 1:
        said = f"Réponse écrite {day(idea, on)}"
    else:
        said = f"Réponse écrite en {days((on - idea.deposited_on).days)}"
    if idea.state == State.NOT_RETAINED and reason:
        label = str(Reason(reason).label)
        said += f"{NBSP}: {label[0].lower()}{label[1:]}"
    return said


def lede(idea: Idea, people: list[User]) -> str:
    """The first line of the sheet: who answers and until when, else what became of it."""
    if idea.is_hidden:
        return (
            "Cette idée est masquée par la modération. Seuls ses auteurs et ses référents la voient encore."
        )
    if idea.state == State.TO_COMPLETE:
        return "Un complément est demandé à son auteur. La réponse viendra ensuite. Vous pouvez voter et commenter."
    if idea.state in OPEN_STATES and not is_owed(idea):
        return f"{origin(idea)}, sans délai de réponse. {_open_to(idea)}"
    if idea.state in OPEN_STATES:
        return f"{_promise(idea)} {_open_to(idea)}"
    if idea.state == State.WITHDRAWN:
        return "Son auteur l’a retirée. Elle n’est plus visible du réseau."
    if idea.state == State.MERGED:
        return "Elle a été regroupée avec une autre idée, où ses soutiens continuent de compter."
    whose = f"L’idée {of(signature(idea, people))}" if people else "Cette idée"
    return f"{whose} {_FATES[State(idea.state)]}"


_FATES = {
    State.RETAINED: "est retenue. Elle attend qu’une équipe lance un essai.",
    State.NOT_RETAINED: "n’est pas retenue. La réponse dit pourquoi, et chacun peut demander qu’on la relance.",
    State.EXPERIMENTING: "est retenue, et un essai est en cours.",
    State.ACHIEVED: "a été essayée, puis elle est devenue une réalisation.",
    State.SPREAD: "a été essayée, puis reprise ailleurs dans le réseau.",
}


def answerer(idea: Idea) -> str:
    """Who owes the answer, in words."""
    if idea.handler is not None:
        return str(idea.handler.display_name)
    return (
        "L’équipe d’animation du réseau"
        if idea.organisation is None
        else f"L’équipe d’animation ({idea.organisation.name})"
    )


def _promise(idea: Idea) -> str:
    due = idea.answer_due_on
    if due is None:
        return f"{answerer(idea)} doit répondre."
    if idea.is_overdue:
        told = (
            f"en {month(due)}" if idea.is_anonymous else f"le {short_date(due, clock.today())} au plus tard"
        )
        return f"{answerer(idea)} devait répondre {told}{NBSP}: la réponse est en retard."
    if idea.is_anonymous:
        return f"{answerer(idea)} doit répondre d’ici la fin du mois {of(month(due))}."
    return f"{answerer(idea)} doit répondre avant le {short_date(due, clock.today())}."


def _open_to(idea: Idea) -> str:
    if idea.accepts_votes:
        return "Vous pouvez encore voter et commenter."
    return f"Les votes sont clos{NARROW}; les commentaires restent ouverts."


def owed(idea: Idea) -> tuple[str, str]:
    """Since when the answer is awaited, and what was promised; empty when nobody owes one."""
    since, due = idea.waiting_since, idea.answer_due_on
    if since is None or not idea.is_open:
        return "", ""
    if idea.is_anonymous:
        promised = f"Promise d’ici la fin du mois {of(month(due))}." if due else ""
        return f"Réponse attendue depuis {month(since)}.", promised
    spent = f"depuis {days(waited(idea))}" if waited(idea) else "depuis aujourd’hui"
    return f"Réponse attendue {spent}.", _promised(idea, since, due) if due else ""


def _promised(idea: Idea, since: date, due: date) -> str:
    """« Promise en 60 jours (délai du défi), le 3 mars 2027 au plus tard. »; put off, both days."""
    origin = f" ({whose_delay(idea.promise_origin)})" if idea.promise_origin else ""
    first = idea.first_due_on
    if first is not None and first != due:
        return f"Promise d’abord pour le {long_date(first)}{origin}, repoussée au {long_date(due)}."
    return f"Promise en {days((due - since).days)}{origin}, le {long_date(due)} au plus tard."


def whose_delay(origin: str, *, yours: bool = False) -> str:
    """« délai du défi », « délai de l’organisme », « délai de votre organisme »."""
    if yours and origin == PromiseOrigin.BODY:
        return "délai de votre organisme"
    return str(PromiseOrigin(origin).label)


def spent(idea: Idea) -> str:
    """How much of the promised delay has gone, as a sentence; nothing on the first day, when late, or if anonymous."""
    if idea.state == State.TO_COMPLETE:
        return "L’attente reprendra quand le texte aura été complété."
    since, due = idea.waiting_since, idea.answer_due_on
    if idea.is_anonymous or since is None or due is None or idea.is_overdue or not waited(idea):
        return ""
    return f"{plural(waited(idea), 'jour')} d’attente sur les {(due - since).days} promis."
