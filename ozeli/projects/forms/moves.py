"""What each change of state asks. `seen` is the state that was read."""

from typing import Any

from django import forms

from ozeli.challenges.forms.fields import TextField
from ozeli.core import clock
from ozeli.core.french import NBSP
from ozeli.ideas.forms.widgets import PlainSelect, PlainTextarea

from ..enums import State
from ..models import Ending, Project
from ..services.circuit import NOTE_MIN_LENGTH, endings, stops_early
from .days import PastDayField
from .gates import CAUSES


class MoveForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput, max_length=10)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project

    @classmethod
    def first(cls, project: Project) -> dict[str, Any]:
        return {"seen": project.state, "made_on": clock.today()}

    @property
    def said(self) -> dict[str, Any]:
        """What `circuit.move` is given, of a valid form."""
        return {name: value for name, value in self.cleaned_data.items() if value}


def _note(label: str, hint: str, **kwargs: Any) -> TextField:
    return TextField(label=label, max_length=2_000, widget=PlainTextarea, help_text=hint, **kwargs)


def _long_enough(form: forms.Form, name: str, said: str) -> None:
    if name in form.cleaned_data and len(form.cleaned_data[name]) < NOTE_MIN_LENGTH:
        form.add_error(name, said)


class LaunchForm(MoveForm):
    made_on = PastDayField(
        label="L’essai commence le", error_messages={"required": "Donnez le jour où l’essai a commencé."}
    )


class FreezeForm(MoveForm):
    cause = forms.ChoiceField(
        label="La cause principale",
        choices=CAUSES,
        widget=PlainSelect,
        error_messages={"required": f"Choisissez la cause{NBSP}: elle sert à ceux qui viendront après."},
    )
    note = _note(
        "En quelques mots",
        "Ce qui vous interrompt, et ce qui permettrait de reprendre.",
        error_messages={"required": "Dites en une phrase pourquoi le projet s’interrompt."},
    )

    def clean(self) -> dict[str, Any]:
        _long_enough(self, "note", "Dites en une phrase pourquoi le projet s’interrompt.")
        return self.cleaned_data


class ResumeForm(MoveForm):
    note = _note("Un mot", "Ce qui a permis de reprendre.", required=False)


class EndingForm(MoveForm):
    """A form that offers the endings of the version that give `state`."""

    state = State.COMPLETED

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, project=project, **kwargs)
        self.endings: dict[str, Ending] = {one.code: one for one in endings(project, self.state)}
        if self.endings:
            self.fields["ending"].choices = [(code, one.name) for code, one in self.endings.items()]  # type: ignore[attr-defined]
        else:
            del self.fields["ending"]

    @property
    def said(self) -> dict[str, Any]:
        said = super().said
        if "ending" in said:
            said["ending"] = self.endings[said["ending"]]
        return said


class GiveUpForm(EndingForm):
    state = State.ABANDONED

    cause = FreezeForm.base_fields["cause"]
    ending = forms.ChoiceField(label="De quelle façon", widget=forms.RadioSelect, required=False)
    note = _note(
        "En quelques mots",
        "Pourquoi l’essai s’arrête ici.",
        error_messages={"required": "Dites en une phrase pourquoi le projet s’arrête."},
    )
    lesson = _note(
        "Ce que d’autres peuvent en apprendre",
        "Ce sera lu en premier, sur la fiche et au cimetière. Pas de nom, pas de reproche.",
        error_messages={"required": "Dites en une phrase ce que d’autres peuvent apprendre de cet arrêt."},
    )
    made_on = PastDayField(label="Arrêté le", error_messages={"required": "Donnez le jour de l’arrêt."})

    def clean(self) -> dict[str, Any]:
        _long_enough(self, "note", "Dites en une phrase pourquoi le projet s’arrête.")
        _long_enough(self, "lesson", "Dites en une phrase ce que d’autres peuvent apprendre de cet arrêt.")
        return self.cleaned_data


class CompleteForm(EndingForm):
    ending = forms.ChoiceField(
        label="La suite donnée",
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez la suite donnée au projet."},
    )
    note = _note("En quelques mots", "Ce que l’essai a montré.", required=False)
    made_on = PastDayField(
        label="Fini le", error_messages={"required": "Donnez le jour où le projet a fini."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if stops_early(self.project):
            self.fields["note"].required = True
            self.fields[
                "note"
            ].help_text = "Des étapes restent à passer\u00a0: dites pourquoi le projet finit ici."
            self.fields["note"].error_messages["required"] = (
                "Dites en une phrase pourquoi le projet finit ici."
            )

    def clean(self) -> dict[str, Any]:
        if self.fields["note"].required:
            _long_enough(self, "note", "Dites en une phrase pourquoi le projet finit ici.")
        return self.cleaned_data


class ReopenForm(MoveForm):
    note = _note(
        "Ce qui a changé",
        "Ce sera lu par tous ceux qui suivent le projet.",
        error_messages={"required": "Dites en une phrase ce qui a changé depuis que ce projet a fini."},
    )

    def clean(self) -> dict[str, Any]:
        _long_enough(self, "note", "Dites en une phrase ce qui a changé depuis que ce projet a fini.")
        return self.cleaned_data


FORMS: dict[str, type[MoveForm]] = {
    "launch": LaunchForm,
    "freeze": FreezeForm,
    "resume": ResumeForm,
    "give_up": GiveUpForm,
    "complete": CompleteForm,
    "reopen": ReopenForm,
}
