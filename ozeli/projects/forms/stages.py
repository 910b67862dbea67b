"""What a team writes of its stages: the report, the passage, its undoing."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from ozeli.challenges.forms.fields import TextField
from ozeli.core import clock
from ozeli.core.french import number, plural
from ozeli.ideas.forms.widgets import PlainTextarea

from ..models import Method, Project, Stage, StageReport
from ..models.stages import MOST_DAYS
from ..services.stages import DAYS, NUMBERS, TEXTS
from .days import PastDayField
from .numbers import EurosField, NumberField

TEXT_MAX_LENGTH = 6_000


def _text(label: str, hint: str) -> TextField:
    return TextField(
        label=label, help_text=hint, required=False, max_length=TEXT_MAX_LENGTH, widget=PlainTextarea
    )


def _days(label: str) -> NumberField:
    most = f"{number(MOST_DAYS)} jours au plus."
    return NumberField(
        label=label,
        unit="j",
        required=False,
        max_digits=7,
        decimal_places=1,
        min_value=0,
        max_value=MOST_DAYS,
        error_messages={
            "invalid": "Écrivez un nombre de jours, comme 12 ou 2,5.",
            "min_value": "Un nombre de jours n’est pas négatif.",
            "max_value": most,
            "max_digits": most,
            "max_whole_digits": most,
            "max_decimal_places": "Un chiffre après la virgule au plus.",
        },
    )


class ReportForm(forms.Form):
    """A stage report, read at `version` (0: there was none). One field is enough."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    done = _text("Ce qui a été fait", "Deux phrases suffisent.")
    successes = _text("Ce qui a marché", "")
    difficulties = _text("Ce qui a été difficile", "")
    failures = _text("Ce qui n’a pas marché", "C’est ce que les autres cherchent d’abord.")
    practices = _text(
        "Bonnes pratiques à reprendre", "Ce que vous diriez à une équipe qui commence cette étape."
    )
    near = forms.MultipleChoiceField(
        label="Conseillées à cette étape", required=False, widget=forms.CheckboxSelectMultiple
    )
    others = forms.MultipleChoiceField(
        label="Les autres méthodes", required=False, widget=forms.CheckboxSelectMultiple
    )
    days_planned = _days("Jours prévus")
    days_spent = _days("Jours passés")
    budget_planned = EurosField(label="Budget prévu, en euros", required=False)
    budget_spent = EurosField(label="Budget dépensé, en euros", required=False)
    entered_on = PastDayField(label="Commencée le", required=False)
    passed_on = PastDayField(label="Passée le", required=False)

    def __init__(
        self, *args: Any, stage: Stage, is_passed: bool, methods: Sequence[Method], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.is_passed = is_passed
        self.catalogue = {method.code: method for method in methods}
        near = [one for one in methods if stage.code in one.stages]
        for name, offered in (("near", near), ("others", [one for one in methods if one not in near])):
            choices = [(one.code, one.name) for one in offered]
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.hints = {one.code: one.summary for one in methods}
        if is_passed:
            self.fields["passed_on"].required = True
            self.fields["passed_on"].error_messages["required"] = "Donnez le jour où l’étape a été passée."
        else:
            del self.fields["passed_on"]

    @classmethod
    def initial_of(cls, report: StageReport) -> dict[str, Any]:
        """What is stored; an unsaved report is at version 0."""
        if report._state.adding:
            return {"version": 0}
        codes = [method.code for method in report.methods.all()]
        stored = {name: getattr(report, name) for name in (*TEXTS, *NUMBERS, *DAYS)}
        return {"version": report.version, "near": codes, "others": codes, **stored}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        begun, passed = data.get("entered_on"), data.get("passed_on")
        if begun and passed and passed < begun:
            self.add_error(
                "passed_on", "Cette date vient avant le début de l’étape. Remettez les deux dans l’ordre."
            )
        return data

    @property
    def values(self) -> dict[str, Any]:
        """What `save_report` writes, of a valid form."""
        return {
            name: self.cleaned_data[name] for name in (*TEXTS, *NUMBERS, *DAYS) if name in self.cleaned_data
        }

    @property
    def chosen(self) -> list[Method]:
        codes = {*self.cleaned_data["near"], *self.cleaned_data["others"]}
        return [self.catalogue[code] for code in codes]

    @property
    def has_others(self) -> bool:
        """Whether the methods that are not advised are to be shown at once."""
        near = {code for code, _label in self.fields["near"].choices}  # type: ignore[attr-defined]
        return not near or bool(set(self["others"].value() or []) - near)


class PassForm(forms.Form):
    """How far one act goes, from the stage `current` that was read."""

    current = forms.IntegerField(widget=forms.HiddenInput)
    until = forms.TypedChoiceField(
        label="Jusqu’où\u202f?",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez jusqu’où vous passez.",
            "invalid_choice": "Choisissez une étape offerte.",
        },
    )
    passed_on = PastDayField(
        label="Passée le",
        error_messages={"required": "Donnez le jour du passage\u00a0: aujourd’hui, le plus souvent."},
    )
    note = TextField(
        label="Un mot",
        required=False,
        max_length=1_000,
        widget=PlainTextarea,
        help_text="Gardé avec le passage.",
    )

    def __init__(self, *args: Any, group: Sequence[Stage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].choices = [  # type: ignore[attr-defined]
            (stage.number, _until(group[: place + 1])) for place, stage in enumerate(group)
        ]

    @staticmethod
    def first(project: Project) -> dict[str, Any]:
        number = project.stage_number
        return {"current": number, "until": number, "passed_on": clock.today()}

    @property
    def numbers(self) -> list[int]:
        return list(range(self.cleaned_data["current"], self.cleaned_data["until"] + 1))


def _until(stages: Sequence[Stage]) -> str:
    last = stages[-1]
    if len(stages) == 1:
        return f"L’étape {last.number} seule, {last.name}"
    return f"Jusqu’à l’étape {last.number}, {last.name}\u00a0: {plural(len(stages), 'étape')} en un geste"


class TakeBackForm(forms.Form):
    """The passage that was read, and why one comes back on it when it is not of today."""

    passage = forms.IntegerField(widget=forms.HiddenInput)
    reason = TextField(label="Pourquoi\u202f?", required=False, max_length=1_000, widget=PlainTextarea)

    def __init__(self, *args: Any, made_on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if made_on != clock.today():
            self.fields["reason"].required = True
            self.fields["reason"].error_messages["required"] = "Dites en une phrase pourquoi vous y revenez."
