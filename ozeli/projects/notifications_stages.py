"""Who is told of stages, gates and changes of state, and in which words."""

from collections.abc import Iterable

from ozeli.accounts.models import User
from ozeli.activity.models import Event
from ozeli.core import clock
from ozeli.core.french import NBSP, long_date, quoted
from ozeli.core.registry import Message, Pace

from . import rules
from .enums import Cause, Verdict
from .models import Gate, Project, ProjectMove, StageReport
from .notifications import CARRIED, concerned, named, register_type
from .services.gates import REMINDED_BEFORE
from .workflow import TRANSITIONS

DONE = {
    "launch": "lancé",
    "freeze": "gelé",
    "resume": "repris",
    "give_up": "arrêté",
    "complete": "terminé",
    "reopen": "rouvert",
}
_TOPIC = "project.launch"
_DECIDER = "vous êtes nommé pour décider un jalon de ce projet"


# --- who --------------------------------------------------------------------------------------------------------------


def _this_person(event: Event) -> Iterable[int]:
    return [event.data["person"]]


def _those_of_the_gate(event: Event) -> Iterable[int]:
    """Those concerned by the project, and whoever decides its gate."""
    decider = Gate.objects.filter(pk=event.data["gate"]).values_list("decider_id", flat=True).first()
    return {*concerned(event), *([decider] if decider else [])}


# --- words ------------------------------------------------------------------------------------------------------------


def _message(project: Project, user: User, text: str, subject: str, *lines: str, tail: str = "") -> Message:
    return Message(
        text=text,
        url=project.get_absolute_url() + tail,
        subject=f"{subject}{NBSP}: {named(project)}",
        lines=[line for line in lines if line],
        own=bool(rules.role_of(user, project)),
    )


def _said(what: str, words: str) -> str:
    return f"{what}{NBSP}: {quoted(words)}" if words else ""


def _moved(project: Project, event: Event, user: User) -> Message | None:
    step = ProjectMove.objects.select_related("ending").filter(pk=event.data.get("step")).first()
    if step is None:
        return None
    done = DONE[step.transition]
    return _message(
        project,
        user,
        f"Le projet {quoted(project.title)} est {done}",
        f"Un projet est {done}",
        f"Suite donnée{NBSP}: {step.ending.name}." if step.ending else "",
        f"Cause{NBSP}: {Cause(step.cause).label}." if step.cause else "",
        _said("En quelques mots", step.note),
        _said("Ce que d’autres peuvent en apprendre", step.lesson),
    )


def _passed(project: Project, event: Event, user: User) -> Message:
    names = event.data["stages"]
    what = "passe une étape" if len(names) == 1 else f"passe {len(names)} étapes"
    said = ", ".join(quoted(name) for name in names)
    return _message(
        project,
        user,
        f"Le projet {quoted(project.title)} {what}{NBSP}: {said}",
        f"Un projet {what}",
        f"Passé{NBSP}: {said}.",
        "Toutes les étapes de son parcours sont passées." if project.stage_number is None else "",
        tail="etapes/",
    )


def _taken_back(project: Project, event: Event, user: User) -> Message:
    said = ", ".join(quoted(name) for name in event.data["stages"])
    return _message(
        project,
        user,
        f"Le projet {quoted(project.title)} revient à {said}",
        "Un projet revient sur une étape",
        f"De nouveau en cours{NBSP}: {said}.",
        _said("La raison donnée", event.data.get("reason", "")),
        tail="etapes/",
    )


def _reported(project: Project, event: Event, user: User) -> Message | None:
    report = StageReport.objects.select_related("stage").filter(pk=event.data["report"]).first()
    if report is None or not report.is_told:
        return None
    name = quoted(report.stage.name)
    return _message(
        project,
        user,
        f"Un bilan est écrit{NBSP}: {name}, projet {quoted(project.title)}",
        "Un bilan d’étape est écrit",
        f"L’équipe raconte l’étape {name}{NBSP}: ce qui a marché, et ce qui n’a pas marché.",
        tail=f"etapes/{report.stage.number}/",
    )


def _gate(event: Event) -> Gate | None:
    return Gate.objects.select_related("stage", "decided_by").filter(pk=event.data["gate"]).first()


def _named(project: Project, event: Event, user: User) -> Message | None:
    gate = _gate(event)
    if gate is None or gate.decider_id != user.pk or gate.verdict:
        return None
    name, until = quoted(gate.stage.name), f", d’ici le {long_date(gate.due_on)}" if gate.due_on else ""
    return Message(
        text=f"Vous décidez le jalon {name} du projet {quoted(project.title)}{until}",
        url=f"{project.get_absolute_url()}jalons/{gate.stage.number}/",
        subject=f"Un jalon vous est confié{NBSP}: {named(project)}",
        lines=[
            f"L’équipe vous confie la décision GO ou NO GO du jalon {name}{until}.",
            _said("Les critères d’arrêt, écrits avant la décision", gate.criteria)
            or "L’équipe n’a pas encore écrit de critères d’arrêt.",
        ],
        action_required=_must_decide(event, user),
        own=True,
    )


def _reached(project: Project, event: Event, user: User) -> Message | None:
    gate = _gate(event)
    if gate is None or gate.decider_id != user.pk or gate.verdict:
        return None
    name, until = quoted(gate.stage.name), f", d’ici le {long_date(gate.due_on)}" if gate.due_on else ""
    return Message(
        text=f"Le projet {quoted(project.title)} arrive au jalon {name}{NBSP}: à vous de décider{until}",
        url=f"{project.get_absolute_url()}jalons/{gate.stage.number}/",
        subject=f"Un projet arrive à votre jalon{NBSP}: {named(project)}",
        lines=[
            f"Le projet arrive au jalon {name}, dont la décision vous est confiée{until}.",
            _said("Les critères d’arrêt, écrits avant la décision", gate.criteria),
        ],
        action_required=_must_decide(event, user),
        own=True,
    )


def _must_decide(event: Event, user: User) -> bool:
    """The decision is this person's and not taken yet; the project has come to that stage, or its day is near."""
    gate = Gate.objects.select_related("stage", "project").filter(pk=event.data["gate"]).first()
    if gate is None or gate.verdict or gate.decider_id != user.pk:
        return False
    is_near = gate.due_on is not None and gate.due_on <= clock.today() + REMINDED_BEFORE
    return is_near or gate.project.stage_number == gate.stage.number


def _due(project: Project, event: Event, user: User) -> Message | None:
    gate = _gate(event)
    if gate is None or gate.verdict or gate.due_on is None:
        return None
    name, mine = quoted(gate.stage.name), gate.decider_id == user.pk
    when = "est attendue" if not event.data["is_late"] else "était attendue"
    return Message(
        text=f"La décision du jalon {name} {when} le {long_date(gate.due_on)}, projet {quoted(project.title)}",
        url=f"{project.get_absolute_url()}jalons/{gate.stage.number}/",
        subject=f"Un jalon attend sa décision{NBSP}: {named(project)}",
        lines=[
            f"La décision {when} le {long_date(gate.due_on)}.",
            _said("Les critères d’arrêt", gate.criteria),
            "Un GO, un NO GO ou « continuer, puis décider » : une raison en une phrase suffit."
            if mine
            else "La personne nommée est prévenue elle aussi.",
        ],
        action_required=mine and _must_decide(event, user),
        own=True,
    )


def _decided(project: Project, event: Event, user: User) -> Message | None:
    gate = _gate(event)
    if gate is None or not gate.verdict:
        return None
    name, verdict = quoted(gate.stage.name), Verdict(gate.verdict).label
    passed = gate.stage.number <= project.stages_passed
    who = gate.decided_by.display_name if gate.decided_by else "La personne nommée"
    return _message(
        project,
        user,
        f"{verdict} au jalon {name} du projet {quoted(project.title)}",
        f"Un jalon est décidé, {verdict}",
        f"{who} a décidé{NBSP}: {verdict}.",
        _said("La raison donnée", gate.reason),
        _said("Ce que d’autres peuvent en apprendre", gate.lesson),
        "L’étape est passée." if gate.verdict == Verdict.GO and passed else "",
        "Le projet s’arrête là, et ce qu’il a appris reste à tous." if gate.verdict == Verdict.NO_GO else "",
        tail=f"jalons/{gate.stage.number}/",
    )


# --- registration -----------------------------------------------------------------------------------------------------


def register() -> None:
    """Everything that makes a project go on, stop or end follows one choice of pace."""
    for place, transition in enumerate(TRANSITIONS):
        done = DONE[transition.name]
        register_type(
            f"project.{transition.name}",
            f"Un projet est {done}",
            _moved,
            short=done,
            topic="" if f"project.{transition.name}" == _TOPIC else _TOPIC,
            topic_title="Un projet avance, s’arrête, reprend ou finit",
            position=61 + place,
        )
    register_type(
        "project.stages_passed", "Un projet passe une étape", _passed, short="passe une étape", topic=_TOPIC
    )
    register_type(
        "project.stages_taken_back",
        "Un projet revient sur une étape",
        _taken_back,
        short="revient sur une étape",
        topic=_TOPIC,
    )
    register_type("project.gate_decided", "Un jalon est décidé", _decided, short="jalon décidé", topic=_TOPIC)
    register_type(
        "project.report",
        "Un bilan d’étape est écrit",
        _reported,
        short="bilan écrit",
        short_many="{} bilans écrits",
        topic="project.updated",
        position=68,
    )
    register_type(
        "project.gate_named",
        "Un jalon vous est confié",
        _named,
        recipients=_this_person,
        short="jalon confié",
        pace=Pace.NOW,
        family=CARRIED,
        asks_action=True,
        reason=_DECIDER,
        still_required=_must_decide,
        position=69,
    )
    register_type(
        "project.gate_reached",
        "Un projet arrive à votre jalon",
        _reached,
        recipients=_this_person,
        short="arrive à votre jalon",
        pace=Pace.NOW,
        family=CARRIED,
        asks_action=True,
        reason=_DECIDER,
        still_required=_must_decide,
        topic="project.gate_named",
    )
    register_type(
        "project.gate_due",
        "Un jalon attend sa décision",
        _due,
        recipients=_those_of_the_gate,
        short="attend sa décision",
        pace=Pace.NOW,
        family=CARRIED,
        asks_action=True,
        still_required=_must_decide,
        topic="project.gate_named",
    )
