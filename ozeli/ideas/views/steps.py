"""What may be done at the desk: each step ties a form to the state it is for and to the service that does it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from ozeli.accounts.models import User
from ozeli.core.french import of_name

from .. import blanks
from ..enums import State, TemplateVerdict
from ..forms.desk import (
    POSTPONE,
    AnswerForm,
    DeskForm,
    ExpertForm,
    QualifyForm,
    ResumeForm,
    StudyForm,
    TextField,
)
from ..models import AnswerTemplate, Decision, Idea
from ..selectors.answer_templates import says_nothing_personal, usable_on
from ..services import circuit, decisions, experts
from ..starters import STARTERS, with_text
from ..wording import asked_in_words

IMPERSONAL = (
    "Elle reprend une réponse type sans rien y ajouter\u00a0: une réponse s’écrit pour quelqu’un."
    " Ajoutez-y une phrase qui ne vaut que pour cette idée."
)
TEMPLATE = "type-"


@dataclass(frozen=True, slots=True)
class Step:
    """`act` does it and returns the sentence that says what was done."""

    name: str
    state: State
    form: type[DeskForm]
    template: str
    act: Callable[[Idea, dict[str, Any], User], str]


def _qualify(idea: Idea, said: dict[str, Any], actor: User) -> str:
    if said["move"] == "open_debate":
        circuit.open_debate(idea, actor=actor, note=said["note"], version=said["version"])
        return "Le débat est ouvert. L’auteur et ceux qui suivent l’idée sont prévenus."
    circuit.ask_completion(
        idea,
        actor=actor,
        note=asked_in_words(said["questions"]),
        questions=said["questions"],
        due_on=said["due_on"],
        version=said["version"],
    )
    return "Votre question est envoyée. L’idée vous reviendra une fois complétée."


def _resume(idea: Idea, said: dict[str, Any], actor: User) -> str:
    circuit.resume(idea, actor=actor, note=said["note"], version=said["version"])
    return "L’idée est reprise. L’horloge repart, et son auteur sait pourquoi."


def _study(idea: Idea, said: dict[str, Any], actor: User) -> str:
    experts.study_with(
        idea,
        said["expert"],
        actor=actor,
        note=said["note"],
        due_on=said["due_on"],
        message=said["message"],
        version=said["version"],
    )
    asked = f" L’avis {of_name(said['expert'].display_name)} est demandé." if said["expert"] else ""
    return f"L’idée est à l’étude, les votes sont clos.{asked}"


def _ask_expert(idea: Idea, said: dict[str, Any], actor: User) -> str:
    experts.ask_expert(idea, said["expert"], actor=actor, due_on=said["due_on"], message=said["message"])
    return f"L’avis {of_name(said['expert'].display_name)} est demandé."


def _answer(idea: Idea, said: dict[str, Any], actor: User) -> str:
    if said["decision"] == POSTPONE:
        circuit.postpone(idea, actor=actor, until=said["until"], note=said["answer"], version=said["version"])
        return "L’idée reste à l’étude. La nouvelle date et sa raison sont publiées."
    decisions.prepare_decision(
        idea,
        actor=actor,
        verdict=said["decision"],
        reason=said["reason"],
        answer=said["answer"],
        version=said["decision_version"],
    )
    if says_nothing_personal(actor, idea, said["answer"]):
        return f"Votre décision est préparée. {IMPERSONAL}"
    return "Votre décision est préparée. Relisez-la, puis publiez-la."


QUALIFY = Step("qualifier", State.DEPOSITED, QualifyForm, "ideas/desk/_qualify.html", _qualify)
STUDY = Step("etudier", State.IN_DEBATE, StudyForm, "ideas/desk/_study.html", _study)
ANSWER = Step("repondre", State.UNDER_STUDY, AnswerForm, "ideas/desk/_answer.html", _answer)
EXPERT = Step("expert", State.UNDER_STUDY, ExpertForm, "ideas/desk/_expert.html", _ask_expert)
RESUME = Step("reprendre", State.TO_COMPLETE, ResumeForm, "ideas/desk/_resume.html", _resume)
STEPS = {step.name: step for step in (QUALIFY, RESUME, STUDY, ANSWER, EXPERT)}
MAIN = {step.state: step for step in (QUALIFY, RESUME, STUDY, ANSWER)}


def blank(
    step: Step, idea: Idea, decision: Decision | None, initial: dict[str, Any] | None = None
) -> DeskForm:
    """The form of a step, as one finds it; `initial` are words recovered from a lost session."""
    found: dict[str, Any] = {"version": idea.version}
    if step is ANSWER and decision is not None:
        found |= {"decision": decision.verdict, "reason": decision.reason, "answer": decision.answer}
        found["decision_version"] = decision.version
    return step.form(initial=found | (initial or {}), auto_id=f"{step.name}_%s")


def filled(step: Step, data: QueryDict) -> DeskForm:
    """The form of a step, as it was sent."""
    return step.form(data, auto_id=f"{step.name}_%s")


def read_again(step: Step, data: QueryDict, idea: Idea, decision: Decision | None) -> DeskForm:
    """The same words over what stands now: sending them again replaces it knowingly."""
    again = data.copy()
    again["version"] = str(idea.version)
    again["decision_version"] = str(decision.version) if decision else ""
    return filled(step, again)


def starters(user: User, idea: Idea) -> list[tuple[str, Any]]:
    """The texts to start from, grouped: those of the body, of the network, of Ozéli."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in usable_on(user, idea):
        group = f"Réponses types, {one.organisation.name}" if one.organisation else "Réponses types du réseau"
        groups.setdefault(group, []).append((f"{TEMPLATE}{one.pk}", one.title))
    groups["Trames à compléter"] = [(starter.code, starter.label) for starter in STARTERS]
    return [(group, tuple(texts)) for group, texts in groups.items()]


def with_starter_text(step: Step, data: QueryDict, user: User, idea: Idea) -> DeskForm:
    """The same words, with the chosen text added to the answer; nothing is judged yet.

    A template also proposes its decision and its reason, where none is chosen.
    """
    again = {name: data.get(name, "") for name in step.form.base_fields}
    code = data.get("starter", "")
    template = _template(user, idea, code)
    if template is not None:
        text = blanks.filled(template.text, idea)
        again["decision"] = again.get("decision") or TemplateVerdict(template.verdict).value
        again["reason"] = again.get("reason") or template.reason
    else:
        text = next((starter.text for starter in STARTERS if starter.code == code), "")
    again["answer"] = with_text(again.get("answer", ""), text)
    return step.form(initial=again | {"starter": ""}, auto_id=f"{step.name}_%s")


def _template(user: User, idea: Idea, code: str) -> AnswerTemplate | None:
    """The template that a code names, among those of this person for this idea."""
    if not code.startswith(TEMPLATE):
        return None
    return next((one for one in usable_on(user, idea) if f"{TEMPLATE}{one.pk}" == code), None)


def words(step: Step, data: QueryDict) -> list[tuple[str, str]]:
    """(label, text) of what was typed in a form that can no longer be sent."""
    fields = step.form.base_fields.items()
    said = [(str(field.label), data.get(name, "")) for name, field in fields if isinstance(field, TextField)]
    return [(label, text) for label, text in said if text.strip()]
