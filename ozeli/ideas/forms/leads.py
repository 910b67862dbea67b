"""Who answers for the answers of a body: found in a list, then named by typing."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from .desk import PersonField
from .widgets import PlainTextInput

NAMES = ("q", "sans")


class LeadFilterForm(forms.Form):
    """A GET form. What cannot be understood is left out."""

    q = forms.CharField(label="Organisme", required=False, max_length=160, widget=PlainTextInput)
    sans = forms.BooleanField(label="Sans responsable seulement", required=False)

    def __init__(self, query: QueryDict) -> None:
        super().__init__({name: query.get(name, "").replace("\0", "") for name in NAMES})
        self.is_valid()

    @property
    def words(self) -> str:
        return str(self.cleaned_data.get("q") or "")

    @property
    def without_lead(self) -> bool:
        return bool(self.cleaned_data.get("sans"))


class LeadForm(forms.Form):
    """`read`: whom the screen showed."""

    person = PersonField(label="Responsable des réponses", required=False)
    nobody = forms.BooleanField(label="Personne\u00a0: les retards remontent au réseau", required=False)
    read = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "person" in data and not data["person"] and not data.get("nobody"):
            raise ValidationError("Écrivez le nom d’une personne, ou choisissez de ne nommer personne.")
        if data.get("person") and data.get("nobody"):
            raise ValidationError("Choisissez\u00a0: nommer quelqu’un, ou ne nommer personne.")
        return data
