"""What is measured, and its measures."""

from typing import Any

from django import forms

from ozeli.challenges.forms.fields import LineField
from ozeli.core import clock
from ozeli.ideas.forms.widgets import PlainTextInput

from ..models import Indicator, Measure
from ..services.indicators import FIELDS
from .numbers import NumberField


class IndicatorForm(forms.Form):
    """A name is enough. `version` is that of the indicator being changed."""

    name = LineField(
        label="Ce que l’on mesure",
        max_length=140,
        widget=PlainTextInput,
        help_text="«\u202fPart des dossiers repris sans rappeler l’usager\u202f»",
        error_messages={"required": "Dites ce que l’on mesure, en quelques mots."},
    )
    unit = LineField(
        label="Unité",
        max_length=20,
        required=False,
        widget=PlainTextInput,
        help_text="«\u202f%\u202f», «\u202fjours\u202f», «\u202f€\u202f»…",
    )
    method = LineField(
        label="Comment on la relève",
        max_length=240,
        required=False,
        widget=PlainTextInput,
        help_text="«\u202fRelevé chaque mois sur 200 dossiers tirés au sort.\u202f»",
    )
    baseline = NumberField(label="Au départ", required=False)
    target = NumberField(
        label="Cible", required=False, help_text="Où l’on veut arriver. Elle est tracée sur le graphique."
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = str(self.data.get("unit") or self.initial.get("unit") or "").strip()
        for name in ("baseline", "target"):
            self.fields[name].unit = unit  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FIELDS}

    @classmethod
    def initial_of(cls, indicator: Indicator) -> dict[str, Any]:
        return {name: getattr(indicator, name) for name in (*FIELDS, "version")}


class MeasureForm(forms.Form):
    """A value on a day. `instead_of` is the measure being put right."""

    value = NumberField(label="Valeur", error_messages={"required": "Donnez la valeur relevée."})
    measured_on = forms.DateField(
        label="Relevée le",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": "Donnez le jour où elle a été relevée.",
            "invalid": "Écrivez une date, comme 15/12/2026.",
        },
    )
    remark = LineField(label="Remarque", max_length=240, required=False, widget=PlainTextInput)
    instead_of = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, unit: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].unit = unit  # type: ignore[attr-defined]
        if unit:
            self.fields["value"].label = f"Valeur ({unit})"
        self.fields["measured_on"].widget.attrs["max"] = clock.today().isoformat()

    @classmethod
    def initial_of(cls, row: Measure) -> dict[str, Any]:
        return {
            "value": row.value,
            "measured_on": row.measured_on,
            "remark": row.note,
            "instead_of": row.pk,
        }
