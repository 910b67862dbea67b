"""A line of the budget."""

from decimal import Decimal
from typing import Any

from django import forms

from ozeli.challenges.forms.fields import LineField
from ozeli.ideas.forms.widgets import PlainTextInput

from ..models import BudgetLine
from ..services.budget import AMOUNTS
from .numbers import EurosField


class LineForm(forms.Form):
    """What the money is for, and three amounts; nothing typed is zero."""

    label = LineField(
        label="Objet",
        max_length=120,
        widget=PlainTextInput,
        help_text="«\u202fPrestation de développement\u202f», «\u202flicences\u202f», «\u202fdéplacements\u202f»…",
        error_messages={"required": "Dites à quoi sert cette dépense."},
    )
    planned = EurosField(label="Prévu (€)", required=False)
    committed = EurosField(label="Engagé (€)", required=False)
    spent = EurosField(label="Dépensé (€)", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def amounts(self) -> dict[str, Decimal]:
        return {name: self.cleaned_data.get(name) or Decimal(0) for name in AMOUNTS}

    @classmethod
    def initial_of(cls, line: BudgetLine) -> dict[str, Any]:
        return {name: getattr(line, name) for name in ("label", *AMOUNTS, "version")}
