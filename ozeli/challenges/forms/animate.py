"""What the team of a challenge writes once it lives: people, dates, its end, its plan."""

from datetime import datetime
from typing import Any

from django import forms
from django.urls import reverse_lazy

from ..calendar import named
from ..days import end_of
from ..enums import ENDLESS_PHASES, PhaseKind
from ..models import CommunicationStep
from .fields import LineField, PersonField, StepForm, TextField
from .phases import day_input, hour_input


class PersonForm(forms.Form):
    """Somebody to add to the team."""

    suggest_url = reverse_lazy("challenges:people")

    person = PersonField(
        label="Ajouter une personne", error_messages={"required": "Nommez la personne à ajouter."}
    )


class ReasonForm(StepForm):
    """A reason that everyone concerned will read."""

    reason = TextField(
        label="Pourquoi\u202f?",
        max_length=1_000,
        help_text="Une phrase. Elle sera lue par tous ceux qui prennent part au défi.",
        error_messages={"required": "Dites pourquoi\u00a0: ceux qui prennent part au défi le liront."},
    )


class MoveForm(ReasonForm):
    """The new end of a phase."""

    phase = forms.ChoiceField(label="Quelle phase\u202f?", widget=forms.RadioSelect)
    last = day_input("Nouveau dernier jour", help_text="Ce jour compris, à l’heure de Paris.")
    last_hour = hour_input("Jusqu’à")
    shifts = forms.BooleanField(
        label="Décaler d’autant les phases suivantes",
        required=False,
        help_text="Sinon, elles gardent leurs dates, et la fin ne peut pas les dépasser.",
    )

    field_order = ["phase", "last", "last_hour", "shifts", "reason", "version"]

    def __init__(self, *args: Any, phases: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["phase"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = phases
        choice.error_messages["required"] = "Choisissez la phase dont la fin se déplace."

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        kind = given.get("phase")
        if kind and not given.get("last") and "last" not in self.errors and kind not in ENDLESS_PHASES:
            self.add_error("last", f"Donnez le nouveau dernier jour de {named(PhaseKind(kind))}.")
        return given

    @property
    def end(self) -> datetime | None:
        last = self.cleaned_data.get("last")
        return end_of(last, self.cleaned_data.get("last_hour")) if last else None


class PlanForm(forms.Form):
    """A step of the communication plan."""

    due_on = forms.DateField(
        label="Le",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": "Donnez le jour de cette étape.",
            "invalid": "Écrivez une date, comme 15/12/2026.",
        },
    )
    title = LineField(
        label="Quoi", max_length=140, error_messages={"required": "Dites ce qu’il y a à faire."}
    )
    channel = LineField(label="Par quel moyen", max_length=80, required=False)
    readers = LineField(label="À qui", max_length=120, required=False)
    words = TextField(label="Texte proposé", required=False, max_length=3_000)

    @classmethod
    def initial_of(cls, step: CommunicationStep) -> dict[str, Any]:
        return {name: getattr(step, name) for name in cls.base_fields}
