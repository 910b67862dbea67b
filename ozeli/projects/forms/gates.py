"""What is written at a gate: who decides, what would stop the project, the decision."""

from typing import Any

from django import forms
from django.urls import reverse_lazy

from ozeli.challenges.forms.fields import PersonField, TextField
from ozeli.core.french import NBSP
from ozeli.ideas.forms.widgets import PlainSelect, PlainTextarea, PlainTextInput

from ..enums import Cause, Verdict
from ..models import Gate
from ..services.circuit import NOTE_MIN_LENGTH
from .days import DayField

CAUSES = [("", "Choisir une cause"), *Cause.choices]
VERDICT_HINTS = {
    Verdict.GO: "Assez de confiance pour continuer",
    Verdict.CONTINUE: "Il manque quelque chose\u00a0: vous redécidez à une date dite",
    Verdict.NO_GO: "Le projet s’arrête, et ce qu’il a appris reste",
}


class DeciderForm(forms.Form):
    """Who decides, and by when."""

    suggest_url = reverse_lazy("projects:people")

    version = forms.IntegerField(widget=forms.HiddenInput)
    decider = PersonField(
        label="Qui décide",
        required=False,
        widget=PlainTextInput,
        help_text="Quelqu’un d’extérieur à l’équipe\u00a0: un parrain, un responsable. Sans nom, l’animation de votre"
        " organisme décide.",
    )
    due_on = DayField(label="Pour quel jour", required=False)

    @classmethod
    def initial_of(cls, gate: Gate) -> dict[str, Any]:
        who = gate.decider
        named = f"{who.display_name}, {who.organisation.name}" if who else ""
        return {"version": gate.version, "decider": named, "due_on": gate.due_on}


class CriteriaForm(forms.Form):
    """What would stop the project, said before."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    criteria = TextField(
        label="Les critères d’arrêt",
        required=False,
        max_length=3_000,
        widget=PlainTextarea,
        help_text="À quoi verrez-vous qu’il vaut mieux s’arrêter\u202f? Un par ligne, un chiffre si vous en avez un.",
    )


class DecisionForm(forms.Form):
    """The decision on a round, read at `version`."""

    verdict_hints = VERDICT_HINTS

    round = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    version = forms.IntegerField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(
        label="Votre décision",
        choices=Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": f"Choisissez{NBSP}: GO, continuer, ou NO GO."},
    )
    reason = TextField(
        label="Pourquoi\u202f?",
        max_length=3_000,
        widget=PlainTextarea,
        help_text="Une phrase. L’équipe et ceux qui suivent le projet la liront.",
        error_messages={"required": f"Donnez la raison en une phrase{NBSP}: l’équipe la lira."},
    )
    next_due_on = DayField(label="Vous redécidez le", required=False)
    cause = forms.ChoiceField(label="La cause principale", choices=CAUSES, required=False, widget=PlainSelect)
    lesson = TextField(
        label="Ce que d’autres peuvent en apprendre",
        required=False,
        max_length=3_000,
        widget=PlainTextarea,
        help_text="Ce sera lu en premier par ceux qui auront la même idée.",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        verdict = data.get("verdict")
        if "reason" in data and len(data["reason"]) < NOTE_MIN_LENGTH:
            self.add_error("reason", "Donnez la raison en une phrase.")
        if verdict == Verdict.CONTINUE and not data.get("next_due_on") and "next_due_on" not in self.errors:
            self.add_error("next_due_on", "Donnez la date à laquelle vous redéciderez.")
        if verdict == Verdict.NO_GO:
            if not data.get("cause"):
                self.add_error("cause", f"Choisissez la cause{NBSP}: elle sert à ceux qui viendront après.")
            if len(data.get("lesson") or "") < NOTE_MIN_LENGTH:
                self.add_error(
                    "lesson", "Dites en une phrase ce que d’autres peuvent apprendre de cet arrêt."
                )
        return data
