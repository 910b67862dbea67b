"""Where a project stands, in the words that screens and mails use."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from ozeli.accounts.models import User
from ozeli.core import clock
from ozeli.core.french import NBSP, days, long_date, plural, short_date
from ozeli.network.enums import Audience

from .enums import Cause, State
from .models import Project, ProjectMove

SHORT_SUMMARY = 320
NOBODY = "Personne du portail ne porte encore ce projet"


_NOUNS = {
    State.TO_LAUNCH: "essai à lancer",
    State.UNDER_WAY: "essai",
    State.FROZEN: "essai gelé",
    State.ABANDONED: "essai abandonné",
    State.COMPLETED: "essai terminé",
}


@dataclass(frozen=True, slots=True)
class End:
    """How a project stopped, paused or ended: what is learned of it comes first."""

    verdict: str
    tone: str
    lesson: str
    note: str
    who: str
    when: str
    why: str


def lede(project: Project) -> str:
    """The first line of the sheet: its summary when it is short, else where it stands."""
    if project.summary and len(project.summary) <= SHORT_SUMMARY:
        return project.summary
    return sentence(project)


def sentence(project: Project) -> str:
    """« Un essai à l’étape 5 sur 7, porté par CPAM de la Loire. »"""
    where = f" à l’étape {project.stage_number} sur{NBSP}{project.stage_count}" if _walks(project) else ""
    return f"Un {_NOUNS[State(project.state)]}{where}, porté par {project.organisation.name}."


def _walks(project: Project) -> bool:
    return project.state in (State.UNDER_WAY, State.FROZEN) and project.stage_number is not None


def place_in_course(project: Project) -> str:
    """« Étape 5 sur 7 », « Terminé, 7 étapes sur 7 »: the line under its knot of the thread."""
    if _walks(project):
        return f"Étape{NBSP}{project.stage_number} sur{NBSP}{project.stage_count}"
    if project.state == State.UNDER_WAY:
        return "Toutes les étapes passées"
    return str(project.get_state_display())


def progress(project: Project) -> str:
    """« 4 étapes passées sur 7. »"""
    passed = plural(project.stages_passed, "étape passée", "étapes passées")
    return f"{passed} sur{NBSP}{project.stage_count}."


def due(project: Project) -> str:
    """« Fin prévue : 31 mars 2027. »; in the past for a late one; since when for an ended one."""
    if project.ended_on:
        return f"Fini le {long_date(project.ended_on)}."
    end = project.expected_end_on
    if end is None or not project.is_live:
        return ""
    if project.is_late:
        return f"Devait finir le {long_date(end)}{NBSP}: {days((clock.today() - end).days)} de retard."
    return f"Fin prévue{NBSP}: {long_date(end)}."


def said_by(project: Project) -> str:
    """« Dit par Aurélie N’Guessan, le 16 novembre. »"""
    if project.updated_on is None:
        return ""
    when = f"le {short_date(project.updated_on, clock.today())}"
    who: User | None = project.updated_by
    return f"Dit par {who.display_name}, {when}." if who else f"Dit {when}."


def lasted(project: Project) -> str:
    """How long an ended project lasted: « 7 mois », « 12 jours »."""
    if not (project.started_on and project.ended_on):
        return ""
    spent = (project.ended_on - project.started_on).days
    return f"{round(spent / 30.4)}{NBSP}mois" if spent >= 60 else days(max(spent, 1))


def readers(project: Project) -> str:
    """Who reads it, when that is not everybody."""
    if project.audience == Audience.BRANCH:
        return f"la branche {project.branch.name}"
    return project.organisation.name if project.audience == Audience.ORGANISATION else ""


def video_host(project: Project) -> str:
    """Which site the reader would visit by opening the video: « tube.numerique.gouv.fr »."""
    return (urlsplit(project.video_url).hostname or "") if project.video_url else ""


def end_of(project: Project, move: ProjectMove | None) -> End | None:
    """The card of the stop, the pause or the end; None while the project goes on."""
    if project.state not in (State.FROZEN, State.ABANDONED, State.COMPLETED):
        return None
    label, cause = str(project.get_state_display()), project.cause
    if project.state == State.COMPLETED:
        verdict = f"{label}{NBSP}: {lower(project.ending.name)}" if project.ending else label
    else:
        verdict = label
    when = project.ended_on if move is None else move.made_on
    return End(
        verdict=verdict,
        tone={State.FROZEN: "wait", State.ABANDONED: "no"}.get(State(project.state), "yes"),
        lesson=move.lesson if move else "",
        note=move.note if move else "",
        who=move.actor.display_name if move and move.actor else "",
        when=long_date(when) if when else "",
        why=str(Cause(cause).label) if cause else "",
    )


def lower(label: str) -> str:
    """A label within a sentence."""
    return label[:1].lower() + label[1:]
